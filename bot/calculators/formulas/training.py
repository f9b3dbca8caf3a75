"""Training subsidies: a share of the standard of the trade, which the brochures do not print and the asker has to
tell."""

from __future__ import annotations

from bot.calculators.display import fen, percent, plain, yuan, yuan_and_wan
from bot.calculators.model import Result
from bot.calculators.sheet import Formula, Sheet

_KINDS = ("whole", "other_new", "hardship_firm", "grade", "technician")


def _run(sheet: Sheet) -> Result:
    standard, people, kind = sheet.need("standard"), sheet.need("people"), sheet.choice("kind")
    if kind is None:
        sheet.ask("kind")
    share = sheet.figure(kind)
    total = fen(standard * people * share)
    shown = sheet.shown(kind)
    first = sheet.say("first", total=yuan_and_wan(total), rate=shown)
    heads = f" × {plain(people)}人" if people != 1 else ""
    return sheet.result(
        total, sheet.calculator.unit, first, [f"{yuan(standard)}{heads} × {percent(share)} = {yuan_and_wan(total)}"]
    )


TRAINING = Formula(_run, figures=_KINDS, inputs=("standard", "people", "kind"), says={"first": ("total", "rate")})
