"""Despair, danger, unpaid wages and insults: heard however they are written, and not where words only sound so."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from bot.answering import Status
from bot.knowledge import KnowledgeError, load_knowledge
from bot.language import normalise
from bot.rendering import to_text

CASES = yaml.safe_load((Path(__file__).parent / "urgent.yml").read_text(encoding="utf-8"))
HEARD = [(kind, text) for kind, texts in CASES["heard"].items() for text in texts]
LETS_GO = 12  # of 42,000 authored questions, those of insults beside a question and of pay beside something else


@pytest.mark.parametrize(("kind", "text"), HEARD)
def test_it_is_heard_however_it_is_written(knowledge, kind, text):
    assert knowledge.urgent[kind].is_heard(normalise(text))


@pytest.mark.parametrize("text", CASES["not_heard"])
def test_what_only_sounds_so_is_not_heard(knowledge, text):
    assert [kind for kind, each in knowledge.urgent.items() if each.is_heard(normalise(text))] == []


def test_authored_questions_sound_urgent_only_where_they_are(knowledge, questions):
    own = {
        "danger": ("gxby-11", "nmmg-17", "marriage_family"),
        "wages": ("nmmg-11", "nmmg-12", "nmmg-13", "nmmg-17", "nmmg-23", "nmmg-f", "nmmg-tel"),
    }
    strange = [
        (kind, question.text)
        for question in questions
        for kind, each in knowledge.urgent.items()
        if each.is_heard(normalise(question.text)) and not question.label.startswith((*own.get(kind, ()), "far"))
    ]
    assert len(strange) <= LETS_GO, strange


@pytest.mark.parametrize("case", CASES["alone"], ids=[case["text"] for case in CASES["alone"]])
def test_a_message_that_says_nothing_else_gets_the_fitting_words(ask, kit, case):
    reply = ask(case["text"])
    assert reply.paragraphs[0].text == kit.say(case["says"])
    assert case["clause"] in [None, *(citation.clause for citation in reply.citations)]
    assert bool(reply.citations) is bool(case["clause"])


@pytest.mark.parametrize("case", CASES["beside"], ids=[case["text"] for case in CASES["beside"]])
def test_a_question_beside_it_is_answered(ask, kit, case):
    reply = ask(case["text"])
    assert case["clause"] in [citation.clause for citation in reply.citations]
    assert (
        (reply.paragraphs[0].text == kit.say(case["says"])) if case["says"] else kit.say("abuse") not in to_text(reply)
    )


def test_unpaid_wages_lead_to_the_labour_inspection_in_the_first_line(ask):
    assert all("劳动保障监察机构" in ask(text).paragraphs[0].text for text in CASES["heard"]["wages"])


def test_a_threat_to_life_is_answered_with_the_police_and_no_other_invented_number(ask, kit):
    said = kit.say("crisis") + kit.say("danger") + kit.say("rage")
    assert "110报警" in said
    for text in CASES["heard"]["life"] + CASES["heard"]["danger"] + CASES["heard"]["rage"]:
        assert "110" in to_text(ask(text)).split("\n")[0]


def test_no_insult_is_repeated(ask):
    for text in CASES["heard"]["abuse"]:
        reply = ask(text)
        assert reply.status is Status.SMALLTALK and text not in to_text(reply)


def test_a_tapped_button_whose_label_has_such_a_word_is_a_button(ask, kit):
    reply = ask("拖欠工资", choice="topic:nmmg-23")
    assert reply.paragraphs[0].text != kit.say("wages")


def test_a_clause_that_is_not_there_is_a_fault_of_the_file(folder):
    path = folder / "urgent.yml"
    path.write_text(path.read_text(encoding="utf-8").replace("[gxby-11-2]", "[gxby-99]"), encoding="utf-8")
    with pytest.raises(KnowledgeError) as error:
        load_knowledge(folder)
    assert [(fault.file, fault.key) for fault in error.value.faults] == [("knowledge/urgent.yml", "danger.clauses")]


def test_a_kind_that_is_left_out_is_a_fault_of_the_file(folder):
    path = folder / "urgent.yml"
    path.write_text(path.read_text(encoding="utf-8").replace("abuse: ", "insult: "), encoding="utf-8")
    with pytest.raises(KnowledgeError):
        load_knowledge(folder)
