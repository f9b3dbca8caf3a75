"""Reads where the places lie."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from .fault import Fault
from .reader import Reader

_DEGREES = {"latitude": 90, "longitude": 180}


def read_coordinates(root: Path, places: Collection[str], faults: list[Fault]) -> dict[str, tuple[float, float]]:
    """Latitude and longitude in degrees of the seat of each place that has one."""
    reader = Reader(root, "coordinates.yml", faults)
    result: dict[str, tuple[float, float]] = {}
    for id, entry in reader.mapping().items():
        row = reader.fields(entry, (id,), dict.fromkeys(_DEGREES, (float, int)))
        if not row or not reader.known(str(id), (id,), places, "lexicon/places.yml 里的地方"):
            continue
        for name, most in _DEGREES.items():
            if not abs(row[name]) <= most:
                reader.fault((id, name), row[name], f"-{most} 到 {most} 的度数", "请改正。")
        result[id] = (float(row["latitude"]), float(row["longitude"]))
    return result
