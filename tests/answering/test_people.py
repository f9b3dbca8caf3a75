"""Where a person is wanted: in danger, and when somebody wants to talk to the office."""

from __future__ import annotations

import dataclasses

import pytest

from bot.answering import Context, Status
from bot.rendering import to_text


@pytest.mark.parametrize("text", ["我要自杀", "不想活了", "活不下去了，怎么办"])
def test_who_is_in_danger_gets_the_numbers_and_nothing_else(ask, kit, text):
    talked = ask("失业登记要带什么").context
    for context in (None, talked):
        assert to_text(ask(text, context=context)) == kit.say("crisis")


def test_who_tells_what_happened_gets_the_numbers_first_and_then_the_answer(ask, kit):
    reply = ask("老板欠我三个月工资一直不给，我真的不想活了")
    assert reply.paragraphs[0].text == kit.say("crisis")
    assert reply.status is Status.ANSWERED


def test_who_wants_a_person_gets_the_line_of_the_subject_in_the_own_place(ask, knowledge):
    reply = ask(choice="human", context=Context(place="kyqq", directory="startup"))
    assert [phone.number for phone in reply.contacts] == [knowledge.directories["startup"].phones["kyqq"].number]


def test_without_subject_and_place_it_is_the_general_line(ask, knowledge):
    assert ask(choice="human").contacts == (knowledge.general_phone(),)


def test_hours_that_nobody_has_printed_are_not_invented(ask, kit):
    assert ask(choice="human").paragraphs[-1].text == kit.say("hours_unknown")


def test_hours_that_are_known_stand_with_the_number(kit):
    from datetime import date

    from bot.answering import Message, answer

    lines = {id: dataclasses.replace(line, hours="早九晚五") for id, line in kit.knowledge.directories.items()}
    told = dataclasses.replace(kit, knowledge=dataclasses.replace(kit.knowledge, directories=lines))
    reply = answer(told, Message("", choice="human"), Context(), date(2022, 10, 15))
    assert reply.paragraphs[-1].text.endswith("早九晚五")
    assert kit.say("hours_unknown") not in to_text(reply)


def test_a_conversation_begins_with_a_greeting_that_knows_the_place(ask, knowledge):
    reply = ask(choice="start:kyqq")
    assert reply.context.place == "kyqq" and "科右前旗" in reply.paragraphs[0].text
    assert reply.suggestions and ask("1", context=reply.context).status is Status.ANSWERED


def test_without_a_known_place_the_greeting_asks_for_it(ask):
    for choice in ("start", "start:nowhere"):
        reply = ask(choice=choice)
        assert reply.context.place is None and "哪个旗县市" in reply.paragraphs[0].text
