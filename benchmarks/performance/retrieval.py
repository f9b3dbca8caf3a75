"""Build and query time by size, with synthetic clauses made of our own phrases: FAISS's kinds of index, and the bot's stores.

A synthetic clause is four phrases of one passage and two of another. Its vector is the mean of the vectors that the shipped encoder
gives to these phrases, made unit length: encoding a million texts would measure the encoder again and not the index.
"""

from __future__ import annotations

import re
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

import faiss
import numpy as np
import numpy.typing as npt

from bot.answering import Kit
from bot.assembly import load_kit, load_segmenter
from bot.knowledge.questions import load_questions
from bot.language import Segmenter, normalise
from bot.retrieval import Index, Retriever
from bot.retrieval.corpus import Passage, build_passages
from bot.retrieval.encoder import Encoder
from bot.retrieval.vectors import FaissStore, Matrix
from bot.retrieval.vectors.pgvector_store import PgVectorStore, fill
from bot.settings import load_settings

from .figures import milliseconds

SIZES = (200, 10_000, 100_000, 1_000_000)
_WHOLE = 10_000  # clauses of the index that is searched as the bot searches: vectors, questions, BM25, fusion
_ASKED = 5  # questions of a clause there
_QUERIES = 500
_NEAREST = 200  # as many as the bot looks at
_JUDGED = 10  # of them, for recall@10
_MOST_IN_POSTGRESQL = 100_000  # its graph takes a minute for so many
_PHRASES = (4, 2)  # of a synthetic clause: of one passage, and of another
_SEED = 11
_TRAINED = 60_000  # vectors that the lists and codes of IVF-PQ are learned from
_LEAST_TRAINED = 39 * 256  # what FAISS wants for codes of 8 bits
_COMMA = re.compile(r"[，。；、？！：\s]+")

Rows = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Phrases:
    """The phrases of our passages, those of a passage in one run. vectors: (phrases, d); starts and counts: where the run of a
    passage begins and how long it is."""

    texts: tuple[str, ...]
    vectors: Matrix
    starts: Rows
    counts: Rows


def split(passage: Passage) -> list[str]:
    """The phrases of a passage and of the questions asked for it, without repetition."""
    pieces = [piece for text in (passage.text, *passage.asked) for piece in _COMMA.split(text)]
    return [piece for piece in dict.fromkeys(pieces) if 2 <= len(piece) <= 40]


def phrases_of(passages: Sequence[Passage], encoder: Encoder) -> Phrases:
    """The phrases of all passages that have one."""
    found = [pieces for pieces in map(split, passages) if pieces]
    texts = tuple(text for pieces in found for text in pieces)
    counts = np.array([len(pieces) for pieces in found])
    return Phrases(texts, encoder.encode(texts), np.cumsum(counts) - counts, counts)


def choose(phrases: Phrases, clauses: int, draw: np.random.Generator) -> Rows:
    """Rows of the phrases of synthetic clauses, shape (clauses, sum(_PHRASES)), those of a passage with repetition."""
    columns = []
    for count in _PHRASES:
        owners = draw.integers(len(phrases.starts), size=clauses)
        within = draw.random((clauses, count)) * phrases.counts[owners][:, None]
        columns.append(phrases.starts[owners][:, None] + within.astype(np.int64))
    return np.concatenate(columns, axis=1)


def clause_vectors(phrases: Phrases, chosen: Rows) -> Matrix:
    """Unit vectors of synthetic clauses, shape (clauses, d)."""
    sums = np.zeros((len(chosen), phrases.vectors.shape[1]), dtype=np.float32)
    for column in chosen.T:  # one at a time: all six of a million clauses would take six GB
        sums += phrases.vectors[column]
    sums /= np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-9)
    return sums


def recall(found: Rows, exact: Rows) -> float:
    """The share of the exact nearest that was found; both of shape (queries, nearest)."""
    return float(
        np.mean([len(set(row) & set(right)) / len(right) for row, right in zip(found.tolist(), exact.tolist())])
    )


class Searched(Protocol):
    """What `search` of FAISS and of our stores have in common."""

    def search(self, vectors: Matrix, k: int) -> tuple[Matrix, Rows]: ...


def _flat(table: Matrix) -> Searched:
    index = faiss.IndexFlatIP(table.shape[1])
    index.add(table)
    return index


def _hnsw(table: Matrix) -> Searched:
    index = faiss.IndexHNSWFlat(table.shape[1], 32, faiss.METRIC_INNER_PRODUCT)
    index.hnsw.efConstruction = 80
    index.hnsw.efSearch = _NEAREST
    index.add(table)
    return index


def _ivf_pq(table: Matrix) -> Searched | None:
    if len(table) < _LEAST_TRAINED:
        return None
    lists = int(2 * np.sqrt(len(table)))
    # np: without polysemous codes, whose training takes minutes and which this search does not use.
    index = faiss.index_factory(table.shape[1], f"IVF{lists},PQ64np", faiss.METRIC_INNER_PRODUCT)
    index.train(table[:_TRAINED])
    index.add(table)
    index.nprobe = 32
    return index


# The exact one first: the others are compared with it.
KINDS: dict[str, Callable[[Matrix], Searched | None]] = {
    "flat": _flat,
    "hnsw": _hnsw,
    "ivf_pq": _ivf_pq,
    "store": FaissStore.build,
}


@contextmanager
def postgresql() -> Iterator[str]:
    """The address of a server of our own with pgvector, or nothing where pgserver is not installed."""
    try:
        import pgserver
    except ImportError:
        yield ""
        return
    with tempfile.TemporaryDirectory(prefix="pgvector-") as folder:
        server = pgserver.get_server(folder)
        try:
            yield server.get_uri()
        finally:
            server.cleanup()


def in_postgresql(address: str) -> Callable[[Matrix], Searched | None]:
    """Builds the store over that server, for as many vectors as it takes in reasonable time."""

    def build(table: Matrix) -> Searched | None:
        if len(table) > _MOST_IN_POSTGRESQL:
            return None
        fill(address, f"benchmark-{len(table)}", table)
        return PgVectorStore(address, f"benchmark-{len(table)}")

    return build


def _one_by_one(search: Callable[[int], Any], count: int) -> tuple[list[Any], list[float]]:
    """What `search` finds for 0, 1, … and the seconds of each; the first ones are searched twice, the first time uncounted."""
    for i in range(min(5, count)):
        search(i)
    found, seconds = [], []
    for i in range(count):
        start = time.perf_counter()
        found.append(search(i))
        seconds.append(time.perf_counter() - start)
    return found, seconds


def by_kind(table: Matrix, queries: Matrix, address: str = "") -> dict[str, dict[str, float] | None]:
    """Of each kind of index: build_s on all cores; p50_ms, p95_ms, p99_ms of a query on one core; recall of the exact ten
    nearest. None for a kind that is not built from so few or so many; pgvector where there is a server."""
    result: dict[str, dict[str, float] | None] = {}
    exact: Rows | None = None
    cores = faiss.omp_get_max_threads()
    for kind, build in {**KINDS, **({"pgvector": in_postgresql(address)} if address else {})}.items():
        start = time.perf_counter()
        index = build(table)
        seconds = time.perf_counter() - start
        if index is None:
            result[kind] = None
            continue
        faiss.omp_set_num_threads(1)
        rows, times = _one_by_one(lambda i, index=index: index.search(queries[i : i + 1], _NEAREST)[1][0], len(queries))
        faiss.omp_set_num_threads(cores)
        found = np.array([row[:_JUDGED] for row in rows])
        exact = found if exact is None else exact
        result[kind] = {"build_s": seconds, **milliseconds(times), "recall": recall(found, exact)}
    return result


def whole_search(
    kit: Kit, passages: Sequence[Passage], phrases: Phrases, segmenter: Segmenter, texts: Sequence[str]
) -> dict[str, float]:
    """Build and search time of the bot's own index with _WHOLE synthetic clauses, each asked for with _ASKED questions, beside
    what is not a clause today."""
    draw = np.random.default_rng(_SEED)
    clauses = choose(phrases, _WHOLE, draw)
    asked = draw.integers(len(phrases.texts), size=(_WHOLE, _ASKED))
    synthetic = [
        Passage(f"c{i}", "clause", "，".join(phrases.texts[j] for j in row), tuple(phrases.texts[j] for j in asked[i]))
        for i, row in enumerate(clauses.tolist())
    ]
    others = [passage for passage in passages if passage.kind != "clause"]
    encoder = kit.retriever.encoder
    start = time.perf_counter()
    index = Index.build([*synthetic, *others], encoder, segmenter, "synthetic")
    seconds = time.perf_counter() - start
    retriever = Retriever(index, encoder, kit.retriever.fusion)
    _, times = _one_by_one(lambda i: retriever.search(texts[i]), len(texts))
    return {
        "clauses": float(_WHOLE),
        "questions": float(index.questions.size),
        "build_s": seconds,
        **milliseconds(times),
    }


def measure_retrieval(sizes: Sequence[int]) -> dict[str, Any]:
    """By size the figures of `by_kind`; under `whole` those of `whole_search`."""
    settings = load_settings()
    kit = load_kit(settings)
    segmenter = load_segmenter(settings, kit.knowledge)
    encoder = kit.retriever.encoder
    questions = load_questions(settings.knowledge, kit.knowledge)
    passages = build_passages(kit.knowledge, questions)
    phrases = phrases_of(passages, encoder)
    draw = np.random.default_rng(_SEED)
    texts = [normalise(questions[i].text) for i in draw.choice(len(questions), _QUERIES, replace=False)]
    queries = encoder.encode(texts)
    result: dict[str, Any] = {}
    with postgresql() as address:
        for size in sizes:
            print(f"index of {size} clauses", file=sys.stderr)
            result[str(size)] = by_kind(clause_vectors(phrases, choose(phrases, size, draw)), queries, address)
    result["whole"] = whole_search(kit, passages, phrases, segmenter, texts)
    return result
