"""What is measured on running bots: start, load, three messages at once, a long conversation, memory."""

from __future__ import annotations

import asyncio
import statistics
import sys
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.load import at_once, closed_loop, one_conversation
from benchmarks.questions import Asked, load_mix

from .figures import Figures, milliseconds, of_load, paired
from .systems import OURS, STOCK, Running, drop_page_cache, running

SERVED = ("start", "load", "burst", "conversation", "memory")
CLIENTS = (1, 4, 16, 64)
POSITIONS = (1, 10, 100, 1000)  # of a message in its conversation
_BURSTS = 7
_WARM = 40  # questions before the first measure
_BLOCK = 10  # questions that the long conversation repeats, so that every position is measured with the same ones


@dataclass(frozen=True)
class Options:
    """How long to measure: seconds of each phase of load, rounds, the last message of the long conversation, and the seconds
    after which that conversation is given up."""

    seconds: float = 8.0
    rounds: int = 3
    last: int = 1000
    limit: float = 1200.0


Rows = dict[str, list[Figures]]  # the figures of the rounds, by system


def measure_served(names: Sequence[str], options: Options) -> dict[str, Any]:
    """The measures of SERVED that are named. Both bots run in turn, in every second round the other one first.

    The long conversation is measured once, in the last round: it takes minutes. Raises LoadError.
    """
    found: dict[str, Rows] = defaultdict(lambda: {"ours": [], "stock": []})
    for round in range(options.rounds):
        for system in (OURS, STOCK) if round % 2 == 0 else (STOCK, OURS):
            print(f"round {round + 1} of {options.rounds}: {system.name}", file=sys.stderr)
            last = round == options.rounds - 1
            with running(system) as bot:
                for measure, figures in asyncio.run(_one_round(bot, names, options, last)).items():
                    found[measure][system.name].append(figures)
    pairs = {measure: paired(rows["ours"], rows["stock"]) for measure, rows in found.items()}
    result = {name: pairs[name] for name in SERVED if name in pairs}
    if "load" in names:
        result["load"] = {str(clients): pairs[f"load {clients}"] for clients in CLIENTS}
        result["policy_answer"] = pairs["policy_answer"]
    return result


async def _one_round(bot: Running, names: Sequence[str], options: Options, last: bool) -> dict[str, Figures]:
    """Figures by measure, `load N` for N clients."""
    mix, policy = load_mix(), [asked for asked in load_mix() if asked.kind == "policy"]
    dialect, port = bot.system.dialect, bot.port
    found: dict[str, Figures] = {"start": {"seconds": bot.first_answer}}
    await one_conversation(dialect, port, _WARM, mix, options.seconds)
    started = bot.memory_mb()
    if "load" in names:
        for clients in CLIENTS:
            samples, end = await closed_loop(dialect, port, clients, options.seconds, mix)
            found[f"load {clients}"] = of_load(samples, end, options.seconds)
            if clients == 1:
                answers = [each.seconds for each in samples if each.kind == "policy" and each.answered]
                found["policy_answer"] = milliseconds(answers)
    if "burst" in names:
        bursts = [await at_once(dialect, port, policy[3 * i : 3 * i + 3]) for i in range(_BURSTS)]
        found["burst"] = {
            f"{name}_ms": statistics.median(burst[i] for burst in bursts) * 1000
            for i, name in enumerate(("first", "second", "third"))
        }
    if "memory" in names:
        found["memory"] = {"started_mb": started, "loaded_mb": bot.memory_mb()}
    if "conversation" in names and last:
        found["conversation"] = await _positions(bot, policy[:_BLOCK], options)
    return {
        measure: figures for measure, figures in found.items() if measure.partition(" ")[0] in (*names, "policy_answer")
    }


async def _positions(bot: Running, block: Sequence[Asked], options: Options) -> Figures:
    """Milliseconds of a message by its position: the median of ten questions, each asked first in a conversation of its own, and
    the median of the same ten asked up to that message of one conversation."""
    dialect, port = bot.system.dialect, bot.port
    first = [(await one_conversation(dialect, port, 1, [asked], options.limit))[0] for asked in block]
    seconds = await one_conversation(dialect, port, options.last, block, options.limit)
    found = {"1": statistics.median(first) * 1000}
    for position in POSITIONS[1:]:
        if position <= len(seconds):
            found[str(position)] = statistics.median(seconds[position - len(block) : position]) * 1000
    if str(options.last) not in found:
        found["given_up_at"] = float(len(seconds))
    return found


def measure_cold(options: Options) -> dict[str, Any] | None:
    """Start to first answer when no file is in memory; None where the page cache may not be dropped. Raises LoadError."""
    rows: Rows = {"ours": [], "stock": []}
    for _ in range(options.rounds):
        for system in (OURS, STOCK):
            if not drop_page_cache():
                return None
            with running(system) as bot:
                rows[system.name].append({"seconds": bot.first_answer})
    return paired(rows["ours"], rows["stock"])
