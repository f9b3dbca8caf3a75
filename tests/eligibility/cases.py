"""The written cases of a scheme, tests/schemes/<id>.yml: what someone states, on what day, and the verdict."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import yaml

from bot.knowledge.schemes import Fact, Value, parse_value

FOLDER = Path(__file__).parent.parent / "schemes"
DAY = date(2022, 10, 15)  # where a case names no day: most printed terms run on it
FILES = sorted(FOLDER.glob("*.yml"))


@dataclass(frozen=True)
class Case:
    """One line of a case file, its values parsed."""

    name: str
    stated: Mapping[str, Value]
    day: date
    verdict: str


def read_cases(path: Path, facts: Mapping[str, Fact]) -> list[Case]:
    """Raises KeyError or ValueFault where a case names no fact, or a value that does not fit."""
    return [
        Case(
            row["name"],
            {label: parse_value(facts[label], value) for label, value in row["facts"].items()},
            date.fromisoformat(str(row.get("as_of", DAY))),
            row["verdict"],
        )
        for row in yaml.safe_load(path.read_text(encoding="utf-8"))
    ]
