"""What people write, and what has to come out: the table is cases.yml."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
import yaml

from bot.calculators import Question, Result

CASES = yaml.safe_load((Path(__file__).parent / "cases.yml").read_text(encoding="utf-8"))


def shown(result: Result) -> str:
    return "\n".join((result.first_line, *result.working, *result.notes))


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["say"])[:40])
def test_a_message_comes_out_as_it_should(case, work_out):
    said = case["say"] if isinstance(case["say"], list) else [case["say"]]
    id, reply = work_out(*said)
    if case["is"] == "none":
        assert id is None, reply
        return
    assert id == case["is"]
    if "asks" in case:
        assert isinstance(reply, Question), reply
        assert reply.input == case["asks"], reply
        assert reply.says.strip()
        return
    assert isinstance(reply, Result), reply
    if "amount" in case:
        wanted = case["amount"]
        if wanted == "none":
            assert reply.amount is None, reply
        else:
            assert reply.amount == (wanted if isinstance(wanted, date) else Decimal(str(wanted))), reply
    for figure in case.get("also", ()):
        assert str(figure) in shown(reply), shown(reply)
    if "clause" in case:
        assert case["clause"] in reply.clauses, reply.clauses
