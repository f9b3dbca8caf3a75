"""Train the shipped sentence encoder from scratch: a bag of units whose mean points at the passage that answers.

It starts from a truncated SVD of the positive mutual information of units and passages, then learns for a few epochs with the
cross entropy of a question over all passages, so that every other passage is a negative, the neighbouring clause and the sister
scheme included; units are dropped at random, so that no single word decides. docs/evaluation.md compares this with other ways.
"""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from scipy import sparse

from bot.language import Segmenter

from .corpus import Passage
from .encoder import UNITS_FILE
from .units import units
from .vectors import Matrix

if TYPE_CHECKING:
    import torch

Ints = npt.NDArray[np.int64]
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class EncoderSettings:
    """What the encoder is trained with; each figure from docs/evaluation.md."""

    dimension: int = 192
    least_count: int = 2
    largest_vocabulary: int = 48_000
    epochs: int = 4
    batch: int = 256
    learning_rate: float = 0.01
    dropped: float = 0.3
    smoothing: float = 0.05
    document_units: int = 256  # of a passage in an epoch, drawn anew for each: long chapters cost most of the time
    seed: int = 7


@dataclass(frozen=True)
class TrainedEncoder:
    """Vocabulary (row 0 is the unknown unit) and weights, shape (len(vocabulary), dimension)."""

    vocabulary: tuple[str, ...]
    weights: Matrix

    def save(self, folder: Path) -> None:
        """Write a sentence-transformers folder: StaticEmbedding over our units, then Normalize. Replaced as a whole."""
        from safetensors.numpy import save_file
        from tokenizers import Tokenizer
        from tokenizers.models import WordLevel
        from tokenizers.pre_tokenizers import WhitespaceSplit

        fresh = folder.with_name(folder.name + ".new")
        shutil.rmtree(fresh, ignore_errors=True)
        (fresh / "1_Normalize").mkdir(parents=True)
        tokenizer = Tokenizer(WordLevel({unit: i for i, unit in enumerate(self.vocabulary)}, unk_token="[UNK]"))
        tokenizer.pre_tokenizer = WhitespaceSplit()
        tokenizer.save(str(fresh / "tokenizer.json"), pretty=False)
        save_file({"embedding.weight": self.weights.astype(np.float16)}, str(fresh / "model.safetensors"))
        package = "sentence_transformers.sentence_transformer.modules"
        modules = [
            {"idx": 0, "name": "0", "path": "", "type": f"{package}.static_embedding.StaticEmbedding"},
            {"idx": 1, "name": "1", "path": "1_Normalize", "type": f"{package}.normalize.Normalize"},
        ]
        (fresh / "modules.json").write_text(json.dumps(modules, indent=1), encoding="utf-8")
        settings = {"similarity_fn_name": "cosine"}
        (fresh / "config_sentence_transformers.json").write_text(json.dumps(settings, indent=1), encoding="utf-8")
        note = {
            "reads": "character runs of 1 to 3 and jieba words marked with _, separated by spaces (bot/retrieval/units.py)"
        }
        (fresh / UNITS_FILE).write_text(json.dumps(note, indent=1), encoding="utf-8")
        old = folder.with_name(folder.name + ".old")
        shutil.rmtree(old, ignore_errors=True)
        if folder.exists():
            folder.rename(old)
        fresh.rename(folder)
        shutil.rmtree(old, ignore_errors=True)


def spectral_table(counts: sparse.csr_matrix, dimension: int, seed: int) -> Matrix:
    """One vector for each unit, shape (units, dimension), from a unit x passage count matrix: positive mutual information,
    then a truncated SVD."""
    from sklearn.utils.extmath import randomized_svd

    table = counts.tocoo()
    of_unit, of_passage = np.asarray(counts.sum(axis=1)).ravel(), np.asarray(counts.sum(axis=0)).ravel()
    shared = np.log(table.data * table.data.sum() / (of_unit[table.row] * of_passage[table.col]))
    positive = sparse.csr_matrix((np.maximum(shared, 0.0), (table.row, table.col)), shape=table.shape)
    left, values, _ = randomized_svd(positive, dimension, random_state=seed)
    return np.asarray(left * np.sqrt(values), dtype=np.float32)


def train_encoder(
    passages: Sequence[Passage],
    segmenter: Segmenter,
    settings: EncoderSettings = EncoderSettings(),
    progress: Progress | None = None,
) -> TrainedEncoder:
    """Train on the authored questions of the passages. The same passages and settings give the same weights."""
    import torch
    from torch.nn import functional

    torch.manual_seed(settings.seed)
    draw = np.random.default_rng(settings.seed)
    documents = [units(passage.text, segmenter) for passage in passages]
    pairs = [(units(text, segmenter), i) for i, passage in enumerate(passages) for text in passage.asked]
    counts = Counter(unit for row in documents for unit in set(row))
    counts.update(unit for row, _ in pairs for unit in set(row))
    kept = [unit for unit, n in counts.most_common() if n >= settings.least_count][: settings.largest_vocabulary]
    vocabulary = ("[UNK]", *kept)
    row_of = {unit: i for i, unit in enumerate(vocabulary)}
    rarity = np.zeros(len(vocabulary), dtype=np.float32)
    rarity[1:] = [max(np.log((len(pairs) + 1) / counts[unit]), 0.0) for unit in kept]

    def rows(bag: list[str]) -> Ints:
        return np.array([row_of[unit] for unit in bag if unit in row_of] or [0], dtype=np.int64)

    def packed(bags: list[Ints], dropped: float) -> sparse.csr_matrix:
        flat, sizes = np.concatenate(bags), np.array([len(bag) for bag in bags])
        ends = np.concatenate(([0], np.cumsum(sizes)))
        weight = rarity[flat]
        if dropped:
            weight = weight * (draw.random(len(flat)) > dropped)
        norm = np.sqrt(np.add.reduceat(weight**2, ends[:-1])) + 1e-6
        weight = (weight / np.repeat(norm, sizes)).astype(np.float32)
        return sparse.csr_matrix((weight, flat, ends), shape=(len(bags), len(vocabulary)))

    questions = [rows(bag) for bag, _ in pairs]
    owners: Ints = np.array([i for _, i in pairs], dtype=np.int64)
    document_rows = [rows(bag) for bag in documents]
    start = spectral_table(
        _unit_counts(questions, owners, packed(document_rows, 0.0)), settings.dimension, settings.seed
    )
    table = torch.from_numpy(start * (0.1 / start.std())).requires_grad_()
    table.grad = torch.zeros_like(
        table
    )  # kept allocated: one gradient of this size in each step would cost half the time
    offset = torch.nn.Parameter(torch.randn(len(passages), settings.dimension) * 0.05)
    scale = torch.nn.Parameter(torch.tensor(3.0))
    optimiser = torch.optim.AdamW([table, offset, scale], lr=settings.learning_rate, weight_decay=0.0, fused=True)
    for epoch in range(settings.epochs):
        for group in optimiser.param_groups:
            group["lr"] = settings.learning_rate * (1 - epoch / settings.epochs)
        order = draw.permutation(len(questions))
        most = settings.document_units
        read = [bag if len(bag) <= most else draw.choice(bag, most, replace=False) for bag in document_rows]
        document_bags = packed(read, 0.0)
        for chosen in np.split(order, range(settings.batch, len(order), settings.batch)):
            asked = packed([questions[i] for i in chosen], settings.dropped)
            both = sparse.vstack([asked, document_bags], format="csr")
            with torch.no_grad():
                bags = _tensor(both) @ table
            encoded = functional.normalize(bags.requires_grad_(), dim=-1)
            answer = functional.normalize(encoded[len(chosen) :] + offset, dim=-1)
            logits = encoded[: len(chosen)] @ answer.T * torch.exp(scale)
            loss = functional.cross_entropy(
                logits, torch.from_numpy(owners[chosen]), label_smoothing=settings.smoothing
            )
            offset.grad = scale.grad = None
            loss.backward()
            torch.addmm(table.grad, _tensor(both.T.tocsr()), bags.grad, beta=0, out=table.grad)
            optimiser.step()
        if progress:
            progress("训练句向量模型", epoch + 1, settings.epochs)
    weights = table.detach().numpy() * rarity[:, None]
    weights[0] = 0.0
    return TrainedEncoder(vocabulary, np.ascontiguousarray(weights, dtype=np.float32))


def _unit_counts(questions: Sequence[Ints], owners: Ints, documents: sparse.csr_matrix) -> sparse.csr_matrix:
    """How often each unit stands in the questions of each passage, and whether in its text, shape (units, passages)."""
    ends = np.cumsum([0, *map(len, questions)])
    bags = sparse.csr_matrix(
        (np.ones(int(ends[-1])), np.concatenate(questions), ends), shape=(len(questions), documents.shape[1])
    )
    belongs = sparse.csr_matrix(
        (np.ones(len(owners)), (owners, np.arange(len(owners)))), shape=(documents.shape[0], len(owners))
    )
    return ((belongs @ bags) + (documents > 0)).T.tocsr()


def _tensor(matrix: sparse.csr_matrix) -> torch.Tensor:
    import torch

    parts = (matrix.indptr.astype(np.int64), matrix.indices.astype(np.int64), matrix.data.astype(np.float32))
    return torch.sparse_csr_tensor(*map(torch.from_numpy, parts), size=matrix.shape)
