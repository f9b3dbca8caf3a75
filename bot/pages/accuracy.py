"""The accuracy card: how many test questions the bot answered rightly, when, and on which knowledge."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any


class AccuracyError(Exception):
    """knowledge/accuracy.json is wrong; the message says what to do, in Chinese."""


@dataclass(frozen=True)
class Figure:
    """One share: `right` of `asked` questions."""

    label: str
    right: int
    asked: int

    @property
    def percent(self) -> int:
        """The share in whole percent, rounded down: never better than it was."""
        return 100 * self.right // self.asked


@dataclass(frozen=True)
class Accuracy:
    """What was measured. `knowledge` is the version it was measured on, `set` the name of the questions for readers."""

    day: date
    knowledge: str
    set: str
    lines: int
    figures: tuple[Figure, ...]


def read_accuracy(path: Path) -> Accuracy | None:
    """The card of a knowledge folder, None where nothing was measured yet. Raises AccuracyError for a broken file."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError):
        raise _broken(path, "读不出来") from None
    try:
        row = json.loads(text)
        return Accuracy(
            day=date.fromisoformat(row["date"]),
            knowledge=_text(row, "knowledge"),
            set=_text(row, "set"),
            lines=_count(row, "lines"),
            figures=tuple(_figure(entry) for entry in row["figures"]),
        )
    except (ValueError, TypeError, KeyError) as error:
        raise _broken(path, f"有错（{error}）") from None


def _figure(row: Any) -> Figure:
    figure = Figure(_text(row, "label"), _count(row, "right"), _count(row, "asked"))
    if not 0 <= figure.right <= figure.asked or not figure.asked:
        raise ValueError(f"{figure.label}：right {figure.right}，asked {figure.asked}")
    return figure


def _text(row: Any, key: str) -> str:
    if not isinstance(row[key], str):
        raise TypeError(f"{key} 应为文字")
    return str(row[key])


def _count(row: Any, key: str) -> int:
    if type(row[key]) is not int:
        raise TypeError(f"{key} 应为整数")
    return int(row[key])


def _broken(path: Path, what: str) -> AccuracyError:
    return AccuracyError(f"{path.parent.name}/{path.name} {what}。请重新测一次，或删去这个文件。")
