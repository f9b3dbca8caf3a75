"""What comes first whatever else is asked: words of despair, danger, unpaid wages and abuse, from urgent.yml."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

from .fault import Fault
from .reader import Reader
from .sentences import REPLIES

KINDS = ("life", "danger", "rage", "wages", "abuse")
_GAP = "…"


@dataclass(frozen=True)
class Urgent:
    """One kind. `not_with` makes it another matter, `unless` only sounds so. `says` is a sentence of replies.yml; a message of up to `alone` characters that says nothing else is answered
    with it and with `clauses`."""

    kind: str
    says: str
    alone: int
    clauses: tuple[str, ...]
    words: re.Pattern[str]
    unless: re.Pattern[str] | None
    not_with: re.Pattern[str] | None

    @property
    def comes_first(self) -> bool:
        """Whether it is said before an answer; an insult is not spoken of where something is asked."""
        return self.kind != "abuse"

    def is_heard(self, text: str) -> bool:
        """Whether a normalised text says so."""
        if self.not_with and self.not_with.search(text):
            return False
        return bool(self.words.search(self.unless.sub("，", text) if self.unless else text))

    def rest(self, text: str) -> str:
        """The text without the words."""
        return self.words.sub("", text)


def read_urgent(root: Path, clauses: Collection[str], faults: list[Fault]) -> dict[str, Urgent]:
    """The kinds of urgent.yml, in the order of KINDS."""
    reader = Reader(root, "urgent.yml", faults)
    data = reader.mapping()
    for kind in data:
        reader.known(str(kind), (kind,), KINDS, "、".join(KINDS))
    found: dict[str, Urgent] = {}
    for kind in KINDS:
        if kind not in data:
            reader.fault((), "缺少 " + kind, f"键 {kind}", "请补上。")
            continue
        needed = {"says": str, "alone": int, "words": list}
        row = reader.fields(data[kind], (kind,), needed, {"unless": list, "not_with": list, "clauses": list})
        if not row:
            continue
        reader.known(row["says"], (kind, "says"), REPLIES, "replies.yml 里的句子")
        cited = reader.words(row.get("clauses"), (kind, "clauses"))
        for clause in cited:
            reader.known(clause, (kind, "clauses"), clauses, "存在的条款编号")
        words, *others = (reader.words(row.get(key), (kind, key)) for key in ("words", "unless", "not_with"))
        patterns = (_pattern(each) if each else None for each in others)
        found[kind] = Urgent(kind, row["says"], row["alone"], cited, _pattern(words), *patterns)
    return found


def _pattern(words: Iterable[str]) -> re.Pattern[str]:
    """Any of the words; longer ones first, so that nothing of them is left over."""
    parts = sorted((word.lower().split(_GAP) for word in words), key=lambda parts: -sum(map(len, parts)))
    return re.compile("|".join(".{0,6}?".join(map(re.escape, each)) for each in parts))
