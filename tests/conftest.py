"""What the tests share: the knowledge as shipped, and a kit over a small index that is built once per run."""

from __future__ import annotations

import dataclasses
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
import yaml

PER_LABEL = 8  # questions indexed for each clause: the index builds in three seconds and still answers as the full one does
DAY = date(2022, 10, 15)  # a day on which most printed terms run


@pytest.fixture(scope="session")
def settings():
    from bot.settings import load_settings

    return load_settings()


@pytest.fixture(scope="session")
def knowledge(settings):
    from bot.knowledge import load_knowledge

    return load_knowledge(settings.knowledge)


@pytest.fixture(scope="session")
def questions(settings, knowledge):
    """Every authored question, those that the small index has not seen included."""
    from bot.knowledge.questions import load_questions

    return load_questions(settings.knowledge, knowledge)


@pytest.fixture(scope="session")
def small_settings(settings, tmp_path_factory):
    """The shipped settings with a copy of the knowledge in which every clause has a few questions, and models of its own."""
    folder = tmp_path_factory.mktemp("small")
    shutil.copytree(settings.knowledge, folder / "knowledge", ignore=shutil.ignore_patterns("encoder", "*.jsonl"))
    kept: dict[str, int] = {}
    for path in sorted((folder / "knowledge/questions").glob("*.yml")):
        if path.name == "precedence.yml":
            continue
        data = yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)
        for label, rows in data["questions"].items():
            room = PER_LABEL - kept.get(label, 0)
            data["questions"][label] = rows[:room]
            kept[label] = kept.get(label, 0) + len(rows[:room])
        path.write_text(yaml.dump(data, Dumper=yaml.CSafeDumper, allow_unicode=True), encoding="utf-8")
    return dataclasses.replace(settings, knowledge=folder / "knowledge", models=folder / "models")


@pytest.fixture(scope="session")
def kit(small_settings):
    """Everything the answering steps use, over the small index."""
    from bot.assembly import build_index, load_kit
    from bot.knowledge import load_knowledge

    build_index(small_settings, load_knowledge(small_settings.knowledge))
    return load_kit(small_settings)


@pytest.fixture(scope="session")
def segmenter(settings, knowledge):
    from bot.assembly import load_segmenter

    return load_segmenter(settings, knowledge)


@pytest.fixture(scope="session")
def reader(settings, knowledge):
    from bot.language import Reader

    return Reader.of(knowledge, settings.knowledge)


@pytest.fixture(scope="session")
def ask(kit) -> Callable:
    """One message to the answering steps: `ask("失业金怎么领", context=…, day=…)`."""
    from bot.answering import Context, Message, answer

    def run(text="", *, context=None, day=DAY, choice=None, act="", confidence=0.0):
        return answer(kit, Message(text, act, confidence, choice), context or Context(), day)

    return run


@pytest.fixture()
def folder(settings, tmp_path) -> Path:
    """A copy of the knowledge folder to break; questions, encoder and source are left out, loading does not read them."""
    target = tmp_path / "knowledge"
    shutil.copytree(settings.knowledge, target, ignore=shutil.ignore_patterns("questions", "encoder", "source"))
    return target
