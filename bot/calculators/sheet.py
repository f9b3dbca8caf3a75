"""The sheet a formula works on: figures, inputs and sentences of one calculator, and what has been used of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from string import Formatter
from typing import NoReturn

from .display import calendar, duration, plain, yuan
from .model import Calculator, Input, Part, Question, Result, Value
from .quantities import ENDLESS, Quantity

UNITS = {"hours": "小时", "days": "天", "people": "人", "count": "个", "times": "次"}


@dataclass(frozen=True)
class Formula:
    """One way of working out. `says` are the sentences it speaks, each with the names filled in besides figures and
    inputs;
    `may_say` those that it can do without. `read` finds what the
    words near a quantity do not tell, and returns the quantities that it leaves to them."""

    run: Callable[[Sheet], Result]
    figures: tuple[str, ...] = ()
    inputs: tuple[str, ...] = ()
    says: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    may_say: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    read: Callable[[Calculator, str, list[Quantity], dict[str, Value], str | None], list[Quantity]] | None = None


class Asked(Exception):
    """Something has to be told first."""

    def __init__(self, question: Question) -> None:
        super().__init__(question.input)
        self.question = question


class Sheet:
    """Gives a formula its numbers and keeps what they rest on."""

    def __init__(self, calculator: Calculator, values: Mapping[str, Value]) -> None:
        self.calculator = calculator
        self.told = frozenset(values)
        self.values = dict(values)
        self.clauses = list(calculator.clauses)
        self.notes: list[str] = []

    def has(self, name: str) -> bool:
        """Whether an input was told."""
        return name in self.values

    def number(self, name: str) -> Decimal:
        """A number that was told."""
        value = self.values[name]
        assert isinstance(value, Decimal)
        return value

    def day(self, name: str) -> date:
        """A date that was told."""
        value = self.values[name]
        assert isinstance(value, date)
        return value

    def choice(self, name: str) -> str | None:
        """The value of a choice that was told."""
        value = self.values.get(name)
        return value if isinstance(value, str) else None

    def flag(self, name: str) -> bool:
        """Whether something was said to be so."""
        return self.values.get(name) is True

    def need(self, name: str) -> Decimal:
        """A number that was told, or its default. Raises Asked where there is neither."""
        entry = self.calculator.inputs[name]
        if name not in self.values:
            if entry.default is None:
                self.ask(name)
            self.values[name] = entry.default
        return self.number(name)

    def figure(self, name: str) -> Decimal:
        """The value of a figure; its clause is cited, and a convention that is not printed is owned up to."""
        figure = self.calculator.figures[name]
        if figure.clause and figure.clause not in self.clauses:
            self.clauses.append(figure.clause)
        if not figure.clause:
            self.note(figure.says)
        return figure.value

    def shown(self, name: str) -> str:
        """A figure as printed."""
        return self.calculator.figures[name].shown

    def say(self, key: str, **extra: str) -> str:
        """A sentence of the calculator, filled in; every figure it names is cited."""
        text = self.calculator.says[key]
        for name in self._named(text):
            self.figure(name)
        return self.fill(text, **extra)

    def can_say(self, key: str) -> bool:
        """Whether the calculator has a sentence."""
        return key in self.calculator.says

    def fill(self, text: str, **extra: str) -> str:
        """A text with figures, inputs and what is added filled in."""
        figures = {figure.name: figure.shown for figure in self.calculator.figures.values()}
        told = {entry.name: show(entry, self.values.get(entry.name)) for entry in self.calculator.inputs.values()}
        return text.format(**{**figures, **told, **extra})

    def note(self, text: str) -> None:
        """Add a note once."""
        if text and text not in self.notes:
            self.notes.append(text)

    def ask(self, name: str, key: str = "", **extra: str) -> NoReturn:
        """Stop with a question: the sentence `key`, or the one by which the input is asked for. Raises Asked."""
        text = self.calculator.says[key] if key else self.calculator.inputs[name].ask
        raise Asked(Question(name, self.fill(text, **extra), self.cited(text)))

    def cited(self, *texts: str) -> tuple[str, ...]:
        """The clauses of the figures that sentences name, after those of the calculator."""
        figures = (self.calculator.figures[name] for text in texts for name in self._named(text))
        return tuple(dict.fromkeys((*self.calculator.clauses, *(figure.clause for figure in figures if figure.clause))))

    def _named(self, text: str) -> list[str]:
        """The figures that a sentence names."""
        return [
            name for _, name, _, _ in Formatter().parse(text) if name is not None and name in self.calculator.figures
        ]

    def lead(self, names: Iterable[str]) -> None:
        """Cite the clauses of these figures before all others: they are what the result is about."""
        first = [figure.clause for figure in map(self.calculator.figures.__getitem__, names) if figure.clause]
        self.clauses = list(dict.fromkeys((*first, *self.clauses)))

    def result(
        self,
        amount: Decimal | date | None,
        unit: str,
        first_line: str,
        working: Iterable[str] = (),
        parts: Iterable[Part] = (),
    ) -> Result:
        """The result with the notes of the calculator and the clauses of every figure used."""
        for text in self.calculator.notes:
            self.note(self.fill(text))
        return Result(amount, unit, first_line, tuple(working), tuple(self.notes), tuple(self.clauses), tuple(parts))


def show(entry: Input, value: Value | None) -> str:
    """What was told, with its unit; nothing where it was not."""
    if value is None or isinstance(value, bool):
        return ""
    if isinstance(value, date):
        return calendar(value)
    if isinstance(value, str):
        return entry.labels.get(value, value)
    if abs(value) >= ENDLESS:
        return "一个大得没法算的数"
    if entry.measure == "money":
        return yuan(value)
    if entry.measure == "months":
        return duration(value, entry.unit)
    if entry.measure == "percent":
        return f"{plain(value)}%"
    return f"{plain(value)}{entry.unit or UNITS.get(entry.measure, '')}"
