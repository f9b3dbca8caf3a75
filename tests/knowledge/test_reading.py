"""What parses files never breaks: it returns data with line numbers, or faults."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.knowledge import KnowledgeError
from bot.knowledge.brochures import read_brochure
from bot.knowledge.fault import did_you_mean
from bot.knowledge.located import load_yaml
from bot.knowledge.reader import Reader

words = st.text(alphabet="abc甲乙丙", min_size=1, max_size=5)
trees = st.recursive(words, lambda below: st.lists(below, max_size=3) | st.dictionaries(words, below, max_size=3))
rows = st.text(alphabet="# {}#-abc1甲：\t\n", max_size=80)
FRONT = "---\nid: abc\ntitle: 甲\nissuer: 乙\nissued: '2022-09'\naudience: 丙\n---\n"


@given(content=st.binary(max_size=80))
def test_any_bytes_are_read_or_explained(tmp_path, content):
    path = tmp_path / "any.yml"
    path.write_bytes(content)
    try:
        load_yaml(path, "any.yml")
    except KnowledgeError as error:
        assert len(error.faults) == 1


@given(tree=trees)
def test_what_is_written_is_read_back(tmp_path, tree):
    import yaml

    path = tmp_path / "tree.yml"
    path.write_text(yaml.safe_dump(tree, allow_unicode=True), encoding="utf-8")
    assert load_yaml(path, "tree.yml")[0] == tree


@given(keys=st.lists(words, unique=True, min_size=1, max_size=8))
def test_every_key_knows_its_line(tmp_path, keys):
    path = tmp_path / "keys.yml"
    path.write_text("# a comment\n" + "".join(f'"{key}": x\n' for key in keys), encoding="utf-8")
    _, lines = load_yaml(path, "keys.yml")
    assert [lines[(key,)] for key in keys] == list(range(2, len(keys) + 2))


@given(body=rows)
def test_any_brochure_body_gives_clauses_or_faults(tmp_path, body):
    path = tmp_path / "abc.md"
    path.write_text(FRONT + body, encoding="utf-8")
    faults = []
    read = read_brochure(path, tmp_path, faults)
    written = [line for line in body.split("\n") if line.strip()]
    assert read is not None
    assert len(read[1]) + len(faults) >= len(written)


def test_a_clause_keeps_its_text_and_loses_its_mark(tmp_path):
    (tmp_path / "abc.md").write_text(
        FRONT + "## 标题 {#abc-1}\n\n一、内容{带括号}。 {#abc-1-1 who amount together}\n", "utf-8"
    )
    faults = []
    _, (heading, clause) = read_brochure(tmp_path / "abc.md", tmp_path, faults)
    assert not faults
    assert (heading.text, heading.level) == ("标题", 2)
    assert (clause.text, clause.aspects, clause.together, clause.parent) == (
        "一、内容{带括号}。",
        ("who", "amount"),
        True,
        "abc-1",
    )


@pytest.mark.parametrize(
    ("found", "remedy"), [("documnts", "是不是想写 documents？"), ("zzzz", "请对照其他条目改正。")]
)
def test_the_nearest_known_word_is_offered(found, remedy):
    assert did_you_mean(found, ["documents", "amount"]) == remedy


def test_an_empty_file_is_named_even_when_another_file_is_wrong(tmp_path):
    (tmp_path / "empty.yml").write_text("", encoding="utf-8")
    (tmp_path / "wrong.yml").write_text("- a\n", encoding="utf-8")
    faults = []
    Reader(tmp_path, "wrong.yml", faults).mapping()
    Reader(tmp_path, "empty.yml", faults).mapping()
    assert len(faults) == 2
