"""How much may be borrowed, and how often."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal

from bot.calculators.display import plain, yuan
from bot.calculators.model import Calculator, Part, Result, Value
from bot.calculators.numerals import NUMERAL, parse_numeral
from bot.calculators.quantities import Quantity
from bot.calculators.sheet import Formula, Sheet

_WAN = Decimal(10_000)
_PARTNERS = 2
_NEXT = 4  # characters after a number in which it is said what it counts
_TOGETHER = re.compile(r"合伙|搭伙|一起|(?<!加)一块|共同|合股|合开|合着")
_LEAST_LOAN = 1000
_SUMS = ("wish", "amount")
_OF_A_LOAN = re.compile(r"(?:贷款?|借款?|限|额度)(?:是|为|个|了|到)?$")
_SELF = "(?:我|咱)(?:自己|本人)?(?:和|跟|与|同|加上|带着|叫上|约上|联合)(?:我|另外|别的)?"


def read_sums(quantities: list[Quantity], text: str, asked: str | None) -> list[Quantity]:
    """贷20 means 20万: who speaks of loans leaves out the 万, and nobody borrows a few yuan. A rate (3.65) stays as it
    is."""
    result = []
    for quantity in quantities:
        small = quantity.measure == "number" and 0 < quantity.value < _LEAST_LOAN
        if small and (asked in _SUMS or _OF_A_LOAN.search(text[: quantity.start])):
            result.append(replace(quantity, measure="money", value=quantity.value * _WAN))
        elif asked or not small or quantity.value != quantity.value.to_integral_value():
            result.append(quantity)
    return result


def _read_partners(
    calculator: Calculator, text: str, quantities: list[Quantity], values: dict[str, Value], asked: str | None
) -> list[Quantity]:
    """我和两个朋友 are three."""
    quantities = read_sums(quantities, text, asked)
    words = calculator.inputs["partners"].words
    companions = "|".join(sorted(words["companion"], key=len, reverse=True))
    found = re.search(rf"{_SELF}(?P<count>{NUMERAL})?(?:个|位|名)?(?:{companions})", text)
    if _TOGETHER.search(text):
        values["together"] = True
    elif asked != "partners":
        return [q for q in quantities if q.measure not in ("people", "count")]
    if found:
        others = parse_numeral(found["count"]) if found["count"] else Decimal(1)
        if others is not None and others >= 1:
            stated = [q.value for q in quantities if q.measure in ("people", "count") and q.start >= found.end()]
            values["partners"] = max(others + 1, *stated, Decimal(0)) if stated else others + 1
            return [q for q in quantities if not (found.start() <= q.start < found.end())]
    meant = ("合伙", *calculator.inputs["qualified"].near)
    return [q for q in quantities if not _alone(q, text, meant)]


def _alone(quantity: Quantity, text: str, meant: tuple[str, ...]) -> bool:
    """一个人 is who borrows alone, or whom the partners are compared with; 一个人合伙 is said by mistake."""
    heads = quantity.measure in ("people", "count") and quantity.value == 1
    return heads and not any(word in text[quantity.end : quantity.end + _NEXT] for word in meant)


def _run_cap(sheet: Sheet) -> Result:
    cap = sheet.figure("cap")
    if sheet.has("partners") and sheet.number("partners") < _PARTNERS:
        value = f"{plain(sheet.number('partners'))}人"
        sheet.ask("partners", "low_partners", value=value)
    if sheet.flag("together") and not (sheet.has("partners") or sheet.has("qualified")):
        sheet.ask("partners")
    wish = sheet.number("wish") if sheet.has("wish") else None
    count = next((sheet.number(name) for name in ("qualified", "partners") if sheet.has(name)), Decimal(1))
    sheet.note(sheet.say("approval"))
    if count < _PARTNERS:
        total = cap if wish is None else min(cap, wish)
        key = "single" if wish is None else "single_cut" if wish > cap else "single_within"
        return sheet.result(
            total / _WAN, sheet.calculator.unit, sheet.say(key, total=yuan(total)), [_compare(wish, cap)]
        )
    rise = sheet.figure("rise")
    whole, other = count * cap * (1 + rise), cap * (1 + rise)
    if wish is not None and sheet.flag("each"):
        wish *= count
    total = whole if wish is None else min(whole, wish)
    key = "partners" if wish is None else "partners_cut" if wish > whole else "partners_within"
    filled = {"count": plain(count), "total": yuan(total), "limit": yuan(whole), "asked": yuan(wish or total)}
    sheet.note(sheet.say("other", other=yuan(other)))
    working = [f"{plain(count)}人 × {yuan(cap)} × (1 + {sheet.shown('rise')}) = {yuan(whole)}"]
    parts = [Part(sheet.say("other_label"), other / _WAN, sheet.calculator.unit)]
    return sheet.result(total / _WAN, sheet.calculator.unit, sheet.say(key, **filled), working, parts)


def _compare(wish: Decimal | None, cap: Decimal) -> str:
    if wish is None:
        return yuan(cap)
    sign = ">" if wish > cap else "≤"
    return f"{yuan(wish)} {sign} {yuan(cap)}"


def _run_cap_firm(sheet: Sheet) -> Result:
    cap, wish = sheet.figure("cap"), sheet.need("wish")
    total = min(cap, wish)
    first = sheet.say("cut" if wish > cap else "within", total=yuan(total))
    sheet.note(sheet.say("approval"))
    return sheet.result(total / _WAN, sheet.calculator.unit, first, [_compare(wish, cap)])


def _read_times(
    calculator: Calculator, text: str, quantities: list[Quantity], values: dict[str, Value], asked: str | None
) -> list[Quantity]:
    """想贷第二次 has used one; 第二次还完了, and what comes after the second, has used two."""
    words = calculator.inputs["used"].words
    for quantity in quantities:
        if quantity.measure == "times" and quantity.ordinal:
            before = text[max(0, quantity.start - 6) : quantity.start]
            planned = any(word in before for word in words["planned"]) and not any(
                word in text for word in words["after"]
            )
            values["used"] = quantity.value - 1 if planned else quantity.value
            return [other for other in quantities if other is not quantity]
    return quantities


def _run_times(sheet: Sheet) -> Result:
    name = "firm_times" if sheet.flag("firm") else "times"
    limit, used = sheet.figure(name), sheet.need("used")
    rest = limit - used
    first = sheet.say("first" if rest else "none", total=plain(rest), most_times=sheet.shown(name))
    return sheet.result(rest, sheet.calculator.unit, first, [f"{plain(limit)}次 - {plain(used)}次 = {plain(rest)}次"])


LOAN_CAP = Formula(
    _run_cap,
    figures=("cap", "rise"),
    inputs=("partners", "qualified", "wish", "each", "together"),
    says={
        "single": ("total",),
        "single_cut": ("total",),
        "single_within": ("total",),
        "approval": (),
        "other_label": (),
        "partners": ("count", "total"),
        "partners_cut": ("count", "total", "asked"),
        "partners_within": ("count", "total", "asked", "limit"),
        "other": ("other",),
        "low_partners": ("value",),
    },
    read=_read_partners,
)
LOAN_CAP_FIRM = Formula(
    _run_cap_firm, figures=("cap",), inputs=("wish",), says={"cut": ("total",), "within": ("total",), "approval": ()}
)
LOAN_TIMES = Formula(
    _run_times,
    figures=("times", "firm_times"),
    inputs=("used", "firm"),
    says={"first": ("total", "most_times"), "none": ("total", "most_times")},
    read=_read_times,
)
