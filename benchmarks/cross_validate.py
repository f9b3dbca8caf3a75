"""Cross-validation over the authored questions with whole authors held out, through NLU and answering steps.

    .venv/bin/python -m benchmarks.cross_validate [--folds A B C D E] [--sample 2500] [--out FILE]

Every fold trains the encoder and builds the index without its authors, then answers a sample of their questions. A policy question
is right when its clause (or one that states the same fact, precedence.yml) is among those quoted; a near topic when it is refused.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
from collections import Counter
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from bot.conversation.runtime import quiet_start

quiet_start()

from bot.answering import Context, Message, Reply, answer  # noqa: E402
from bot.assembly import index_fingerprint, load_segmenter  # noqa: E402
from bot.conversation.agent import load_agent  # noqa: E402
from bot.conversation.runtime import kit, settings  # noqa: E402
from bot.knowledge.questions import ASK, FAR, Question, equivalents, load_questions  # noqa: E402
from bot.language import Segmenter, clean  # noqa: E402
from bot.rendering import to_text  # noqa: E402
from bot.retrieval import EncoderError, Index, IndexFault, Retriever  # noqa: E402
from bot.retrieval.corpus import build_passages  # noqa: E402
from bot.retrieval.encoder import UnitEncoder  # noqa: E402
from bot.retrieval.training import EncoderSettings, train_encoder  # noqa: E402

FOLDS = {
    "A": {"a1", "a2", "a3", "a4", "a5", "a6", "a7", "a8", "b1"},
    "B": {"a9", "a10", "a11", "a12", "b4"},
    "C": {"a13", "a14", "a15", "b5"},
    "D": {"a16", "a17", "a18", "a19"},
    "E": {"a20", "a21", "a22", "a23"},
}
DAY = date(2022, 10, 15)


@dataclass(frozen=True)
class Outcome:
    """How one held-out question went."""

    question: Question
    fold: str
    reply: Reply
    passed: bool

    @property
    def kind(self) -> str:
        if self.question.label == FAR:
            return "far"
        if self.question.label.startswith(ASK):
            return "vague"
        return "near" if self.question.label in kit().knowledge.uncovered else "policy"


def covered(question: Question, reply: Reply, same: dict[str, frozenset[str]]) -> bool:
    """Whether the right clause is quoted: it, one of the same fact, all of what stands below a heading's first clause, or its list."""
    knowledge = kit().knowledge
    cited = {citation.clause for citation in reply.citations}
    if "-tel" in question.label or question.label in ("cyfw-fh",):
        directory = {d.heading: d.id for d in knowledge.directories.values()}.get(question.label)
        return reply.status.value == "answered_contact" and (
            directory is None or any(phone.directory == directory for phone in reply.contacts)
        )
    for label in same.get(question.label, frozenset({question.label})):
        below = [clause.id for clause in knowledge.below(label) if not clause.is_heading]
        if label in cited or (
            len(below) and (knowledge.clauses[label].is_heading or len(below) > 1) and cited & set(below)
        ):
            return True
    return False


def fold_retriever(name: str, train: list[Question], segmenter: Segmenter) -> Retriever:
    """The retriever trained without a fold's authors; kept below models/folds until the knowledge or the questions change."""
    folder = settings().models / "folds" / name
    fingerprint = index_fingerprint(settings()) + "-" + name
    try:
        encoder = UnitEncoder.load(folder / "encoder", segmenter)
        index = Index.load(folder / "index", segmenter, fingerprint)
    except (EncoderError, IndexFault):
        passages = build_passages(kit().knowledge, train)
        folder.mkdir(parents=True, exist_ok=True)
        train_encoder(passages, segmenter, EncoderSettings()).save(folder / "encoder")
        encoder = UnitEncoder.load(folder / "encoder", segmenter)
        index = Index.build(passages, encoder, segmenter, fingerprint)
        index.save(folder / "index")
    return Retriever(index, encoder, kit().retriever.fusion)


async def run_fold(name: str, sample: int, agent: Any) -> list[Outcome]:
    knowledge = kit().knowledge
    questions = load_questions(settings().knowledge, knowledge)
    same = equivalents(knowledge)
    segmenter = load_segmenter(settings(), knowledge)
    train = [question for question in questions if question.author not in FOLDS[name]]
    held = [question for question in questions if question.author in FOLDS[name]]
    own = replace(kit(), retriever=fold_retriever(name, train, segmenter))
    outcomes = []
    for question in random.Random(7).sample(held, min(sample, len(held))):
        text = clean(question.text)
        parsed = await agent.parse_message(text)
        intent = parsed["intent"]
        message = Message(text, intent["name"] or "", float(intent["confidence"]))
        reply = answer(own, message, Context(place_asked=True), DAY)
        inside = question.label in knowledge.clauses
        wanted = "clarification" if question.label.startswith(ASK) else "refused"
        passed = covered(question, reply, same) if inside else reply.status.value.startswith(wanted)
        outcomes.append(Outcome(question, name, reply, passed))
    return outcomes


def table(title: str, outcomes: list[Outcome], key: Any) -> str:
    asked, good, refused = Counter(), Counter(), Counter()
    for outcome in outcomes:
        value = key(outcome)
        asked[value] += 1
        good[value] += outcome.passed
        refused[value] += outcome.reply.status.value.startswith("refused")
    rows = [f"| {v} | {n} | {good[v] / n:.1%} | {refused[v] / n:.1%} |" for v, n in sorted(asked.items())]
    return "\n".join([f"| {title} | asked | right | refused |", "|---|---|---|---|", *rows])


async def run(options: argparse.Namespace) -> None:
    agent = load_agent(settings().rasa)
    outcomes: list[Outcome] = []
    for name in options.folds:
        outcomes += await run_fold(name, options.sample, agent)
    policy = [outcome for outcome in outcomes if outcome.kind == "policy"]
    print(table("fold, kind", outcomes, lambda o: f"{o.fold} {o.kind}"), "\n")
    print(table("manner", policy, lambda o: o.question.style), "\n")
    print(table("brochure", policy, lambda o: o.question.label.split("-")[0]), "\n")
    print(table("status", policy, lambda o: o.reply.status.value), "\n")
    lengths = sorted(len(to_text(o.reply)) for o in policy if o.reply.status.value.startswith("answered"))
    print(
        f"characters: median {lengths[len(lengths) // 2]}, over 300: {sum(n > 300 for n in lengths) / len(lengths):.1%}"
    )
    if options.out:
        rows = [
            {
                "question": o.question.text,
                "label": o.question.label,
                "style": o.question.style,
                "fold": o.fold,
                "status": o.reply.status.value,
                "cited": [c.clause for c in o.reply.citations],
                "passed": o.passed,
            }
            for o in outcomes
        ]
        options.out.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--folds", nargs="+", default=list(FOLDS), choices=list(FOLDS))
    parser.add_argument("--sample", type=int, default=2500)
    parser.add_argument("--out", type=Path)
    asyncio.run(run(parser.parse_args()))


if __name__ == "__main__":
    main()
