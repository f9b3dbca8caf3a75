"""A calculator as a small form: its fields with what was told so far, and a filled form read back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from bot.language import normalise

from .display import plain
from .model import Calculator, Input, Inputs, Question, Value
from .numerals import parse_numeral
from .quantities import ENDLESS, YEARLESS
from .sheet import UNITS, Sheet, show

MOST_VALUES = 20  # a form has a handful; more were not filled in by a person
MOST_CHARACTERS = 40  # of one value
_SCALES = {("months", "年"): Decimal(12), ("money", "万元"): Decimal(10_000)}
_PERIODS = {"hour": "小时", "day": "天", "month": "月", "year": "年"}
_MONTH_STEP = Decimal("0.01")  # years with four places after the point are whole months again
_YEARS = range(1900, 2100)  # as in a message
_FAULTS = {"date": "not_a_date", "choice": "not_offered", "yesno": "not_offered"}


@dataclass(frozen=True)
class Option:
    """One value that can be picked, and how it is named."""

    value: str
    label: str


@dataclass(frozen=True)
class Field:
    """One thing to fill in. `type` is number, choice, yesno or date.

    `value` is what was told, as text, a number in the unit shown, a date as 2022-10-15; None where nothing was told.
    `least` and `most` are in the unit shown. `asked`: this is what the reply asks for.
    """

    name: str
    label: str
    type: str
    unit: str
    options: tuple[Option, ...]
    value: str | None
    least: Decimal | None
    most: Decimal | None
    whole: bool
    asked: bool


@dataclass(frozen=True)
class Form:
    """The form of a calculator."""

    calculator: str
    name: str
    fields: tuple[Field, ...]


class FormFault(Exception):
    """A filled form cannot be read. The message is a Chinese sentence for who filled it in; `told` is what could be read, and
    what has to be filled in again is `told.asked`."""

    def __init__(self, says: str, told: Inputs) -> None:
        super().__init__(says)
        self.told = told


def form_of(calculator: Calculator, inputs: Inputs) -> Form:
    """The form with what was told so far."""
    return Form(calculator.id, calculator.name, fields(calculator, inputs))


def fields(calculator: Calculator, inputs: Inputs) -> tuple[Field, ...]:
    """What is to be filled in, in order: the inputs of the form, and those told in a message that it leaves out."""
    names = _names(calculator, inputs)
    asked = inputs.asked
    if asked not in names:  # hours of any kind were asked for: those of the first kind
        instead = next((joining.instead for joining in calculator.joining if asked in joining.names), ())
        asked = next((name for name in instead if name in names), None)
    return tuple(_field(calculator, calculator.inputs[name], inputs.values.get(name), name == asked) for name in names)


def opening(calculator: Calculator) -> Question:
    """What is asked with an empty form: its first input."""
    entry = calculator.inputs[calculator.form[0]]
    sheet = Sheet(calculator, {})
    return Question(entry.name, sheet.fill(entry.ask), sheet.cited(entry.ask))


def fill(calculator: Calculator, values: Mapping[str, str]) -> Inputs:
    """The inputs that a filled form tells; what is left empty is not told. Raises FormFault, and nothing else whatever a
    client sends."""
    says = calculator.language.says
    known = {*calculator.form, *(name for joining in calculator.joining for name in joining.names)}
    told: dict[str, Value] = {}
    faults: list[tuple[str, str | None]] = []
    if not isinstance(values, Mapping) or len(values) > MOST_VALUES:
        raise FormFault(says["form_changed"], Inputs(calculator.id))
    for name, text in values.items():
        if name not in known or not isinstance(text, str):
            faults.append((says["form_changed"], None))
        elif text.strip():
            entry = calculator.inputs[name]
            value = _read(entry, text) if len(text) <= MOST_CHARACTERS else None
            if value is None:
                key = "too_long" if len(text) > MOST_CHARACTERS else _FAULTS.get(entry.measure, "not_a_number")
                faults.append((says[key].format(label=entry.label), name))
            else:
                told[name] = value
    for group in calculator.either:
        filled = [calculator.inputs[name] for name in group if name in told]
        if len(filled) > 1:
            faults.append((says["either"].format(label=filled[0].label, other=filled[1].label), filled[1].name))
    if faults:
        said, wrong = faults[0]
        raise FormFault(said, Inputs(calculator.id, told, wrong))
    return Inputs(calculator.id, told)


def describe(calculator: Calculator, inputs: Inputs) -> str:
    """What was told in one line: 加班费：工资4000元，平日加班的时间10小时."""
    says = calculator.language.says
    parts = []
    for name, value in inputs.values.items():
        entry = calculator.inputs[name]
        if isinstance(value, bool):
            parts.append(f"{entry.label}：{says['is_yes' if value else 'is_no']}")
        else:
            parts.append(f"{entry.label}{'：' if isinstance(value, str) else ''}{show(entry, value)}")
    return f"{calculator.name}：{'，'.join(parts)}" if parts else calculator.name


def _names(calculator: Calculator, inputs: Inputs) -> tuple[str, ...]:
    """The form's own inputs, with what was told besides in the place of what it stands for."""
    names = list(calculator.form)
    replaced: set[str] = set()
    for joining in calculator.joining:
        if joining.names[0] in inputs.values:
            at = min((names.index(name) for name in joining.instead), default=len(names))
            names[at:at] = [name for name in joining.names if name not in names]
            replaced.update(n for n in joining.instead if not inputs.values.get(n) and n != inputs.asked)
    return tuple(name for name in names if name not in replaced)


def _field(calculator: Calculator, entry: Input, value: Value | None, asked: bool) -> Field:
    number = entry.measure not in ("choice", "yesno", "date")
    least = entry.least if entry.above is None else entry.above + 1 if entry.whole else entry.above
    most = calculator.figures[entry.cap].value if entry.cap else entry.most
    scale = _scale(entry)
    return Field(
        name=entry.name,
        label=entry.label,
        type="number" if number else entry.measure,
        unit=_unit(entry) if number else "",
        options=_options(calculator, entry),
        value=None if value is None else _text(entry, value),
        least=None if least is None else least / scale,
        most=None if most is None else most / scale,
        whole=entry.whole,
        asked=asked,
    )


def _options(calculator: Calculator, entry: Input) -> tuple[Option, ...]:
    if entry.measure == "yesno":
        says = calculator.language.says
        return Option("yes", says["is_yes"]), Option("no", says["is_no"])
    return tuple(Option(value, label) for value, label in entry.labels.items())


def _unit(entry: Input) -> str:
    if entry.measure == "money":
        period = _PERIODS.get(entry.per or "")
        return f"{entry.unit or '元'}/{period}" if period else entry.unit or "元"
    defaults = {**UNITS, "months": "个月", "percent": "%"}
    return entry.unit or defaults.get(entry.measure, "")


def _scale(entry: Input) -> Decimal:
    """How many of what is reckoned with (yuan, months) one of the unit shown is."""
    return _SCALES.get((entry.measure, entry.unit), Decimal(1))


def _text(entry: Input, value: Value) -> str | None:
    """A value as its field holds it; None for a date without a year, and for a value that is not offered."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, date):
        return value.isoformat() if value.year > YEARLESS + 1 else None
    if isinstance(value, str):
        return value if value in entry.labels else None
    return plain(value / _scale(entry))


def _read(entry: Input, text: str) -> Value | None:
    """The value that a field holds; None where it is none."""
    text = text.strip()
    if entry.measure == "yesno":
        return {"yes": True, "no": False}.get(text)
    if entry.measure == "choice":
        return text if text in entry.labels else None
    return _read_date(text) if entry.measure == "date" else _read_number(entry, text)


def _read_date(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.year in _YEARS else None


def _read_number(entry: Input, text: str) -> Decimal | None:
    """A number with or without its unit: 4000, 4,000元, 二十万 where the unit is 万元."""
    scale, unit = _scale(entry), _unit(entry)
    bare = normalise(text).replace(",", "").replace(" ", "")
    for suffix in ("元", "万") if unit == "万元" else (unit.partition("/")[0],):
        bare = bare.removesuffix(suffix)
    number = parse_numeral(bare) if bare else None
    if number is None:
        return None
    value = max(-ENDLESS, min(number * scale, ENDLESS))
    return value.quantize(_MONTH_STEP) if scale != 1 and entry.measure == "months" else value
