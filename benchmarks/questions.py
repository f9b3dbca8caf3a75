"""The questions that the measurements of speed ask: a fixed mix of our own authored questions and small talk."""

from __future__ import annotations

import functools
import random
from dataclasses import dataclass
from pathlib import Path

import yaml

from bot.knowledge import load_knowledge
from bot.knowledge.questions import load_questions
from bot.settings import load_settings

ROOT = Path(__file__).resolve().parent.parent
GREETING = "你好"
_MIX = {"policy": 340, "other": 30, "smalltalk": 30}  # 400 questions; the shares are a guess at a working day
_SEED = 7


@dataclass(frozen=True)
class Asked:
    """A question of the mix. kind: policy (a clause answers it), other (a near or far topic, or too vague), smalltalk."""

    text: str
    kind: str


@functools.cache
def load_mix() -> tuple[Asked, ...]:
    """The mix in a fixed random order; the same knowledge gives the same mix. Texts differ from each other."""
    settings = load_settings(ROOT)
    knowledge = load_knowledge(settings.knowledge)
    texts: dict[str, list[str]] = {kind: [] for kind in _MIX}
    for question in load_questions(settings.knowledge, knowledge):
        texts["policy" if question.label in knowledge.clauses else "other"].append(question.text)
    for block in yaml.safe_load((ROOT / "nlu_data/smalltalk.yml").read_text(encoding="utf-8"))["nlu"]:
        texts["smalltalk"] += [row.removeprefix("- ") for row in block["examples"].splitlines()]
    draw = random.Random(_SEED)
    mix = [Asked(text, kind) for kind, n in _MIX.items() for text in draw.sample(sorted(set(texts[kind])), n)]
    draw.shuffle(mix)
    return tuple(mix)
