"""The built index on disk: passages and their vectors, the vectors of the questions, BM25, and what it was built from."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from bot.language import Segmenter

from .corpus import Passage
from .encoder import Encoder
from .lexical import LexicalIndex
from .vectors import FaissStore, IndexFault, Matrix, VectorStore

DOCUMENT_SHARE = (
    0.3  # weight of the clause text beside the mean of its questions; .1 to .6 differ by less than half a point
)
QUESTIONS = "questions.faiss"  # in the folder of the index


def passage_vectors(encoder: Encoder, passages: Sequence[Passage]) -> tuple[Matrix, Matrix, list[int]]:
    """Vectors of the passages (passages, d), of all authored questions (questions, d), and the passage of each question."""
    owners = [i for i, passage in enumerate(passages) for _ in passage.asked]
    asked = encoder.encode([text for passage in passages for text in passage.asked])
    vectors = encoder.encode([passage.text for passage in passages]) * DOCUMENT_SHARE
    if owners:
        counts = np.bincount(owners, minlength=len(passages)).astype(np.float32)
        sums = np.zeros_like(vectors)
        np.add.at(sums, owners, asked)
        vectors = vectors + sums / np.maximum(counts, 1.0)[:, None]
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    return (vectors / np.maximum(norms, 1e-9)).astype(np.float32), asked, owners


class Index:
    """Everything a search reads. Immutable once built.

    vectors: of the passages, shape (passages, d), here in any case, since a search needs the score of every one; questions:
    the store of the vectors of all authored questions; owners: the row of each question's passage.
    """

    def __init__(
        self,
        passages: Sequence[tuple[str, str]],
        vectors: Matrix,
        questions: VectorStore,
        owners: Sequence[int],
        lexical: LexicalIndex,
        seen: frozenset[str],
        fingerprint: str,
    ) -> None:
        self.ids = [id for id, _ in passages]
        self.kinds = [kind for _, kind in passages]
        self.vectors = vectors
        self.questions = questions
        self.owners = np.array(owners, dtype=np.int64)
        self.lexical = lexical
        self.seen = seen
        self.fingerprint = fingerprint

    @classmethod
    def build(cls, passages: Sequence[Passage], encoder: Encoder, segmenter: Segmenter, fingerprint: str) -> Index:
        """Embed and index the passages."""
        vectors, asked, owners = passage_vectors(encoder, passages)
        questions = FaissStore.build(asked)
        lexical = LexicalIndex.build([passage.text + " " + " ".join(passage.asked) for passage in passages], segmenter)
        seen = frozenset(
            text[i : i + 2]
            for p in passages
            if p.kind != "far"
            for text in (p.text, *p.asked)
            for i in range(len(text) - 1)
        )
        rows = [(passage.id, passage.kind) for passage in passages]
        return cls(rows, vectors, questions, owners, lexical, seen, fingerprint)

    def check(self) -> None:
        """Raise ValueError when the parts were not built together."""
        counts = (len(self.ids), len(self.vectors), self.lexical.size)
        width = self.vectors.shape[1]
        if len(set(counts)) > 1 or self.questions.size != len(self.owners) or self.questions.dimension != width:
            raise ValueError(
                f"parts of different sizes: {counts}, {self.questions.size} questions, {len(self.owners)} owners"
            )
        if len(self.owners) and int(self.owners.max()) >= len(self.ids):
            raise ValueError("a question belongs to no passage")

    def save(self, folder: Path) -> None:
        """Write what `build` made to a folder, replaced as a whole: no reader ever sees half of it."""
        if not isinstance(self.questions, FaissStore):
            raise TypeError("only an index that was built is saved, not one that was opened over another store")
        fresh = folder.with_name(folder.name + ".new")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(parents=True)
        np.save(fresh / "passages.npy", self.vectors)
        self.questions.save(fresh / QUESTIONS)
        self.lexical.save(fresh / "bm25")
        about = {
            "fingerprint": self.fingerprint,
            "passages": list(zip(self.ids, self.kinds)),
            "owners": self.owners.tolist(),
            "seen": sorted(self.seen),
            "sizes": {
                str(path.relative_to(fresh)): path.stat().st_size for path in sorted(fresh.rglob("*")) if path.is_file()
            },
        }
        (fresh / "index.json").write_text(json.dumps(about, ensure_ascii=False), encoding="utf-8")
        shutil.rmtree(folder, ignore_errors=True)
        fresh.rename(folder)

    @classmethod
    def load(cls, folder: Path, segmenter: Segmenter, fingerprint: str, questions: VectorStore | None = None) -> Index:
        """Read what `save` wrote, but for the vectors of the questions where another store has them.

        Raises IndexFault when it is missing, damaged, or built from something else.
        """
        try:
            about = json.loads((folder / "index.json").read_text(encoding="utf-8"))
            if about["fingerprint"] != fingerprint:
                raise IndexFault("检索索引与现在的知识内容不一致，请运行 make train。")
            index = cls(
                [tuple(row) for row in about["passages"]],
                np.load(folder / "passages.npy"),
                FaissStore.load(folder / QUESTIONS) if questions is None else questions,
                about["owners"],
                LexicalIndex.load(folder / "bm25", segmenter),
                frozenset(about["seen"]),
                fingerprint,
            )
            index.check()
            return index
        except (OSError, EOFError, ValueError, KeyError, TypeError, AttributeError, RuntimeError) as error:
            raise IndexFault(f"检索索引 {folder.name} 缺失或损坏，请运行 make train。") from error


def is_whole(folder: Path, fingerprint: str) -> bool:
    """Whether the index on disk was built from this fingerprint and every file of it has the size it was written with."""
    try:
        about = json.loads((folder / "index.json").read_text(encoding="utf-8"))
        sizes = about["sizes"].items()
        return about["fingerprint"] == fingerprint and all((folder / n).stat().st_size == size for n, size in sizes)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False


def file_digest(paths: Sequence[Path]) -> str:
    """A digest of the contents of files, 12 hexadecimal digits; missing files count as empty."""
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.name.encode() + b"\0" + (path.read_bytes() if path.is_file() else b"") + b"\0")
    return digest.hexdigest()[:12]
