"""The place of the asker: remembered, changed, asked for, and never guessed."""

from __future__ import annotations

import pytest

from bot.answering import Context, Status

PLACES = ["xam", "wlht", "aes", "kyqq", "kyzq", "zltq", "tqx"]


def test_a_place_that_is_named_is_remembered(ask):
    assert ask("我在前旗，失业登记要带什么证件").context.place == "kyqq"


def test_the_remembered_place_gives_the_number(ask, knowledge):
    first = ask("我在前旗，失业登记要带什么证件")
    second = ask("创业担保贷款个人最高多少", context=first.context)
    assert knowledge.directories["startup"].phones["kyqq"] in second.contacts


def test_a_place_can_be_changed(ask, knowledge):
    first = ask("前旗失业金电话")
    second = ask("换成中旗", context=first.context)
    assert second.context.place == "kyzq"
    assert second.contacts == (knowledge.directories["insurance"].phones["kyzq"],)


def test_a_bare_place_gets_the_number_of_the_line_talked_about(ask, knowledge):
    first = ask("失业金电话")
    second = ask("突泉", context=first.context)
    assert second.status is Status.ANSWERED_CONTACT
    assert second.contacts == (knowledge.directories["insurance"].phones["tqx"],)


def test_a_bare_place_without_anything_before_is_noted(ask):
    reply = ask("我是扎旗的")
    assert (reply.status, reply.context.place) == (Status.SMALLTALK_NOTED, "zltq")
    assert reply.suggestions


@pytest.mark.parametrize("text", ["后旗失业金电话", "科左中旗", "通辽的失业金电话", "察右前旗电话"])
def test_an_unknown_place_is_asked_about_and_not_guessed(ask, text):
    reply = ask(text, act="find_contact", confidence=0.9)
    assert reply.status is Status.CLARIFICATION_PLACE
    assert [suggestion.choice for suggestion in reply.suggestions] == [f"place:{id}" for id in PLACES]
    assert not reply.contacts
    assert reply.context.place is None


def test_an_unknown_place_does_not_overwrite_the_known_one(ask):
    first = ask("我在前旗，失业登记要带什么证件")
    assert ask("科左中旗的电话", context=first.context).context.place == "kyqq"


def test_all_seven_numbers_are_given_when_the_place_is_unknown(ask, knowledge):
    reply = ask("失业金电话")
    numbers = [phone.number for phone in knowledge.directories["insurance"].phones.values()]
    said = "\n".join(paragraph.text for paragraph in reply.paragraphs)
    assert all(number in said for number in numbers)
    assert [phone.place for phone in reply.contacts] == PLACES


@pytest.mark.parametrize("place", PLACES)
def test_one_number_is_given_when_the_place_is_known(ask, knowledge, place):
    reply = ask("失业金电话", context=Context(place=place))
    assert reply.contacts == (knowledge.directories["insurance"].phones[place],)


@pytest.mark.parametrize("place", PLACES)
def test_the_number_is_cited_from_the_row_of_the_place(ask, place):
    reply = ask("失业金电话", context=Context(place=place))
    assert [citation.clause for citation in reply.citations] == [f"sybx-tel-{place}"]


def test_the_place_is_asked_for_once(ask):
    first = ask("就业创业证要带什么材料")
    assert "ask" in {paragraph.kind for paragraph in first.paragraphs}
    second = ask("创业担保贷款个人最高多少", context=first.context)
    assert "ask" not in {paragraph.kind for paragraph in second.paragraphs}


def test_the_place_is_not_asked_for_when_it_is_known(ask):
    reply = ask("就业创业证要带什么材料", context=Context(place="aes"))
    assert "ask" not in {paragraph.kind for paragraph in reply.paragraphs}
    assert not [suggestion for suggestion in reply.suggestions if suggestion.choice.startswith("place:")]


def test_the_league_named_in_passing_does_not_change_the_place(ask):
    reply = ask("兴安盟的创业担保贷款个人最高多少", context=Context(place="kyqq"))
    assert reply.context.place == "kyqq"


def test_without_a_place_the_league_s_line_stands_in(ask, knowledge):
    assert ask("就业创业证要带什么材料").contacts == (knowledge.directories["employment"].phones["xam"],)


@pytest.mark.parametrize("place", ["aes", "kyqq", "kyzq"])
def test_a_corrected_row_of_the_gig_table_says_that_the_print_differs(ask, place):
    reply = ask("零工市场电话", context=Context(place=place))
    assert any("原文印作" in paragraph.text for paragraph in reply.paragraphs if paragraph.kind == "remark")


@pytest.mark.parametrize("place", ["xam", "wlht", "zltq", "tqx"])
def test_the_other_rows_need_no_remark(ask, place):
    assert "remark" not in {p.kind for p in ask("零工市场电话", context=Context(place=place)).paragraphs}


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("恒隆创业广场电话", "18704818889"),
        ("中达产业园的电话", "18904711212"),
        ("退役军人创业园电话", "15024813311"),
        ("职业技术学院孵化园联系电话", "18104828800"),
    ],
)
def test_an_incubator_is_found_by_its_name(ask, text, number):
    assert number in [phone.number for phone in ask(text).contacts]


def test_the_incubators_of_a_place_are_listed(ask, knowledge):
    parks = [incubator.phone for incubator in knowledge.incubators if incubator.phone.place == "kyqq"]
    assert ask("前旗有哪些孵化基地").contacts == tuple(parks)


def test_a_bare_league_changes_the_place(ask):
    assert ask("兴安盟", context=Context(place="kyqq", directory="insurance")).context.place == "xam"


@pytest.mark.parametrize("text", ["阿尔山", "我是阿尔山的"])
def test_a_bare_place_with_a_corrected_row_says_that_the_print_differs(ask, text):
    reply = ask(text, context=Context(directory="gig"))
    assert any("原文印作" in paragraph.text for paragraph in reply.paragraphs)
