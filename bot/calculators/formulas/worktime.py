"""Working time: the hours of a week against the regular ones."""

from __future__ import annotations

from decimal import Decimal

from bot.calculators.display import plain
from bot.calculators.model import Result
from bot.calculators.sheet import Formula, Sheet

_WEEK = 7


def _run(sheet: Sheet) -> Result:
    regular = sheet.figure("week")
    sheet.figure("day")
    if sheet.has("week_hours"):
        total, working = sheet.number("week_hours"), ""
    else:
        total = sheet.need("day_hours") * sheet.need("days")
        working = f"{plain(sheet.number('day_hours'))}小时 × {plain(sheet.number('days'))}天 = {plain(total)}小时"
        if sheet.number("days") == _WEEK:
            sheet.figure("rest")
            sheet.note(sheet.say("no_rest"))
    over = total - regular
    if over <= 0:
        return sheet.result(
            Decimal(0), sheet.calculator.unit, sheet.say("within", total=plain(total)), [working] if working else []
        )
    first = sheet.say("first", total=plain(total), over=plain(over))
    step = f"{plain(total)}小时 - {plain(regular)}小时 = {plain(over)}小时"
    return sheet.result(over, sheet.calculator.unit, first, [working, step] if working else [step])


WORK_HOURS = Formula(
    _run,
    figures=("day", "week", "rest"),
    inputs=("day_hours", "days", "week_hours"),
    says={"first": ("total", "over"), "within": ("total",), "no_rest": ()},
)
