"""Read the inputs of a calculator out of a message: each number goes to the input whose words stand nearest to it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal

from bot.language.extract import find_longest

from .formulas import FORMULAS
from .model import Calculator, Input, Inputs, Language, Value
from .quantities import Quantity, find_quantities

_COMPATIBLE: Mapping[str, tuple[str, ...]] = {
    "money": ("money",),
    "hours": ("hours",),
    "days": ("days",),
    "months": ("months",),
    "people": ("people", "count"),
    "count": ("count", "items", "people"),
    "percent": ("percent",),
    "times": ("times",),
    "date": ("date",),
}
_RATE = re.compile(r"[^,。;!?\d]{0,4}(?:一年|一天|每年|每天|补?多少|给多少)")  # 一个学徒一年多少 counts nobody
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_BREAK = re.compile(r"[,。;!?]")
_REACH = 40  # a number and the word that says what it counts; every sign of punctuation between them costs as much as
_BREAK_COST = 10  # this many characters, and another number between them as this many
_NUMBER_COST = 12
_VERB_COST = 5.0
_BEHIND_COST = 0.1
_BARE_REACH = 6  # the same for a number without a unit
_NEXT = 2
_RIVALS = 3  # inputs that are weighed for one quantity
_MANY = 8  # quantities of one message that are weighed against each other
_LEAST_SUM = 100  # written in characters, a smaller number without a unit is no sum of money
_NEGATION_REACH = 5
_YES = re.compile(r"^(?:是|对|有|嗯|会|能|可以|行|给|符合|没错|当然|都)")
_NO = re.compile(r"^(?:不|没|未|否|无)")
_MONTHS_OF_A_YEAR = 12


def prepare(language: Language, text: str) -> str:
    """A normalised text with slips and dialect words in their standard form and without separators of thousands."""
    for slip, word in language.spellings.items():
        text = text.replace(slip, word)
    return _THOUSANDS.sub("", text)


def read(calculator: Calculator, text: str, asked: str | None = None) -> Inputs:
    """The inputs that a normalised text tells. `asked` is the input that was just asked for: a bare number then means
    it."""
    text = prepare(calculator.language, text)
    values: dict[str, Value] = {}
    for entry in calculator.inputs.values():
        if entry.measure == "choice":
            chosen = _choice(entry, text)
            if chosen:
                values[entry.name] = chosen
        elif entry.measure == "yesno":
            said = _said(entry, text, calculator.language.negations)
            if said is not None:
                values[entry.name] = said
    quantities = [
        quantity
        for quantity in find_quantities(text, calculator.language.not_numbers)
        if not (quantity.measure in ("people", "count") and quantity.value == 1 and _RATE.match(text, quantity.end))
    ]
    hook = FORMULAS[calculator.formula].read
    if hook:
        quantities = hook(calculator, text, quantities, values, asked)
    open_inputs = [entry for entry in calculator.inputs.values() if entry.name not in values]
    left = _assign(open_inputs, text, quantities, values)
    if asked and asked not in values:
        _answer(calculator.inputs[asked], text, left, values)
    return Inputs(calculator.id, values, asked)


def _choice(entry: Input, text: str) -> str | None:
    """The value of a choice that the longest word names; none where two are named by words of equal length."""
    found = find_longest(text, entry.words, "choice")
    longest = max((len(entity.text) for entity in found), default=0)
    values = {entity.value for entity in found if len(entity.text) == longest}
    return values.pop() if len(values) == 1 else None


def _said(entry: Input, text: str, negations: Iterable[str]) -> bool | None:
    """Whether something is said to be so: yes where one of its words stands without a negation before it."""
    said: bool | None = None
    for entity in find_longest(text, entry.words, "yes"):
        before = _BREAK.split(text[: entity.start])[-1][-_NEGATION_REACH:]
        if not any(negation in before for negation in negations):
            return True
        said = False
    return said


def _assign(entries: list[Input], text: str, quantities: list[Quantity], values: dict[str, Value]) -> list[Quantity]:
    """Give each quantity to the input that claims it, so that the claims together are strongest; the rest is
    returned."""
    claims: list[list[tuple[float, Input]]] = []
    of_these = text.find("其中")
    last = max((quantity.start for quantity in quantities if quantity.measure in ("people", "count")), default=-1)
    for quantity in quantities:
        whole = quantity.start < of_these < last  # 招了十人, 其中八人参保
        strengths = [
            (_strength(entry, text, quantity, quantities), entry) for entry in entries if not (entry.part and whole)
        ]
        claims.append(sorted((claim for claim in strengths if claim[0] > 0), key=lambda claim: -claim[0])[:_RIVALS])
    taken: list[Quantity] = []
    for quantity, entry in zip(quantities, _best(claims)):
        if entry is not None:
            values[entry.name] = _value(entry, quantity)
            taken.append(quantity)
            if entry.sum:
                taken += _add_up(entry, text, quantity, quantities, values)
    return [quantity for quantity in quantities if quantity not in taken]


def _best(claims: list[list[tuple[float, Input]]]) -> list[Input | None]:
    """For each quantity the input it goes to, each input once. Of equal sums the earlier quantity has its stronger
    claim."""
    if len(claims) > _MANY:  # a long story: each in turn takes what claims it most
        chosen: list[Input | None] = []
        for options in claims:
            chosen.append(next((entry for _, entry in options if entry not in chosen), None))
        return chosen

    def search(at: int, used: tuple[str, ...]) -> tuple[float, list[Input | None]]:
        if at == len(claims):
            return 0.0, []
        best: tuple[float, list[Input | None]] | None = None
        for strength, entry in claims[at]:
            if entry.name not in used:
                rest, others = search(at + 1, (*used, entry.name))
                if best is None or strength + rest > best[0]:
                    best = (strength + rest, [entry, *others])
        rest, others = search(at + 1, used)
        return best if best is not None and best[0] >= rest else (rest, [None, *others])

    return search(0, ())[1]


def _add_up(
    entry: Input, text: str, first: Quantity, quantities: list[Quantity], values: dict[str, Value]
) -> list[Quantity]:
    """农村学员25人、低保学员5人: what stands beside the words of the same input in the same part of the sentence."""
    added: list[Quantity] = []
    for quantity in quantities:
        if quantity is first:
            continue
        low, high = sorted((quantity, first), key=lambda one: one.start)
        between = text[low.end : high.start]
        total = values[entry.name]
        beside = any(_gap(word, text, quantity, [quantity]) <= _NEXT for word in entry.near)
        compatible = quantity.measure in _COMPATIBLE[entry.measure]
        if compatible and beside and "其中" not in text and not _BREAK.search(between) and isinstance(total, Decimal):
            values[entry.name] = total + quantity.value
            added.append(quantity)
    return added


def _strength(entry: Input, text: str, quantity: Quantity, quantities: list[Quantity]) -> float:
    """How strongly an input claims a quantity; 0 where it does not."""
    if entry.measure == "date":
        return 1.0 if quantity.measure == "date" else 0.0
    bare = quantity.measure == "number"
    if not bare and quantity.measure not in _COMPATIBLE.get(entry.measure, ()):
        return 0.0
    if entry.measure == "money" and not _period_fits(entry, quantity):
        return 0.0
    per = 2.0 * _REACH if entry.per and entry.per in quantity.per else 0.0
    gap = min((_gap(word, text, quantity, quantities) for word in entry.near), default=float(_REACH))
    if quantity.text == "一个" and gap > _NEXT:  # 一个是大厂, 一个小卖部
        return 0.0
    if bare:
        near = entry.measure in ("money", "percent") and gap <= _BARE_REACH and _counts_alone(entry, quantity)
        return per + _REACH - gap if per or near else 0.0
    exact = 1.0 if quantity.measure == entry.measure else 0.5  # 个 counts anything, 人 only people
    if gap < _REACH:
        return per + exact + _REACH - gap
    return per or (0.1 * exact if entry.alone else 0.0)


def _counts_alone(entry: Input, quantity: Quantity) -> bool:
    """Whether a number without a unit can be meant: not 贷一笔, nor LPR加150, nor a sum of 2.15."""
    whole = quantity.value == quantity.value.to_integral_value()
    in_figures = quantity.text[-1].isascii() or "点" in quantity.text
    if entry.most is not None and quantity.value > entry.most:
        return False
    if entry.measure == "percent":
        return in_figures
    return abs(quantity.value) >= _LEAST_SUM or (in_figures and whole)


def _period_fits(entry: Input, quantity: Quantity) -> bool:
    """A sum by the hour is no monthly wage; one without a period may be anything, and one by the head is still a
    sum."""
    periods = quantity.per - {"person"}
    return not periods or entry.per in periods or entry.per is None


def _gap(word: str, text: str, quantity: Quantity, quantities: list[Quantity]) -> float:
    """The characters between a quantity and the nearest place of a word, with what stands between them counted in."""
    best = float(_REACH)
    start = text.find(word)
    while start >= 0:
        end = start + len(word)
        low, high = quantity.start, quantity.start  # the word is part of the quantity: 人 in 两个人
        if end <= quantity.start:
            low = end
        elif start >= quantity.end:
            low, high = quantity.end, start
        behind = 0.0
        if low == quantity.end:  # a verb governs the number after it: 裁了
            behind = _VERB_COST if word.endswith("了") else _BEHIND_COST
        crossed = sum(1 for other in quantities if other is not quantity and low <= other.start and other.end <= high)
        breaks = len(_BREAK.findall(text[low:high]))
        best = min(best, high - low + behind + _BREAK_COST * breaks + _NUMBER_COST * crossed)
        start = text.find(word, start + 1)
    return best


def _value(entry: Input, quantity: Quantity) -> Value:
    if quantity.day is not None:
        return quantity.day
    if entry.rough:
        return quantity.value + Decimal("0.5") * quantity.rough  # 不到三年 is no full three years, 三年多 is more
    return quantity.value


def _answer(entry: Input, text: str, left: list[Quantity], values: dict[str, Value]) -> None:
    """The answer to a question: the only thing the text can mean by it."""
    if entry.measure == "yesno":
        if _NO.match(text):
            values[entry.name] = False
        elif _YES.match(text):
            values[entry.name] = True
        return
    bare = () if entry.measure in ("date", "choice") else ("number",)
    for quantity in left:
        if quantity.measure in (*_COMPATIBLE.get(entry.measure, ()), *bare):
            value = _value(entry, quantity)
            years = entry.measure == "months" and entry.unit == "年" and quantity.measure == "number"
            values[entry.name] = value * _MONTHS_OF_A_YEAR if years and isinstance(value, Decimal) else value
            return
