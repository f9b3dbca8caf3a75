"""How people ask for each clause: knowledge/questions/*.yml. Read for training only, never while answering."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import yaml

from .fault import Fault, KnowledgeError, did_you_mean
from .located import Loader
from .model import Knowledge

FAR = "far"  # the label of what has nothing to do with the office
STYLES = ("口语", "简短", "长句", "语音转写", "错别字", "方言", "繁体", "正式", "间接", "生气")


@dataclass(frozen=True)
class Question:
    """One way of asking: its text as typed, the clause (or near topic, or `far`) that answers it, style and author."""

    text: str
    label: str
    style: str
    author: str


def load_questions(root: Path, knowledge: Knowledge) -> list[Question]:
    """Every authored question, in file order.

    Raises KnowledgeError with every line that names an unknown clause or style or is not text.
    """
    known = set(knowledge.clauses) | set(knowledge.uncovered) | {FAR}
    faults: list[Fault] = []
    questions: list[Question] = []
    for path in sorted((root / "questions").glob("*.yml")):
        if path.name == "precedence.yml":
            continue
        shown = f"{root.name}/questions/{path.name}"
        data = yaml.load(path.read_text(encoding="utf-8"), Loader)
        author, entries = data.get("author", ""), data.get("questions") or {}
        for label, rows in entries.items():
            if label not in known:
                faults.append(
                    Fault(shown, 1, str(label), str(label), "存在的条款编号", did_you_mean(str(label), known))
                )
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


def load_equivalents(root: Path, knowledge: Knowledge) -> dict[str, frozenset[str]]:
    """Clauses that state the same fact, from questions/precedence.yml: clause id -> all ids of its groups, itself included.

    Raises KnowledgeError when a group names an unknown clause.
    """
    path = root / "questions/precedence.yml"
    data = yaml.load(path.read_text(encoding="utf-8"), Loader) or {}
    result: dict[str, set[str]] = {}
    faults: list[Fault] = []
    for group in data.get("groups", ()):
        nodes: Iterable[str] = group["nodes"]
        for node in nodes:
            if node not in knowledge.clauses:
                shown = f"{root.name}/questions/precedence.yml"
                faults.append(Fault(shown, 1, node, node, "存在的条款编号", did_you_mean(node, knowledge.clauses)))
            result.setdefault(node, {node}).update(nodes)
    if faults:
        raise KnowledgeError(faults)
    return {node: frozenset(group) for node, group in result.items()}
