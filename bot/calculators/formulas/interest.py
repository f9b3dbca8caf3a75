"""Interest on a guaranteed start-up loan: LPR plus a surcharge; the borrower bears LPR less 150BP, the state the
rest."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import NamedTuple

from bot.calculators.display import duration, fen, percent, plain, yuan
from bot.calculators.model import Calculator, Part, Result, Value
from bot.calculators.quantities import Quantity
from bot.calculators.sheet import Formula, Sheet

from .loans import read_sums

_AREAS = ("other", "poor")
_PREFIXES = ("", "firm_")  # the same figures are printed for persons and for small firms
_FIGURES = ("rise_poor", "rise_other", "borne", "example", "cap", "term")
_QUARTER = 3
_HUNDRED = Decimal(100)


def _read(
    calculator: Calculator, text: str, quantities: list[Quantity], values: dict[str, Value], asked: str | None
) -> list[Quantity]:
    """按2.15%算: that is what the borrower bears by the printed example, and no LPR."""
    figures = calculator.figures
    own = (figures["example"].value - figures["borne"].value) * _HUNDRED
    kept = [quantity for quantity in quantities if quantity.measure != "percent" or quantity.value != own]
    return read_sums(kept, text, asked)


class _Rates(NamedTuple):
    """Fractions of one a year: what the borrower bears, and the whole rate by area."""

    lpr: Decimal
    own: Decimal
    whole: Mapping[str, Decimal]


def _run(sheet: Sheet) -> Result:
    prefix = "firm_" if sheet.choice("kind") == "firm" else ""
    rates = _rates(sheet, prefix)
    sentence, working = _told_rates(sheet, prefix, rates)
    if not sheet.has("amount"):
        return sheet.result(rates.own * _HUNDRED, "%", sentence, working)
    principal, months, year = _principal(sheet, prefix), _months(sheet, prefix), sheet.figure("year")
    span = months or year
    own = fen(principal * rates.own * span / year)
    shares = {area: fen(principal * rate * span / year) - own for area, rate in rates.whole.items()}
    first = sheet.say(
        "term" if months else "first",
        principal=yuan(principal),
        own=yuan(own),
        own_year=yuan(principal * rates.own),
        own_quarter=yuan(principal * rates.own * _QUARTER / year),
        own_rate=percent(rates.own),
    )
    money = "，".join(sheet.say(f"money_{area}", money=yuan(share)) for area, share in shares.items())
    first += sheet.say("state_money", when=sheet.say("whole_term" if months else "a_year"), shares=money)
    working.append(f"{yuan(principal)} × {percent(rates.own)} × {duration(span)} = {yuan(own)}")
    sheet.note(sheet.say("firm_repay" if prefix else "quarterly"))
    parts = [Part(sheet.say("own_label"), own, "元")]
    parts += [Part(sheet.say(f"state_label_{area}"), share, "元") for area, share in shares.items()]
    parts += _schedule(sheet, principal * rates.own / year, span)
    return sheet.result(own, sheet.calculator.unit, first, [sentence, *working], parts)


def _rates(sheet: Sheet, prefix: str) -> _Rates:
    """For the area told, or for both: the brochures do not say which county is which."""
    borne, lpr = sheet.figure(f"{prefix}borne"), _lpr(sheet, prefix)
    if lpr < borne:
        sheet.note(sheet.say("no_own", bears=sheet.shown(f"{prefix}borne")))
    chosen = sheet.choice("area")
    areas = (chosen,) if chosen in _AREAS else _AREAS
    if len(areas) > 1:
        sheet.note(sheet.say("open_area"))
    whole = {area: lpr + sheet.figure(f"{prefix}rise_{area}") for area in areas}
    return _Rates(lpr, max(lpr - borne, Decimal(0)), whole)


def _told_rates(sheet: Sheet, prefix: str, rates: _Rates) -> tuple[str, list[str]]:
    """The rates in a sentence, and how they come about."""
    lpr, own = percent(rates.lpr), percent(rates.own)
    states = []
    working = [f"{lpr} - {percent(sheet.figure(f'{prefix}borne'))} = {own}"]
    for area, rate in rates.whole.items():
        share = percent(rate - rates.own)
        states.append(sheet.say(f"state_{area}", share=share, rate=percent(rate)))
        rise = sheet.shown(f"{prefix}rise_{area}")
        working.append(f"{lpr} + {rise} = {percent(rate)}，{percent(rate)} - {own} = {share}")
    bears = sheet.shown(f"{prefix}borne")
    return sheet.say("rates", own_rate=own, lpr_rate=lpr, bears=bears, state_rates="，".join(states)), working


def _lpr(sheet: Sheet, prefix: str) -> Decimal:
    if sheet.has("lpr"):
        sheet.note(sheet.say("lpr_now"))
        return sheet.number("lpr") / _HUNDRED
    sheet.note(sheet.say("old_lpr", instance=sheet.shown(f"{prefix}example")))
    return sheet.figure(f"{prefix}example")


def _principal(sheet: Sheet, prefix: str) -> Decimal:
    """The amount as far as it may be borrowed; partners and firms may borrow more than a person alone."""
    amount, cap = sheet.number("amount"), sheet.figure(f"{prefix}cap")
    firm_cap = sheet.figure("firm_cap") if amount > cap else cap
    if amount <= cap:
        return amount
    if sheet.choice("kind") is None and amount <= firm_cap:
        sheet.note(sheet.say("over_person"))
        return amount
    most = firm_cap if sheet.choice("kind") != "person" else cap
    sheet.note(sheet.say("over_cap", principal=yuan(most)))
    return most


def _months(sheet: Sheet, prefix: str) -> Decimal | None:
    if not sheet.has("months"):
        return None
    longest = sheet.figure(f"{prefix}term")
    if sheet.number("months") > longest:
        sheet.ask("months", "over_term", longest=sheet.shown(f"{prefix}term"))
    return sheet.number("months")


def _schedule(sheet: Sheet, monthly: Decimal, months: Decimal) -> list[Part]:
    """What the borrower pays each quarter. Each row is what has come due less what was paid, so the rows add up to
    the fen."""
    rows: list[Part] = []
    due = paid = Decimal(0)
    reached = Decimal(0)
    while reached < months:
        reached = min(reached + _QUARTER, months)
        due = fen(monthly * reached)
        rows.append(Part(sheet.say("row", n=plain(Decimal(len(rows) + 1))), due - paid, "元"))
        paid = due
    return rows


INTEREST = Formula(
    _run,
    figures=("year", *(f"{prefix}{name}" for prefix in _PREFIXES for name in _FIGURES)),
    inputs=("amount", "lpr", "months", "kind", "area"),
    says={
        "rates": ("own_rate", "lpr_rate", "bears", "state_rates"),
        "first": ("principal", "own_year", "own_quarter", "own_rate"),
        "term": ("principal", "own", "own_year", "own_quarter", "own_rate"),
        "state_poor": ("share", "rate"),
        "state_other": ("share", "rate"),
        "state_money": ("when", "shares"),
        "money_poor": ("money",),
        "money_other": ("money",),
        "a_year": (),
        "whole_term": (),
        "open_area": (),
        "old_lpr": ("instance",),
        "lpr_now": (),
        "no_own": ("bears",),
        "quarterly": (),
        "firm_repay": (),
        "over_cap": ("principal",),
        "over_person": (),
        "over_term": ("longest",),
        "row": ("n",),
        "own_label": (),
        "state_label_poor": (),
        "state_label_other": (),
    },
    read=_read,
)
