"""Read overtime out of a message: how many hours on which kind of day."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import NamedTuple

from bot.calculators.model import Calculator, Value
from bot.calculators.quantities import Quantity
from bot.language.extract import Entity, find_longest

KINDS = ("weekday", "restday", "holiday")
_UNCLEAR = "unclear"  # 晚上: a working day where no other day is named
_DAY = Decimal(24)
_LONG_DAY = 12  # 两天八小时 means eight each; more hours than this beside several days are all of them
_PART = re.compile(r"[^,。;!?]+")
_DOING = r"(?:晚上|晚|下班后|夜里)?(?:都|各|要|得|多|再|能)?(?:加班|上班|干活|干|加|上|工作|值班|延长|延时)?(?:了|是|满|到|够)?$"
_EACH = re.compile(
    r"(?:每天|每日|每晚|天天|每次|每回|每个?(?:周|星期|礼拜)[六日天末]|各|都是?|(?<![\d零一二两三四五六七八九十整])一[天日次回])"
    + _DOING
)
_EACH_AFTER = re.compile(r"(?:/|每|一)[天日]")
_DAILY = re.compile(r"(?:每天|每日|每晚|天天)" + _DOING)
_IN_ALL = re.compile(r"(?:共|合计|总计|累计|加起来|加一起)(?:加班|加|干|上班|上|了|是|有)*$")
_AT_WORK = re.compile(r"(?:每天|一天|每日|天天)(?:都|要|得|正常)?(?:工作|上班|干活|干|上)(?:了|到|满|够)?$")
_EVERY_WEEK = re.compile(r"每个?(?:周|星期|礼拜)")
_ONE_DAY = re.compile(r"昨天|今天|前天|当天|那天|这天")
_WAGE = re.compile(r"的?(?:工资|月薪|时薪|薪)")
_REST_DAYS = (("六",), ("日", "天"))
_WEEK = "一二三四五六日"
_SPAN = re.compile(r"(?:周|星期|礼拜)([一二三四五六])(?:到|至|-|~)(?:周|星期|礼拜)?([一二三四五六日天])")
_ONE_DAY_NAME = re.compile(r"初|\d月|除夕|三十")


class _Told(NamedTuple):
    """What is told of one kind of day: quantities in order, and how many days are named (周六周日 are two)."""

    quantities: list[Quantity]
    named_days: int


class _Tally(NamedTuple):
    """What the quantities of one kind of day come to. `each` are hours of every day where the days are not told."""

    hours: Decimal
    days: Decimal
    each: Decimal | None = None
    long_day: Decimal | None = None
    whole_days: bool = False


def read_worked_time(
    calculator: Calculator, text: str, quantities: list[Quantity], values: dict[str, Value], asked: str | None
) -> list[Quantity]:
    """Put the hours of each kind of day into `values`; the quantities that are no time worked are returned."""
    used = [q for q in quantities if q.measure in ("hours", "days", "times", "weekends")]
    cues = _cues(calculator, text)
    if not _read_working_day(used, text, values):
        _read_by_kind(calculator, used, cues, text, values)
    kinds = {cue.value for cue in cues}
    values.pop("kind", None)
    if len(kinds) == 1:
        values["kind"] = kinds.pop()
    return [quantity for quantity in quantities if quantity not in used]


def _cues(calculator: Calculator, text: str) -> list[Entity]:
    """The days named, but not where they only say which wage: 平时工资."""
    found = find_longest(text, calculator.inputs["kind"].words, "day")
    days = [cue for cue in found if not _WAGE.match(text, cue.end)]
    clear = [cue for cue in days if cue.value != _UNCLEAR]
    return clear or [replace(cue, value="weekday") for cue in days]


def _read_working_day(used: list[Quantity], text: str, values: dict[str, Value]) -> bool:
    """每天工作十小时 is the whole day, of which the formula counts what is over the regular hours."""
    for quantity in used:
        if quantity.measure == "hours" and _AT_WORK.search(text[: quantity.start]):
            values["work_hours"] = quantity.value
            days = [q for q in used if q.measure == "days" and not _is_marker(q, quantity, text)]
            if days:
                values["days"] = days[-1].value
            return True
    return False


def _read_by_kind(
    calculator: Calculator, used: list[Quantity], cues: list[Entity], text: str, values: dict[str, Value]
) -> None:
    told: dict[str, list[Quantity]] = {}
    rested = _rested(calculator, used, text)
    if rested is not None:
        hours = rested.value if rested.measure == "hours" else _whole_days(calculator, rested.value)
        values.update(rested_hours=hours, compensated=False)
        used = [quantity for quantity in used if quantity is not rested]
    for quantity, kind in _placed(_without_sum(used, text), cues, text):
        told.setdefault(kind, []).append(quantity)
    for kind in dict.fromkeys((*told, *(cue.value for cue in cues))):
        named = _count_named(calculator, kind, {cue.text for cue in cues if cue.value == kind}, text)
        if kind in told:
            _store(calculator, kind, _Told(told[kind], named), text, values)
        elif named > 1:  # 周六周日都加班了
            values[f"{kind}_hours"] = _whole_days(calculator, Decimal(named))
            values["in_days"] = True


def _rested(calculator: Calculator, used: list[Quantity], text: str) -> Quantity | None:
    """The part of the time that was given back: 其中8小时已补休, 补休了一天."""
    words = "|".join(calculator.inputs["compensated"].words["said"])
    before, after = re.compile(rf"(?<![没不])(?:{words})[了过]?$"), re.compile(rf"(?:已经|已|后来)?[给了]?(?:{words})")
    for quantity in used:
        start = text[: quantity.start]
        part = re.search(r"(?:其中|里面|里头|里)(?:有)?$", start) is not None
        if len(used) > 1 and (before.search(start) or (part and after.match(text, quantity.end))):
            return quantity
    return None


def _without_sum(used: list[Quantity], text: str) -> list[Quantity]:
    """七天, 其中三天法定四天休息日: what stands before 其中 is the sum of what stands after it."""
    at = text.find("其中")
    after = [quantity for quantity in used if quantity.start > at >= 0]
    return after if len(after) > 1 else used


def _placed(used: list[Quantity], cues: list[Entity], text: str) -> Iterator[tuple[Quantity, str]]:
    """Each quantity with its kind of day: the one named before it in its part of the sentence; where the numbers come
    first
    (6小时平日的), the one after it; where its part names none, the last one named, or else the next. Without any, empty."""
    last = ""
    for part in _PART.finditer(text):
        here = [cue for cue in cues if part.start() <= cue.start < part.end()]
        inside = [q for q in used if part.start() <= q.start < part.end()]
        numbers_first = bool(here and inside) and inside[0].start < here[0].start
        for quantity in inside:
            before = [cue.value for cue in here if cue.start < quantity.start]
            after = [cue.value for cue in here if cue.start >= quantity.start]
            later = [cue.value for cue in cues if cue.start > quantity.start]
            if here:
                yield quantity, after[0] if after and (numbers_first or not before) else before[-1]
            else:
                yield quantity, last or (later[0] if later else "")
        if here:
            last = here[-1].value


def _count_named(calculator: Calculator, kind: str, names: set[str], text: str) -> int:
    """How many different days are named: Monday to Friday, Saturday and Sunday, feasts or the days of one."""
    span = _SPAN.search(text)
    if kind == "weekday":
        first, last = (_WEEK.index(day.replace("天", "日")) for day in span.groups()) if span else (0, 0)
        return last - first + 1
    if kind == "restday":
        return sum(1 for day in _REST_DAYS if any(character in name[1:] for name in names for character in day))
    single = [name for name in names if _ONE_DAY_NAME.search(name)]
    if single:
        return len(single)
    feasts = [word for words in calculator.inputs["feast"].words.values() for word in words]
    return len(names & set(feasts))


def _store(calculator: Calculator, kind: str, told: _Told, text: str, values: dict[str, Value]) -> None:
    """The hours of one kind of day; what is told by the day without their number is left to be asked."""
    time = [q for q in _without_markers(told, text) if q.measure != "weekends"]
    if not time:
        return
    tally = _tally(calculator, time, told.named_days, text)
    if tally.long_day is not None:
        values["long_day"] = tally.long_day  # refused: no day is that long
    elif tally.each is not None:
        values["day_hours"] = tally.each
    elif kind == "holiday" and tally.days > _days_of_feasts(calculator, values, told.named_days):
        values["doubtful_days"] = tally.days
    elif not kind and any(_DAILY.search(text[: q.start]) for q in time if q.measure == "hours"):
        values.update(weekday_hours=tally.hours, daily=True)
    else:
        values[f"{kind}_hours" if kind else "hours"] = tally.hours
    if tally.whole_days:
        values["in_days"] = True


def _tally(calculator: Calculator, time: list[Quantity], named_days: int, text: str) -> _Tally:
    """Add up hours and days in the order in which they stand: 两天八小时 and 每天两小时加了十天 are products."""
    total, counted = Decimal(0), Decimal(0)
    each: Decimal | None = None
    days: Decimal | None = None
    one_day = [q.value for q in time if q.measure == "days"] == [1] or bool(_ONE_DAY.search(text))
    for quantity in time:
        if quantity.measure != "hours":
            counted += quantity.value
            if each is not None:
                total, each = total + each * quantity.value, None
            else:
                total, days = total + _whole_days(calculator, days), quantity.value
            continue
        before = text[: quantity.start]
        of_each = bool(_EACH.search(before) or _EACH_AFTER.match(text, quantity.end))
        in_all = bool(_IN_ALL.search(before))
        if quantity.value > _DAY and (of_each or (one_day and not in_all)):
            return _Tally(total, counted, long_day=quantity.value)
        if days is None and of_each and named_days > 1:
            total += quantity.value * named_days
        elif days is None and (of_each or (_EVERY_WEEK.search(text) and not in_all)):
            each = quantity.value
        elif days is None or days == 1 or in_all or (quantity.value > _LONG_DAY and not of_each):
            total, days = total + quantity.value, None
        else:
            total, days = total + quantity.value * days, None
    return _Tally(total + _whole_days(calculator, days), counted, each, whole_days=days is not None)


def _whole_days(calculator: Calculator, days: Decimal | None) -> Decimal:
    return Decimal(0) if days is None else days * calculator.figures["day"].value


def _without_markers(told: _Told, text: str) -> list[Quantity]:
    """The quantities without a 一天 that only says of what the hours are, where the days are told as well: 两天, 一天八小时."""
    quantities = told.quantities
    markers = [
        day
        for day in quantities
        if day.measure in ("days", "times") and any(_is_marker(day, hours, text) for hours in quantities)
    ]
    others = [q for q in quantities if q.measure in ("days", "times") and q not in markers]
    return [q for q in quantities if q not in markers] if others or told.named_days > 1 else quantities


def _is_marker(day: Quantity, hours: Quantity, text: str) -> bool:
    if hours.measure != "hours" or day.value != 1:
        return False
    if day.start >= hours.end:  # 八小时一天
        return day.start == hours.end and bool(_EACH_AFTER.match(text, hours.end))
    each = _EACH.search(text[: hours.start])
    return each is not None and each.start() <= day.start


def _days_of_feasts(calculator: Calculator, values: dict[str, Value], named: int) -> Decimal:
    """How many statutory days the feast named can have; several feasts have more than anyone would check."""
    chosen = values.get("feast")
    if named > 1 or not isinstance(chosen, str):
        return _DAY
    table = calculator.inputs["holiday_hours"].by_choice["feast"]
    return calculator.figures[table[chosen]].value
