"""What the encoder and the lexical index read of a text: words, and runs of one to three characters."""

from __future__ import annotations

import functools
import re

from bot.language import Segmenter

_GAP = re.compile(r"[^\w]+")


def character_runs(text: str) -> list[str]:
    """Every run of one to three characters of a normalised text; a Latin word or a number is one character of it."""
    runs: list[str] = []
    for part in _GAP.split(text):
        atoms = re.findall(r"[a-z0-9]+|[^a-z0-9]", part)
        runs += ["".join(atoms[i : i + n]) for n in (1, 2, 3) for i in range(len(atoms) - n + 1)]
    return runs


def units(text: str, segmenter: Segmenter) -> list[str]:
    """Character runs, then jieba words marked with a leading `_`."""
    return list(_units(text, segmenter))


@functools.lru_cache(maxsize=8)  # the encoder and the lexical index read the same one or two texts of a search
def _units(text: str, segmenter: Segmenter) -> tuple[str, ...]:
    return (*character_runs(text), *("_" + word for word in segmenter.words(text)))
