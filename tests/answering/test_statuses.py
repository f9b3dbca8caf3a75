"""Every reply carries a status from one closed list. The cases are in statuses.yml."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import yaml

from bot.answering import STEPS, Status

CASES = yaml.safe_load((Path(__file__).parent / "statuses.yml").read_text(encoding="utf-8"))
CLOSED = {
    "answered",
    "answered_expired",
    "answered_not_yet_in_force",
    "answered_contact",
    "clarification_which_scheme",
    "clarification_which_business_line",
    "clarification_which_place",
    "clarification_vague",
    "refused_out_of_scope",
    "refused_not_covered",
    "refused_detail_not_printed",
    "refused_nothing_found",
    "refused_unreadable",
    "check_asking",
    "check_eligible",
    "check_not_eligible",
    "check_unsettled",
    "match_result",
    "sheet",
    "calculated",
    "calculation_asking",
    "smalltalk",
    "smalltalk_noted",
    "forgotten",
    "error_internal",
}


def test_the_list_of_statuses_is_closed():
    assert {status.value for status in Status} == CLOSED


@pytest.mark.parametrize("case", CASES, ids=[case["text"] or "nothing" for case in CASES])
def test_a_message_gets_its_status(ask, case):
    reply = ask(case["text"], act=case.get("act", ""), confidence=0.9, day=date(2026, 11, 23))
    assert reply.status.value == case["status"]


def test_every_reply_has_a_status_and_something_to_say(answered, tapped):
    for row in [*answered, *tapped]:
        assert isinstance(row.reply.status, Status)
        assert row.reply.paragraphs
        assert all(paragraph.text.strip() for paragraph in row.reply.paragraphs)


def test_every_paragraph_is_of_a_known_kind(answered, tapped):
    kinds = {paragraph.kind for row in [*answered, *tapped] for paragraph in row.reply.paragraphs}
    assert kinds <= {"notice", "lead", "quote", "source", "remark", "contact", "ask"}


def test_the_steps_are_named_in_their_order():
    assert [name for name, _ in STEPS] == [step.__module__.rpartition(".")[2] for _, step in STEPS]


def test_a_reply_says_where_it_stopped_and_how_long_each_step_took(ask):
    reply = ask("前旗失业金电话")
    names = [name for name, _ in reply.timings]
    assert reply.stopped_at == "find_contact"
    assert names == [name for name, _ in STEPS][: len(names)]
    assert all(milliseconds >= 0 for _, milliseconds in reply.timings)


def test_the_bare_name_of_a_topic_is_never_refused(ask, knowledge):
    words = [word for topic in knowledge.topics.values() for word in topic.words]
    assert not [word for word in words if ask(word).status.value.startswith("refused")]


def test_small_talk_that_the_nlu_is_not_sure_of_is_not_answered_as_such(ask):
    assert ask("失业金在哪领", act="greet", confidence=0.3).status is Status.ANSWERED


def test_small_talk_around_a_topic_is_answered_as_a_question(ask):
    assert ask("你好，失业保险金在哪领", act="greet", confidence=0.99).status is Status.ANSWERED
