"""What a calculator is, what it is given, and what it gives back, as frozen objects."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

Value = Decimal | str | bool | date
MEASURES = ("money", "hours", "days", "months", "people", "count", "percent", "times", "choice", "yesno", "date")


@dataclass(frozen=True)
class Figure:
    """A rate, cap or amount. Percentages are fractions of one, amounts are yuan; `shown` is the figure as printed.

    `clause` is None for a national convention that the brochures do not print; `says` is then what the reply tells
    about it.
    """

    name: str
    value: Decimal
    shown: str
    clause: str | None
    says: str = ""


@dataclass(frozen=True)
class Input:
    """Something a calculator is told. Durations are in months, money in yuan, percentages in percent.

    It is read where a quantity of its measure stands beside one of the words `near`, or is reckoned by the period
    `per`;
    `alone` takes the only quantity of the measure that nothing else has taken. `words` are the ways to name a value
    of a choice, or
    to say yes; `labels` name the values of a choice that a form offers, in that order. `unit` is how it is shown, and
    what a bare number means. `cap` names the figure that it may not exceed; `within` another
    input that it may not exceed. `rough`: 不到三年 and 三年多 are told from three
    years. `sum`: several of them in one part of a sentence are added up; `part`: what
    is said after 其中 is what counts. `by_choice` names the figures that stand in for it, by the value of a choice.
    """

    name: str
    label: str
    measure: str
    ask: str = ""
    unit: str = ""
    near: tuple[str, ...] = ()
    per: str | None = None
    alone: bool = False
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    least: Decimal | None = None
    most: Decimal | None = None
    above: Decimal | None = None
    whole: bool = False
    rough: bool = False
    sum: bool = False
    part: bool = False
    default: Decimal | None = None
    by_choice: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    cap: str | None = None
    within: str | None = None


@dataclass(frozen=True)
class Language:
    """How people write, for all calculators: slips and dialect words with their standard form, and words of asking
    and denying."""

    spellings: Mapping[str, str]
    asks: tuple[str, ...]
    not_numbers: tuple[str, ...]
    negations: tuple[str, ...]
    says: Mapping[str, str]


@dataclass(frozen=True)
class Joining:
    """Inputs that join a form once the first of them was told, and those of the form whose place they take."""

    names: tuple[str, ...]
    instead: tuple[str, ...]


@dataclass(frozen=True)
class Calculator:
    """One calculation. `words` are alternatives that name it (in each, one word of every group occurs), `unless`
    words that rule it out,
    `needs` the inputs of which one set must be given; `asks` the words by which its result is asked for.

    `form` are the inputs of its form, in order; of each group of `either` only one is filled in. `joining` are inputs that
    join the form once they are told. `menu`: listed before others.
    """

    id: str
    name: str
    formula: str
    unit: str
    words: tuple[tuple[tuple[str, ...], ...], ...]
    unless: tuple[str, ...]
    asks: tuple[str, ...]
    needs: tuple[tuple[str, ...], ...]
    figures: Mapping[str, Figure]
    inputs: Mapping[str, Input]
    says: Mapping[str, str]
    notes: tuple[str, ...]
    clauses: tuple[str, ...]
    product: tuple[str, ...]
    form: tuple[str, ...]
    either: tuple[tuple[str, ...], ...]
    joining: tuple[Joining, ...]
    menu: bool
    language: Language


@dataclass(frozen=True)
class Inputs:
    """What has been told so far, by the names of a calculator's inputs; `asked` is what the last message was to
    answer."""

    calculator: str
    values: Mapping[str, Value] = field(default_factory=dict)
    asked: str | None = None

    def joined(self, later: Inputs) -> Inputs:
        """These inputs with those of a later message; what is said later holds, and what was asked again is
        forgotten."""
        if later.calculator != self.calculator:
            return later
        kept = {name: value for name, value in self.values.items() if name != later.asked}
        return Inputs(self.calculator, {**kept, **later.values}, later.asked)

    def to_json(self) -> dict[str, Any]:
        """Plain data for a tracker: each value as text behind a sign of its type, because a choice is text as well."""
        values = {name: _sign(value) + str(value) for name, value in self.values.items()}
        return {"calculator": self.calculator, "values": values, "asked": self.asked}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Inputs:
        """What `to_json` wrote."""
        values = {name: _READ[text[0]](text[1:]) for name, text in data["values"].items()}
        return cls(data["calculator"], values, data["asked"])


def _sign(value: Value) -> str:
    if isinstance(value, bool):
        return "?"
    return "#" if isinstance(value, Decimal) else "@" if isinstance(value, date) else "="


_READ: Mapping[str, Callable[[str], Value]] = {
    "?": lambda text: text == "True",
    "#": Decimal,
    "@": date.fromisoformat,
    "=": str,
}


@dataclass(frozen=True)
class Part:
    """One share of a result, one row of a schedule, or another reading of the text."""

    label: str
    amount: Decimal
    unit: str


@dataclass(frozen=True)
class Result:
    """What was worked out. `amount` is what was asked for, None where the brochures do not print what it takes.

    `working` is the formula with its numbers, `notes` say what the text leaves open, `clauses` where the figures are
    printed.
    """

    amount: Decimal | date | None
    unit: str
    first_line: str
    working: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    clauses: tuple[str, ...] = ()
    parts: tuple[Part, ...] = ()

    @property
    def amounts(self) -> tuple[Decimal | date, ...]:
        """Every amount, the one asked for first."""
        first = () if self.amount is None else (self.amount,)
        return (*first, *(part.amount for part in self.parts))


@dataclass(frozen=True)
class Question:
    """What has to be told, or told again, before anything can be worked out: the input that a bare number will then
    mean."""

    input: str
    says: str
    clauses: tuple[str, ...] = ()
