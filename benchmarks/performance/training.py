"""Training time of both bots, each from nothing."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.stock.build import train

from .figures import paired
from .systems import ROOT

_PARTS = (
    "bot",
    "actions",
    "knowledge",
    "domain",
    "nlu_data",
    "bot.yml",
    "config.yml",
    "endpoints.yml",
    "credentials.yml",
)


def measure_training() -> dict[str, Any]:
    """Seconds until each can be started: ours index and dialogue model (the encoder is shipped), stock its model. One round."""
    with tempfile.TemporaryDirectory() as folder:
        stock = train(Path(folder) / "stock")
        return paired([{"seconds": _train_ours(Path(folder) / "ours")}], [{"seconds": stock}])


def _train_ours(folder: Path) -> float:
    """Seconds of `bot train` in a copy of the project that has no models."""
    folder.mkdir()
    for part in _PARTS:
        source = ROOT / part
        if source.is_dir():
            shutil.copytree(source, folder / part)
        else:
            shutil.copy(source, folder / part)
    start = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "bot.cli", "train"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder)},
        check=True,
        capture_output=True,
    )
    return time.perf_counter() - start
