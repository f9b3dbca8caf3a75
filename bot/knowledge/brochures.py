"""Brochures: Markdown in which every heading and every clause ends with `{#id aspects …}`."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path

import frontmatter
import yaml

from .fault import Fault, did_you_mean
from .model import ASPECTS, Brochure, Clause, Correction

_MARK = re.compile(r"\s*\{#(?P<id>[a-z0-9-]+)(?P<attributes>[^}]*)\}$")
_HEADING = re.compile(r"^(#{1,6})\s+")
_FRONT = ("id", "title", "issuer", "issued", "audience")
_ID = re.compile(r"^[a-z]+(-[a-z0-9]+)+$")


@dataclass(frozen=True)
class _Draft:
    id: str
    text: str
    attributes: tuple[str, ...]
    level: int
    line: int


def read_brochure(path: Path, root: Path, faults: list[Fault]) -> tuple[Brochure, list[Clause]] | None:
    """One brochure and its clauses, without corrections and topics; None with faults when it cannot be read."""
    shown = f"{root.name}/{path.relative_to(root)}"
    try:
        text = path.read_text(encoding="utf-8-sig")
        post = frontmatter.loads(text)
    except UnicodeDecodeError:
        faults.append(Fault(shown, 1, "文件", "不是 UTF-8 编码", "UTF-8 文本", "请另存为 UTF-8 编码。"))
        return None
    except yaml.YAMLError:
        faults.append(Fault(shown, 1, "文件头", "不能读", "两行 --- 之间的 YAML", "请对照其他册改正。"))
        return None
    front = post.metadata
    missing = [key for key in _FRONT if not isinstance(front.get(key), str)]
    for key in missing:
        faults.append(Fault(shown, 1, key, str(front.get(key)), f"文件头里的 {key}（文字）", "请补上，日期加引号。"))
    if not missing and not re.fullmatch(r"\d{4}-\d{2}", str(front["issued"])):
        faults.append(Fault(shown, 1, "issued", str(front["issued"]), "年-月，如 '2022-09'", "请改正。"))
        missing.append("issued")
    if missing:
        return None
    drafts = _drafts(text, shown, faults)
    clauses = _tree(drafts, str(front["id"]), shown, faults)
    brochure = Brochure(
        id=str(front["id"]),
        title=str(front["title"]),
        issuer=str(front["issuer"]),
        issued=str(front["issued"]),
        audience=str(front["audience"]),
        cues=tuple(str(word) for word in front.get("cues") or ()),
        clauses=tuple(clause.id for clause in clauses),
    )
    return brochure, clauses


def _drafts(text: str, shown: str, faults: list[Fault]) -> list[_Draft]:
    drafts: list[_Draft] = []
    fences = 0
    for number, raw in enumerate(text.split("\n"), 1):
        row = raw.strip()
        if fences < 2:
            fences += row == "---"
            continue
        if not row:
            continue
        mark = _MARK.search(row)
        if not mark:
            faults.append(
                Fault(
                    shown, number, "条款", row[:30], "行末有 {#编号 方面}", "每一条都要有编号，例如 {#jyfw-1-1 who}。"
                )
            )
            continue
        body = row[: mark.start()]
        heading = _HEADING.match(body)
        level = len(heading[1]) if heading else 0
        drafts.append(
            _Draft(
                mark["id"], body[heading.end() :] if heading else body, tuple(mark["attributes"].split()), level, number
            )
        )
    return drafts


def _tree(drafts: list[_Draft], brochure: str, shown: str, faults: list[Fault]) -> list[Clause]:
    known = {draft.id for draft in drafts}
    seen: set[str] = set()
    headings: list[_Draft] = []
    clauses: list[Clause] = []
    for draft in drafts:
        if draft.id in seen:
            faults.append(Fault(shown, draft.line, draft.id, draft.id, "没有用过的编号", "请换一个编号。"))
            continue
        seen.add(draft.id)
        if not _ID.match(draft.id) or not draft.id.startswith(brochure + "-"):
            faults.append(
                Fault(
                    shown, draft.line, draft.id, draft.id, f"以 {brochure}- 开头的编号", "例如 " + brochure + "-1-2。"
                )
            )
        together = "together" in draft.attributes
        aspects = tuple(word for word in draft.attributes if word != "together")
        for aspect in aspects:
            if aspect not in ASPECTS:
                expected = "方面：" + "、".join(ASPECTS)
                faults.append(Fault(shown, draft.line, draft.id, aspect, expected, did_you_mean(aspect, ASPECTS)))
        if not draft.level and not aspects:
            faults.append(
                Fault(shown, draft.line, draft.id, "没有方面", "至少一个方面：" + "、".join(ASPECTS), "请补上。")
            )
        if draft.level:
            headings = [heading for heading in headings if heading.level < draft.level]
        parent = _parent(draft, known, headings)
        if draft.level:
            headings.append(draft)
        clauses.append(
            Clause(
                id=draft.id,
                brochure=brochure,
                text=draft.text,
                printed=draft.text,
                aspects=aspects,
                level=draft.level,
                together=together,
                parent=parent,
                children=(),
                topic="",
                line=draft.line,
            )
        )
    children: dict[str, list[str]] = {}
    for clause in clauses:
        if clause.parent:
            children.setdefault(clause.parent, []).append(clause.id)
    return [replace(clause, children=tuple(children.get(clause.id, ()))) for clause in clauses]


def _parent(draft: _Draft, known: set[str], headings: list[_Draft]) -> str | None:
    """The longest id that this one continues, else the heading it stands under."""
    parts = draft.id.split("-")
    for end in range(len(parts) - 1, 1, -1):
        prefix = "-".join(parts[:end])
        if prefix in known:
            return prefix
    return headings[-1].id if headings else None


def correct(clause: Clause, corrections: tuple[Correction, ...]) -> Clause:
    """The clause as it is to be read, with the printed words kept beside it."""
    text = clause.printed
    for correction in corrections:
        if correction.reading is not None:
            text = text.replace(correction.printed, correction.reading)
    return replace(clause, text=text, corrections=corrections)
