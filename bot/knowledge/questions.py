"""How people ask for each clause: knowledge/questions/*.yml. Read for training only, never while answering."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import yaml

from .fault import Fault, KnowledgeError, did_you_mean
from .located import Loader
from .model import Knowledge

FAR = "far"  # the label of what has nothing to do with the office
ASK = "ask-"  # before the id of a group of twins.yml: messages that do not tell which of them is meant
STYLES = ("口语", "简短", "长句", "语音转写", "错别字", "方言", "繁体", "正式", "间接", "生气", "同义改写")


@dataclass(frozen=True)
class Question:
    """One way of asking: its text as typed, the clause that answers it (or a near topic, `far`, `ask-…`), style, author."""

    text: str
    label: str
    style: str
    author: str


def load_questions(root: Path, knowledge: Knowledge) -> list[Question]:
    """Every authored question, in file order.

    Raises KnowledgeError with every line that names an unknown clause or style or is not text.
    """
    known = set(knowledge.clauses) | set(knowledge.uncovered) | {FAR} | {ASK + twins.id for twins in knowledge.twins}
    faults: list[Fault] = []
    questions: list[Question] = []
    for path in sorted((root / "questions").glob("*.yml")):
        shown = f"{root.name}/questions/{path.name}"
        data = yaml.load(path.read_text(encoding="utf-8"), Loader)
        author, entries = data.get("author", ""), data.get("questions") or {}
        for label, rows in entries.items():
            if label not in known:
                faults.append(
                    Fault(shown, 1, str(label), str(label), "存在的条款编号", did_you_mean(str(label), known))
                )
                continue
            if not isinstance(rows, list):
                faults.append(Fault(shown, 1, label, str(rows), "“- 口语: 问法”的列表", "请补上问法，或删去这一条。"))
                continue
            for row in rows:
                style, text = next(iter(row.items())) if isinstance(row, dict) and len(row) == 1 else ("", row)
                if style not in STYLES or not isinstance(text, str):
                    faults.append(
                        Fault(shown, 1, label, str(row), "“- 口语: 问法”这样的一行", "有冒号或数字的问法请加引号。")
                    )
                    continue
                questions.append(Question(text, label, style, author))
    if faults:
        raise KnowledgeError(faults)
    return questions


def equivalents(knowledge: Knowledge) -> dict[str, frozenset[str]]:
    """Clause id -> all clauses that state the same fact, itself included; clauses in no group are left out."""
    result: dict[str, set[str]] = {}
    for group in knowledge.same_facts:
        for node in group:
            result.setdefault(node, set()).update(group)
    return {node: frozenset(group) for node, group in result.items()}
