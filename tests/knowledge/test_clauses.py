"""Clause ids, their tree, and the brochures they belong to."""

from __future__ import annotations

import re

import pytest

from bot.knowledge import ASPECTS

FORM = re.compile(r"[a-z]+(?:-[a-z0-9]+)+")

# What other files, links and reports refer to: these ids mean these words for ever.
STABLE = [
    ("jyfw-1-3", "(三) 携带材料：身份证或社会保障卡以及二寸彩色照片一张。"),
    ("jyfw-4-1-1", "1. 大龄失业人员。"),
    ("gxby-12-7-1", "对毕业学年有就业创业意愿并积极求职创业的"),
    ("nmmg-18-0-3", "③法定休假日安排劳动者工作的，支付不低于工资300%的工资报酬。"),
    ("cyfw-1-3-1", "1、额度：贷款额度最高20万元。"),
    ("cyfw-2-3-1", "最高不超过300万元，贷款期限不超过2年。"),
    ("sybx-6-1-2", "2.非因本人意愿中断就业的;"),
    ("jnpx-3-1", "对脱贫人口、农村牧区低收入人口、就业困难人员"),
    ("zpfw-2-0-2", "举办时间：每周五上午9:00-11:30"),
]

PATHS = [
    ("jyfw-1-2-1", ["《就业创业证》申领"]),
    ("sybx-8-1-2-0-1", ["八、技能提升补贴", "(一) 参保职工技能提升补贴", "2. 申领条件"]),
    ("nmmg-18-0-1", ["工资支付", "18. 农民工加班可享受工资报酬？"]),
    ("cyfw-fh-kyqq-1", ["全盟重点创业园孵化基地目录", "所属地区：科尔沁右翼前旗"]),
    ("jnpx-6-2-1", ["创业培训", "培训内容", "（二）IYB 创业培训"]),
    ("jyfw-1", []),
]


def test_there_are_seven_brochures_of_september_2022(knowledge):
    assert list(knowledge.brochures) == ["jyfw", "gxby", "nmmg", "cyfw", "sybx", "jnpx", "zpfw"]
    assert {brochure.issued_text for brochure in knowledge.brochures.values()} == {"2022年9月"}


def test_every_clause_belongs_to_exactly_one_brochure(knowledge):
    listed = [id for brochure in knowledge.brochures.values() for id in brochure.clauses]
    assert sorted(listed) == sorted(knowledge.clauses)


def test_every_id_has_the_stable_form_and_starts_with_its_brochure(knowledge):
    wrong = [
        clause.id
        for clause in knowledge.clauses.values()
        if not FORM.fullmatch(clause.id) or clause.id.split("-")[0] != clause.brochure
    ]
    assert not wrong


@pytest.mark.parametrize(("id", "beginning"), STABLE)
def test_an_id_keeps_its_meaning(knowledge, id, beginning):
    assert knowledge.clauses[id].text.startswith(beginning)


def test_every_parent_exists_and_knows_its_child(knowledge):
    for clause in knowledge.clauses.values():
        if clause.parent:
            assert clause.id in knowledge.clauses[clause.parent].children


def test_every_child_names_its_parent(knowledge):
    for clause in knowledge.clauses.values():
        assert all(knowledge.clauses[child].parent == clause.id for child in clause.children)


def test_no_clause_is_its_own_ancestor(knowledge):
    for id in knowledge.clauses:
        chain = []
        current = id
        while current:
            assert current not in chain
            chain.append(current)
            current = knowledge.clauses[current].parent


def test_every_clause_stands_below_a_heading(knowledge):
    assert not [c.id for c in knowledge.clauses.values() if not c.is_heading and not knowledge.path(c.id)]


@pytest.mark.parametrize(("id", "headings"), PATHS)
def test_the_path_gives_the_headings_outermost_first(knowledge, id, headings):
    assert [clause.text for clause in knowledge.path(id)] == headings


def test_below_gives_the_clause_and_its_parts_in_printed_order(knowledge):
    ids = [clause.id for clause in knowledge.below("jyfw-1-2")]
    assert ids == ["jyfw-1-2", "jyfw-1-2-1", "jyfw-1-2-2"]


def test_every_heading_has_something_below_it(knowledge):
    assert not [clause.id for clause in knowledge.clauses.values() if clause.is_heading and not clause.children]


def test_every_clause_says_which_aspects_it_answers(knowledge):
    clauses = [clause for clause in knowledge.clauses.values() if not clause.is_heading]
    assert not [clause.id for clause in clauses if not clause.aspects or not set(clause.aspects) <= set(ASPECTS)]


def test_no_clause_is_cut_by_a_page_break(knowledge):
    """A sentence that the print breaks over two pages is joined: a clause ends with a stop, or is a row, a label or a list item."""
    ends = re.compile(r"[。；：;:，,）)\d]$")
    free = {"gxby", "zpfw", "cyfw-6", "jyfw-6-1", "jyfw-addr", "cyfw-addr", "jnpx-rx"}  # printed without a stop
    cut = [
        clause.id
        for clause in knowledge.clauses.values()
        if not clause.is_heading
        and "phone" not in clause.aspects
        and not ends.search(clause.text)
        and not any(clause.id.startswith(prefix) for prefix in free)
        and not clause.children
    ]
    assert not cut


@pytest.mark.parametrize(
    ("id", "joined"),
    [
        ("gxby-12-3-1", "毕业年度高校毕业生"),
        ("jnpx-2-1-10b", "培养期限为1-2年"),
        ("sybx-4-3-1", "“免申即享”"),
        ("nmmg-7-5", "腾退出建设用地指标"),
        ("cyfw-4-1-1", "经人力资源社会保障部门认定"),
        ("cyfw-2-3-2", "小微企业，可累计贷款"),
    ],
)
def test_a_sentence_over_two_pages_is_one_clause(knowledge, id, joined):
    assert joined in knowledge.clauses[id].text


def test_every_clause_has_a_topic_and_the_topic_stands_above_it(knowledge):
    for clause in knowledge.clauses.values():
        assert clause.topic in {above.id for above in knowledge.ancestors(clause.id)}


def test_every_topic_has_a_telephone_directory(knowledge):
    assert not [topic.id for topic in knowledge.topics.values() if topic.directory not in knowledge.directories]


def test_every_answer_line_is_one_short_sentence_of_a_known_clause(knowledge):
    assert set(knowledge.answers) <= set(knowledge.clauses)
    assert not [id for id, line in knowledge.answers.items() if "\n" in line or not 6 <= len(line) <= 120]


def test_every_quotable_clause_has_an_answer_line_or_is_a_label(knowledge):
    """Rows of telephone tables are answered by the contact step; every other clause has its line in plain words."""
    rows = {phone.clause for directory in knowledge.directories.values() for phone in directory.phones.values()}
    rows |= {incubator.phone.clause for incubator in knowledge.incubators}
    missing = [c.id for c in knowledge.clauses.values() if c.id not in knowledge.answers and c.id not in rows]
    assert len(missing) <= 0.1 * len(knowledge.clauses), missing
