"""What is measured in this process: encoder, search, eligibility; and what takes room on a disk or on the wire."""

from __future__ import annotations

import gzip
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import yaml

from benchmarks.questions import load_mix
from bot.assembly import load_kit
from bot.eligibility import assess
from bot.knowledge.schemes import parse_value
from bot.language import normalise
from bot.settings import load_settings

from .figures import Figures, medians, milliseconds
from .systems import ROOT

DAY = date(2022, 10, 15)  # most schemes are in force on it
PAGE = ("index.html", "widget.js", "widget.css")  # what a visitor loads before the first question
_PEOPLE = 50  # written cases that are checked


def _per_second(work: Callable[[], int], seconds: float) -> float:
    """How many pieces of work are done in a second; `work` returns how many it did."""
    done, start = 0, time.perf_counter()
    while (now := time.perf_counter()) - start < seconds:
        done += work()
    return done / (now - start)


def measure_encoder(rounds: int, seconds: float) -> Figures:
    """Sentences a second, one by one as messages come, and the time of a whole search in the knowledge of today."""
    retriever = load_kit(load_settings()).retriever
    texts = [normalise(asked.text) for asked in load_mix()]

    def encode() -> int:
        for text in texts:
            retriever.encoder.encode([text])
        return len(texts)

    found = []
    for _ in range(rounds):
        times = []
        for text in texts:
            start = time.perf_counter()
            retriever.search(text)
            times.append(time.perf_counter() - start)
        search = {f"search_{key}": value for key, value in milliseconds(times).items()}
        found.append({"sentences_per_second": _per_second(encode, seconds), **search})
    return medians(found)


def measure_eligibility(rounds: int, seconds: float) -> Figures:
    """Checks a second (one scheme for one person), over the written cases of all schemes, each assessed for every scheme."""
    knowledge = load_kit(load_settings()).knowledge
    people = []
    for path in sorted((ROOT / "tests/schemes").glob("*.yml")):
        for case in yaml.safe_load(path.read_text(encoding="utf-8")):
            people.append({label: parse_value(knowledge.facts[label], value) for label, value in case["facts"].items()})

    people = people[:: max(1, len(people) // _PEOPLE)]

    def check() -> int:
        for facts in people:
            for scheme in knowledge.schemes.values():
                assess(scheme, facts, knowledge.facts, DAY)
        return len(people) * len(knowledge.schemes)

    found = medians([{"checks_per_second": _per_second(check, seconds)} for _ in range(rounds)])
    schemes = len(knowledge.schemes)
    return {**found, "schemes": float(schemes), "ms_for_all_schemes": 1000 * schemes / found["checks_per_second"]}


def measure_sizes() -> Figures:
    """MB (10^6 bytes) of the environment and of the files that git holds, kB of the page as it is sent."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    shipped = sum((ROOT / name).stat().st_size for name in listed.split("\0") if name and (ROOT / name).is_file())
    environment = sum(path.lstat().st_size for path in Path(sys.prefix).rglob("*") if not path.is_dir())
    page = sum(len(gzip.compress((ROOT / "bot/web" / name).read_bytes(), 9)) for name in PAGE)
    return {"environment_mb": environment / 1e6, "shipped_mb": shipped / 1e6, "page_kb": page / 1e3}
