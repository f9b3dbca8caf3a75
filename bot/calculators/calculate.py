"""Work out a result, or ask for what is missing or cannot be so."""

from __future__ import annotations

from decimal import Decimal

from .formulas import FORMULAS
from .model import Calculator, Input, Inputs, Question, Result
from .sheet import Asked, Sheet, show


def calculate(calculator: Calculator, inputs: Inputs) -> Result | Question:
    """The result of a calculation, or the question that has to be answered first."""
    sheet = Sheet(calculator, inputs.values)
    try:
        for entry in calculator.inputs.values():
            _check(sheet, entry)
        return FORMULAS[calculator.formula].run(sheet)
    except Asked as asked:
        return asked.question


def _check(sheet: Sheet, entry: Input) -> None:
    """Refuse what cannot be so; a number above its cap is cut to it where the calculator says so."""
    value = sheet.values.get(entry.name)
    if not isinstance(value, Decimal):
        return
    if entry.above is not None and value <= entry.above:
        _refuse(sheet, entry, "low", "above", entry.above)
    if entry.least is not None and value < entry.least:
        _refuse(sheet, entry, "low", "low", entry.least)
    if entry.most is not None and value > entry.most:
        _refuse(sheet, entry, "high", "high", entry.most)
    if entry.whole and value != value.to_integral_value():
        _refuse(sheet, entry, "whole", "whole", value)
    other = sheet.values.get(entry.within) if entry.within else None
    if isinstance(other, Decimal) and value > other:
        _refuse(sheet, entry, "within", "within", other)
    if entry.cap:
        cap = sheet.figure(entry.cap)
        if value > cap:
            if not sheet.can_say(f"cut_{entry.name}"):
                _refuse(sheet, entry, "over", "high", cap)
            sheet.note(sheet.say(f"cut_{entry.name}"))
            sheet.values[entry.name] = cap


def _refuse(sheet: Sheet, entry: Input, kind: str, general: str, limit: Decimal) -> None:
    """Ask again: in the calculator's own words where it has them (`low_hours`), otherwise in those for all."""
    own = f"{kind}_{entry.name}"
    other = sheet.calculator.inputs[entry.within].label if entry.within else ""
    text = sheet.calculator.says.get(own) or sheet.calculator.language.says[general]
    ask = sheet.fill(entry.ask)
    value = show(entry, sheet.values[entry.name])
    told = sheet.fill(text, label=entry.label, value=value, limit=show(entry, limit), other=other, ask=ask)
    raise Asked(Question(entry.name, told, sheet.cited(text, entry.ask)))
