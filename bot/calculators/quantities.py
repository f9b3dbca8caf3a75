"""Find every quantity of a message with its unit: money, hours, days, months, people, counts, percentages, times,
dates."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from .numerals import NUMERAL, parse_numeral

YEARLESS = 1  # the year of a date that was given without one: 9月5日
ENDLESS = Decimal(10**12)  # nobody means so many; a larger number is read as this one, and refused as out of bounds
_BLANK = "〓"  # stands for characters that have been read, or that count nothing

_HAN = "零〇一二两三四五六七八九十百千万"
_ONE = "[一二两三四五六七八九1-9]"
_DAY = r"(\d{1,2}|[一二三]?十[一二三四五六七八九]?|[一二三四五六七八九])"
_YEAR = r"((?:19|20)\d\d|[一二][零〇九][零〇一二三四五六七八九]{2}|(?<!\d)\d\d(?=年\d{1,2}月))"
_DATE = re.compile(
    rf"{_YEAR}\s?[年./-]\s?{_DAY}(?:月|[./-])\s?{_DAY}[日号]?|{_YEAR}[年./-]{_DAY}(?:月份?|(?![\d.]))|{_DAY}月份?{_DAY}[日号]"
)
_FIGURES = str.maketrans("零〇一二三四五六七八九", "00123456789")
_DAY_RANGE = re.compile(r"(\d{1,2})[号日]?(?:到|至|-|~)(\d{1,2})[号日]")
_PART = "早上|早晨|早|上午|中午|下午|晚上|晚|夜里|凌晨"
_CLOCK = rf"(?:{_PART})?(?:\d{{1,2}}|[一二两三四五六七八九十]+)(?:点半?|:[0-5]\d|时(?!薪|间))(?:钟|[0-5]\d分?)?"
_RANGE = re.compile(rf"({_CLOCK})(?:一直|干|加班|忙)*(?:到|至|-|~)(?:第二天)?({_CLOCK})")
_TIME = re.compile(
    rf"(?P<part>{_PART})?(?P<hour>\d{{1,2}}|[一二两三四五六七八九十]+)(?:点|:|时)(?P<half>半)?(?P<minute>[0-5]\d)?"
)
_HALF = re.compile(
    rf"(?<![个年月天\d一二两三四五六七八九十])半(?:年|天|个?月|个?小时|个?钟头)|(?<![{_HAN}])(?:整天|全天)"
)
# A year, month or weekday of the calendar, the n-th of something, a fraction, a code: figures that count nothing.
_NO_QUANTITY = re.compile(
    r"(?:19|20)\d\d(?=年|届|级)|(?<!\d)\d\d(?=届|级|年(?:毕业|入职|进厂|的|底|初|春|夏|秋|冬))"
    r"|(?<!\d)\d{1,2}月(?!薪|工资|收入)|[一二三四五六七八九十]+月(?=份|[底初中])|(?<!\d)\d{1,2}号(?!人)"
    r"|(?:(?<=周)|(?<=星期)|(?<=礼拜))[一二三四五六1-6](?![天个名人元块小])|初[一二三四五六七八九十]+"
    rf"|[几好数][十百千万]+|十?几|十(?=几)|(?<![\d{_HAN}])十?[一二两三四五六七八][二三四五六七八九][十百千万]*(?=[个年天人名次回块元小岁月])"
    r"|(?:超过|大于|多于|少于|低于|高于)[\d一二三四五六七八九十百千万.]+(?=个?[人名%])|[\d一二三四五六七八九十百千万]+(?=个?[人名](?:\(含\))?以[上下内])"
    rf"|(?<=第)[{_HAN}\d]+(?![次回\d{_HAN}])"
    rf"|(?<![第\d{_HAN}])(?:五一|十一|六一|七一|三八)(?![个名人位块元天小年次{_HAN}点])"
    r"|(?<![\d十百千万])一块(?!钱|[二三四五六七八九\d/])|(?<![\d一二两三四五六七八九十百千])万一"
    r"|三分之[一二]|[12]/3|(?<!\d)\d{9,}(?!\d|元|块|个|名|人|年|天|小时|%)"
)
_UNITS = tuple(
    (measure, re.compile(pattern))
    for measure, pattern in (
        ("percent", r"\s?(?:%|个百分点|个点(?!儿|多))"),
        ("tenths", r"成(?![立年本绩功员为都人了交])"),
        ("bp", r"\s?个?(?:bp|基点)"),
        ("money", r"(?P<more>多(?!少)|来)(?P<scale>[万千百])(?:块钱|块|元)?"),
        (
            "money",
            r"(?P<more>多(?!少)|来)?\s?(?:块钱|块|元|圆|rmb|人民币)"
            rf"(?:(?P<jiao>{_ONE})(?![个小天月人钟次年时名%\d十百千万])(?:毛|角)?(?P<fen>{_ONE})?)?",
        ),
        ("minutes", r"\s?(?:分钟|分(?=[,。?]|$))"),
        ("hours", r"(?P<more>多(?!少)|来)?\s?个?(?P<half>半)?(?:多(?!少))?(?:小时|钟头|钟点|h(?![a-z]))(?P<tail>半)?"),
        ("weekends", r"(?P<more>多(?!少))?个?(?:双休(?!日)|周末)"),
        (
            "days",
            r"(?P<more>多(?!少)|来)?个?(?P<half>半)?整?(?:工作日|休息日|法定假日|法定节假日|节假日|双休日|(?:周|星期|礼拜)[日天〓]"
            r"|天|日(?![均常薪工后]))(?P<tail>半)?",
        ),
        ("weeks", r"(?P<more>多(?!少)|来)?个?(?:星期|礼拜|周)(?![末日天〓岁年])"),
        ("months", r"(?P<more>多(?!少)|来)?个(?P<half>半)?(?P<extra>多(?!少))?月(?P<tail>半)?"),
        ("years", r"(?P<more>多(?!少)|来)?个?整?(?:周年|年)(?P<tail>半)?(?P<extra>多(?!少))?(?![级度薪纪底初终])"),
        ("age", r"(?P<more>多(?!少)|来)?\s?周?岁"),
        ("people", r"(?P<more>多(?!少)|来|几)?\s?(?:个人|口人|号人|人|名|位)(?!民币|均|次|力资源|社)"),
        ("times", r"(?P<more>多(?!少)|来)?\s?(?:次|回|遍|趟)(?!性)"),
        ("lessons", r"\s?个?(?:课时|学时)"),
        ("count", r"(?P<more>多(?!少)|来|几)?个"),
        ("items", r"\s?(?:本|张|份|项|门|家|笔)"),
    )
)
_NUMERAL = re.compile(NUMERAL)
_WEEKDAY = re.compile(r"周|星期|礼拜|双休|休息|节假|法定|工作")
_NO_WEEKDAYS = 100  # nobody counts so many Sundays: the number belongs to what stands before it
_BELOW = re.compile(r"(?:不到|不满|未满|不足|没到|没满|快|将近|接近|差点|差一点|差几天)(?:有|够|满|到|干|交|是|了)?$")
_ABOVE = re.compile(r"^(?:多(?!少)|出头|有余|零几|及?以上)")
_PERIODS = {
    "小时": "hour",
    "钟头": "hour",
    "钟点": "hour",
    "时": "hour",
    "h": "hour",
    "天": "day",
    "日": "day",
    "月": "month",
    "年": "year",
    "季度": "quarter",
    "人": "person",
    "名": "person",
    "位": "person",
    "均": "person",
}
_PERIOD = "小时|钟头|钟点|季度|天|日|月|年(?!工资)|人|名|位"
_PER_BEFORE = re.compile(rf"(?:每|按|一|(?<!\d)1)个?({_PERIOD})(?!以|内|多|半)[^,。;!?\d每按{_HAN}]{{0,7}}$")
_PER_TOO = re.compile(rf"每个?({_PERIOD})$|人(均)$")
_NAMED_BEFORE = re.compile(
    r"(?:小(时)工资|(时)薪|(月)(?:工资|薪|收入|均|缴|交)|(?<![平周节假休生])(日)(?:工资|薪)|(年)(?:薪|收入)|人(均))[^,。;!?\d]{0,8}$"
)
_PER_AFTER = re.compile(rf"\s?(?:/|每|一|1(?!\d))个?({_PERIOD}|h)|的?(?:(月)薪|(月)工资|(时)薪|(日)薪|(日)工资|(年)薪)")


@dataclass(frozen=True)
class Quantity:
    """A number with what it counts; `start` and `end` in characters of the text.

    `measure`: money (yuan), hours, days, weekends, weeks, months (a year is 12), people, count (个), items, times,
    percent,
    bp, lessons, age, date, month (a date without its day), or number where no unit stands. `per` names what it is
    reckoned by: hour,
    day, month, quarter, year, person. `rough` is -1 for 不到三年 and 1 for 三年多; `ordinal` marks 第二次.
    """

    measure: str
    value: Decimal
    start: int
    end: int
    text: str
    per: frozenset[str] = frozenset()
    rough: int = 0
    ordinal: bool = False
    day: date | None = None


def find_quantities(text: str, not_numbers: Iterable[str] = ()) -> list[Quantity]:
    """The quantities of a normalised text in the order in which they stand. `not_numbers` only look like numerals."""
    masked = text
    for word in not_numbers:
        masked = masked.replace(word, _BLANK * len(word))
    found: list[Quantity] = []
    for pattern, read in ((_DATE, _date), (_RANGE, _clock_range), (_DAY_RANGE, _day_range), (_HALF, _half)):
        for match in list(pattern.finditer(masked)):
            quantity = read(match)
            if quantity is not None:
                found.append(quantity)
                masked = _blank(masked, match)
    for match in list(_NO_QUANTITY.finditer(masked)):
        masked = _blank(masked, match)
    markers: list[tuple[int, int]] = []
    read_to = 0
    for match in _NUMERAL.finditer(masked):
        if match.start() < read_to:  # the five of 三块五 has been read
            continue
        quantity = _quantity(masked, match, markers)
        if quantity is not None:
            found.append(quantity)
            read_to = quantity.end
    kept = [q for q in found if not any(start <= q.start and q.end <= end for start, end in markers)]
    return _merge(sorted(kept, key=lambda quantity: quantity.start), text)


def _blank(text: str, match: re.Match[str]) -> str:
    return text[: match.start()] + _BLANK * len(match[0]) + text[match.end() :]


def _quantity(text: str, match: re.Match[str], markers: list[tuple[int, int]]) -> Quantity | None:
    """The quantity of one numeral; the places of the words that say per what (一个月) are added to `markers`."""
    value = parse_numeral(match[0])
    if value is None:
        return None
    start, end = match.span()
    before, rest = text[:start], text[end:]
    if before.endswith("百分之"):
        return Quantity("percent", value, start - 3, end, text[start - 3 : end])
    pair = match[0][-1] in "俩仨"  # these hold their 个
    measure = "count" if pair else "money" if re.search("[万w]", match[0]) else "number"
    rough = _rough(before, rest, False)
    for name, pattern in _UNITS:
        unit = pattern.match(rest)
        if unit and not (
            (name in ("people", "count") and match[0][-1] in "万w" and rest.startswith("个人"))  # 贷15万, 个人承担多少
            or (name == "days" and value >= _NO_WEEKDAYS and _WEEKDAY.match(rest))  # 月工资4000周日加班
        ):
            measure, value = _in_unit(name, value, unit.groupdict())
            end += unit.end()
            rough = _rough(before, text[end:], any(unit.groupdict().get(key) for key in ("more", "extra")))
            break
    else:
        if pair and rest.startswith("月"):
            measure, end = "months", end + 1
    if text[start:end] in ("零", "〇"):  # 两年零3个月
        return None
    value = max(-ENDLESS, min(value, ENDLESS))
    per = _per(text, start, end, markers) if measure in ("money", "number") else frozenset()
    return Quantity(measure, value, start, end, text[start:end], per, rough, before.endswith("第"))


def _in_unit(measure: str, value: Decimal, parts: dict[str, str | None]) -> tuple[str, Decimal]:
    if parts.get("half") or (parts.get("tail") and measure != "years"):
        value += Decimal("0.5")
    if measure == "money":
        value *= {"万": 10_000, "千": 1000, "百": 100, None: 1}[parts.get("scale")]
        for part, share in (("jiao", Decimal("0.1")), ("fen", Decimal("0.01"))):
            figure = parts.get(part)
            value += (parse_numeral(figure) or 0) * share if figure else 0
    if measure == "tenths":
        return "percent", value * 10
    if measure == "minutes":
        return "hours", value / 60
    if measure == "years":
        return "months", value * 12 + (6 if parts.get("tail") else 0)
    return measure, value


def _rough(before: str, rest: str, more: bool) -> int:
    if _BELOW.search(before):
        return -1
    return 1 if more or _ABOVE.match(rest) else 0


def _per(text: str, start: int, end: int, markers: list[tuple[int, int]]) -> frozenset[str]:
    periods: set[str] = set()
    after = _PER_AFTER.match(text, end)
    if after:
        periods.add(_PERIODS[next(group for group in after.groups() if group)])
        markers.append(after.span())
    before = [found for found in (_PER_BEFORE.search(text[:start]), _NAMED_BEFORE.search(text[:start])) if found]
    found = max(before, key=lambda one: one.end(one.lastindex or 0), default=None)  # 加班一天, 时薪30: the nearer one
    while found:
        periods.add(_PERIODS[next(group for group in found.groups() if group)])
        if found.re is not _NAMED_BEFORE:
            markers.append((found.start(), found.end(found.lastindex or 0)))
        found = _PER_TOO.search(text[: found.start()])  # 每人每年
    return frozenset(periods)


def _merge(found: list[Quantity], text: str) -> list[Quantity]:
    """两年零3个月 and 2小时30分钟 are one duration each."""
    result: list[Quantity] = []
    for quantity in found:
        last = result[-1] if result else None
        if (
            last
            and last.measure == quantity.measure
            and text[last.end : quantity.start] in ("", "零", "又", "加", "外加")
            and (
                (last.measure == "months" and "年" in last.text and "年" not in quantity.text)
                or (last.measure == "hours" and "分" in quantity.text and "分" not in last.text)
            )
        ):
            whole = text[last.start : quantity.end]
            result[-1] = replace(
                last, value=last.value + quantity.value, end=quantity.end, text=whole, rough=quantity.rough
            )
        else:
            result.append(quantity)
    return result


def _date(match: re.Match[str]) -> Quantity | None:
    year1, month1, day1, year2, month2, month3, day3 = match.groups()
    year, month = year1 or year2, month1 or month2 or month3
    day = day1 or day3
    figures = int(year.translate(_FIGURES)) if year else YEARLESS
    if year and figures < 100:
        figures += 2000
    parsed = [parse_numeral(part) for part in (month, day or "1")]
    try:
        found = date(figures, *(int(part or 0) for part in parsed))
    except ValueError:
        return None
    return Quantity("date" if day else "month", Decimal(0), match.start(), match.end(), match[0], day=found)


def _day_range(match: re.Match[str]) -> Quantity | None:
    """1号到3号 are three days."""
    first, last = int(match[1]), int(match[2])
    if not 0 < first <= last <= 31:
        return None
    return Quantity("days", Decimal(last - first + 1), match.start(), match.end(), match[0])


def _clock_range(match: re.Match[str]) -> Quantity | None:
    """晚上6点到9点 are three hours; the part of the day of the first time holds for the second where it names none."""
    first, last = _TIME.match(match[1]), _TIME.match(match[2])
    if not first or not last:
        return None
    start, end = _hour(first, first["part"]), _hour(last, last["part"] or first["part"])
    if start is None or end is None:
        return None
    if end <= start:
        end += 12 if end + 12 > start and not last["part"] and end < 12 else 24
    return Quantity("hours", end - start, match.start(), match.end(), match[0])


def _hour(time: re.Match[str], part: str | None) -> Decimal | None:
    hour = parse_numeral(time["hour"])
    if hour is None or hour > 24:
        return None
    if part in ("下午", "晚上", "晚", "夜里") and hour < 12:
        hour += 12
    return hour + (Decimal("0.5") if time["half"] else Decimal(time["minute"] or 0) / 60)


def _half(match: re.Match[str]) -> Quantity:
    measure, value = "days", Decimal("0.5")
    if match[0] in ("整天", "全天"):
        value = Decimal(1)
    elif match[0].endswith("年"):
        measure, value = "months", Decimal(6)
    elif match[0].endswith("月"):
        measure = "months"
    elif not match[0].endswith("天"):
        measure = "hours"
    return Quantity(measure, value, match.start(), match.end(), match[0])
