"""Compensation where no labour contract was signed: one month's wage for every full year of work."""

from __future__ import annotations

from decimal import Decimal

from bot.calculators.display import fen, plain, yuan, yuan_and_wan
from bot.calculators.model import Calculator, Result, Value
from bot.calculators.quantities import Quantity
from bot.calculators.sheet import Formula, Sheet

_MONTHS = 12


def _read(
    calculator: Calculator, text: str, quantities: list[Quantity], values: dict[str, Value], asked: str | None
) -> list[Quantity]:
    """Two dates are the time between them: 2019年3月到2022年8月."""
    days = [quantity.day for quantity in quantities if quantity.day is not None]
    if len(days) == 2:
        start, end = days
        months = (end.year - start.year) * _MONTHS + end.month - start.month - (end.day < start.day)
        values["years"] = Decimal(months)
        return [quantity for quantity in quantities if quantity.day is None]
    return quantities


def _run(sheet: Sheet) -> Result:
    months = sheet.need("years")
    full = months // sheet.figure("full")
    if full == 0:
        sheet.note(sheet.say("rest"))
        return sheet.result(None, sheet.calculator.unit, sheet.say("none"))
    if months % sheet.figure("full"):
        sheet.note(sheet.say("rest"))
    due = full * sheet.figure("per_year")
    years = plain(full)
    if not sheet.has("monthly_wage") and sheet.flag("in_months"):
        return sheet.result(
            due,
            "个月工资",
            sheet.say("months", full_years=years),
            [f"{years}年 × {sheet.shown('per_year')} = {plain(due)}个月工资"],
        )
    if not sheet.has("monthly_wage"):
        sheet.ask("monthly_wage", "wage", full_years=years)
    total = fen(due * sheet.number("monthly_wage"))
    first = sheet.say("first", total=yuan_and_wan(total), full_years=years)
    working = f"{years}年 × {yuan(sheet.number('monthly_wage'))} = {yuan_and_wan(total)}"
    return sheet.result(total, sheet.calculator.unit, first, [working])


COMPENSATION = Formula(
    _run,
    figures=("per_year", "full"),
    inputs=("years", "monthly_wage", "in_months"),
    says={"first": ("total", "full_years"), "months": ("full_years",), "none": (), "rest": (), "wage": ("full_years",)},
    read=_read,
)
