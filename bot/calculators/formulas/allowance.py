"""What is so much by the head, day, month or year: the product of figures and inputs, in the order that the
calculator names."""

from __future__ import annotations

from decimal import Decimal

from bot.calculators.display import fen, plain, yuan, yuan_and_wan
from bot.calculators.model import Result
from bot.calculators.sheet import Formula, Sheet, show

_MONTHS = 12


def _run(sheet: Sheet) -> Result:
    calculator = sheet.calculator
    if sheet.has("certified"):  # apprentices: only those with a certificate count
        sheet.values["people"] = sheet.values["certified"]
        sheet.note(sheet.say("use_certified"))
    if sheet.has("without") and sheet.has("people"):
        sheet.values["people"] = sheet.number("people") - sheet.number("without")
        if sheet.number("people") <= 0:
            sheet.ask("people")
    for name in calculator.product:
        _fill_in(sheet, name)
    total, one = Decimal(1), Decimal(1)
    shown: list[str] = []
    for name in calculator.product:
        factor, text = _factor(sheet, name)
        total *= factor
        if name != "months":
            one *= factor
        if text:
            shown.append(text)
    if sheet.can_say("default_years") and "years" not in sheet.told:
        sheet.note(sheet.say("default_years"))
    if sheet.can_say("course") and sheet.has("course"):
        sheet.note(sheet.say("course"))
    total = fen(total)
    first = sheet.say("first", total=yuan_and_wan(total), one=yuan(one))
    return sheet.result(total, calculator.unit, first, [f"{' × '.join(shown)} = {yuan_and_wan(total)}"])


def _fill_in(sheet: Sheet, name: str) -> None:
    """An input that was not told but follows from a choice: the days of a course."""
    entry = sheet.calculator.inputs.get(name)
    if entry is None or sheet.has(name):
        return
    for of, table in entry.by_choice.items():
        chosen = sheet.choice(of)
        if chosen is not None and chosen in table:
            sheet.values[name] = sheet.figure(table[chosen])


def _factor(sheet: Sheet, name: str) -> tuple[Decimal, str]:
    """The factor and how it is written; a year or a person that was not told is not written."""
    if name in sheet.calculator.figures:
        value = sheet.figure(name)
        return value, sheet.shown(name)
    entry = sheet.calculator.inputs[name]
    told = sheet.has(name)
    value = sheet.need(name)
    if entry.measure == "money":
        return value, yuan(value)
    if entry.measure == "months":
        factor = value / _MONTHS if entry.unit == "年" else value
        unit = entry.unit or "个月"
        return factor, f"{plain(factor)}{unit}" if told or value != _MONTHS else ""
    return value, show(entry, value) if told or value != 1 else ""


PRODUCT = Formula(
    _run,
    says={"first": ("total", "one")},
    may_say={"use_certified": (), "default_years": (), "course": ()},
)
