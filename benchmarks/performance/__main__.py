"""Measure and compare; write benchmarks/results/performance.json, docs/performance.md and its plots.

.venv/bin/python -m benchmarks.performance              # everything but training, about an hour on two quiet cores
.venv/bin/python -m benchmarks.performance --quick      # a look, some minutes; writes nothing
.venv/bin/python -m benchmarks.performance --only load  # one measure anew; the rest stays
.venv/bin/python -m benchmarks.performance --training   # training time as well
.venv/bin/python -m benchmarks.performance --draw       # docs and plots again, from the figures that are there
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from benchmarks.stock.build import build

from .core import measure_eligibility, measure_encoder, measure_sizes
from .report import tables, write
from .retrieval import SIZES, measure_retrieval
from .served import SERVED, Options, measure_cold, measure_served
from .systems import ROOT
from .training import measure_training

RESULTS = ROOT / "benchmarks/results/performance.json"
ALONE = ("cold", "encoder", "eligibility", "retrieval", "sizes", "training")
QUICK = Options(seconds=2.0, rounds=1, last=100, limit=60.0)


def machine() -> dict[str, Any]:
    """What the figures depend on."""
    info = Path("/proc/cpuinfo").read_text() if Path("/proc/cpuinfo").exists() else ""
    names = [row.partition(":")[2].strip() for row in info.splitlines() if row.startswith("model name")]
    return {
        "processor": names[0] if names else platform.processor(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
    }


def measures(names: Sequence[str], options: Options, sizes: Sequence[int]) -> Iterator[dict[str, Any]]:
    """Figures by measure as they come, each with when and under what load of the machine it was begun, and how."""
    seconds, rounds = options.seconds, options.rounds
    served = [name for name in SERVED if name in names]
    work: dict[str, Callable[[], dict[str, Any]]] = {
        "served": lambda: measure_served(served, options),
        "cold": lambda: {"cold": measure_cold(options)},
        "encoder": lambda: {"encoder": measure_encoder(rounds, seconds)},
        "eligibility": lambda: {"eligibility": measure_eligibility(rounds, seconds)},
        "retrieval": lambda: {"retrieval": measure_retrieval(sizes)},
        "sizes": lambda: {"sizes": measure_sizes()},
        "training": lambda: {"training": measure_training()},
    }
    for name in (["served"] if served else []) + [name for name in ALONE if name in names]:
        how = {
            "at": datetime.now().astimezone().isoformat(timespec="seconds"),
            "load_average": [round(each, 2) for each in os.getloadavg()],
            "rounds": rounds,
            "seconds": seconds,
        }
        print(name, file=sys.stderr)
        yield {measure: {"how": how, "figures": figures} for measure, figures in work[name]().items()}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.performance")
    parser.add_argument("--quick", action="store_true", help="short phases, one round, small sizes; only prints")
    parser.add_argument("--only", choices=(*SERVED, *ALONE), action="append", help="one measure; may be repeated")
    parser.add_argument("--training", action="store_true", help="training as well: it takes long")
    parser.add_argument(
        "--limit", type=float, default=Options.limit, help="seconds after which a long conversation is given up"
    )
    parser.add_argument("--most", type=int, default=SIZES[-1], help="clauses of the largest synthetic index")
    parser.add_argument("--draw", action="store_true", help="measure nothing, write docs and plots again")
    parser.add_argument(
        "--out", type=Path, default=RESULTS, help="where the figures go; docs are written for the usual file"
    )
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # as an exit, so that the bots are ended too
    slow = {"training"} if not arguments.training else set()
    slow |= {"cold"} if arguments.quick else set()
    names = arguments.only or [name for name in (*SERVED, *ALONE) if name not in slow]
    if not arguments.draw and {*SERVED, "cold"} & set(names):
        build()
    if arguments.quick:
        found: dict[str, Any] = {}
        for measured in measures(names, QUICK, SIZES[:2]):
            found |= measured
        print(tables(found))
        return
    data = json.loads(arguments.out.read_text(encoding="utf-8")) if arguments.out.exists() else {"measures": {}}
    if not arguments.draw:
        data["machine"] = machine()
        for measured in measures(
            names, Options(limit=arguments.limit), [size for size in SIZES if size <= arguments.most]
        ):
            data["measures"] |= measured
            arguments.out.write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    if arguments.out == RESULTS:
        write(data)
    print(tables(data["measures"]))


if __name__ == "__main__":
    main()
