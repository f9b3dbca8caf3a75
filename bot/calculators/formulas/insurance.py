"""Social insurance: the share of contributions that is paid back, and the unemployment insurance contribution
itself."""

from __future__ import annotations

from decimal import Decimal

from bot.calculators.display import fen, percent, plain, yuan, yuan_and_wan
from bot.calculators.model import Part, Result
from bot.calculators.sheet import Formula, Sheet

_SCHEMES = ("", "firm_", "graduate_", "late_graduate_")


def _run_share(sheet: Sheet) -> Result:
    """Two thirds of what was really paid. A firm's own part only, for as long as the scheme runs."""
    firm = sheet.choice("kind") == "firm"
    left_lately = sheet.has("since") and sheet.number("since") <= sheet.calculator.figures["left"].value
    if firm and sheet.flag("graduate") and left_lately:
        sheet.figure("small_firm_years_limit")
        return sheet.result(None, sheet.calculator.unit, sheet.say("small_firm"))
    prefix = _scheme(sheet, firm)
    share, longest = sheet.figure(f"{prefix}share"), sheet.figure(f"{prefix}years_limit")
    shown_share, shown_longest = sheet.shown(f"{prefix}share"), sheet.shown(f"{prefix}years_limit")
    months = min(sheet.number("months"), longest) if sheet.has("months") else None
    if sheet.has("months") and sheet.number("months") > longest:
        sheet.note(sheet.say("limited", longest=shown_longest))
    sheet.note(sheet.say("longest_graduate" if prefix.endswith("graduate_") else "longest_note", longest=shown_longest))
    if firm:
        sheet.note(sheet.say("scope"))
    year = sheet.calculator.figures["year"].value
    per_month = sheet.has("monthly_paid") and not sheet.has("paid")
    paid = sheet.number("monthly_paid") if per_month else sheet.need("paid")
    if firm and sheet.flag("included") and sheet.has("personal"):
        paid -= sheet.number("personal")
        if paid <= 0:
            sheet.ask("paid")
    factors = [yuan(paid)]
    if sheet.has("people") and sheet.number("people") > 1 and sheet.flag("each"):
        paid *= sheet.number("people")
        factors.append(f"{plain(sheet.number('people'))}人")
    if per_month and months is None:
        total, yearly = fen(paid * share), fen(paid * share * year)
        first = sheet.say("monthly", total=yuan_and_wan(total), yearly=yuan_and_wan(yearly), part=shown_share)
        return sheet.result(
            total, sheet.calculator.unit, first, [f"{' × '.join(factors)} × {shown_share} = {yuan(total)}"]
        )
    if months is not None and (per_month or months > year):
        times = months if per_month else months / year
        paid *= times
        factors.append(f"{plain(times)}{'个月' if per_month else '年'}")
    total = fen(paid * share)
    first = sheet.say("firm" if firm else "first", total=yuan_and_wan(total), part=shown_share)
    working = f"{' × '.join(factors)} × {shown_share} = {yuan_and_wan(total)}"
    return sheet.result(total, sheet.calculator.unit, first, [working])


def _scheme(sheet: Sheet, firm: bool) -> str:
    if firm:
        return "firm_"
    if not sheet.flag("graduate"):
        return ""
    if sheet.has("since"):
        return "graduate_" if sheet.number("since") <= sheet.calculator.figures["left"].value else "late_graduate_"
    sheet.note(sheet.say("graduate_open"))
    return "graduate_"


def _run_contribution(sheet: Sheet) -> Result:
    """The unit and the person each pay their rate of the wage."""
    people, months = sheet.need("people"), sheet.need("months")
    base = sheet.need("wage") * people * months
    parts = [
        Part(sheet.say(f"{who}_label"), fen(base * sheet.figure(f"{who}_rate")), "元") for who in ("unit", "staff")
    ]
    total = sum((part.amount for part in parts), Decimal(0))
    filled = {"unit_part": yuan(parts[0].amount), "staff_part": yuan(parts[1].amount), "total": yuan_and_wan(total)}
    first = sheet.say("first", when=sheet.say("a_month" if months == 1 else "whole"), **filled)
    factors = [yuan(sheet.number("wage"))]
    factors += [f"{plain(people)}人"] if people != 1 else []
    factors += [f"{plain(months)}个月"] if months != 1 else []
    rates = [sheet.calculator.figures[f"{who}_rate"].value for who in ("unit", "staff")]
    working = [
        f"{part.label}：{' × '.join(factors)} × {percent(rate)} = {yuan(part.amount)}"
        for part, rate in zip(parts, rates)
    ]
    if sheet.flag("farmer"):
        sheet.figure("farmer_rate")
        sheet.note(sheet.say("farmer"))
    return sheet.result(total, sheet.calculator.unit, first, working, parts)


INSURANCE_SHARE = Formula(
    _run_share,
    figures=(
        *(f"{prefix}{name}" for prefix in _SCHEMES for name in ("share", "years_limit")),
        "small_firm_years_limit",
        "left",
        "year",
    ),
    inputs=("paid", "monthly_paid", "personal", "months", "since", "people", "each", "included", "kind", "graduate"),
    says={
        "first": ("total", "part"),
        "firm": ("total", "part"),
        "monthly": ("total", "yearly", "part"),
        "limited": ("longest",),
        "longest_note": ("longest",),
        "longest_graduate": ("longest",),
        "graduate_open": (),
        "scope": (),
        "small_firm": (),
    },
)
CONTRIBUTION = Formula(
    _run_contribution,
    figures=("rate", "unit_rate", "staff_rate", "farmer_rate"),
    inputs=("wage", "people", "months", "farmer"),
    says={
        "first": ("when", "unit_part", "staff_part", "total"),
        "a_month": (),
        "whole": (),
        "unit_label": (),
        "staff_label": (),
        "farmer": (),
    },
)
