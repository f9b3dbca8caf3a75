"""Ask every line of an evaluation set through `bot ask --batch`, judge the last reply, print shares and every failure.

    .venv/bin/python -m benchmarks.evaluate_questions [FILE] [--twice]

--twice runs the set again and checks that the replies are the same to the byte (times left out).
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Any

from benchmarks.judge import load, right, shares

ROOT = Path(__file__).resolve().parent.parent
BOT = Path(sys.executable).parent / "bot"


def ask(path: Path) -> list[dict[str, Any]]:
    """The replies of `bot ask --batch`, in input order."""
    run = subprocess.run([BOT, "ask", "--batch", path], cwd=ROOT, capture_output=True, text=True)
    if run.returncode:
        sys.exit(f"bot ask ended with {run.returncode}: {run.stderr[-500:]}")
    if "Traceback" in run.stderr:
        sys.exit("bot ask printed a traceback: " + run.stderr[-1500:])
    return [json.loads(row) for row in run.stdout.splitlines()]


def without_times(rows: list[dict[str, Any]]) -> str:
    return json.dumps(
        [[{k: v for k, v in reply.items() if k != "ms"} for reply in row["replies"]] for row in rows],
        ensure_ascii=False,
    )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("file", nargs="?", type=Path, default=ROOT / "tests/evaluation/questions.jsonl")
    parser.add_argument("--twice", action="store_true")
    options = parser.parse_args()
    questions = load(options.file)
    rows = ask(options.file)
    judged = [(q, right(q, row["replies"][-1])) for q, row in zip(questions, rows)]
    for (question, passed), row in zip(judged, rows):
        if not passed:
            reply = row["replies"][-1]
            cited = ",".join(citation["clause"] for citation in reply["citations"])
            print(f"✗ {question['id']} {question['kind']} {question['style']} {question['turns']}")
            print(f"  want {question['must']} not {question['must_not'][:2]} gold {question['gold_quote'][:30]}")
            print(f"  got {reply['status']} [{cited}] {reply['text'][:110]!r}")
    for key in ("kind", "style"):
        print(f"\n| {key} | right | asked | share |\n|---|---|---|---|")
        for value, (good, asked) in shares(judged, key).items():
            print(f"| {value} | {good} | {asked} | {good / asked:.1%} |")
    times = [reply["ms"] for row in rows for reply in row["replies"]]
    lengths = [len(row["replies"][-1]["text"]) for row in rows if row["replies"][-1]["status"].startswith("answered")]
    print(f"\nms a message: median {statistics.median(times):.1f}, largest {max(times):.1f}")
    print(
        f"characters of an answer: median {statistics.median(lengths):.0f}, largest {max(lengths)}, over 300: {sum(n > 300 for n in lengths)}"
    )
    if options.twice:
        same = without_times(rows) == without_times(ask(options.file))
        print("second run:", "the same bytes" if same else "DIFFERENT")


if __name__ == "__main__":
    main()
