"""The stock bot has our intents and our rules; else it would not be compared with the same work."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
STOCK = ROOT / "benchmarks/stock"


def read(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def plain_rules(path: Path) -> dict[str, str]:
    """Intent -> action of the rules that hold everywhere."""
    return {
        rule["steps"][0]["intent"]: rule["steps"][1]["action"]
        for rule in read(path)["rules"]
        if "condition" not in rule and "intent" in rule["steps"][0]
    }


def test_the_stock_bot_has_our_intents():
    ours = {name for path in (ROOT / "domain").glob("*.yml") for each in read(path).get("intents", ()) for name in each}
    assert set(read(STOCK / "domain.yml")["intents"]) == ours


def test_the_stock_bot_has_our_rules():
    assert plain_rules(STOCK / "rules.yml") == plain_rules(ROOT / "nlu_data/rules.yml")
