"""Train the shipped sentence encoder from scratch: a bag of units whose mean points at the passage that answers.

The loss is the cross entropy of a question over all passages, so every other passage is a negative, the neighbouring
clause and the sister scheme included; units are dropped at random, so that no single word decides.
"""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from bot.language import Segmenter

from .corpus import Passage
from .encoder import UNITS_FILE, Matrix
from .units import units

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class EncoderSettings:
    """What the encoder is trained with; each figure from docs/evaluation.md."""

    dimension: int = 192
    least_count: int = 2
    largest_vocabulary: int = 48_000
    epochs: int = 12
    batch: int = 256
    learning_rate: float = 0.01
    dropped: float = 0.3
    smoothing: float = 0.05
    document_units: int = (
        256  # units of a passage read in an epoch, drawn anew for each: long chapters cost most of the time
    )
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
    random = np.random.default_rng(settings.seed)
    documents = [units(passage.text, segmenter) for passage in passages]
    pairs = [(units(text, segmenter), i) for i, passage in enumerate(passages) for text in passage.asked]
    counts = Counter(unit for row in documents for unit in set(row))
    counts.update(unit for row, _ in pairs for unit in set(row))
    kept = [unit for unit, n in counts.most_common() if n >= settings.least_count][: settings.largest_vocabulary]
    vocabulary = ("[UNK]", *kept)
    row_of = {unit: i for i, unit in enumerate(vocabulary)}
    rarity = np.zeros(len(vocabulary), dtype=np.float32)
    rarity[1:] = [np.log((len(pairs) + 1) / counts[unit]) for unit in kept]
    rarity = np.maximum(rarity, 0.0)

    def rows(bag: list[str]) -> npt.NDArray[np.int64]:
        found = [row_of[unit] for unit in bag if unit in row_of]
        return np.array(found or [0], dtype=np.int64)

    def packed(bags: list[npt.NDArray[np.int64]], dropped: float) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        flat = np.concatenate(bags)
        sizes = np.array([len(bag) for bag in bags])
        starts = np.concatenate(([0], np.cumsum(sizes)[:-1]))
        weight = rarity[flat]
        if dropped:
            weight = weight * (random.random(len(flat)) > dropped)
        norm = np.sqrt(np.add.reduceat(weight**2, starts)) + 1e-6
        weight = (weight / np.repeat(norm, sizes)).astype(np.float32)
        return torch.from_numpy(flat), torch.from_numpy(starts), torch.from_numpy(weight)

    questions = [(rows(bag), i) for bag, i in pairs]
    document_rows = [rows(bag) for bag in documents]

    def document_sample() -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        most = settings.document_units
        return packed(
            [bag if len(bag) <= most else random.choice(bag, most, replace=False) for bag in document_rows], 0.0
        )

    table = torch.nn.EmbeddingBag(len(vocabulary), settings.dimension, mode="sum")
    torch.nn.init.normal_(table.weight, std=0.1)
    offset = torch.nn.Parameter(torch.randn(len(passages), settings.dimension) * 0.05)
    scale = torch.nn.Parameter(torch.tensor(3.0))
    optimiser = torch.optim.AdamW([table.weight, offset, scale], lr=settings.learning_rate, weight_decay=0.0)

    def encoded(bags: tuple[torch.Tensor, torch.Tensor, torch.Tensor]) -> torch.Tensor:
        return functional.normalize(table(bags[0], bags[1], per_sample_weights=bags[2]), dim=-1)

    steps = -(-len(questions) // settings.batch)
    for epoch in range(settings.epochs):
        for group in optimiser.param_groups:
            group["lr"] = settings.learning_rate * (1 - epoch / settings.epochs)
        order = random.permutation(len(questions))
        document_bags = document_sample()
        for step in range(steps):
            chosen = order[step * settings.batch : (step + 1) * settings.batch]
            query = encoded(packed([questions[i][0] for i in chosen], settings.dropped))
            answer = functional.normalize(encoded(document_bags) + offset, dim=-1)
            logits = query @ answer.T * torch.exp(scale)
            target = torch.tensor([questions[i][1] for i in chosen])
            loss = functional.cross_entropy(logits, target, label_smoothing=settings.smoothing)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
        if progress:
            progress("训练句向量模型", epoch + 1, settings.epochs)
    weights = table.weight.detach().numpy() * rarity[:, None]
    weights[0] = 0.0
    return TrainedEncoder(vocabulary, np.ascontiguousarray(weights, dtype=np.float32))
