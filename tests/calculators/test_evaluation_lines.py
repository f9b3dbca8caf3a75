"""The judged lines of tests/evaluation/calculations.jsonl: the amount, or another reading that is accepted, stands in
the reply."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.calculators import Question, Result
from bot.calculators.display import plain, yuan

LINES = [
    json.loads(line)
    for line in (Path(__file__).parent.parent / "evaluation/calculations.jsonl")
    .read_text(encoding="utf-8")
    .splitlines()
]


@pytest.mark.parametrize("line", LINES, ids=lambda line: line["id"])
def test_a_judged_line_is_answered(line, work_out):
    from decimal import Decimal

    _, reply = work_out(line["question"])
    if line["answer"] is None:
        assert isinstance(reply, Question)
        assert not any(word in reply.says for word in ("133", "NaN", "Infinity"))
        return
    assert isinstance(reply, Result)
    shown = "\n".join((reply.first_line, *reply.working, *reply.notes))
    readings = [Decimal(str(value)) for value in (line["answer"], *line.get("alt_readings", ()))]
    assert any(plain(value) in shown or yuan(value) in shown for value in readings), shown
    assert reply.amount in readings


def test_both_readings_of_the_partner_loan_are_named(work_out):
    _, reply = work_out("两个人合伙开店，都符合条件，创业担保贷款最多能贷到多少万")
    shown = "\n".join((reply.first_line, *reply.notes))
    assert "44万元" in shown and "22万元" in shown and "待核实" in shown
