"""The index on disk: what is saved is loaded, and nothing else is."""

from __future__ import annotations

import json

import numpy as np
import pytest

from bot.retrieval import Index, IndexFault
from bot.retrieval.index import file_digest, passage_vectors

from .conftest import PASSAGES

FILES = [
    "index.json",
    "passages.npy",
    "questions.faiss",
    "bm25/ends.npy",
    "bm25/passages.npy",
    "bm25/units.json",
    "bm25/weights.npy",
]


@pytest.fixture()
def saved(tiny, tmp_path):
    tiny.save(tmp_path / "index")
    return tmp_path / "index"


def test_what_is_saved_is_loaded(tiny, saved, segmenter):
    loaded = Index.load(saved, segmenter, "print-1")
    assert (loaded.ids, loaded.kinds, loaded.seen) == (tiny.ids, tiny.kinds, tiny.seen)
    assert np.array_equal(loaded.owners, tiny.owners)
    assert np.array_equal(loaded.vectors, tiny.vectors)
    assert np.array_equal(loaded.questions.vectors(), tiny.questions.vectors())
    assert np.array_equal(loaded.lexical.scores("失业金"), tiny.lexical.scores("失业金"))


def test_every_question_knows_its_passage(tiny):
    assert [tiny.ids[owner] for owner in tiny.owners] == [p.id for p in PASSAGES for _ in p.asked]


def test_what_only_far_questions_say_is_not_seen(tiny):
    assert "失业" in tiny.seen
    assert "下雨" not in tiny.seen


def test_every_passage_vector_has_length_one(encoder):
    vectors, _, _ = passage_vectors(encoder, PASSAGES)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_passages_without_questions_can_be_indexed(encoder):
    vectors, asked, owners = passage_vectors(encoder, PASSAGES[2:3])
    assert (len(vectors), len(asked), owners) == (1, 1, [0])


def test_building_twice_gives_the_same_files(encoder, segmenter, tmp_path):
    for name in ("a", "b"):
        Index.build(PASSAGES, encoder, segmenter, "print-1").save(tmp_path / name)
    for path in (tmp_path / "a").rglob("*"):
        if path.is_file():
            assert path.read_bytes() == (tmp_path / "b" / path.relative_to(tmp_path / "a")).read_bytes()


def test_saving_replaces_the_whole_folder(tiny, saved):
    (saved / "old.txt").write_text("left from before", encoding="utf-8")
    tiny.save(saved)
    assert not (saved / "old.txt").exists()


def test_an_index_of_other_knowledge_is_refused(saved, segmenter):
    with pytest.raises(IndexFault, match=r"与现在的知识内容不一致，请运行 make train"):
        Index.load(saved, segmenter, "print-2")


def test_no_index_at_all_is_told_in_chinese(tmp_path, segmenter):
    with pytest.raises(IndexFault, match=r"缺失或损坏，请运行 make train"):
        Index.load(tmp_path / "none", segmenter, "print-1")


def test_the_list_of_files_is_complete(saved):
    found = {str(path.relative_to(saved)) for path in saved.rglob("*") if path.is_file()}
    assert found == set(FILES)


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("left", [0.0, 0.5, None])
def test_a_damaged_file_is_told_in_chinese(saved, segmenter, name, left):
    content = (saved / name).read_bytes()
    (saved / name).unlink()
    if left is not None:
        (saved / name).write_bytes(content[: int(len(content) * left)])
    with pytest.raises(IndexFault, match=r"缺失或损坏，请运行 make train"):
        Index.load(saved, segmenter, "print-1")


@pytest.mark.parametrize("content", ["[]", "null", '"x"'])
def test_an_index_that_is_other_json_is_told_in_chinese(saved, segmenter, content):
    (saved / "index.json").write_text(content, encoding="utf-8")
    with pytest.raises(IndexFault):
        Index.load(saved, segmenter, "print-1")


def test_an_index_whose_parts_do_not_fit_is_refused(saved, segmenter):
    about = json.loads((saved / "index.json").read_text(encoding="utf-8"))
    about["passages"] = about["passages"][:2]
    (saved / "index.json").write_text(json.dumps(about), encoding="utf-8")
    with pytest.raises(IndexFault):
        Index.load(saved, segmenter, "print-1")


def test_a_digest_depends_on_name_and_content(tmp_path):
    one, two = tmp_path / "one", tmp_path / "two"
    one.write_bytes(b"a")
    two.write_bytes(b"a")
    assert file_digest([one]) != file_digest([two])
    before = file_digest([one])
    one.write_bytes(b"b")
    assert file_digest([one]) != before


def test_a_missing_file_counts_as_empty(tmp_path):
    (tmp_path / "one").write_bytes(b"")
    before = file_digest([tmp_path / "one"])
    (tmp_path / "one").unlink()
    assert file_digest([tmp_path / "one"]) == before
