"""Search: the right passage, the same one every time, and a reason for every passage that is not taken."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.knowledge.questions import equivalents
from bot.retrieval import Fusion, Retriever

BEST = [
    ("失业金在哪领", {"sybx-6-2", "sybx-6"}),
    ("创业担保贷款个人最高多少", {"cyfw-1-3-1", "cyfw-1-3"}),
    ("就业创业证要带什么材料", {"jyfw-1-3"}),
    ("加班费咋算", {"nmmg-18", "nmmg-18-0", "nmmg-d"}),
    ("syb培训几天", {"jnpx-6-1-1", "jnpx-6-1"}),
    ("现场招聘会几点开始", {"zpfw-2-0-2"}),
]


@pytest.fixture(scope="module")
def small(tiny, encoder, settings):
    return Retriever(tiny, encoder, Fusion.load(settings.fusion))


@pytest.mark.parametrize(("text", "ids"), BEST)
def test_a_plain_question_finds_its_clause(kit, text, ids):
    """Or one that states the same fact."""
    equal = equivalents(kit.knowledge)
    assert kit.retriever.search(text).best.id in ids.union(*(equal.get(id, ()) for id in ids))


@pytest.mark.parametrize("text", ["今天天气怎么样", "给我讲个笑话", "一加一等于几"])
def test_what_is_far_away_is_not_accepted(kit, text):
    assert kit.retriever.search(text).best is None


@pytest.mark.parametrize(
    ("text", "near"), [("带薪年假有几天", "annual_leave"), ("医保怎么报销", "medical_reimbursement")]
)
def test_a_near_topic_is_known_as_one(kit, text, near):
    assert kit.retriever.search(text).by_kind("uncovered")[0].id == near


def test_the_same_search_gives_the_same_hits(kit):
    assert kit.retriever.search("失业金怎么领") == kit.retriever.search("失业金怎么领")


def test_a_search_leaves_no_trace_in_the_next_one(kit):
    before = kit.retriever.search("失业金怎么领")
    kit.retriever.search("创业贷款", joined="失业金 创业贷款", weight=0.5, bonus={"sybx-6-1": 3.0})
    assert kit.retriever.search("失业金怎么领") == before


def test_shares_sum_to_one(small):
    hits = small.search("失业金怎么领")
    total = sum(hit.probability for hit in (*hits.accepted, *hits.rejected))
    assert total == pytest.approx(1, abs=1e-5)


def test_every_rejected_passage_has_a_reason_and_no_accepted_one_has(kit):
    hits = kit.retriever.search("失业金怎么领")
    assert all(hit.reason for hit in hits.rejected)
    assert not any(hit.reason for hit in hits.accepted)


def test_accepted_passages_come_best_first(kit):
    shares = [hit.probability for hit in kit.retriever.search("失业金怎么领").accepted]
    assert shares == sorted(shares, reverse=True)


def test_only_clauses_are_accepted(kit):
    assert {hit.kind for hit in kit.retriever.search("年假几天").accepted} <= {"clause"}


def share(hits, id):
    return next(hit.probability for hit in (*hits.accepted, *hits.rejected) if hit.id == id)


def test_a_bonus_lifts_a_passage(small):
    alone, lifted = small.search("最多多少"), small.search("最多多少", bonus={"cyfw-1-3": 2.0})
    assert share(lifted, "cyfw-1-3") > share(alone, "cyfw-1-3")


def test_a_malus_lowers_a_passage(small):
    alone, lowered = small.search("最多多少"), small.search("最多多少", bonus={"cyfw-1-3": -2.0})
    assert share(lowered, "cyfw-1-3") < share(alone, "cyfw-1-3")


def test_the_question_before_completes_a_message_that_leans_on_it(small):
    alone, joined = small.search("咋领"), small.search("咋领", joined="创业贷款 额度 咋领", weight=1.0)
    assert share(joined, "cyfw-1-3") > share(alone, "cyfw-1-3")


def test_a_question_before_that_weighs_nothing_changes_nothing(small):
    assert small.search("咋领", joined="创业贷款 额度 咋领", weight=0.0) == small.search("咋领")


def test_a_bonus_for_a_passage_that_is_not_indexed_does_no_harm(small):
    assert small.search("失业金怎么领", bonus={"no-such": 9.0}) == small.search("失业金怎么领")


def test_known_is_the_share_of_character_pairs_that_were_seen(small):
    assert small.search("失业金").known == 1.0
    assert small.search("哈哈").known == 0.0
    assert small.search("失").known == 0.0


@given(text=st.text(max_size=40))
def test_no_text_breaks_a_search(small, text):
    hits = small.search(text)
    assert 0 <= hits.in_scope <= 1
    assert len(hits.accepted) + len(hits.rejected) == 4
