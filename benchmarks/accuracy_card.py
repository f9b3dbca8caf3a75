"""Measure the bot on every evaluation set and write the accuracy card that the website shows in its footer.

    .venv/bin/python -m benchmarks.accuracy_card [FILE …]

The card says on which day, on which version of the knowledge and with which questions (their digest) it was measured.
"""

from __future__ import annotations

import hashlib
import json
import sys
from datetime import date
from pathlib import Path

from benchmarks.evaluate_questions import ROOT, ask
from benchmarks.judge import load, right, shares
from bot.knowledge import load_knowledge
from bot.settings import load_settings

LABELS = {
    "policy": "政策问题，答全答对",
    "followup": "追问",
    "contact": "问电话",
    "refuse": "册子里没有的，不乱答",
    "clarify": "说得含糊的，先问清",
    "chitchat": "寒暄",
    "safe": "乱码等怪输入，不出错",
}
SETS = ("questions", "own_1", "own_2")


def main() -> None:
    files = [Path(name) for name in sys.argv[1:]] or [ROOT / f"tests/evaluation/{name}.jsonl" for name in SETS]
    judged = [
        (question, right(question, row["replies"][-1]))
        for file in files
        for question, row in zip(load(file), ask(file))
    ]
    settings = load_settings()
    digest = hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:12]
    found = shares(judged, "kind")
    card = {
        "date": date.today().isoformat(),
        "knowledge": load_knowledge(settings.knowledge).version,
        "set": f"试问对话（{digest}）",
        "lines": len(judged),
        "figures": [
            {"label": label, "right": found[kind][0], "asked": found[kind][1]}
            for kind, label in LABELS.items()
            if kind in found
        ],
    }
    path = settings.knowledge / "accuracy.json"
    path.write_text(json.dumps(card, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(f"{path.relative_to(ROOT)}: {len(judged)} lines")
    for figure in card["figures"]:
        print(f"{figure['label']} {figure['right']}/{figure['asked']}")


if __name__ == "__main__":
    main()
