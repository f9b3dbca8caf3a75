"""Eligibility: every written case through a conversation with a scripted citizen, questions per check and per match, time.

    .venv/bin/python -m benchmarks.check_eligibility [--failures 20]

Each case of tests/schemes/*.yml starts by tapping 我符合吗 and is answered in words, only when asked. The answering steps run
without Rasa; tests/eligibility holds the evaluation lines through the whole bot.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import time
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from bot.answering import Context, Kit, Message, answer
from bot.assembly import load_kit
from bot.eligibility import Interview, assess, complete, matching, next_of_many
from bot.knowledge.schemes import parse_value
from bot.rendering import to_data
from bot.settings import load_settings
from tests.eligibility.citizen import Transcript, in_words, interview

CASES = Path(__file__).resolve().parent.parent / "tests/schemes"


class CoreConversation:
    """A conversation with the answering steps alone."""

    def __init__(self, kit: Kit, day: date) -> None:
        self.kit, self.day, self.context = kit, day, Context(place="xam", place_asked=True)

    async def say(self, text: str) -> dict[str, Any]:
        """The reply to a text, or to a choice written as >choice."""
        choice = text[1:] if text.startswith(">") else None
        reply = answer(self.kit, Message("" if choice else text, choice=choice), self.context, self.day)
        self.context = reply.context
        return to_data(reply, self.kit.knowledge)


def through_conversation(kit: Kit, scheme: str, case: dict[str, Any]) -> Transcript:
    """One case, opened by tapping the scheme's button."""
    day = date.fromisoformat(str(case.get("as_of", "2022-10-15")))
    facts = {label: parse_value(kit.knowledge.facts[label], value) for label, value in case["facts"].items()}
    known = Interview(None, complete(facts, kit.knowledge.facts)).to_data()[
        "stated"
    ]  # people know what follows as well
    return asyncio.run(interview(CoreConversation(kit, day).say, f">check:{scheme}", known))


def questions_of_match(kit: Kit, scheme: str, facts: dict[str, Any], day: date) -> int:
    """How many questions a match would ask the person of a case without its limit."""
    knowledge = kit.knowledge
    found = knowledge.schemes[scheme]
    asking = Interview(None, audience=found.groups[0] if found.groups else None, serves=found.serves)
    asked = 0
    while asked < 100:
        assessments = matching(knowledge.schemes.values(), asking, knowledge.facts, day)
        label = next_of_many(assessments, asking.unknown)
        if label is None:
            break
        asked += 1
        if facts.get(label) is None:
            asking = Interview(**{**asking.__dict__, "unknown": (*asking.unknown, label)})
        else:
            asking = asking.with_facts({label: parse_value(knowledge.facts[label], facts[label])})
    return asked


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--failures", type=int, default=10)
    options = parser.parse_args()
    kit = load_kit(load_settings())
    knowledge = kit.knowledge
    right = total = shown = 0
    asked: list[int] = []
    matches: list[int] = []
    for path in sorted(CASES.glob("*.yml")):
        cases = yaml.safe_load(path.read_text(encoding="utf-8"))
        for i, case in enumerate(cases):
            transcript = through_conversation(kit, path.stem, case)
            total += 1
            asked.append(len(transcript.asked))
            good = transcript.verdict == case["verdict"]
            right += good
            if not good and shown < options.failures:
                shown += 1
                said = [
                    f"{label}={in_words({'label': label, 'unit': ''}, case['facts'])}" for label in transcript.asked
                ]
                print(f"✗ {path.stem} {case['name']}: {case['verdict']}, got {transcript.verdict}; {' '.join(said)}")
            if i == 0:
                matches.append(questions_of_match(kit, path.stem, case["facts"], date(2022, 10, 15)))
    print(f"verdicts through conversation: {right}/{total} = {right / total:.1%}")
    print(f"questions per check: median {statistics.median(asked):.0f}, largest {max(asked)}")
    print(
        f"questions per match until only details of single schemes are left: median {statistics.median(matches):.0f}, largest {max(matches)}"
    )
    facts = {label: parse_value(knowledge.facts[label], value) for label, value in cases[0]["facts"].items()}
    times = []
    for _ in range(200):
        start = time.perf_counter()
        for scheme in knowledge.schemes.values():
            assess(scheme, facts, knowledge.facts, date(2022, 10, 15))
        times.append((time.perf_counter() - start) * 1000)
    print(f"all {len(knowledge.schemes)} schemes for one profile: median {statistics.median(times):.2f} ms")


if __name__ == "__main__":
    main()
