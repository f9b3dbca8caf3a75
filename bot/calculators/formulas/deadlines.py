"""The last day of a period that starts on a given day. The day itself does not count (《民法典》第二百零一条)."""

from __future__ import annotations

import calendar as months_of_the_year
from datetime import date, timedelta

from bot.calculators.display import calendar
from bot.calculators.model import Result
from bot.calculators.sheet import Formula, Sheet

_MONTHS = 12
_DAY_SIGNS = ("日", "天")


def _run(sheet: Sheet) -> Result:
    if not sheet.has("start"):
        sheet.ask("start")
    start = sheet.day("start")
    span = int(sheet.figure("span"))
    shown = sheet.shown("span")
    end = start + timedelta(days=span) if shown.endswith(_DAY_SIGNS) else _months_later(start, span)
    first = sheet.say("first", total=calendar(end))
    return sheet.result(end, sheet.calculator.unit, first, [f"{calendar(start)} + {shown} = {calendar(end)}"])


def _months_later(start: date, months: int) -> date:
    """The same day some months later, or the last day of that month where it has none."""
    year, month = divmod(start.year * _MONTHS + start.month - 1 + months, _MONTHS)
    return date(year, month + 1, min(start.day, months_of_the_year.monthrange(year, month + 1)[1]))


DEADLINE = Formula(_run, figures=("span",), inputs=("start",), says={"first": ("total",)})
