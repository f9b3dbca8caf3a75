"""Make the stock bot in models/stock: train its model, and write down the answers our bot gives to the questions of the load.

.venv/bin/python -m benchmarks.stock.build
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

from benchmarks.questions import GREETING, load_mix
from bot.answering import Context, Message, answer
from bot.assembly import load_kit
from bot.rendering import to_text
from bot.retrieval.index import file_digest
from bot.settings import load_settings

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
STOCK = ROOT / "models/stock"
ANSWERS = STOCK / "answers.json"
MODEL = STOCK / "stock.tar.gz"
NLU = [path for path in sorted((ROOT / "nlu_data").glob("*.yml")) if path.name != "rules.yml"]
DAY = date(2026, 11, 23)  # terms are judged on it; the answers shall not change with the calendar


def train(folder: Path) -> float:
    """Train the stock model into a folder, from nothing, in a process of its own. Returns the seconds it took."""
    data = [str(path) for path in [*NLU, HERE / "rules.yml"]]
    command = [sys.executable, "-m", "rasa", "train", "--config", str(HERE / "config.yml"), "--force"]
    command += ["--domain", str(HERE / "domain.yml"), "--data", *data, "--out", str(folder)]
    command += ["--fixed-model-name", MODEL.name.partition(".")[0]]
    start = time.perf_counter()
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        sys.exit("the stock model could not be trained:\n" + (done.stdout + done.stderr)[-2000:])
    return time.perf_counter() - start


def answers() -> dict[str, str]:
    """Question -> the text our answering steps give to it, alone, without Rasa."""
    kit = load_kit(load_settings())
    asked = [GREETING, *(question.text for question in load_mix())]
    return {text: to_text(answer(kit, Message(text), Context(), DAY)) for text in asked}


def build() -> None:
    """Make what is missing or out of date."""
    digest = file_digest([*NLU, HERE / "config.yml", HERE / "domain.yml", HERE / "rules.yml"])
    note = STOCK / "made-from"
    STOCK.mkdir(parents=True, exist_ok=True)
    if not MODEL.exists() or not note.exists() or note.read_text() != digest:
        print("training the stock model, some minutes …", file=sys.stderr)
        train(STOCK)
        note.write_text(digest)
    ANSWERS.write_text(json.dumps(answers(), ensure_ascii=False, indent=0), encoding="utf-8")


if __name__ == "__main__":
    build()
