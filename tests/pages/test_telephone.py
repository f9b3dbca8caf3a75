"""Numbers found in printed text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.pages.telephone import Part, all_phones, linked, tel

NUMBERS = ("0482-8231990", "0482-8513233", "0482-8238613", "18614820020", "12333")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("中心\t0482-8231990", ["tel:04828231990"]),
        ("招商电话：0482—8513233/8238613", ["tel:04828513233", "tel:04828238613"]),
        ("打0482-8231990。", ["tel:04828231990"]),
        ("（数字创意类）\t18614820020", ["tel:18614820020"]),
        ("拨打12333咨询", ["tel:12333"]),
        ("登录www.12333.gov.cn办理", []),
        ("8238613", []),
        ("0482-82319901", []),
        ("1861482002", []),
        ("编号A12333", []),
        ("没有号码", []),
    ],
)
def test_a_number_is_linked_where_it_stands(text, found):
    assert [part.tel for part in linked(text, NUMBERS) if part.tel] == found


@given(st.lists(st.sampled_from([*NUMBERS, "8238613", "/", "—", "电话", "1500元", ".", "a", "\n", "12333.gov"])))
def test_nothing_is_lost_and_only_known_numbers_are_linked(pieces):
    text = "".join(pieces)
    parts = linked(text, NUMBERS)
    assert "".join(part.text for part in parts) == text
    assert {part.tel for part in parts} <= {"", *(tel(number) for number in NUMBERS)}


def test_text_without_a_known_number_stays_whole():
    assert linked("0482-8231990", ()) == (Part("0482-8231990"),)


def test_every_number_of_the_contacts_is_found_in_the_clause_it_is_printed_in(knowledge):
    for phone in all_phones(knowledge):
        parts = linked(knowledge.clauses[phone.clause].text, [phone.number])
        alone = [part.tel for part in parts if part.tel]
        after_another = linked(knowledge.clauses[phone.clause].text, [p.number for p in all_phones(knowledge)])
        assert tel(phone.number) in alone or tel(phone.number) in [part.tel for part in after_another]
