"""Putting the parts together: what is current is loaded, what is not is explained, and nothing heavy is imported."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import replace

import pytest

from bot.assembly import index_fingerprint, index_is_current, load_kit
from bot.knowledge import KnowledgeError
from bot.retrieval import EncoderError, FusionFault, IndexFault

HEAVY = ["rasa", "rasa_sdk", "tensorflow", "torch", "sentence_transformers", "transformers", "sklearn"]

UNCHECKED = pytest.mark.xfail(strict=True, reason="domain_words reads these files without checking them")

PROGRAM = """
import json, sys
from dataclasses import replace
from datetime import date
from pathlib import Path
from bot.answering import Context, Message, answer
from bot.assembly import load_kit
from bot.rendering import to_data
from bot.settings import load_settings

settings = replace(load_settings(), knowledge=Path(sys.argv[1]), models=Path(sys.argv[2]))
kit = load_kit(settings)
reply = answer(kit, Message("就业创业证要带什么材料"), Context(), date(2022, 10, 15))
print(json.dumps({"reply": to_data(reply, kit.knowledge), "modules": sorted({m.partition(".")[0] for m in sys.modules})}))
"""


@pytest.fixture(scope="module")
def elsewhere(kit, small_settings):
    """What another process sees when it loads the same kit and answers one question."""
    command = [sys.executable, "-c", PROGRAM, str(small_settings.knowledge), str(small_settings.models)]
    done = subprocess.run(command, cwd=small_settings.root, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture()
def copied(kit, small_settings, tmp_path):
    """A copy of the small knowledge and its index, to change."""
    shutil.copytree(small_settings.knowledge, tmp_path / "knowledge")
    shutil.copytree(small_settings.models, tmp_path / "models")
    return replace(small_settings, knowledge=tmp_path / "knowledge", models=tmp_path / "models")


def test_answering_imports_nothing_heavy(elsewhere):
    assert not set(HEAVY) & set(elsewhere["modules"])


def test_another_process_gives_the_same_bytes(elsewhere, ask, knowledge):
    from bot.rendering import to_data

    assert elsewhere["reply"] == to_data(ask("就业创业证要带什么材料"), knowledge)


def test_this_run_imports_nothing_heavy_from_the_core(kit):
    assert kit.retriever.encoder.__class__.__name__ == "UnitEncoder"


def test_a_fresh_index_is_current(kit, small_settings):
    assert index_is_current(small_settings)


@pytest.mark.parametrize("file", ["questions/zpfw.a2.yml", "lexicon/words.txt", "lexicon/aspects.yml"])
def test_an_index_of_older_words_is_not_current(copied, kit, file):
    path = copied.knowledge / file
    path.write_text(path.read_text(encoding="utf-8") + "\n# changed\n", encoding="utf-8")
    assert not index_is_current(copied)


def test_an_index_of_older_clauses_is_not_current(copied):
    path = copied.knowledge / "brochures/1-jyfw.md"
    path.write_text(
        path.read_text(encoding="utf-8").replace("二寸彩色照片一张。", "二寸彩色照片一张"), encoding="utf-8"
    )
    assert not index_is_current(copied)


def test_no_index_is_not_current(copied, kit):
    shutil.rmtree(copied.index)
    assert not index_is_current(copied)


def test_broken_knowledge_is_told_before_anything_is_loaded(copied):
    (copied.knowledge / "county.yml").write_text("name: [", encoding="utf-8")
    with pytest.raises(KnowledgeError, match=r"county\.yml"):
        load_kit(copied)


def test_the_fingerprint_knows_the_encoder(settings, knowledge):
    other = replace(settings, encoder="knowledge/other")
    assert index_fingerprint(other) != index_fingerprint(settings)


@pytest.mark.parametrize("name", ["passages.npy", "questions.faiss", "bm25/units.json"])
def test_a_damaged_index_is_not_current(copied, kit, name):
    (copied.index / name).unlink()
    assert not index_is_current(copied)


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("fusion.json", None),
        pytest.param("lexicon/everyday.yml", None, marks=UNCHECKED),
        pytest.param("lexicon/everyday.yml", "- {everyday: 厂子黄了, offcial: 失业}\n- 一行字\n", marks=UNCHECKED),
        pytest.param("lexicon/words.txt", None, marks=UNCHECKED),
    ],
)
def test_every_file_that_cannot_be_used_is_told_as_a_known_fault(copied, file, content):
    path = copied.knowledge / file
    path.unlink()
    if content is not None:
        path.write_text(content, encoding="utf-8")
    with pytest.raises((KnowledgeError, EncoderError, IndexFault, FusionFault)):
        load_kit(copied)
