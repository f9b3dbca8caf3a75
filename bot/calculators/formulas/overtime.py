"""Overtime pay: the hourly wage, times the hours of each kind of day, times the rate of that kind."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from bot.calculators.display import fen, percent, plain, yuan, yuan_and_wan
from bot.calculators.model import Part, Result
from bot.calculators.sheet import Formula, Sheet

from .worked_time import KINDS, read_worked_time

_MONTHS = 12
_LEAST_MONTHLY_WAGE = Decimal(200)  # nobody earns less in a month: 工资20块 is a wage by the hour or day


class _Hourly(NamedTuple):
    """The wage of one hour, unrounded, and how it comes about."""

    wage: Decimal
    working: str


def _run(sheet: Sheet) -> Result:
    hourly = _hourly(sheet)
    hours = _hours(sheet)
    sheet.lead(hours)
    if hours.get("restday") and sheet.flag("compensated"):
        del hours["restday"]
        if not hours:
            return sheet.result(Decimal(0), sheet.calculator.unit, sheet.say("compensated_only"))
        sheet.note(sheet.say("compensated_note"))
    elif hours.get("restday") and sheet.has("rested_hours"):
        hours["restday"] -= sheet.number("rested_hours")
        sheet.note(sheet.say("part_rested"))
    elif hours.get("restday") and "compensated" not in sheet.told:
        sheet.note(sheet.say("not_said"))
    rates = {kind: sheet.figure(kind) for kind in hours}
    total = fen(hourly.wage * sum((hours[kind] * rates[kind] for kind in hours), Decimal(0)))
    shares = [Part(sheet.say(f"part_{kind}"), fen(hourly.wage * hours[kind] * rates[kind]), "元") for kind in hours]
    terms = [f"{plain(hours[kind])}小时×{percent(rates[kind])}" for kind in hours]
    sum_of_terms = terms[0].replace("×", " × ") if len(terms) == 1 else f"（{' + '.join(terms)}）"
    working = [f"{hourly.working} × {sum_of_terms} = {yuan_and_wan(total)}"]
    if len(shares) > 1:
        working.append("，".join(f"{part.label}{yuan(part.amount)}" for part in shares))
        if sum((part.amount for part in shares), Decimal(0)) != total:
            sheet.note(sheet.calculator.language.says["rounded"])
    first = sheet.say("first", total=yuan_and_wan(total))
    if sheet.has("paid"):
        rest = total - sheet.number("paid")
        key = "short" if rest > 0 else "no_gap"
        first += sheet.say(key, rest=yuan(rest), total=yuan(total))
    return sheet.result(total, sheet.calculator.unit, first, working, shares if len(shares) > 1 else ())


def _hours(sheet: Sheet) -> dict[str, Decimal]:
    """The hours of each kind of day; asks for what is missing."""
    hours = {kind: sheet.number(f"{kind}_hours") for kind in KINDS if sheet.has(f"{kind}_hours")}
    if sheet.has("doubtful_days") and not ("holiday" in hours and "restday" in hours):
        table = sheet.calculator.inputs["holiday_hours"].by_choice["feast"]
        limit = sheet.shown(table.get(sheet.choice("feast") or "", "days_single"))
        sheet.ask("holiday_hours", "holiday_too_long", limit=limit)
    for kind, more in _other_hours(sheet):
        hours[kind] = hours.get(kind, Decimal(0)) + more
    if not hours:
        sheet.ask("hours")
    if sheet.flag("daily"):
        sheet.note(sheet.say("daily_note"))
    if sheet.flag("in_days"):
        sheet.figure("day")
        sheet.note(sheet.say("whole_day"))
    return {kind: hours[kind] for kind in KINDS if kind in hours}


def _other_hours(sheet: Sheet) -> Iterator[tuple[str, Decimal]]:
    """Hours told by the day, or without the kind of day."""
    if sheet.has("work_hours"):
        day = sheet.figure("day")
        sheet.note(sheet.say("over_day"))
        if sheet.number("work_hours") <= day:
            sheet.ask("hours")
        yield "weekday", (sheet.number("work_hours") - day) * sheet.need("days")
    elif sheet.has("day_hours"):
        if sheet.choice("kind") is None:
            sheet.values["kind"] = "weekday"
            sheet.note(sheet.say("daily_note"))
        yield _kind(sheet), sheet.number("day_hours") * sheet.need("days")
    elif sheet.has("hours"):
        yield _kind(sheet), sheet.number("hours")


def _kind(sheet: Sheet) -> str:
    kind = sheet.choice("kind")
    if kind not in KINDS:
        sheet.ask("kind")
    return kind


def _hourly(sheet: Sheet) -> _Hourly:
    """By the hour as told; by the day over 8 hours; by the month over the days of a month
    (a national convention) of 8 hours."""
    if sheet.has("hourly_wage"):
        wage = sheet.number("hourly_wage")
        return _Hourly(wage, yuan(wage))
    day = sheet.figure("day")
    if sheet.has("daily_wage"):
        wage = sheet.number("daily_wage")
        return _Hourly(wage / day, f"{yuan(wage)} ÷ {sheet.shown('day')}")
    if sheet.has("yearly_wage"):
        wage = sheet.number("yearly_wage") / _MONTHS
    else:
        wage = sheet.need("monthly_wage")
        if wage < _LEAST_MONTHLY_WAGE:
            sheet.ask("monthly_wage", "small_wage")
    days = sheet.figure("month_days")
    return _Hourly(wage / days / day, f"{yuan(wage)} ÷ {sheet.shown('month_days')} ÷ {sheet.shown('day')}")


OVERTIME = Formula(
    _run,
    figures=(*KINDS, "day", "month_days", "days_single"),
    inputs=(
        "monthly_wage",
        "hourly_wage",
        "daily_wage",
        "yearly_wage",
        "hours",
        "day_hours",
        "long_day",
        "work_hours",
        "days",
        "doubtful_days",
        "in_days",
        "daily",
        "paid",
        "rested_hours",
        "kind",
        "feast",
        "compensated",
        *(f"{kind}_hours" for kind in KINDS),
    ),
    says={
        "first": ("total",),
        "compensated_only": (),
        "compensated_note": (),
        "not_said": (),
        "part_rested": (),
        "whole_day": (),
        "over_day": (),
        "daily_note": (),
        "holiday_too_long": ("limit",),
        "short": ("rest",),
        "no_gap": ("total",),
        "small_wage": (),
        **{f"part_{kind}": () for kind in KINDS},
    },
    read=read_worked_time,
)
