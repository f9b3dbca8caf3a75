"""Refund of unemployment insurance contributions to employers that keep their staff, and the layoff rate it depends
on."""

from __future__ import annotations

import re
from decimal import ROUND_FLOOR, Decimal

from bot.calculators.display import fen, percent, plain, yuan, yuan_and_wan
from bot.calculators.model import Calculator, Part, Result, Value
from bot.calculators.quantities import Quantity
from bot.calculators.sheet import Formula, Sheet

_LIKE_SMALL = "like_small"
_LEAST_SUM = 100  # a smaller number without a unit is no sum of contributions
_PAID = ("unit_paid", "staff_paid", "total_paid")
_PART = re.compile(r"[,。;、!?]")


def _read_refund(
    calculator: Calculator, text: str, quantities: list[Quantity], values: dict[str, Value], asked: str | None
) -> list[Quantity]:
    """Whose contributions a sum is: the last of 单位 and 职工 named before it in its part of the sentence, both together
    (公司加员工一共), or each (各缴). A firm that says no more means all it paid in."""
    words = calculator.inputs["unit_paid"].words
    sums = [q for q in quantities if q.measure == "money" or (q.measure == "number" and abs(q.value) >= _LEAST_SUM)]
    named: list[tuple[set[str], Quantity]] = []
    start = 0
    for quantity in sums:
        part = _PART.split(text[start : quantity.start])[-1]
        start = quantity.end
        unit = any(word in part for word in words["unit"])
        staff = any(word in part for word in calculator.inputs["staff_paid"].words["staff"])
        named.append(({name for name, said in (("unit_paid", unit), ("staff_paid", staff)) if said}, quantity))
    if asked in _PAID and len(sums) == 1:
        values[asked] = sums[0].value
    elif values.pop("together", None) and len(sums) == 1:
        values["unit_paid"] = values["staff_paid"] = sums[0].value
    elif len(sums) == 1:
        who, quantity = named[0]
        only = who == {"unit_paid"} and any(word in text for word in words["only"])
        values["unit_paid" if only else "staff_paid" if who == {"staff_paid"} else "total_paid"] = quantity.value
    else:
        for who, quantity in named:
            values[who.pop() if len(who) == 1 else "total_paid"] = quantity.value
    return [quantity for quantity in quantities if quantity not in sums]


def _run_refund(sheet: Sheet) -> Result:
    limit = _threshold(sheet) if sheet.has("insured") and sheet.has("laid_off") else None
    if limit is not None:
        rate = sheet.number("laid_off") / sheet.number("insured")
        said = {"layoff": percent(rate), "threshold": percent(limit)}
        if rate > limit:
            return sheet.result(
                Decimal(0), sheet.calculator.unit, sheet.say("refused", **said), [_division(sheet, rate)]
            )
        sheet.note(sheet.say("passed", **said))
    else:
        sheet.note(sheet.say("condition"))
    base, sums = _contributions(sheet)
    size = sheet.choice("size")
    if size is None:
        sheet.ask("size")
    share = sheet.figure("large" if size == "large" else "small")
    if size == _LIKE_SMALL:
        sheet.figure(_LIKE_SMALL)
    total = fen(base * share)
    first = sheet.say("first", total=yuan_and_wan(total), base=yuan(base), rate=percent(share))
    working = f"{sums} × {percent(share)} = {yuan_and_wan(total)}"
    return sheet.result(total, sheet.calculator.unit, first, [working])


def _contributions(sheet: Sheet) -> tuple[Decimal, str]:
    if sheet.has("total_paid"):
        total = sheet.number("total_paid")
        sheet.note(sheet.say("taken_as_total"))
        return total, yuan(total)
    unit, staff = sheet.need("unit_paid"), sheet.need("staff_paid")
    return unit + staff, f"（{yuan(unit)} + {yuan(staff)}）"


def _threshold(sheet: Sheet) -> Decimal:
    few = sheet.number("insured") <= sheet.figure("few")
    return sheet.figure("most_rate_few" if few else "most_rate")


def _division(sheet: Sheet, rate: Decimal) -> str:
    return f"{plain(sheet.number('laid_off'))} ÷ {plain(sheet.number('insured'))} = {_rounded(rate)}"


def _rounded(rate: Decimal) -> str:
    return f"{plain(fen(rate * 100))}%"


def _read_layoff(
    calculator: Calculator, text: str, quantities: list[Quantity], values: dict[str, Value], asked: str | None
) -> list[Quantity]:
    """30个人最多能裁几个: the one number is the staff, however near it stands to 裁."""
    heads = [quantity for quantity in quantities if quantity.measure in ("people", "count")]
    if values.get("at_most") and len(heads) == 1:
        values["insured"] = heads[0].value
        return [quantity for quantity in quantities if quantity not in heads]
    return quantities


def _run_layoff(sheet: Sheet) -> Result:
    insured = sheet.need("insured")
    limit = _threshold(sheet)
    sheet.note(sheet.say("which"))
    if not sheet.has("laid_off") and sheet.flag("at_most"):
        most = (insured * limit).quantize(Decimal(1), ROUND_FLOOR)
        first = sheet.say("most", total=plain(most), threshold=percent(limit))
        return sheet.result(most, "人", first, [f"{plain(insured)} × {percent(limit)} = {plain(insured * limit)}"])
    rate = sheet.need("laid_off") / insured
    verdict = sheet.say("fail" if rate > limit else "pass", threshold=percent(limit))
    if rate <= limit:
        for name in ("large", "small"):
            sheet.figure(name)
        sheet.note(sheet.say("shares"))
    first = sheet.say("first", rate=_rounded(rate), verdict=verdict)
    parts = [Part(sheet.calculator.name, fen(rate * 100), "%")]
    return sheet.result(fen(rate * 100), sheet.calculator.unit, first, [_division(sheet, rate)], parts)


REFUND = Formula(
    _run_refund,
    figures=("large", "small", _LIKE_SMALL, "most_rate", "most_rate_few", "few"),
    inputs=("unit_paid", "staff_paid", "total_paid", "size", "insured", "laid_off", "together"),
    says={
        "first": ("total", "base", "rate"),
        "refused": ("layoff", "threshold"),
        "passed": ("layoff", "threshold"),
        "condition": (),
        "taken_as_total": (),
    },
    read=_read_refund,
)
LAYOFF = Formula(
    _run_layoff,
    figures=("most_rate", "most_rate_few", "few", "large", "small"),
    inputs=("insured", "laid_off", "at_most"),
    says={
        "first": ("rate", "verdict"),
        "pass": ("threshold",),
        "fail": ("threshold",),
        "most": ("total", "threshold"),
        "which": (),
        "shares": (),
    },
    read=_read_layoff,
)
