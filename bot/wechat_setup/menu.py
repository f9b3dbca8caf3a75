"""The suggested menu of the account: knowledge/wechat_menu.yml, checked, and in the form WeChat takes."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.knowledge import Knowledge, KnowledgeError
from bot.knowledge.fault import Fault
from bot.knowledge.reader import Key, Reader

_FILE = "wechat_menu.yml"
_MOST = (3, 5)  # entries above, and below each of them
_BYTES = (16, 60)  # of a name above and below, in UTF-8
_KEY_BYTES = 128
_BARE = ("start", "human", "match", "calculators")


@dataclass(frozen=True)
class Entry:
    """One line of the menu: a choice that a tap sends, or a page (a path that begins with /)."""

    name: str
    choice: str = ""
    page: str = ""


@dataclass(frozen=True)
class Group:
    """One button at the foot of the chat with what opens above it."""

    name: str
    entries: tuple[Entry, ...]


def load_menu(folder: Path, knowledge: Knowledge, calculators: Collection[str]) -> tuple[Group, ...]:
    """Read the menu of a knowledge folder. Raises KnowledgeError with every fault found."""
    faults: list[Fault] = []
    reader = Reader(folder, _FILE, faults)
    known = _choices(knowledge, calculators)
    groups: list[Group] = []
    rows = reader.sequence()
    _count(reader, (), rows, _MOST[0])
    for i, row in enumerate(rows):
        found = reader.fields(row, (i,), {"name": str, "entries": list})
        if not found:
            continue
        _name(reader, (i, "name"), found["name"], _BYTES[0])
        _count(reader, (i, "entries"), found["entries"], _MOST[1])
        entries = [_entry(reader, (i, "entries", j), one, known) for j, one in enumerate(found["entries"])]
        groups.append(Group(found["name"], tuple(entry for entry in entries if entry)))
    if faults:
        raise KnowledgeError(faults)
    return tuple(groups)


def to_json(menu: tuple[Group, ...], address: str) -> dict[str, Any]:
    """The body of menu/create. `address` is the public https address, or "" and pages are left out."""
    buttons = []
    for group in menu:
        below = [_button(entry, address) for entry in group.entries if entry.choice or address]
        if below:
            buttons.append({"name": group.name, "sub_button": below})
    return {"button": buttons}


def _button(entry: Entry, address: str) -> dict[str, str]:
    if entry.choice:
        return {"type": "click", "name": entry.name, "key": entry.choice}
    return {"type": "view", "name": entry.name, "url": address.rstrip("/") + entry.page}


def _entry(reader: Reader, key: Key, row: object, known: Mapping[str, Collection[str]]) -> Entry | None:
    found = reader.fields(row, key, {"name": str}, {"choice": str, "page": str})
    if not found:
        return None
    _name(reader, (*key, "name"), found["name"], _BYTES[1])
    if ("choice" in found) == ("page" in found):
        reader.fault(key, "choice 和 page", "choice、page 两个里有一个", "请留下一个。")
        return None
    if "page" in found and not found["page"].startswith("/"):
        reader.fault((*key, "page"), found["page"], "网站里的一页，以 / 开头", "如 /schemes。")
    if "choice" in found:
        _choice(reader, (*key, "choice"), found["choice"], known)
    return Entry(found["name"], found.get("choice", ""), found.get("page", ""))


def _choice(reader: Reader, key: Key, choice: str, known: Mapping[str, Collection[str]]) -> None:
    kind, colon, rest = choice.partition(":")
    if not colon and kind in _BARE:
        return
    if len(choice.encode()) > _KEY_BYTES:
        reader.fault(key, choice, f"不超过 {_KEY_BYTES} 字节", "请换一个短的。")
    elif reader.known(kind, key, known, "选项：" + "、".join((*_BARE, *(f"{name}:…" for name in known)))):
        reader.known(rest, key, known[kind], f"{kind}: 后面存在的编号")


def _choices(knowledge: Knowledge, calculators: Collection[str]) -> Mapping[str, Collection[str]]:
    return {
        "topic": knowledge.topics,
        "clause": knowledge.clauses,
        "place": knowledge.places,
        "directory": knowledge.directories,
        "check": knowledge.schemes,
        "calculator": calculators,
        "start": knowledge.places,
    }


def _name(reader: Reader, key: Key, name: str, most: int) -> None:
    size = len(name.encode())
    if not name.strip() or size > most:
        reader.fault(key, f"{name}（{size} 字节）", f"1 到 {most} 字节的名称（一个汉字 3 字节）", "请写短一点。")


def _count(reader: Reader, key: Key, rows: list[Any], most: int) -> None:
    if not 1 <= len(rows) <= most:
        reader.fault(key, f"{len(rows)} 项", f"1 到 {most} 项", "微信只收这么多，请删去或补上。")
