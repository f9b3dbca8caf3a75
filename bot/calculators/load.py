"""Read knowledge/calculators.yml: figures that stand in their clauses, inputs, and sentences with nothing to fill in
but what there is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from pathlib import Path
from string import Formatter
from typing import Any

from bot.knowledge.model import Clause
from bot.knowledge.reader import Key, Kinds, Reader

from .formulas import FORMULAS
from .load_form import read_form
from .load_input import check_references, read_input
from .model import Calculator, Figure, Language
from .numerals import NUMERAL, parse_numeral
from .sheet import Formula

_GENERAL = {
    "low": ("label", "limit", "value", "ask"),
    "above": ("label", "value", "ask"),
    "high": ("label", "limit", "value", "ask"),
    "whole": ("label", "value", "ask"),
    "within": ("label", "value", "other", "limit", "ask"),
    "rounded": (),
    "not_a_number": ("label",),
    "not_a_date": ("label",),
    "not_offered": ("label",),
    "too_long": ("label",),
    "either": ("label", "other"),
    "form_changed": (),
    "is_yes": (),
    "is_no": (),
}
_FAULTY = ("low", "high", "within", "over", "cut")  # <kind>_<input>: what is said where an input is out of bounds
_RESERVED = {field for fields in _GENERAL.values() for field in fields}
_NUMERAL = re.compile(NUMERAL)
_DIGIT = re.compile(r"\d")
_SCALES = {"%": Decimal("0.01"), "BP": Decimal("0.0001"), "年": Decimal(12)}
_UNIT = re.compile(r"\s?(%|BP|年)")


def load_calculators(root: Path, clauses: Mapping[str, Clause], faults: list[Any]) -> dict[str, Calculator]:
    """The calculators of a knowledge folder by id, in the order of the file. What is wrong is added to `faults`."""
    reader = Reader(root, "calculators.yml", faults)
    top = reader.fields(
        reader.mapping(),
        (),
        {"spellings": dict, "asks": list, "not_numbers": list, "negations": list, "says": dict, "calculators": dict},
    )
    if not top:
        return {}
    language = Language(
        spellings={str(slip): str(word) for slip, word in top["spellings"].items()},
        asks=reader.words(top["asks"], ("asks",)),
        not_numbers=tuple(sorted(reader.words(top["not_numbers"], ("not_numbers",)), key=len, reverse=True)),
        negations=reader.words(top["negations"], ("negations",)),
        says=_sentences(reader, ("says",), top["says"], _GENERAL, ()),
    )
    for key in _GENERAL:
        if key not in language.says:
            reader.fault(("says",), "缺少 " + key, f"句子 {key}", "请补上。")
    result: dict[str, Calculator] = {}
    for id, entry in top["calculators"].items():
        calculator = _CalculatorEntry(reader, clauses, language, str(id)).read(entry)
        if calculator:
            result[str(id)] = calculator
    return result


def _sentences(
    reader: Reader, key: Key, entries: Mapping[Any, Any], own: Mapping[str, tuple[str, ...]], general: Iterable[str]
) -> dict[str, str]:
    """Sentences with their placeholders checked. A figure belongs into a placeholder, never into the sentence
    itself."""
    result: dict[str, str] = {}
    for name, text in entries.items():
        at = (*key, name)
        if not isinstance(text, str):
            reader.fault(at, text, "一句话", "请写成文字。")
        elif reader.known(str(name), at, own, "这个算法会说的句子"):
            _check_sentence(reader, at, text, (*own[str(name)], *general))
            result[str(name)] = text
    return result


def _check_sentence(reader: Reader, key: Key, text: str, fields: Iterable[str]) -> None:
    try:
        parts = list(Formatter().parse(text))
    except ValueError as error:
        reader.fault(key, text, "成对的 { }", str(error))
        return
    known = tuple(fields)
    for literal, field_name, _, _ in parts:
        if field_name is not None:
            reader.known(field_name, key, known, "可以填的空：" + "、".join(known))
        if _DIGIT.search(literal):
            reader.fault(key, literal, "不含数字的文字", "数字写进 figures，句子里用 {名称}。")


class _CalculatorEntry:
    """One calculator being read."""

    def __init__(self, reader: Reader, clauses: Mapping[str, Clause], language: Language, id: str) -> None:
        self.reader = reader
        self.clauses = clauses
        self.language = language
        self.id = id
        self.key: Key = ("calculators", id)

    def read(self, entry: object) -> Calculator | None:
        """The calculator, or None with faults noted."""
        reader, key = self.reader, self.key
        required = {
            "name": str,
            "formula": str,
            "unit": str,
            "words": list,
            "needs": list,
            "figures": dict,
            "form": list,
            "inputs": dict,
            "says": dict,
            "clauses": list,
        }
        optional: Kinds = {
            "unless": list,
            "asks": list,
            "asks_only": list,
            "notes": list,
            "product": list,
            "form_also": dict,
            "menu": bool,
        }
        row = reader.fields(entry, key, required, optional)
        if not row or not reader.known(row["formula"], (*key, "formula"), FORMULAS, "算法：" + "、".join(FORMULAS)):
            return None
        formula = FORMULAS[row["formula"]]
        figures = {str(name): self.figure(str(name), value) for name, value in row["figures"].items()}
        whole_figures = {name: figure for name, figure in figures.items() if figure}
        inputs = {
            str(name): read_input(reader, (*key, "inputs", str(name)), str(name), value, whole_figures)
            for name, value in row["inputs"].items()
        }
        whole_inputs = {name: value for name, value in inputs.items() if value}
        self.complete(formula, figures, inputs)
        names = (*figures, *inputs)
        for name in {*figures, *inputs} & _RESERVED | {*figures} & {*inputs}:
            reader.fault(
                key,
                name,
                "只用一次的名称",
                "figures 和 inputs 的名称不能相同，也不能用：" + "、".join(sorted(_RESERVED)),
            )
        for value in whole_inputs.values():
            _check_sentence(reader, (*key, "inputs", value.name, "ask"), value.ask, names)
            check_references(reader, (*key, "inputs", value.name), value, figures, inputs)
        product = reader.words(row.get("product"), (*key, "product"))
        for name in product:
            reader.known(name, (*key, "product"), names, "figures 或 inputs 里的名称")
        form, either, joining = read_form(reader, key, row, inputs)
        notes = reader.words(row.get("notes"), (*key, "notes"))
        for i, text in enumerate(notes):
            _check_sentence(reader, (*key, "notes", i), text, names)
        return Calculator(
            id=self.id,
            name=row["name"],
            formula=row["formula"],
            unit=row["unit"],
            words=tuple(
                tuple(tuple(word.split("|")) for word in words.split())
                for words in reader.words(row["words"], (*key, "words"))
            ),
            unless=reader.words(row.get("unless"), (*key, "unless")),
            asks=self.asks(row),
            needs=tuple(self.needs(row["needs"], inputs)),
            figures=whole_figures,
            inputs=whole_inputs,
            says=self.sentences(row["says"], formula, names, inputs),
            notes=notes,
            clauses=tuple(
                id for id in reader.words(row["clauses"], (*key, "clauses")) if self.clause(id, (*key, "clauses"))
            ),
            product=product,
            form=form,
            either=either,
            joining=joining,
            menu=row.get("menu", False),
            language=self.language,
        )

    def asks(self, row: Mapping[str, Any]) -> tuple[str, ...]:
        """The words that ask for its result: those for all calculators and its own, or its own alone (a date is no
        amount)."""
        if "asks_only" in row:
            return self.reader.words(row["asks_only"], (*self.key, "asks_only"))
        return (*self.language.asks, *self.reader.words(row.get("asks"), (*self.key, "asks")))

    def clause(self, id: str, key: Key) -> bool:
        return self.reader.known(id, key, self.clauses, "存在的条款编号")

    def complete(self, formula: Formula, figures: Mapping[str, Any], inputs: Mapping[str, Any]) -> None:
        """Everything that the formula takes is there."""
        for kind, needed, given in (("figures", formula.figures, figures), ("inputs", formula.inputs, inputs)):
            for name in needed:
                if name not in given:
                    self.reader.fault(
                        (*self.key, kind), "缺少 " + name, f"{kind} 里的 {name}", "这个算法要用它，请补上。"
                    )

    def sentences(
        self, entries: Mapping[Any, Any], formula: Formula, names: tuple[str, ...], inputs: Mapping[str, Any]
    ) -> dict[str, str]:
        own = {**formula.says, **formula.may_say}
        for kind in _FAULTY:
            for name in inputs:
                own.setdefault(f"{kind}_{name}", ("label", "value", "limit"))
        key = (*self.key, "says")
        for name in formula.says:
            if name not in entries:
                self.reader.fault(key, "缺少 " + name, f"句子 {name}", "这个算法要说它，请补上。")
        return _sentences(self.reader, key, entries, own, names)

    def needs(self, entries: list[Any], inputs: Mapping[str, Any]) -> Iterable[tuple[str, ...]]:
        for i, entry in enumerate(entries):
            key: Key = (*self.key, "needs", i)
            names = self.reader.words(entry, key)
            if not names:
                self.reader.fault(key, entry, "至少一个输入的列表", "写成 [名称]。")
            for name in names:
                self.reader.known(name, key, inputs, "inputs 里的名称")
            yield names

    def figure(self, name: str, entry: object) -> Figure | None:
        """A figure that stands in its clause, or a convention that owns up to standing in none."""
        key: Key = (*self.key, "figures", name)
        numbers = (int, float)
        if isinstance(entry, dict) and entry.get("not_printed") is True:
            row = self.reader.fields(entry, key, {"value": numbers, "shown": str, "not_printed": bool, "says": str})
            return Figure(name, Decimal(str(row["value"])), row["shown"], None, row["says"]) if row else None
        row = self.reader.fields(entry, key, {"printed": str, "clause": str}, {"value": numbers})
        if not row or not self.clause(row["clause"], (*key, "clause")):
            return None
        printed = row["printed"]
        if not re.search(rf"(?<![\d.]){re.escape(printed)}(?!\d)", self.clauses[row["clause"]].text):
            self.reader.fault((*key, "printed"), printed, f"条款 {row['clause']} 里印的文字", "请照原文改。")
            return None
        value = Decimal(str(row["value"])) if "value" in row else _printed_value(printed)
        if value is None:
            self.reader.fault((*key, "printed"), printed, "恰好一个数", "没有数的请另写 value。")
            return None
        return Figure(name, value, printed, row["clause"])


def _printed_value(printed: str) -> Decimal | None:
    """The number in a printed text: 150% is 1.5, 20万元 is 200000, 250BP is 0.025, 2/3 is a fraction, 3年 is 36 months."""
    fraction = re.fullmatch(r"(\d+)/(\d+)", printed)
    if fraction:
        return Decimal(fraction[1]) / Decimal(fraction[2])
    found = list(_NUMERAL.finditer(printed))
    if len(found) != 1:
        return None
    value = parse_numeral(found[0][0])
    unit = _UNIT.match(printed, found[0].end())
    return value if value is None or not unit else value * _SCALES[unit[1]]
