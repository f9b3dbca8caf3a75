"""Read one input of a calculator."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from bot.knowledge.reader import Key, Kinds, Reader

from .model import MEASURES, Figure, Input


def read_input(reader: Reader, key: Key, name: str, entry: object, figures: Mapping[str, Figure]) -> Input | None:
    """One input, or None with faults noted. `figures` are those a default may name."""
    numbers = (int, float)
    optional: Kinds = {
        "ask": str,
        "unit": str,
        "near": list,
        "per": str,
        "alone": bool,
        "words": dict,
        "labels": dict,
        "least": numbers,
        "most": numbers,
        "above": numbers,
        "whole": bool,
        "rough": bool,
        "sum": bool,
        "part": bool,
        "default": (int, float, str),
        "by_choice": dict,
        "cap": str,
        "within": str,
    }
    row = reader.fields(entry, key, {"label": str, "measure": str}, optional)
    if not row or not reader.known(row["measure"], (*key, "measure"), MEASURES, "、".join(MEASURES)):
        return None
    labels = {str(value): str(label) for value, label in row.get("labels", {}).items()}
    for value in labels:
        reader.known(value, (*key, "labels", value), row.get("words", {}), "words 里的值")
    default = row.get("default")
    if isinstance(default, str) and reader.known(default, (*key, "default"), figures, "figures 里的名称"):
        default = figures[default].value
    return Input(
        name=name,
        label=row["label"],
        measure=row["measure"],
        ask=row.get("ask", ""),
        unit=row.get("unit", ""),
        near=reader.words(row.get("near"), (*key, "near")),
        per=row.get("per"),
        alone=row.get("alone", False),
        words={
            str(value): reader.words(words, (*key, "words", value)) for value, words in row.get("words", {}).items()
        },
        labels=labels,
        least=_decimal(row.get("least")),
        most=_decimal(row.get("most")),
        above=_decimal(row.get("above")),
        whole=row.get("whole", False),
        rough=row.get("rough", False),
        sum=row.get("sum", False),
        part=row.get("part", False),
        default=None if isinstance(default, str) else _decimal(default),
        by_choice={str(of): dict(table) for of, table in row.get("by_choice", {}).items()},
        cap=row.get("cap"),
        within=row.get("within"),
    )


def check_references(
    reader: Reader, key: Key, entry: Input, figures: Mapping[str, Any], inputs: Mapping[str, Any]
) -> None:
    """Note what an input names and is not there."""
    if entry.cap:
        reader.known(entry.cap, (*key, "cap"), figures, "figures 里的名称")
    if entry.within:
        reader.known(entry.within, (*key, "within"), inputs, "inputs 里的名称")
    for of, table in entry.by_choice.items():
        reader.known(of, (*key, "by_choice"), inputs, "inputs 里的名称")
        for value, figure in table.items():
            reader.known(figure, (*key, "by_choice", of, value), figures, "figures 里的名称")


def _decimal(value: int | float | Decimal | None) -> Decimal | None:
    return None if value is None else Decimal(str(value))
