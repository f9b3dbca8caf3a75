"""Conditions in words."""

from __future__ import annotations

import pytest

from bot.eligibility.wording import compact, in_words, occasion
from bot.knowledge.schemes import Group, Leaf, leaves

WOMAN = Leaf("性别", (("is", "女"),), "jyfw-4-1-1", "女性")
FORTY = Leaf("年龄", (("at_least", 40),), "jyfw-4-1-1", "年满40周岁")
OTHER = Leaf("年龄", (("at_least", 50),), "jyfw-4-1-4", "年满50周岁")


def said(line):
    yield line.says
    yield line.open_says
    for part in line.parts:
        yield from said(part)


def test_a_group_says_how_many_of_its_parts_are_needed():
    kinds = [in_words(Group(kind, (WOMAN, FORTY), "年龄")).text for kind in ("all", "any", "none")]
    assert kinds == ["年龄：都要满足", "年龄：满足一项就行", "年龄：有一项就不行"]


def test_a_group_without_a_name_says_only_how_many():
    assert in_words(Group("any", (WOMAN, FORTY))).text == "满足一项就行"


def test_compact_conditions_lose_nothing(knowledge):
    for scheme in knowledge.schemes.values():
        text = "\n".join(said(compact(in_words(scheme.conditions))))
        for leaf in leaves(scheme.conditions):
            assert leaf.says in text and leaf.open_says in text


def test_plain_conditions_of_one_clause_are_one_sentence():
    line = compact(in_words(Group("any", (Group("all", (WOMAN, FORTY)), OTHER), "年龄")))
    assert [part.text for part in line.parts] == ["女性，并且年满40周岁", "年满50周岁"]


@pytest.mark.parametrize(
    "condition",
    [
        Group("any", (WOMAN, FORTY)),
        Group("none", (WOMAN, FORTY)),
        Group("all", (WOMAN, FORTY), "大龄失业人员"),
        Group("all", (WOMAN, OTHER)),
        Group("all", (WOMAN, Leaf("年龄", (), "jyfw-4-1-1", "年满40周岁", open_says="问清"))),
    ],
)
def test_conditions_stay_apart_where_joining_would_hide_something(condition):
    assert len(compact(in_words(condition)).parts) == 2


def test_what_is_said_twice_is_shown_once():
    assert len(compact(in_words(Group("any", (OTHER, OTHER, WOMAN)))).parts) == 2


def test_an_occasion_is_said_in_the_words_of_the_condition(knowledge):
    assert occasion(FORTY, knowledge) == "年满40周岁"


def test_an_occasion_that_only_repeats_its_clause_is_said_as_its_fact(knowledge):
    clause = knowledge.clauses["jyfw-4-1-2"]
    holds = Leaf("持有残疾人证", (("is", True),), clause.id, clause.text)
    one_of = Leaf("企业规模", (("one_of", ("小型", "微型")),), clause.id, clause.text)
    assert occasion(Group("all", (holds, one_of)), knowledge) == "持有残疾人证，并且企业规模为小型、微型"
