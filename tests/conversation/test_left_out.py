"""What is kept out of the serving process is there in Rasa, is not used, and says so when it is."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

from bot.conversation import left_out
from bot.conversation.left_out import CHANNELS, COMPONENTS, OF_COMPONENTS, LeftOut, needs_tensorflow

ROOT = Path(__file__).resolve().parents[2]
RASA = Path(importlib.util.find_spec("rasa").origin).parent
HEAVY = (
    "tensorflow",
    "keras",
    "torch",
    "jax",
    "sklearn",
    "skops",
    "matplotlib",
    "transformers",
    "prompt_toolkit",
    "aiogram",
)
SERVE = f"""
from bot.conversation.runtime import quiet_start, settings
quiet_start()
import asyncio, sys
import bot.channels.app
from bot.conversation.agent import load_agent, warm_up
asyncio.run(warm_up(load_agent(settings().rasa)))
print([name for name in {HEAVY} if sys.modules.get(name)])
"""


def source(module: str) -> str:
    return RASA.joinpath(*module.split(".")[1:]).with_suffix(".py").read_text(encoding="utf-8")


@pytest.mark.parametrize(("module", "component"), COMPONENTS.items())
def test_each_component_that_is_left_out_is_where_rasa_has_it_and_needs_tensorflow(module, component):
    assert f"\nclass {component}(" in source(module)
    assert "tensorflow" in source(module)


@pytest.mark.parametrize("module", [*OF_COMPONENTS, *CHANNELS])
def test_each_other_module_that_is_left_out_is_there(module):
    assert "\nclass " in source(module) or "\ndef " in source(module)


def test_every_component_of_rasa_that_imports_tensorflow_is_left_out():
    listed = (RASA / "engine/recipes/default_components.py").read_text(encoding="utf-8")
    modules = {line.split()[1] for line in listed.splitlines() if line.startswith("from rasa.")}
    needing = {module for module in modules if "import tensorflow" in source(module) or "rasa_layers" in source(module)}
    assert needing <= set(COMPONENTS)


@pytest.mark.rasa
def test_a_process_that_answers_has_imported_none_of_the_heavy_libraries(trained):
    done = subprocess.run([sys.executable, "-c", SERVE], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.stdout.strip() == "[]", done.stdout + done.stderr


@pytest.mark.parametrize(
    ("config", "needed"),
    [
        ("pipeline:\n  - name: RegexEntityExtractor\npolicies:\n  - name: RulePolicy\n", False),
        ("pipeline:\n  - name: DIETClassifier\n    epochs: 5\npolicies:\n  - name: RulePolicy\n", True),
        ("pipeline: []\npolicies:\n  - name: rasa.core.policies.ted_policy.TEDPolicy\n", True),
        ("pipeline:\n", True),  # Rasa chooses the components itself
        ("pipeline: [", True),
    ],
)
def test_tensorflow_is_needed_where_the_configuration_names_a_component_of_it(config, needed, tmp_path):
    (tmp_path / "config.yml").write_text(config, encoding="utf-8")
    assert needs_tensorflow(tmp_path / "config.yml") is needed


def test_our_own_configuration_needs_none():
    assert not needs_tensorflow(ROOT / "config.yml")


@pytest.fixture()
def stand_in():
    finder = left_out._Finder(frozenset({"nobody.has.this"}))
    module = importlib.util.module_from_spec(finder.find_spec("nobody.has.this", None))
    finder.exec_module(module)
    return module.Something


def test_a_stand_in_cannot_be_made(stand_in):
    with pytest.raises(LeftOut, match=r"nobody\.has\.this\.Something"):
        stand_in()


def test_a_stand_in_cannot_be_subclassed(stand_in):
    with pytest.raises(LeftOut, match=r"nobody\.has\.this\.Something"):
        type(stand_in)("Other", (stand_in,), {})
