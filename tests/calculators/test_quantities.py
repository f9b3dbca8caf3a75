"""Quantities with their units: the table is quantities.yml."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import yaml

from bot.calculators.quantities import YEARLESS, find_quantities
from bot.language import normalise

CASES = yaml.safe_load((Path(__file__).parent / "quantities.yml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["text"])
def test_quantities_are_found(case, calculators):
    words = calculators["overtime_pay"].language.not_numbers
    found = find_quantities(normalise(case["text"]), words)
    shown = [f"{q.measure} {q.value.normalize():f} {'/'.join(sorted(q.per))}".strip() for q in found]
    assert shown == case["is"]


def test_a_date_is_read_with_and_without_its_year():
    first, second, third = find_quantities("2022年9月5日,9月6号,二零二二年十月一日")
    assert (first.day, third.day) == (date(2022, 9, 5), date(2022, 10, 1))
    assert second.day == date(YEARLESS, 9, 6)


def test_a_day_that_does_not_exist_is_no_date():
    assert not [quantity for quantity in find_quantities("2022年2月31日") if quantity.day]


def test_a_place_in_the_text_is_named():
    (quantity,) = find_quantities("总共加班6小时吧")
    assert ("总共加班6小时吧"[quantity.start : quantity.end], quantity.text) == ("6小时", "6小时")
