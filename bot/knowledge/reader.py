"""Reads one YAML file entry by entry and collects every fault instead of stopping at the first."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from .fault import Fault, KnowledgeError, did_you_mean
from .located import load_yaml

Key = tuple[str | int, ...]
Kinds = Mapping[str, type | tuple[type, ...]]

_NAMES = {
    str: "文字",
    int: "整数",
    float: "小数",
    list: "列表",
    dict: "键值表",
    bool: "true 或 false",
    date: "日期（如 2022-12-31）",
}


class Reader:
    """One knowledge file being read. Faults go to the list shared by all files."""

    def __init__(self, root: Path, name: str, faults: list[Fault]) -> None:
        self.name = f"{root.name}/{name}"
        self.faults = faults
        self._unreadable = False
        try:
            self.data, self._lines = load_yaml(root / name, self.name)
        except KnowledgeError as error:
            faults.extend(error.faults)
            self.data, self._lines = None, {}
            self._unreadable = True

    def line(self, key: Key) -> int:
        """The line of a key path, or of the nearest path above it."""
        while key and key not in self._lines:
            key = key[:-1]
        return self._lines.get(key, 1)

    def fault(self, key: Key, found: object, expected: str, remedy: str) -> None:
        """Note a fault at a key path."""
        shown = ".".join(str(part) for part in key) or "文件"
        self.faults.append(Fault(self.name, self.line(key), shown, str(found), expected, remedy))

    def mapping(self) -> dict[str, Any]:
        """The whole file as a table, or an empty one with a fault."""
        if not isinstance(self.data, dict):
            if not self._unreadable:
                self.fault((), type(self.data).__name__, "键值表", "每行写成“键: 值”。")
            return {}
        return self.data

    def sequence(self) -> list[Any]:
        """The whole file as a list, or an empty one with a fault."""
        if not isinstance(self.data, list):
            if not self._unreadable:
                self.fault((), type(self.data).__name__, "列表", "每个条目以“- ”开头。")
            return []
        return self.data

    def fields(self, entry: object, key: Key, required: Kinds, optional: Kinds | None = None) -> dict[str, Any] | None:
        """An entry with its keys checked: all required ones there, none unknown, each of its type."""
        optional = optional or {}
        if not isinstance(entry, dict):
            self.fault(key, entry, "键值表", "写成“键: 值”。")
            return None
        good = True
        known = {**required, **optional}
        for name in entry:
            if name not in known:
                self.fault((*key, name), name, "已知的键：" + "、".join(known), did_you_mean(str(name), known))
                good = False
        for name in required:
            if name not in entry:
                self.fault(key, "缺少 " + name, f"键 {name}", "请补上。")
                good = False
        for name, kind in known.items():
            value = entry.get(name)
            kinds = kind if isinstance(kind, tuple) else (kind,)
            wrong_bool = isinstance(value, bool) and bool not in kinds
            if name in entry and (not isinstance(value, kinds) or wrong_bool):
                expected = "或".join(_NAMES.get(k, k.__name__) for k in kinds)
                self.fault((*key, name), value, expected, "请改正。")
                good = False
        return entry if good else None

    def known(self, value: str, key: Key, known: Collection[str], what: str) -> bool:
        """Whether a name refers to something that exists; a fault with the nearest name when it does not."""
        if value in known:
            return True
        self.fault(key, value, what, did_you_mean(value, known))
        return False

    def words(self, value: object, key: Key) -> tuple[str, ...]:
        """A list of words, each of them text."""
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(word, str) for word in value):
            self.fault(key, value, "文字列表，如 [甲, 乙]", "数字和是/否要加引号。")
            return ()
        return tuple(value)
