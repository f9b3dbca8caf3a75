"""The skill subsidy: so much for a certificate of each grade, three a year, once for one occupation and grade."""

from __future__ import annotations

import re
from decimal import Decimal

from bot.calculators.display import fen, plain, yuan, yuan_and_wan
from bot.calculators.model import Calculator, Result, Value
from bot.calculators.quantities import Quantity
from bot.calculators.sheet import Formula, Sheet
from bot.language.extract import find_longest

_GRADES = ("senior", "middle", "junior")  # the highest amount first
_NEXT = 4
_PART = re.compile(r"[^,。;!?]+")


def _read(
    calculator: Calculator, text: str, quantities: list[Quantity], values: dict[str, Value], asked: str | None
) -> list[Quantity]:
    """How many certificates of each grade: numbers beside the grades, in their order; a grade without one counts
    once."""
    values.pop("grade", None)
    counted: dict[str, Decimal] = {}
    named: set[str] = set()
    used: list[Quantity] = []
    for part in _PART.finditer(text):
        grades = find_longest(part[0], calculator.inputs["grade"].words, "grade")
        if not grades:
            continue
        numbers = [
            q
            for q in quantities
            if (q.measure in ("count", "items", "people") or _sat(q, text))
            and part.start() <= q.start < part.end()
            and not q.ordinal
        ]
        named.update(grade.value for grade in grades)
        if len(numbers) == len(grades):
            pairs = list(zip(grades, numbers))
        elif len(numbers) == 1 and "各" in part[0]:
            pairs = [(grade, numbers[0]) for grade in grades]
        else:
            pairs = []
            if len(numbers) == 1 and numbers[0].value == len({grade.value for grade in grades}):
                values["counted"] = True  # 初级中级高级三个证
                used += numbers
        for grade, number in pairs:
            counted[grade.value] = counted.get(grade.value, Decimal(0)) + number.value
            values["counted"] = True
            if _is_people(calculator, text, number):
                values["people"] = number.value
            used.append(number)
    for grade_name in named:
        values[grade_name] = counted.get(grade_name, Decimal(1))
    if named:
        values["graded"] = True
    if len(named) > 1:
        values["several"] = True
    if not named:
        nouns = calculator.inputs["unnamed"].words["nouns"]
        for number in quantities:
            if number.measure in ("count", "items") and text.startswith(nouns, number.end):  # 三个证, of whatever grade
                values.update(unnamed=number.value, counted=True)
                used.append(number)
    return [quantity for quantity in quantities if quantity not in used]


def _sat(number: Quantity, text: str) -> bool:
    """考了两次 is two certificates."""
    return number.measure == "times" and text[: number.start].endswith(("考了", "考过", "拿了"))


def _is_people(calculator: Calculator, text: str, number: Quantity) -> bool:
    """10个工人 are people, 10个证 are not."""
    after = text[number.end : number.end + _NEXT]
    return number.measure == "people" or any(
        after.startswith(noun) for noun in calculator.inputs["people"].words["nouns"]
    )


def _run(sheet: Sheet) -> Result:
    unit = sheet.calculator.unit
    counts = {grade: sheet.number(grade) for grade in _GRADES if sheet.has(grade) and sheet.number(grade)}
    if sheet.has("unnamed") and len(counts) == 1:
        counts = {grade: sheet.number("unnamed") for grade in counts}
    if sheet.has("technician") and sheet.number("technician"):
        for grade in _GRADES:
            sheet.figure(f"{grade}_amount")
        sheet.note(sheet.say("not_printed"))
        if not counts:
            return sheet.result(None, unit, sheet.say("not_printed"))
    if not counts:
        sheet.ask("grade")
    if sheet.has("since") and sheet.number("since") > sheet.figure("apply_within"):
        return sheet.result(Decimal(0), unit, sheet.say("late"))
    if sheet.has("insured") and sheet.number("insured") < sheet.figure("paid_at_least"):
        return sheet.result(Decimal(0), unit, sheet.say("short"))
    limit = sheet.figure("yearly") - (sheet.number("received") if sheet.has("received") else 0)
    if limit <= 0:
        return sheet.result(Decimal(0), unit, sheet.say("none_left"))
    if sheet.flag("same"):
        counts = {grade: Decimal(1) for grade in counts}
    kept = counts if sheet.has("people") else _highest(counts, limit)  # the limit is each person's own
    each_person = sheet.has("people") and all(count == 1 for count in counts.values())
    people = sheet.number("people") if each_person else Decimal(1)
    total = fen(people * sum((count * sheet.figure(f"{grade}_amount") for grade, count in kept.items()), Decimal(0)))
    key = "same" if sheet.flag("same") else "cut" if kept != counts else "first"
    paid_count = plain(sum(kept.values(), Decimal(0)))
    first = sheet.say(key, total=yuan_and_wan(total), paid_count=paid_count)
    terms = " + ".join(f"{plain(count)} × {sheet.shown(f'{grade}_amount')}" for grade, count in kept.items())
    if people > 1:
        terms = f"{plain(people)}人 × （{terms}）"
    sheet.note(sheet.say("conditions"))
    return sheet.result(total, unit, first, [f"{terms} = {yuan(total)}"])


def _highest(counts: dict[str, Decimal], limit: Decimal) -> dict[str, Decimal]:
    """The certificates that count in one year: those of the highest grades."""
    kept: dict[str, Decimal] = {}
    for grade in _GRADES:
        count = min(counts.get(grade, Decimal(0)), limit)
        if count:
            kept[grade] = count
            limit -= count
    return kept


SKILL_SUBSIDY = Formula(
    _run,
    figures=(*(f"{grade}_amount" for grade in _GRADES), "paid_at_least", "apply_within", "yearly"),
    inputs=(
        *_GRADES,
        "technician",
        "grade",
        "people",
        "unnamed",
        "counted",
        "several",
        "graded",
        "received",
        "since",
        "insured",
        "same",
    ),
    says={
        "first": ("total",),
        "cut": ("total", "paid_count"),
        "same": ("total",),
        "none_left": (),
        "late": (),
        "short": (),
        "not_printed": (),
        "conditions": (),
    },
    read=_read,
)
