"""Choose how much the conversation counts, by coordinate search over the written dialogues, and write it to fusion.json.

    .venv/bin/python -m benchmarks.fit_followups [--measure]

--measure only prints the share of dialogues whose last answer quotes the right clause, by kind of follow-up.
"""

from __future__ import annotations

import argparse
import asyncio
import json
from collections import Counter
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from bot.conversation.runtime import quiet_start

quiet_start()

from bot.answering import Context, Kit, Message, answer  # noqa: E402
from bot.conversation.agent import load_agent  # noqa: E402
from bot.conversation.runtime import kit, settings  # noqa: E402
from bot.knowledge.questions import Question, equivalents  # noqa: E402
from bot.language import clean  # noqa: E402
from bot.retrieval.fusion import Follow, Fusion  # noqa: E402

from .cross_validate import covered  # noqa: E402

DAY = date(2022, 10, 15)
LEAST = 0.01  # of 552 dialogues: five or six
GRID = {"joined": (0.15, 0.3, 0.6), "topic": (2.0, 3.0, 4.0, 5.0), "chapter": (0.0, 1.0, 2.0, 3.0)}


@dataclass(frozen=True)
class Dialogue:
    """Turns as heard by the NLU, the clause that answers the last, and the kind of its follow-up."""

    turns: tuple[Message, ...]
    node: str
    kind: str


async def read_dialogues(agent: Any) -> list[Dialogue]:
    """The written dialogues, each turn parsed once."""
    found = []
    for row in (settings().knowledge / "questions/followups.b3.jsonl").read_text(encoding="utf-8").splitlines():
        data = json.loads(row)
        heard = [(text, (await agent.parse_message(text))["intent"]) for text in map(clean, data["turns"])]
        turns = tuple(Message(text, act["name"] or "", float(act["confidence"])) for text, act in heard)
        found.append(Dialogue(turns, data["nodes"][-1], data["kind"]))
    return found


def right(dialogue: Dialogue, own: Kit, same: dict[str, frozenset[str]]) -> bool:
    """Whether the last reply quotes the right clause."""
    context = Context(place_asked=True)
    for message in dialogue.turns:
        reply = answer(own, message, context, DAY)
        context = reply.context
    return covered(Question("", dialogue.node, "", ""), reply, same)


def share(dialogues: list[Dialogue], fusion: Fusion) -> float:
    """The share of dialogues that end right with these weights."""
    retriever = type(kit().retriever)(kit().retriever.index, kit().retriever.encoder, fusion)
    own, same = replace(kit(), retriever=retriever), equivalents(kit().knowledge)
    return sum(right(dialogue, own, same) for dialogue in dialogues) / len(dialogues)


def search(dialogues: list[Dialogue], fusion: Fusion) -> Fusion:
    """One weight after the other, each set to the best of its grid; what brings less than LEAST is noise and changes nothing."""
    best = share(dialogues, fusion)
    for which in ("leaning", "passing"):
        for name, values in GRID.items():
            for value in values:
                follow: Follow = replace(getattr(fusion, which), **{name: value})
                if follow == getattr(fusion, which):
                    continue
                tried = replace(fusion, **{which: follow})
                found = share(dialogues, tried)
                if found >= best + LEAST:
                    best, fusion = found, tried
                    print(f"{best:.1%} {which} {follow}", flush=True)
    return fusion


def measure(dialogues: list[Dialogue]) -> None:
    """Print the share by kind, and every dialogue that ends wrong."""
    same = equivalents(kit().knowledge)
    asked, good = Counter[str](), Counter[str]()
    for dialogue in dialogues:
        passed = right(dialogue, kit(), same)
        asked[dialogue.kind] += 1
        good[dialogue.kind] += passed
        if not passed:
            print("✗", dialogue.kind, " | ".join(turn.text for turn in dialogue.turns), "→", dialogue.node)
    print("\n| follow-up | asked | right |\n|---|---|---|")
    for kind, n in sorted(asked.items()):
        print(f"| {kind} | {n} | {good[kind] / n:.1%} |")
    print(f"| all | {asked.total()} | {good.total() / asked.total():.1%} |")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--measure", action="store_true")
    options = parser.parse_args()
    dialogues = asyncio.run(read_dialogues(load_agent(settings().rasa)))
    if options.measure:
        measure(dialogues)
        return
    fusion = search(dialogues, kit().retriever.fusion)
    fusion.save(settings().fusion)
    print("written:", fusion.leaning, fusion.passing)


if __name__ == "__main__":
    main()
