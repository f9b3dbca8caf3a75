"""The arithmetic of the measurements: percentiles, medians of rounds, ratios."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from benchmarks.load import Sample

Figures = dict[str, float]


def milliseconds(seconds: Sequence[float]) -> Figures:
    """p50_ms, p95_ms and p99_ms, interpolated between the nearest ranks. Raises ValueError for no values."""
    if not seconds:
        raise ValueError("no values")
    p50, p95, p99 = np.percentile(np.asarray(seconds) * 1000, (50, 95, 99))
    return {"p50_ms": float(p50), "p95_ms": float(p95), "p99_ms": float(p99)}


def of_load(samples: Sequence[Sample], end: float, seconds: float) -> Figures:
    """Figures of a closed loop that was open for `seconds` until `end`.

    per_second counts the answers that came within that time; the percentiles are of all answers, late ones too; failed counts the
    messages without one.
    """
    answered = [sample for sample in samples if sample.answered]
    in_time = sum(sample.ended <= end for sample in answered)
    return {
        "per_second": in_time / seconds,
        **milliseconds([sample.seconds for sample in answered]),
        "messages": float(len(samples)),
        "failed": float(len(samples) - len(answered)),
    }


def medians(rounds: Sequence[Mapping[str, float]]) -> Figures:
    """The median of each figure over the rounds that have it."""
    keys = list(dict.fromkeys(key for row in rounds for key in row))
    return {key: float(statistics.median(row[key] for row in rounds if key in row)) for key in keys}


def paired(ours: Sequence[Mapping[str, float]], stock: Sequence[Mapping[str, float]]) -> dict[str, Any]:
    """Medians of both, the ratio ours / stock of each figure where stock's is not zero, and the rounds behind them."""
    mine, theirs = medians(ours), medians(stock)
    ratio = {key: mine[key] / theirs[key] for key in mine if theirs.get(key)}
    return {"ours": mine, "stock": theirs, "ratio": ratio, "rounds": {"ours": list(ours), "stock": list(stock)}}
