"""What people say about themselves, read as values of facts: the answer to a question, and what is volunteered."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal

from bot.knowledge.schemes import NOT_APPLICABLE, Fact, Value, ValueFault, named_value, parse_value
from bot.language import Entity, find_numbers, normalise, normalise_word, number

_UNKNOWN = re.compile(
    r"不(?:太|大|是很|怎么)?清楚|不(?:太)?知道|不晓得|不确定|说不好|说不准|说不上|记不清|不记得|忘了|没注意|拿不准|不太懂|没印象|不了解|不好说|没概念"
)
_YES = re.compile(r"^(?:嗯+[,，]?)?(?:是|对|有|嗯|会|能|可以|行|想|算|属于|没错|当然|肯定|都|正|符合|yes|ok|好)")
_NO = re.compile(r"^(?:嗯+[,，]?)?(?:不|没|未|否|无|还没|从没|从来没|还未|哪有|木有|no)")
_FINE = re.compile(r"^没(?:问题|毛病|错|事)")
_HAS = re.compile(r"^(?:有|上过|上了|干过|干着|在上|考上|工作过|在职|上着)")
_ECHO = re.compile(r"^(?:都|已经|早就|刚)?([办交缴签参拿领上开考住招做登取享])")
_DENIES = re.compile(r"^(?:不是|不对|否|错)")
_NONE = re.compile(r"^(?:没有|没|无|零|从没|从来没|一次都没|还没|不曾|未)")
_NOT_ASKED = re.compile(r"不适用|没上过(?:大学|学)|不是(?:高校|大学|毕业)|没念过|没毕业")
_ROUGH_AGE = re.compile(r"来岁|岁左右|岁上下|十[多来几]|\d0[多来几]|快|将近|不到|虚岁|差不多|大概|左右")
_BARE_AGE = re.compile(
    r"(?:我|俺|本人|今年|他|她|年纪|岁数|都|爸|妈|媳妇|老公)(?:是|有|今年|都|快)?(\d{2}|[二三四五六七八九]?十[一二三四五六七八九]?)(?:了|周岁|[,，。]|$)"
)
_BIRTH_YEAR = re.compile(r"(19\d\d|20\d\d|(?<!\d)[4-9]\d|(?<!\d)0\d)年?(?:生人|生的|出生|的人|生)")
_YEAR = re.compile(
    r"(今年|去年|前年|大前年|(?:19|20)\d\d年?|(?<!\d)[09]\d年|(?<!\d)[12]\d年(?=\d|[一二三四五六七八九十]|毕业|离校|夏))(?:(1[0-2]|[1-9]|十[一二]?|[一二三四五六七八九])月)?"
)
_HALF = re.compile(r"(?<![一二两三四五六七八九十\d年个])半年")
_TIMES = re.compile(r"(\d+|[一二两三四五六七八九十]+)(?:次|回|遍)")
_DATE = re.compile(
    r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})|(今年|去年|前年)?(\d{1,2}|十[一二]?|[一二三四五六七八九])月(?:(\d{1,2}|[一二三]?十?[一二三四五六七八九十])[日号])?"
)
_MONTH_OF = re.compile(r"(?<!\d)(\d{4}|\d{2})年(\d{1,2})月(?:(\d{1,2})[日号])?")
_PLAIN = re.compile(r"-?\d+(?:\.\d+)?|[零〇一二两三四五六七八九十百千万]+(?:点[零一二三四五六七八九]+)?")
_YEARS_AGO = {"今年": 0, "去年": 1, "前年": 2, "大前年": 3}
_WITHOUT_END = re.compile(r"无固定期限|长期合同|没有期限")
_NOT_ONE = re.compile(r"^(?:就?一|半)(?:天|个|次|回|分|毛|人|块)(?:钱)?(?:都|也)?(?:没|不)")
_OVER = re.compile(r"[年月]多|多[年月]")
_YUAN = 1000
_SEVERAL = re.compile(r"[一二两三四五六七八九][二三四五六七八九](?=年|个月)|好几|几个?[年月]")
_HEDGED = re.compile(r"快|不到|将近|差点|左右|大概|大约|差不多|[多来]|近")
_UNDER = re.compile(r"快|不到|将近|差点|不足")
_DENYING = re.compile(r"(?:没|没有|不|未|别|无|不是[我俺他她]?)$")
_NAMED = 2  # characters of a word that volunteers the value of a choice
_REACH = 9  # characters between a number and the word that says what it counts
_GAP = re.compile(r"[,，。;；!！?？]")
_SHORT = 12  # characters of an answer that is read as yes or no by its first word


def is_unknown(text: str) -> bool:
    """Whether a normalised text says that someone does not know."""
    return bool(_UNKNOWN.search(text))


def hear(fact: Fact, text: str, day: date) -> Value | None:
    """The answer to the question about a fact, or None where the text gives none."""
    text = normalise(text).replace("俩", "两").replace("仨", "三")
    if is_unknown(text):
        return None
    if fact.may_not_apply and _NOT_ASKED.search(text):
        return NOT_APPLICABLE
    if fact.type == "yesno":
        return _yes_or_no(fact, text)
    if fact.type == "choice":
        return _choice(fact, text)
    if fact.type == "date":
        return _date(text, day)
    if fact.measure == "months" and _WITHOUT_END.search(text):
        return fact.most
    if _NOT_ONE.search(text) and (fact.least is None or fact.least <= 0):
        return Decimal(0)
    stated = _quantity(fact, find_numbers(text), text, day)
    if stated is not None and _UNDER.search(text):  # 快两年 is no two years yet, and only time is counted that finely
        stated = stated - 1 if fact.measure == "months" and stated > 1 else None
        return _checked(fact, stated)
    if stated is None and fact.measure != "age" and _NONE.search(text) and (fact.least is None or fact.least <= 0):
        stated = Decimal(0)
    if stated is None:
        stated = _plain(fact, text)
    elif stated is not None and fact.measure == "months" and _OVER.search(text):
        stated += 1  # 两年多 is more than two years
    return _checked(fact, stated)


def _plain(fact: Fact, text: str) -> Decimal | None:
    """The only number of a text, in the unit that was asked for."""
    found = _PLAIN.findall(text)
    value = number(found[0]) if len(found) == 1 else None
    if value is None or (fact.measure == "age" and (value < 10 or _ROUGH_AGE.search(text))):
        return None
    if fact.unit == "万元" and value >= _YUAN:
        return value / 10000  # 还欠两千 is said in yuan whatever was asked
    return value


def gather(facts: Iterable[Fact], text: str, day: date) -> dict[str, Value]:
    """What a text volunteers about these facts: only what it says in so many words."""
    text = normalise(text)
    result: dict[str, Value] = {}
    for fact in facts:
        if fact.share:
            continue
        value = _volunteered(fact, text, day)
        if value is not None:
            result[fact.label] = value
    return result


def _volunteered(fact: Fact, text: str, day: date) -> Value | None:
    if fact.type == "yesno":
        return _said(fact.words, text)
    if fact.type == "choice":
        pieces = [piece for piece in _GAP.split(text) if not fact.near or any(cue in piece for cue in fact.near)]
        told = "，".join(pieces)
        return named_value(fact, told) if _longest(fact, told) >= _NAMED else None
    if fact.type == "date":
        near = [word for word in fact.near if word in text]
        return _date(text, day) if near else None
    if fact.measure == "age":
        return _checked(fact, _age(text, find_numbers(text), day))
    for piece in _GAP.split(text):
        for cue in fact.near:
            at = piece.find(cue)
            if at < 0:
                continue
            window = piece[max(0, at - _REACH) : at + len(cue) + _REACH]
            if _HEDGED.search(window):
                continue
            value = _checked(fact, _quantity(fact, find_numbers(window), window, day))
            if value is not None:
                return value
    return None


def _longest(fact: Fact, text: str) -> int:
    words = (word for value in fact.values for word in (value, *fact.words.get(value, ())))
    return max((len(word) for word in words if word in text), default=0)


def _said(words: Mapping[str, tuple[str, ...]], text: str) -> bool | None:
    """Yes or no by the words that say so; the longest decides, because 不是农民 holds 是农民."""
    longest = {value: max((_matched(word, text) for word in said), default=0) for value, said in words.items()}
    yes = max(longest.get("是", 0), _denied(words.get("否", ()), text))
    no = max(longest.get("否", 0), _denied(words.get("是", ()), text))
    return None if yes == no else yes > no


def _matched(word: str, text: str) -> int:
    """Characters of a word found in a text, 0 where it is not; … in a word stands for up to six characters."""
    word = normalise_word(word)
    if "..." not in word:  # NFKC makes … three points
        return len(word) if word in text else 0
    found = re.search(".{1,6}?".join(map(re.escape, word.split("..."))), text)
    return len(found[0]) if found else 0


def _denied(words: Iterable[str], text: str) -> int:
    """Characters of the longest of the words that stands right behind 没, 不是, 未: 没评上困难 is no 评上困难; one more for the denial."""
    longest = 0
    for word in map(normalise_word, words):
        at = text.find(word)
        if at > 0 and _DENYING.search(text[:at]):
            longest = max(longest, len(word) + 1)
    return longest


def _yes_or_no(fact: Fact, text: str) -> bool | None:
    said = _said(fact.words, text)
    if said is not None:
        return said
    if len(text) > _SHORT:
        return None
    if _FINE.search(text):
        return True
    if _DENIES.search(text) or (fact.negative and _HAS.search(text)):
        return False
    if _NO.search(text):
        return bool(fact.negative and _NONE.search(text))
    echo = _ECHO.search(text)
    return True if _YES.search(text) or (echo and echo[1] in fact.ask) else None


def _choice(fact: Fact, text: str) -> str | None:
    told = _without_denied(fact, text)
    named = named_value(fact, told)
    if named is not None:
        return named
    if told != text:
        return "无" if "无" in fact.values else None
    if not fact.values:
        return text or None
    if "无" in fact.values and _NONE.search(text):
        return "无"
    if "以上都不是" in fact.values and _NO.search(text):
        return "以上都不是"
    return None


def _without_denied(fact: Fact, text: str) -> str:
    """A text without the values it denies: 没有房贷，有车贷 names one loan."""
    for value in fact.values:
        for word in map(normalise_word, (value, *fact.words.get(value, ()))):
            if value != "无":
                text = re.sub(rf"没有?{re.escape(word)}", "", text)
    return text


def _checked(fact: Fact, stated: Decimal | None) -> Decimal | None:
    if stated is None:
        return None
    try:
        value = parse_value(fact, stated)
    except ValueFault:
        return None
    return value if isinstance(value, Decimal) else None


def _quantity(fact: Fact, found: list[Entity], text: str, day: date) -> Decimal | None:
    """The number that a text gives in the measure of a fact."""
    if fact.measure == "age":
        return _age(text, found, day)
    if fact.measure in ("months", "years"):
        months = _months(text, found, day if fact.since else None)
        return months if months is None or fact.measure == "months" else months / 12
    if fact.measure == "money":
        amounts = [Decimal(entity.value) for entity in found if entity.kind == "money"]
        if not amounts:
            return None
        return amounts[0] / 10000 if fact.unit == "万元" else amounts[0]
    if fact.measure == "times":
        times = _TIMES.search(text)
        return number(times[1]) if times else None
    if fact.measure == "count":
        year = re.search(r"((?:19|20)\d\d)|(?<!\d)(\d\d)(?=届|级|年)", text)
        if year and fact.unit == "年":
            short = int(year[1] or year[2])
            return Decimal(short if year[1] else short + (2000 if short < 50 else 1900))
        plain = _PLAIN.findall(text)
        return number(plain[0]) if len(plain) == 1 else None
    kind = {"people": "people", "percent": "percent"}.get(fact.measure)
    values = [Decimal(entity.value) for entity in found if entity.kind == kind]
    return values[0] if values else None


def _age(text: str, found: list[Entity], day: date) -> Decimal | None:
    """Years of age; a rough 四十来岁 is none, because the limits are exact."""
    if _ROUGH_AGE.search(text):
        return None
    ages = [Decimal(entity.value) for entity in found if entity.kind == "age"]
    if ages:
        return ages[0]
    born = _BIRTH_YEAR.search(text)
    if born:
        year = int(born[1])
        return Decimal(day.year - (year if year > 99 else year + (1900 if year > 25 else 2000)))
    bare = _BARE_AGE.search(text)
    value = number(bare[1]) if bare else None
    return value if value is not None and value >= 14 else None


def _months(text: str, found: list[Entity], day: date | None) -> Decimal | None:
    """A length of time in months: 三年, 2年零3个月, 半年; with `day`, also the time since a month named (去年七月, 2020年6月)."""
    if _SEVERAL.search(text):
        return None  # 两三年 is no number
    since = _since(text, day) if day else None
    if since is not None:
        return since
    parts = [entity for entity in found if entity.kind == "months"]
    if not parts:
        return Decimal(6) if _HALF.search(text) else None
    total = Decimal(parts[0].value)
    for before, after in itertools.pairwise(parts):
        if after.start - before.end > 1:  # 2年零3个月 is one length, 干了2年, 停了3个月 are two
            break
        total += Decimal(after.value)
    return total


def _since(text: str, day: date) -> Decimal | None:
    match = _YEAR.search(text)
    if not match or (re.match(r"\d{1,2}年$", match[1]) and not match[2] and "毕业" not in text and "离校" not in text):
        return None
    word = match[1].removesuffix("年") if match[1][0].isdigit() else match[1]
    if word in _YEARS_AGO:
        year = day.year - _YEARS_AGO[word]
    else:
        short = int(word)
        year = short if short > 99 else short + (2000 if short < 50 else 1900)
    month = number(match[2]) if match[2] else Decimal(7)  # a year alone: graduates leave in July
    if month is None:
        return None
    months = (day.year - year) * 12 + day.month - int(month)
    return Decimal(max(months, 0))


def _date(text: str, day: date) -> date | None:
    month_of = _MONTH_OF.search(text)
    if month_of:
        year = int(month_of[1])
        first = Decimal(month_of[3]) if month_of[3] else Decimal(1)
        try:
            return date(year if year > 99 else 2000 + year, int(month_of[2]), int(first))
        except ValueError:
            return None
    match = _DATE.search(text)
    if not match:
        return None
    try:
        if match[1]:
            return date(int(match[1]), int(match[2]), int(match[3]))
        month, of = number(match[5]), number(match[6]) if match[6] else Decimal(1)
        if month is None or of is None:
            return None
        return date(day.year - _YEARS_AGO.get(match[4] or "今年", 0), int(month), int(of))
    except ValueError:
        return None
