"""Load and validate a knowledge folder as a whole: all of it, or none of it and the list of faults."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from .brochures import correct, read_brochure
from .coordinates import read_coordinates
from .fault import Fault, KnowledgeError
from .model import (
    ASPECTS,
    Address,
    Brochure,
    Choice,
    Clause,
    Correction,
    County,
    Directory,
    Hotline,
    Incubator,
    Knowledge,
    OnlineService,
    Phone,
    Place,
    Term,
    Topic,
    Twins,
    Uncovered,
)
from .privacy import read_privacy
from .reader import Key, Reader
from .schemes import read_audiences, read_facts, read_schemes
from .sentences import GENERAL_FIELDS, REPLIES
from .urgent import read_urgent

_PHONE = re.compile(r"0\d{2,3}-\d{7,8}|1\d{10}|\d{3,5}")
_FIGURE = re.compile(r"\d+(?:[.,:：/]\d+)*%?")
_KINDS = ("obvious", "inferred", "open")
_ONLINE = ("website", "app", "mini_program", "wechat_account", "douyin")


def knowledge_version(root: Path) -> str:
    """A digest of every file the answers come from: 12 hexadecimal digits."""
    digest = hashlib.sha256()
    for path in sorted(root.rglob("*")):
        part = path.relative_to(root)
        if (
            path.is_file()
            and part.parts[0] not in ("encoder", "questions", "source")
            and path.suffix in (".md", ".yml")
        ):
            digest.update(str(part).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:12]


def load_knowledge(root: Path) -> Knowledge:
    """Read the knowledge folder.

    Raises KnowledgeError with every fault found; nothing is returned unless all files are right.
    """
    faults: list[Fault] = []
    brochures, clauses = _brochures(root, faults)
    if not clauses:
        raise KnowledgeError(faults)
    corrections = _corrections(root, clauses, faults)
    clauses = {id: correct(clause, tuple(corrections.get(id, ()))) for id, clause in clauses.items()}
    places, confusable = _places(root, faults)
    directories = _directories(root, clauses, places, faults)
    contacts = Reader(root, "contacts.yml", [])  # its faults were noted above
    hotlines = _hotlines(contacts, clauses, places, faults)
    topics = _topics(root, clauses, directories, hotlines, faults)
    clauses = {id: replace(clause, topic=_topic(clause, clauses, topics)) for id, clause in clauses.items()}
    for clause in clauses.values():
        if not clause.topic:
            file = f"{root.name}/brochures"
            faults.append(
                Fault(
                    file,
                    clause.line,
                    clause.id,
                    clause.id,
                    "属于 topics.yml 里的一个主题",
                    "请在 topics.yml 给它或上面的标题加一行。",
                )
            )
    terms = _terms(root, clauses, faults)
    _aspects(root, faults)
    facts = read_facts(root, faults)
    audiences = read_audiences(root, facts, faults)
    knowledge = Knowledge(
        version=knowledge_version(root),
        county=_county(root, directories, places, topics, faults),
        brochures=brochures,
        clauses=clauses,
        topics=topics,
        directories=directories,
        hotlines=hotlines,
        incubators=_incubators(contacts, clauses, places, faults),
        addresses=_addresses(contacts, clauses, faults),
        online=_online(contacts, clauses, faults),
        places=places,
        coordinates=read_coordinates(root, places, faults),
        confusable=confusable,
        terms=terms,
        uncovered=_uncovered(root, clauses, faults),
        answers=_answers(root, clauses, faults),
        replies=_replies(root, faults),
        privacy=read_privacy(root, faults),
        twins=_twins(root, topics, faults),
        same_facts=_same_facts(root, clauses, faults),
        facts=facts,
        audiences=audiences,
        urgent=read_urgent(root, clauses, faults),
        schemes=read_schemes(root, facts, audiences, clauses, topics, faults),
        _terms_by_clause=_terms_by_clause(terms, clauses),
    )
    if faults:
        raise KnowledgeError(dict.fromkeys(faults))
    return knowledge


def _brochures(root: Path, faults: list[Fault]) -> tuple[dict[str, Brochure], dict[str, Clause]]:
    brochures: dict[str, Brochure] = {}
    clauses: dict[str, Clause] = {}
    files = sorted((root / "brochures").glob("*.md"))
    if not files:
        faults.append(
            Fault(
                f"{root.name}/brochures", 1, "文件", "没有 .md 文件", "每册一个 .md 文件", "请恢复 brochures 文件夹。"
            )
        )
    for path in files:
        read = read_brochure(path, root, faults)
        if read:
            brochure, found = read
            if brochure.id in brochures:
                shown = f"{root.name}/{path.relative_to(root)}"
                faults.append(
                    Fault(shown, 1, "id", brochure.id, "没有用过的册子编号", "另一个文件已经用了它，请换一个或删去。")
                )
            brochures[brochure.id] = brochure
            clauses.update({clause.id: clause for clause in found})
    return brochures, clauses


def _corrections(root: Path, clauses: dict[str, Clause], faults: list[Fault]) -> dict[str, list[Correction]]:
    reader = Reader(root, "errata.yml", faults)
    result: dict[str, list[Correction]] = {}
    for i, entry in enumerate(reader.sequence()):
        row = reader.fields(
            entry, (i,), {"clause": str, "printed": str, "kind": str, "evidence": str}, {"reading": str, "says": str}
        )
        if not row or not reader.known(row["clause"], (i, "clause"), clauses, "存在的条款编号"):
            continue
        reader.known(row["kind"], (i, "kind"), _KINDS, "更正的种类：" + "、".join(_KINDS))
        if row["printed"] not in clauses[row["clause"]].printed:
            reader.fault((i, "printed"), row["printed"], f"条款 {row['clause']} 里印的文字", "请照印出的文字写。")
        if (row["kind"] == "open") == ("reading" in row):
            reader.fault((i, "reading"), row.get("reading"), "open 没有 reading，其他必须有", "请改 kind 或 reading。")
        if row["kind"] == "open" and "says" not in row:
            reader.fault((i,), "缺少 says", "说给群众听的一句话", "请补上 says。")
        result.setdefault(row["clause"], []).append(
            Correction(
                row["clause"], row["printed"], row.get("reading"), row["kind"], row["evidence"], row.get("says", "")
            )
        )
    return result


def _places(root: Path, faults: list[Fault]) -> tuple[dict[str, Place], tuple[tuple[tuple[str, ...], str], ...]]:
    reader = Reader(root, "lexicon/places.yml", faults)
    data = reader.mapping()
    result: dict[str, Place] = {}
    owner: dict[str, str] = {}
    for id, entry in (data.get("places") or {}).items():
        row = reader.fields(entry, ("places", id), {"name": str, "office": str, "aliases": list})
        if not row:
            continue
        aliases = reader.words(row["aliases"], ("places", id, "aliases"))
        for alias in aliases:
            if alias in owner:
                reader.fault(("places", id, "aliases"), alias, "只属于一个地方的叫法", f"{owner[alias]} 已经有了。")
            owner[alias] = id
        result[id] = Place(id, row["name"], row["office"], aliases)
    confusable = []
    for i, entry in enumerate(data.get("confusable") or ()):
        row = reader.fields(entry, ("confusable", i), {"words": list, "says": str})
        if row:
            confusable.append((reader.words(row["words"], ("confusable", i, "words")), str(row["says"])))
    return result, tuple(confusable)


def _phone(
    reader: Reader, row: dict[str, Any], number: str, key: Key, clauses: dict[str, Clause], changed: object
) -> bool:
    """Whether a number has the form of one and stands in its clause, or says who changed it."""
    good = True
    if not _PHONE.fullmatch(number):
        reader.fault(key, number, "电话号码，如 0482-8231990", "请检查位数和横线。")
        good = False
    if not reader.known(row["clause"], key, clauses, "存在的条款编号"):
        return False
    printed = re.sub(r"[^\d/\s]", "", clauses[row["clause"]].text)
    digits = re.sub(r"\D", "", number)
    area = digits[:-7]
    stands = (
        re.search(rf"(?<!\d)(?:{area}\d{{7}}/)*(?:{area})?{digits[-7:]}(?!\d)", printed) if len(digits) > 7 else None
    )
    if changed is None and (not stands or area not in printed):
        reader.fault(
            key,
            number,
            f"条款 {row['clause']} 里印的号码",
            "号码改了就加 changed: {date: 日期, by: 姓名, approved_by: 姓名}。",
        )
        good = False
    if changed is not None:
        good &= bool(reader.fields(changed, (*key, "changed"), {"date": date, "by": str, "approved_by": str}))
    return good


def _directories(
    root: Path, clauses: dict[str, Clause], places: dict[str, Place], faults: list[Fault]
) -> dict[str, Directory]:
    reader = Reader(root, "contacts.yml", faults)
    reader.fields(
        reader.mapping(),
        (),
        {"directories": dict, "hotlines": dict, "incubators": list, "addresses": dict, "online": dict},
    )
    result: dict[str, Directory] = {}
    for id, entry in (reader.mapping().get("directories") or {}).items():
        key: Key = ("directories", id)
        row = reader.fields(
            entry,
            key,
            {"name": str, "serves": str, "words": list, "heading": str, "checked": date, "phones": dict},
            {"hours": str},
        )
        if not row:
            continue
        reader.known(row["heading"], (*key, "heading"), clauses, "存在的标题编号")
        phones: dict[str, Phone] = {}
        for place, value in row["phones"].items():
            at: Key = (*key, "phones", place)
            cell = reader.fields(value, at, {"phone": str, "clause": str}, {"changed": dict})
            if not cell or not reader.known(place, at, places, "lexicon/places.yml 里的地方"):
                continue
            if _phone(reader, cell, cell["phone"], (*at, "phone"), clauses, cell.get("changed")):
                day = cell["changed"]["date"] if "changed" in cell else row["checked"]
                phones[place] = Phone(cell["phone"], places[place].office, place, id, cell["clause"], day)
        for place in places:
            if place not in row["phones"]:
                reader.fault((*key, "phones"), "缺少 " + place, f"{places[place].name} 的号码", "请补上。")
        words = reader.words(row["words"], (*key, "words"))
        result[id] = Directory(id, row["name"], row["serves"], words, row["heading"], phones, row.get("hours", ""))
    return result


def _hotlines(
    reader: Reader, clauses: dict[str, Clause], places: dict[str, Place], faults: list[Fault]
) -> dict[str, Hotline]:
    reader.faults = faults
    result: dict[str, Hotline] = {}
    for id, entry in (reader.mapping().get("hotlines") or {}).items():
        key: Key = ("hotlines", id)
        row = reader.fields(
            entry,
            key,
            {"name": str, "place": str, "phones": list, "clause": str, "words": list, "checked": date},
            {"changed": dict},
        )
        if not row or not reader.known(row["place"], (*key, "place"), places, "lexicon/places.yml 里的地方"):
            continue
        numbers = reader.words(row["phones"], (*key, "phones"))
        good = [_phone(reader, row, n, (*key, "phones"), clauses, row.get("changed")) for n in numbers]
        if all(good):
            result[id] = Hotline(
                id,
                row["name"],
                reader.words(row["words"], (*key, "words")),
                tuple(Phone(n, row["name"], row["place"], id, row["clause"], row["checked"]) for n in numbers),
            )
    return result


def _incubators(
    reader: Reader, clauses: dict[str, Clause], places: dict[str, Place], faults: list[Fault]
) -> tuple[Incubator, ...]:
    reader.faults = faults
    result: list[Incubator] = []
    for i, entry in enumerate(reader.mapping().get("incubators") or ()):
        key: Key = ("incubators", i)
        row = reader.fields(
            entry,
            key,
            {"clause": str, "place": str, "name": str, "kind": str, "phone": str, "words": list, "checked": date},
            {"changed": dict},
        )
        if not row or not reader.known(row["place"], (*key, "place"), places, "lexicon/places.yml 里的地方"):
            continue
        if _phone(reader, row, row["phone"], (*key, "phone"), clauses, row.get("changed")):
            if row["name"] not in clauses[row["clause"]].text:
                reader.fault((*key, "name"), row["name"], f"条款 {row['clause']} 里印的名称", "请照印出的文字写。")
            phone = Phone(row["phone"], row["name"], row["place"], "incubators", row["clause"], row["checked"])
            result.append(Incubator(row["name"], row["kind"], reader.words(row["words"], (*key, "words")), phone))
    return tuple(result)


def _addresses(reader: Reader, clauses: dict[str, Clause], faults: list[Fault]) -> dict[str, Address]:
    reader.faults = faults
    result: dict[str, Address] = {}
    for id, entry in (reader.mapping().get("addresses") or {}).items():
        key: Key = ("addresses", id)
        row = reader.fields(entry, key, {"name": str, "text": str, "clause": str, "checked": date})
        if row and reader.known(row["clause"], (*key, "clause"), clauses, "存在的条款编号"):
            if row["text"] not in clauses[row["clause"]].text:
                reader.fault((*key, "text"), row["text"], f"条款 {row['clause']} 里印的地址", "请照印出的文字写。")
            result[id] = Address(id, row["name"], row["text"], row["clause"])
    return result


def _online(reader: Reader, clauses: dict[str, Clause], faults: list[Fault]) -> dict[str, OnlineService]:
    reader.faults = faults
    result: dict[str, OnlineService] = {}
    for id, entry in (reader.mapping().get("online") or {}).items():
        key: Key = ("online", id)
        row = reader.fields(entry, key, {"kind": str, "name": str, "address": str, "clause": str, "checked": date})
        if not row or not reader.known(row["clause"], (*key, "clause"), clauses, "存在的条款编号"):
            continue
        reader.known(row["kind"], (*key, "kind"), _ONLINE, "种类：" + "、".join(_ONLINE))
        if row["address"] and row["address"] not in clauses[row["clause"]].text:
            reader.fault((*key, "address"), row["address"], f"条款 {row['clause']} 里印的网址", "请照印出的文字写。")
        result[id] = OnlineService(id, row["kind"], row["name"], row["address"], row["clause"])
    return result


def _topics(
    root: Path,
    clauses: dict[str, Clause],
    directories: dict[str, Directory],
    hotlines: dict[str, Hotline],
    faults: list[Fault],
) -> dict[str, Topic]:
    reader = Reader(root, "topics.yml", faults)
    result: dict[str, Topic] = {}
    for id, entry in reader.mapping().items():
        row = reader.fields(entry, (id,), {"name": str, "directory": str, "for": str}, {"words": list, "hotline": str})
        if not row or not reader.known(id, (id,), clauses, "存在的标题编号"):
            continue
        reader.known(row["directory"], (id, "directory"), directories, "contacts.yml 里的电话表")
        reader.known(row["for"], (id, "for"), ("person", "firm", "both"), "person、firm 或 both")
        if "hotline" in row:
            reader.known(row["hotline"], (id, "hotline"), hotlines, "contacts.yml 里的热线")
        result[id] = Topic(
            id,
            row["name"],
            row["directory"],
            row["for"],
            reader.words(row.get("words"), (id, "words")),
            row.get("hotline"),
        )
    return result


def _topic(clause: Clause, clauses: dict[str, Clause], topics: dict[str, Topic]) -> str:
    current: str | None = clause.id
    while current:
        if current in topics:
            return current
        current = clauses[current].parent
    return ""


def _terms(root: Path, clauses: dict[str, Clause], faults: list[Fault]) -> tuple[Term, ...]:
    reader = Reader(root, "validity.yml", faults)
    result: list[Term] = []
    for i, entry in enumerate(reader.sequence()):
        row = reader.fields(
            entry,
            (i,),
            {"id": str, "name": str, "covers": list, "clause": str, "says": str},
            {"from": date, "until": date, "example": bool},
        )
        if not row:
            continue
        for covered in reader.words(row["covers"], (i, "covers")):
            reader.known(covered, (i, "covers"), clauses, "存在的条款编号")
        known = reader.known(row["clause"], (i, "clause"), clauses, "存在的条款编号")
        if known and row["says"] not in clauses[row["clause"]].text:
            reader.fault((i, "says"), row["says"], f"条款 {row['clause']} 里印的文字", "请照印出的文字写。")
        if "from" not in row and "until" not in row:
            reader.fault((i,), "没有日期", "from 或 until", "请补上。")
        start, until = row.get("from"), row.get("until")
        for name, value in (("from", start), ("until", until)):
            if isinstance(value, datetime):
                reader.fault((i, name), value, "日期（如 2022-12-31），没有钟点", "请只写日期。")
        if start and until and until < start:
            reader.fault((i, "until"), until, f"不早于 {start}", "请改正。")
        result.append(
            Term(
                row["id"],
                row["name"],
                tuple(row["covers"]),
                start,
                until,
                row["clause"],
                row["says"],
                row.get("example", False),
            )
        )
    return tuple(result)


def _terms_by_clause(terms: tuple[Term, ...], clauses: dict[str, Clause]) -> dict[str, tuple[Term, ...]]:
    result: dict[str, list[Term]] = {}
    for term in terms:
        stack = [id for id in term.covers if id in clauses]
        while stack:
            id = stack.pop()
            result.setdefault(id, []).append(term)
            stack.extend(clauses[id].children)
    return {id: tuple(dict.fromkeys(found)) for id, found in result.items()}


def _county(
    root: Path,
    directories: dict[str, Directory],
    places: dict[str, Place],
    topics: dict[str, Topic],
    faults: list[Fault],
) -> County:
    reader = Reader(root, "county.yml", faults)
    row = reader.fields(
        reader.mapping(),
        (),
        {"name": str, "office": str, "bot": str, "general": dict, "starters": list},
    )
    general = row and reader.fields(row["general"], ("general",), {"directory": str, "place": str})
    if not row or not general:
        return County("", "", "", "", "", ())
    reader.known(general["directory"], ("general", "directory"), directories, "contacts.yml 里的电话表")
    reader.known(general["place"], ("general", "place"), places, "lexicon/places.yml 里的地方")
    starters = reader.words(row["starters"], ("starters",))
    for topic in starters:
        reader.known(topic, ("starters",), topics, "topics.yml 里的主题")
    return County(row["name"], row["office"], row["bot"], general["directory"], general["place"], starters)


def _uncovered(root: Path, clauses: dict[str, Clause], faults: list[Fault]) -> dict[str, Uncovered]:
    reader = Reader(root, "not_covered.yml", faults)
    result: dict[str, Uncovered] = {}
    for id, entry in reader.mapping().items():
        row = reader.fields(
            entry, (id,), {"name": str, "who": str}, {"related": list, "says": str, "foreign_place": bool}
        )
        if not row:
            continue
        related = reader.words(row.get("related"), (id, "related"))
        for clause in related:
            reader.known(clause, (id, "related"), clauses, "存在的条款编号")
        result[id] = Uncovered(
            id, row["name"], row["who"], related, row.get("says", ""), row.get("foreign_place", False)
        )
    return result


def _answers(root: Path, clauses: dict[str, Clause], faults: list[Fault]) -> dict[str, str]:
    """Plain first lines. Every figure in one must stand in its clause, above it or below it."""
    result: dict[str, str] = {}
    folder = root / "answers"
    for path in sorted(folder.glob("*.yml")):
        reader = Reader(root, f"answers/{path.name}", faults)
        for id, line in reader.mapping().items():
            if not reader.known(str(id), (id,), clauses, "存在的条款编号"):
                continue
            if not isinstance(line, str):
                reader.fault((id,), line, "一句话", "请写成文字。")
                continue
            if id in result:
                reader.fault((id,), id, "只写一次的条款", "别的文件里已经有了。")
            text = _surroundings(id, clauses)
            figures = set(_FIGURE.findall(text))
            for figure in _FIGURE.findall(line):
                if figure not in figures:
                    reader.fault((id,), figure, "条款里印的数字", "一句话里的数字必须与条款一致。")
            result[id] = line
    return result


def _surroundings(id: str, clauses: dict[str, Clause]) -> str:
    parts: list[str] = []
    stack = [id]
    while stack:
        current = stack.pop()
        parts.append(clauses[current].text)
        stack.extend(clauses[current].children)
    parent = clauses[id].parent
    while parent:
        parts.append(clauses[parent].text)
        parent = clauses[parent].parent
    return " ".join(parts)


def _replies(root: Path, faults: list[Fault]) -> dict[str, str]:
    """The bot's own sentences: exactly those of REPLIES, each with no placeholder but its own."""
    reader = Reader(root, "replies.yml", faults)
    result: dict[str, str] = {}
    for id, text in reader.mapping().items():
        if not isinstance(text, str):
            reader.fault((id,), text, "文字", "请写成文字。")
        elif reader.known(str(id), (id,), REPLIES, "机器人会说的一句话"):
            for name in re.findall(r"{([^}]*)}", text):
                reader.known(
                    name,
                    (id,),
                    (*GENERAL_FIELDS, *REPLIES[id]),
                    "可以填的空：" + "、".join((*GENERAL_FIELDS, *REPLIES[id])),
                )
            result[str(id)] = text.strip()
    for id in REPLIES:
        if id not in result:
            reader.fault((), "缺少 " + id, f"句子 {id}", "请补上。")
    return result


def _twins(root: Path, topics: dict[str, Topic], faults: list[Fault]) -> tuple[Twins, ...]:
    reader = Reader(root, "twins.yml", faults)
    result: list[Twins] = []
    for id, entry in reader.mapping().items():
        row = reader.fields(
            entry, (id,), {"ask": str}, {"choices": list, "words": list, "default": str, "business_line": bool}
        )
        if not row:
            continue
        choices: list[Choice] = []
        for i, item in enumerate(row.get("choices", [])):
            key: Key = (id, "choices", i)
            choice = reader.fields(item, key, {"label": str, "topic": str, "words": list})
            if choice and reader.known(choice["topic"], (*key, "topic"), topics, "topics.yml 里的主题"):
                choices.append(Choice(choice["label"], choice["topic"], reader.words(choice["words"], (*key, "words"))))
        default = row.get("default")
        if default is not None:
            reader.known(default, (id, "default"), [choice.topic for choice in choices], "这一组里的主题")
        words = reader.words(row.get("words"), (id, "words"))
        result.append(Twins(id, row["ask"], tuple(choices), words, default, row.get("business_line", False)))
    return tuple(result)


def _same_facts(root: Path, clauses: dict[str, Clause], faults: list[Fault]) -> tuple[tuple[str, ...], ...]:
    """Groups of clauses that state the same fact, the one for everyone first."""
    reader = Reader(root, "precedence.yml", faults)
    result = []
    for i, entry in enumerate(reader.sequence()):
        row = reader.fields(entry, (i,), {"nodes": list, "when": str})
        if row:
            nodes = reader.words(row["nodes"], (i, "nodes"))
            for node in nodes:
                reader.known(node, (i, "nodes"), clauses, "存在的条款编号")
            result.append(nodes)
    return tuple(result)


def _aspects(root: Path, faults: list[Fault]) -> None:
    """The words for aspects are read where messages are read; here they are only checked."""
    reader = Reader(root, "lexicon/aspects.yml", faults)
    for aspect, words in reader.mapping().items():
        reader.known(str(aspect), (aspect,), ASPECTS, "方面：" + "、".join(ASPECTS))
        reader.words(words, (aspect,))
