"""Internship subsidy: the share of interns kept is worked out; the amount is not, since its base is not printed."""

from __future__ import annotations

from bot.calculators.display import fen, plain
from bot.calculators.model import Result
from bot.calculators.sheet import Formula, Sheet


def _run(sheet: Sheet) -> Result:
    half = sheet.figure("half")
    sheet.figure("raised")
    if not (sheet.has("kept") and sheet.has("interns")):
        return sheet.result(None, sheet.calculator.unit, sheet.say("first"))
    rate = sheet.number("kept") / sheet.number("interns")
    shown = f"{plain(fen(rate * 100))}%"
    first = sheet.say("reached" if rate >= half else "missed", rate=shown)
    working = f"{plain(sheet.number('kept'))} ÷ {plain(sheet.number('interns'))} = {shown}"
    return sheet.result(fen(rate * 100), sheet.calculator.unit, first, [working])


INTERNSHIP = Formula(
    _run,
    figures=("half", "raised"),
    inputs=("interns", "kept", "money"),
    says={"first": (), "reached": ("rate",), "missed": ("rate",)},
)
