"""The plots of docs/performance.md."""

from __future__ import annotations

from pathlib import Path
from typing import Any

Measures = dict[str, Any]


def draw(measures: Measures, before: Measures, folder: Path) -> list[tuple[str, Path]]:
    """Draw what was measured as SVG. Returns titles and files."""
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams |= {"svg.hashsalt": "policy-bot", "svg.fonttype": "none"}  # small, and equal for equal figures
    from matplotlib import pyplot

    drawn: list[tuple[str, Path]] = []

    def save(name: str, title: str) -> None:
        path = folder / f"performance_{name}.svg"
        pyplot.tight_layout()
        pyplot.savefig(path, metadata={"Date": None})
        pyplot.close()
        drawn.append((title, path))

    lines = {"ours": ("ours", measures), "stock": ("stock Rasa", measures), "ours before": ("ours, before", before)}

    def series(measure: str) -> list[tuple[str, str, Any]]:
        """Label, system and figures of each line that there is."""
        return [
            (label, key.partition(" ")[0], source[measure]["figures"])
            for key, (label, source) in lines.items()
            if measure in source
        ]

    if "load" in measures:
        _, axes = pyplot.subplots(1, 2, figsize=(9, 3.6))
        for axis, key, unit in zip(axes, ("per_second", "p95_ms"), ("messages/s", "p95, ms")):
            for label, system, figures in series("load"):
                axis.plot(
                    [int(clients) for clients in figures],
                    [pair[system][key] for pair in figures.values()],
                    marker="o",
                    label=label,
                )
            axis.set(xscale="log", xlabel="clients", ylabel=unit)
            axis.set_ylim(bottom=0)
            axis.set_xticks([1, 4, 16, 64], ["1", "4", "16", "64"])
            axis.grid(alpha=0.3)
        axes[0].legend()
        save("load", "Messages a second and p95 by number of clients")
    if "conversation" in measures:
        _, axis = pyplot.subplots(figsize=(6, 3.6))
        for label, system, figures in series("conversation"):
            points = {int(key): value for key, value in figures[system].items() if key.isdecimal()}
            axis.plot(list(points), list(points.values()), marker="o", label=label)
        axis.set(xscale="log", yscale="log", xlabel="message of one conversation", ylabel="ms")
        axis.grid(alpha=0.3)
        axis.legend()
        save("conversation", "Cost of a message by its place in the conversation")
    if "retrieval" in measures:
        _, axis = pyplot.subplots(figsize=(6, 3.6))
        found = measures["retrieval"]["figures"]
        kinds_shown = {
            "flat": "flat",
            "hnsw": "HNSW32",
            "ivf_pq": "IVF-PQ64",
            "store": "the bot's own",
            "pgvector": "in PostgreSQL",
        }
        for kind, label in kinds_shown.items():
            points = {
                int(size): kinds[kind]["p50_ms"] for size, kinds in found.items() if size != "whole" and kinds.get(kind)
            }
            axis.plot(list(points), list(points.values()), marker="o", label=label)
        axis.set(xscale="log", yscale="log", xlabel="clauses", ylabel="query p50, ms")
        axis.grid(alpha=0.3)
        axis.legend()
        save("index", "Query time by number of clauses")
    return drawn
