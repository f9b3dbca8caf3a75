"""What is wrong in a knowledge file, said so that the person who edits it can put it right."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """One fault: where it is, what was found, what was expected, what to do."""

    file: str
    line: int
    key: str
    found: str
    expected: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.file} 第{self.line}行 {self.key}：写的是“{self.found}”，应为{self.expected}。{self.remedy}"


class KnowledgeError(Exception):
    """The knowledge as a whole is refused; `faults` holds every fault found."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))


def did_you_mean(found: str, known: Iterable[str]) -> str:
    """A remedy that names the nearest known word, or a general one when nothing is near."""
    near = difflib.get_close_matches(found, list(known), n=1, cutoff=0.6)
    return f"是不是想写 {near[0]}？" if near else "请对照其他条目改正。"
