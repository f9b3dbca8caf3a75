"""Tables and plots of the figures, ratios first; docs/performance.md keeps its written part and gets the rest anew."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from .plots import draw
from .systems import ROOT

DOC = ROOT / "docs/performance.md"
BEFORE = ROOT / "benchmarks/results/before.json"
ALONE = {
    ("encoder", "sentences_per_second"): "sentences encoded a second",
    ("encoder", "search_p50_ms"): "whole search in the knowledge of today, p50 ms",
    ("encoder", "search_p95_ms"): "the same, p95 ms",
    ("eligibility", "checks_per_second"): "eligibility checks a second (one scheme, one person)",
    ("eligibility", "ms_for_all_schemes"): "all schemes for one person, ms",
    ("sizes", "environment_mb"): "environment, MB",
    ("sizes", "shipped_mb"): "files in git, MB",
    ("sizes", "page_kb"): "page with its script and styles, compressed, kB",
}
BEGIN, END = "<!-- figures: written by benchmarks.performance -->", "<!-- end of figures -->"

Measures = dict[str, Any]


@dataclass(frozen=True)
class Target:
    """An aim of the project: `of` finds the value in the measures (KeyError where it was not taken); it shall be at least or at
    most `bound`."""

    name: str
    of: Callable[[Measures], float]
    bound: float
    least: bool = False

    def value(self, measures: Measures) -> float | None:
        """None where it was not measured."""
        try:
            return self.of(measures)
        except (KeyError, TypeError):
            return None

    def met(self, value: float) -> bool:
        """Whether a value is good enough."""
        return value >= self.bound if self.least else value <= self.bound


def _ratio(measure: str, figure: str, clients: str = "") -> Callable[[Measures], float]:
    def find(measures: Measures) -> float:
        figures = measures[measure]["figures"]
        return float((figures[clients] if clients else figures)["ratio"][figure])

    return find


def _growth(system: str) -> Callable[[Measures], float]:
    def find(measures: Measures) -> float:
        figures = measures["conversation"]["figures"][system]
        return float(figures["1000"] / figures["10"])

    return find


TARGETS = (
    Target("messages/s at 16 clients, ours / stock", _ratio("load", "per_second", "16"), 8.0, least=True),
    Target("p95 at 16 clients, ours / stock", _ratio("load", "p95_ms", "16"), 1 / 8),
    Target("message 1,000 / message 10, ours", _growth("ours"), 1.2),
    Target("third of three messages at once, ours / stock", _ratio("burst", "third_ms"), 0.5),
    Target("start to first answer, ours / stock, warm", _ratio("start", "seconds"), 0.6),
    Target("memory under load, ours / stock", _ratio("memory", "loaded_mb"), 1.0),
    Target(
        "policy answer at one client, p50 ms", lambda m: float(m["policy_answer"]["figures"]["ours"]["p50_ms"]), 8.0
    ),
    Target(
        "policy answer at one client, p95 ms", lambda m: float(m["policy_answer"]["figures"]["ours"]["p95_ms"]), 25.0
    ),
    Target("retrieval in 10,000 clauses, p50 ms", lambda m: float(m["retrieval"]["figures"]["whole"]["p50_ms"]), 1.0),
)


def number(value: float | None) -> str:
    """Three significant digits, no exponent; — for what was not measured."""
    if value is None:
        return "—"
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}" if abs(value) >= 1 else f"{value:.3f}"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _targets(measures: Measures, before: Measures) -> str:
    rows = []
    for target in TARGETS:
        now, then = target.value(measures), target.value(before)
        aim = ("at least " if target.least else "at most ") + number(target.bound)
        rows.append(
            [target.name, aim, number(now), number(then), "—" if now is None else "yes" if target.met(now) else "no"]
        )
    return _table(["", "aim", "now", "before", "met"], rows)


def _pairs(rows: Sequence[tuple[str, dict[str, Any], str, Any]]) -> str:
    """Rows of (label, paired figures, key, the same figure before)."""
    return _table(
        ["", "ours / stock", "ours", "stock", "ours before"],
        [
            [label, *(number(pair[side].get(key)) for side in ("ratio", "ours", "stock")), number(then)]
            for label, pair, key, then in rows
        ],
    )


def _then(before: Measures, *path: str) -> float | None:
    """A figure of ours in the earlier measures, None where it is not there."""
    found: Any = before
    for key in path:
        found = found.get(key) if isinstance(found, dict) else None
    return found if isinstance(found, float) else None


def _sections(measures: Measures, before: Measures) -> Iterator[tuple[str, str]]:
    """Titles and tables of what was measured."""

    def figures(name: str) -> Any:
        return measures[name]["figures"]

    def old(name: str, *path: str) -> float | None:
        return _then(before, name, "figures", *path)

    if "load" in measures:
        rows = []
        for clients, pair in figures("load").items():
            for key, label in (
                ("per_second", "messages/s"),
                ("p50_ms", "p50 ms"),
                ("p95_ms", "p95 ms"),
                ("p99_ms", "p99 ms"),
            ):
                rows.append((f"{_clients(clients)}: {label}", pair, key, old("load", clients, "ours", key)))
            if pair["ours"]["failed"] or pair["stock"]["failed"]:
                rows.append(
                    (f"{_clients(clients)}: without an answer", pair, "failed", old("load", clients, "ours", "failed"))
                )
        yield "Load", _pairs(rows)
    simple = {
        "policy_answer": (
            "A policy answer at one client",
            {"p50_ms": "p50 ms", "p95_ms": "p95 ms", "p99_ms": "p99 ms"},
        ),
        "conversation": (
            "A long conversation, ms of one message",
            {"1": "message 1", "10": "10", "100": "100", "1000": "1,000"},
        ),
        "burst": (
            "Three messages at once, ms until answered",
            {"first_ms": "first", "second_ms": "second", "third_ms": "third"},
        ),
        "start": ("Start to first answer, warm", {"seconds": "s"}),
        "cold": ("Start to first answer, cold", {"seconds": "s"}),
        "memory": (
            "Resident memory of all processes",
            {"started_mb": "after the start, MB", "loaded_mb": "under load, MB"},
        ),
        "training": ("Training from nothing", {"seconds": "s"}),
    }
    for name, (title, keys) in simple.items():
        if name in measures and figures(name) is not None:
            rows = [(label, figures(name), key, old(name, "ours", key)) for key, label in keys.items()]
            yield title, _pairs([row for row in rows if row[2] in row[1]["ours"]])
        elif name in measures:
            yield title, "Not measured: the page cache may not be dropped here."
    if "retrieval" in measures:
        yield "Index", _retrieval(figures("retrieval"))
    others = [
        [label, number(figures(name)[key]), number(old(name, key))]
        for (name, key), label in ALONE.items()
        if name in measures
    ]
    if others:
        yield "Alone in a process", _table(["", "now", "before"], others)


def _clients(count: str) -> str:
    return f"{count} client" + "s" * (count != "1")


def _retrieval(figures: dict[str, Any]) -> str:
    names = {
        "flat": "flat",
        "hnsw": "HNSW32, ef 200",
        "ivf_pq": "IVF-PQ64, 32 lists",
        "store": "the bot's own",
        "pgvector": "the bot's in PostgreSQL",
    }
    rows = []
    for size, kinds in figures.items():
        if size == "whole":
            continue
        for kind, found in kinds.items():
            keys = ("build_s", "p50_ms", "p95_ms", "recall")
            rows.append([f"{int(size):,}", names[kind], *(number(found and found[key]) for key in keys)])
    whole = figures["whole"]
    said = (
        f"The whole search (vectors, {whole['questions']:,.0f} questions, BM25, fusion) in {whole['clauses']:,.0f} clauses: "
        f"p50 {number(whole['p50_ms'])} ms, p95 {number(whole['p95_ms'])} ms; built in {number(whole['build_s'])} s."
    )
    return _table(["clauses", "index", "build s", "query p50 ms", "p95 ms", "recall@10"], rows) + "\n\n" + said


def tables(measures: Measures, before: Measures | None = None) -> str:
    """All tables as Markdown."""
    before = before or {}
    parts = ["### Ratios and aims\n" + _targets(measures, before)]
    return "\n\n".join([*parts, *(f"### {title}\n{table}" for title, table in _sections(measures, before))])


def _conditions(data: dict[str, Any]) -> str:
    at = sorted(each["how"]["at"][:10] for each in data["measures"].values())
    loads = [each["how"]["load_average"][0] for each in data["measures"].values()]
    machine = data["machine"]
    span = at[0] if at[0] == at[-1] else f"{at[0]} to {at[-1]}"
    return (
        f"Measured {span} on {machine['cores']} cores ({machine['processor']}), Python {machine['python']}; load average "
        f"at the start of the measures {min(loads)} to {max(loads)}."
    )


def write(data: dict[str, Any]) -> None:
    """Write the generated part of docs/performance.md and the plots beside it."""
    before = json.loads(BEFORE.read_text(encoding="utf-8"))["measures"] if BEFORE.exists() else {}
    pictures = draw(data["measures"], before, ROOT / "docs/images")
    shown = "\n".join(f"![{title}](images/{path.name})" for title, path in pictures)
    text = DOC.read_text(encoding="utf-8")
    head, _, rest = text.partition(BEGIN)
    tail = rest.partition(END)[2]
    block = f"{_conditions(data)}\n\n{tables(data['measures'], before)}\n\n{shown}"
    DOC.write_text(f"{head}{BEGIN}\n{block}\n{END}{tail}", encoding="utf-8")
