"""The sentence encoder: the shipped one in numpy, or any sentence-transformers model by name or folder."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from bot.language import Segmenter

from .units import units
from .vectors import Matrix

UNITS_FILE = "units.json"  # marks an encoder that reads our units, separated by spaces


class EncoderError(Exception):
    """The encoder cannot be loaded; the message says why, in Chinese."""


class Encoder(Protocol):
    """Turns normalised texts into unit vectors."""

    name: str
    dimension: int

    def encode(self, texts: Sequence[str]) -> Matrix:
        """Shape (len(texts), dimension), float32, each row of length one (or zero for a text with no known unit)."""
        ...


class UnitEncoder:
    """The shipped encoder: a sentence-transformers StaticEmbedding over our units, computed without torch.

    Equal to `SentenceTransformer(folder).encode(" ".join(units(text)))`, which a test checks; it needs no import of torch.
    """

    def __init__(self, name: str, vocabulary: Sequence[str], weights: Matrix, segmenter: Segmenter) -> None:
        self.name = name
        self._ids = {unit: i for i, unit in enumerate(vocabulary)}
        self._weights: Matrix = np.ascontiguousarray(weights, dtype=np.float32)
        self._segmenter = segmenter
        self.dimension = int(self._weights.shape[1])

    @classmethod
    def load(cls, folder: Path, segmenter: Segmenter) -> UnitEncoder:
        """Read a trained folder. Raises EncoderError when it is missing or damaged."""
        from safetensors import SafetensorError  # type: ignore[attr-defined]
        from safetensors.numpy import load_file

        try:
            tokenizer = json.loads((folder / "tokenizer.json").read_text(encoding="utf-8"))
            weights = load_file(folder / "model.safetensors")
            vocabulary: dict[str, int] = tokenizer["model"]["vocab"]
        except (OSError, ValueError, KeyError, SafetensorError) as error:
            raise EncoderError(
                f"句向量模型 {folder.name} 缺失或损坏。请恢复该文件夹，或运行 bot train --encoder。"
            ) from error
        return cls(
            folder.name, sorted(vocabulary, key=lambda unit: vocabulary[unit]), next(iter(weights.values())), segmenter
        )

    def known(self, text: str) -> list[int]:
        """The rows of the units of a text that the encoder has learned."""
        found = (self._ids.get(unit) for unit in units(text, self._segmenter))
        return [id for id in found if id is not None and id > 0]

    def encode(self, texts: Sequence[str]) -> Matrix:
        """See Encoder."""
        result = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for i, text in enumerate(texts):
            ids = self.known(text)
            if ids:
                vector = self._weights[ids].mean(axis=0)
                result[i] = vector / max(float(np.linalg.norm(vector)), 1e-9)
        return result


class TransformerEncoder:
    """Any other sentence-transformers model. Slower to start: it imports torch."""

    def __init__(self, name: str) -> None:
        from sentence_transformers import SentenceTransformer

        try:
            self._model: Any = SentenceTransformer(name, device="cpu")
        except (OSError, ValueError) as error:
            raise EncoderError(f"句向量模型 {name} 读不出来（{error}）。请检查 bot.yml 里的 encoder。") from error
        self.name = name
        self.dimension = int(self._model.get_sentence_embedding_dimension())

    def encode(self, texts: Sequence[str]) -> Matrix:
        """See Encoder."""
        if not texts:  # for which the library gives no columns
            return np.zeros((0, self.dimension), dtype=np.float32)
        vectors = self._model.encode(list(texts), normalize_embeddings=True, show_progress_bar=False)
        return np.asarray(vectors, dtype=np.float32)


def load_encoder(name: str, root: Path, segmenter: Segmenter) -> Encoder:
    """The encoder of a configuration line: a folder (relative to `root`) or a model name.

    Raises EncoderError when it cannot be loaded.
    """
    folder = (root / name).resolve()
    if (folder / UNITS_FILE).exists():
        return UnitEncoder.load(folder, segmenter)
    return TransformerEncoder(str(folder) if folder.is_dir() else name)
