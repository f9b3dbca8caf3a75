"""Which calculator a message asks for: it names the subject, asks for an amount, and tells a quantity."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping

from .model import Calculator, Value
from .read import prepare, read


def recognise(calculators: Mapping[str, Calculator], text: str) -> str | None:
    """The id of the calculator that a normalised text asks for, or None: a plain question of policy is no calculation.

    Of several the one is taken whose words name it in most characters, then the one with more inputs told.
    """
    if not calculators:
        return None
    text = prepare(next(iter(calculators.values())).language, text)
    best: tuple[int, int, str] | None = None
    for calculator in calculators.values():
        named = _named(calculator, text) if _asks(calculator, text) else 0
        if not named:
            continue
        told = read(calculator, text).values
        if not any(all(told.get(name, False) is not False for name in needed) for needed in calculator.needs):
            continue
        if calculator.product and not _beyond_one(calculator, told):
            continue
        candidate = (named, len(told), calculator.id)
        if best is None or candidate[:2] > best[:2]:
            best = candidate
    return best[2] if best else None


def _named(calculator: Calculator, text: str) -> int:
    """The characters of the longest alternative of which all words occur; 0 where there is none, or where a word
    rules it out."""
    if any(word in text for word in calculator.unless):
        return 0
    return max((_matched(groups, text) for groups in calculator.words), default=0)


def _matched(groups: tuple[tuple[str, ...], ...], text: str) -> int:
    """The characters of the longest word of each group, 0 where a group has none in the text."""
    lengths = [max((len(word) for word in group if word in text), default=0) for group in groups]
    return sum(lengths) if all(lengths) else 0


def _beyond_one(calculator: Calculator, told: Mapping[str, Value]) -> bool:
    """Whether something is to be multiplied: 一个人一天多少 asks for the rate as printed."""
    for name in calculator.product:
        entry, value = calculator.inputs.get(name), told.get(name)
        one = 12 if entry and entry.unit == "年" else 1
        if value is not None and value != one:
            return True
    return any(value is True for value in told.values())


def _asks(calculator: Calculator, text: str) -> bool:
    return bool(_any_of(calculator.asks).search(text))


@functools.lru_cache(maxsize=100)
def _any_of(words: tuple[str, ...]) -> re.Pattern[str]:
    """Some hundred words looked for in one go."""
    return re.compile("|".join(map(re.escape, words)) or "(?!)")
