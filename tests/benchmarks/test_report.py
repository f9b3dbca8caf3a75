"""The report names what was measured, and nothing that was not."""

from __future__ import annotations

from benchmarks.performance.figures import paired
from benchmarks.performance.report import TARGETS, number, tables


def measured(ours: float, stock: float) -> dict:
    load = paired(
        [{"per_second": ours, "p95_ms": 10.0, "failed": 0.0}], [{"per_second": stock, "p95_ms": 100.0, "failed": 0.0}]
    )
    return {"load": {"how": {}, "figures": {"16": load}}}


def row(text: str, name: str) -> list[str]:
    found = next(line for line in text.splitlines() if line.startswith(f"| {name}"))
    return [cell.strip() for cell in found.strip("|").split("|")]


def test_an_aim_that_is_reached_says_yes():
    assert row(tables(measured(90, 10)), "messages/s at 16")[2:] == ["9.00", "—", "yes"]


def test_an_aim_that_is_missed_says_no():
    assert row(tables(measured(70, 10)), "messages/s at 16")[-1] == "no"


def test_an_aim_that_was_not_measured_is_not_judged():
    assert row(tables(measured(90, 10)), "start to first answer")[2:] == ["—", "—", "—"]


def test_earlier_figures_stand_beside():
    assert row(tables(measured(90, 10), measured(20, 10)), "messages/s at 16")[3] == "2.00"


def test_every_aim_is_in_the_table():
    assert all(target.name in tables({}) for target in TARGETS)


def test_numbers_have_three_digits_and_no_exponent():
    assert [number(value) for value in (1234.5, 123.4, 12.34, 1.234, 0.1234, None)] == [
        "1,234", "123", "12.3", "1.23", "0.123", "—",
    ]  # fmt: skip
