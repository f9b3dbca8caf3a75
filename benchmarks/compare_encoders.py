"""Ways of finding the right passage, compared with whole authors held out: one Markdown table.

    .venv/bin/python -m benchmarks.compare_encoders [--fold D] [--sample N] [--only NAME …] [--out FILE.json]

Everything is fitted on the other authors, vocabulary, lexical index and fusion weights included; the weights come from two
of those authors, who are left out of the encoders and the indices too. A sample of the fold's policy questions is asked.
A passage is right when it is the labelled clause, one that states the same fact, or the lead line of their list.
FILE.json and FILE.md grow with every method.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

os.environ.setdefault(
    "OMP_WAIT_POLICY", "passive"
)  # threads that spin are many times slower on a machine others use too

import numpy as np
import numpy.typing as npt
import torch
from scipy import sparse
from torch import nn
from torch.nn import functional

from bot.assembly import load_segmenter
from bot.knowledge import Knowledge, load_knowledge
from bot.knowledge.questions import Question, equivalents, load_questions
from bot.language import Segmenter, normalise
from bot.retrieval.corpus import Passage, build_passages
from bot.retrieval.encoder import Encoder, Matrix, UnitEncoder
from bot.retrieval.fusion import Array, Scores, features
from bot.retrieval.index import passage_vectors
from bot.retrieval.lexical import LexicalIndex
from bot.retrieval.training import EncoderSettings, spectral_table, train_encoder
from bot.retrieval.units import units
from bot.settings import load_settings

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
Scorer = Callable[[Sequence[str]], Array]  # normalised texts -> features of shape (texts, passages, features)

FIT_LEAST = 1000  # policy questions of an author; the two smallest such authors only serve to fit the weights
FIT_SAMPLE = 1000  # questions of theirs that are used
NEAREST = 200  # authored questions looked at, as in the retriever
FIRST = 10  # passages the cross-encoder orders anew
WINDOW = 48  # characters of a passage that a character network reads at once


# Questions


@dataclass(frozen=True)
class Asked:
    """Questions to score: normalised texts, manners, and per question the passages that count as right."""

    texts: list[str]
    styles: list[str]
    right: list[Ints]


@dataclass(frozen=True)
class Fold:
    """Passages with the training authors' questions, the questions that fit weights, and the questions asked."""

    knowledge: Knowledge
    segmenter: Segmenter
    passages: list[Passage]
    fit: Asked
    test: Asked


def load_fold(name: str, sample: int) -> Fold:
    """Cut the authored questions into training, fit and test by author."""
    from benchmarks.cross_validate import FOLDS

    settings = load_settings()
    knowledge = load_knowledge(settings.knowledge)
    questions = load_questions(settings.knowledge, knowledge)
    held = [question for question in questions if question.author in FOLDS[name]]
    train = [question for question in questions if question.author not in FOLDS[name]]
    size = Counter(question.author for question in train if question.label in knowledge.clauses)
    fitting = set(sorted((author for author in size if size[author] >= FIT_LEAST), key=lambda a: (size[a], a))[:2])
    passages = build_passages(knowledge, [question for question in train if question.author not in fitting])
    fit = [question for question in train if question.author in fitting]
    same = equivalents(knowledge)
    alike = {passage.id: same.get(passage.id, frozenset({passage.id})) for passage in passages}
    leads = {id: group | {lead for node in group for lead in lead_of(knowledge, node)} for id, group in alike.items()}
    print(f"fold {name}: {sum(len(p.asked) for p in passages)} questions train, fit on {', '.join(sorted(fitting))}")
    return Fold(
        knowledge,
        load_segmenter(settings, knowledge),
        passages,
        sampled(fit, FIT_SAMPLE, knowledge, passages, alike),
        sampled(held, sample, knowledge, passages, leads),
    )


def lead_of(knowledge: Knowledge, id: str) -> set[str]:
    """The lead line that a clause stands under, if any: it is quoted with its items."""
    parent = knowledge.clauses[id].parent if id in knowledge.clauses else None
    return {parent} if parent and not knowledge.clauses[parent].is_heading else set()


def sampled(
    questions: Sequence[Question],
    count: int,
    knowledge: Knowledge,
    passages: Sequence[Passage],
    right: dict[str, frozenset[str]],
) -> Asked:
    """A seeded sample of the policy questions."""
    row = {passage.id: i for i, passage in enumerate(passages)}
    policy = [question for question in questions if question.label in knowledge.clauses and question.label in row]
    chosen = random.Random(7).sample(policy, min(count, len(policy)))
    targets = [np.array(sorted(row[id] for id in right[question.label] if id in row)) for question in chosen]
    return Asked([normalise(question.text) for question in chosen], [question.style for question in chosen], targets)


# Scorers without training


def lexical_scorer(index: LexicalIndex) -> Scorer:
    """The lexical features of the product: share of the best BM25 score, reciprocal rank."""

    def score(texts: Sequence[str]) -> Array:
        rows = []
        for text in texts:
            lexical = index.scores(text)
            blank = np.zeros_like(lexical)
            scores = Scores(blank, blank, lexical, 0.0, np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.float32))
            rows.append(features(scores)[:, 2:])
        return np.stack(rows)

    return score


def build_lexical(fold: Fold, with_questions: bool) -> tuple[Scorer, float]:
    """BM25 over the passages, and the number of its weights in millions."""
    index = LexicalIndex(fold.segmenter)
    index.build([passage.text + " " + " ".join(passage.asked * with_questions) for passage in fold.passages])
    return lexical_scorer(index), len(index._index.scores["data"]) / 1e6


def nearest_questions(similarity: Matrix, owners: Ints, passages: int) -> Array:
    """Per text the best similarity among the questions of each passage; similarity: shape (texts, questions)."""
    best = np.zeros((len(similarity), passages), dtype=np.float32)
    most = min(NEAREST, similarity.shape[1])
    rows = np.argpartition(-similarity, most - 1, axis=1)[:, :most]
    for i, found in enumerate(rows):
        np.maximum.at(best[i], owners[found], similarity[i, found])
    return best


def build_tfidf(fold: Fold) -> tuple[Scorer, float]:
    """Cosine of character 1-3-grams with each passage (its questions joined) and the nearest question of each."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectorizer = TfidfVectorizer(analyzer="char", ngram_range=(1, 3), min_df=2, sublinear_tf=True, dtype=np.float32)
    asked = [text for passage in fold.passages for text in passage.asked]
    owners = np.array([i for i, passage in enumerate(fold.passages) for _ in passage.asked])
    vectorizer.fit([passage.text for passage in fold.passages] + asked)
    whole = vectorizer.transform([" ".join((passage.text, *passage.asked)) for passage in fold.passages]).T.tocsr()
    single = vectorizer.transform(asked).T.tocsr()

    def score(texts: Sequence[str]) -> Array:
        rows = vectorizer.transform(texts)
        nearest = nearest_questions((rows @ single).toarray(), owners, len(fold.passages))
        return np.stack([(rows @ whole).toarray(), nearest], axis=2)

    return score, (whole.nnz + single.nnz) / 1e6


def vector_scorer(encoder: Encoder, passages: Sequence[Passage]) -> Scorer:
    """The dense features of the product: cosine with the passage, cosine with its nearest question."""
    vectors, asked, owners = passage_vectors(encoder, passages)
    asked_of = np.array(owners)

    def score(texts: Sequence[str]) -> Array:
        queries = encoder.encode(texts)
        return np.stack([queries @ vectors.T, nearest_questions(queries @ asked.T, asked_of, len(passages))], axis=2)

    return score


def trained_scorer(encoder: Encoder, answers: Matrix) -> Scorer:
    """Cosine with the passage vectors that were trained along with the encoder."""
    return lambda texts: (encoder.encode(texts) @ answers.T)[:, :, None]


# The static bag


@dataclass(frozen=True)
class Trained:
    """An encoder, its weights in millions, and the passage vectors trained along with it, if they are kept."""

    encoder: Encoder
    weights: float
    answers: Matrix | None = None


def as_torch(matrix: sparse.csr_matrix) -> torch.Tensor:
    """The same sparse matrix for torch."""
    parts = (matrix.indptr.astype(np.int64), matrix.indices.astype(np.int64), matrix.data.astype(np.float32))
    return torch.sparse_csr_tensor(*map(torch.from_numpy, parts), size=matrix.shape)


def sisters_of(knowledge: Knowledge, passages: Sequence[Passage]) -> Mask:
    """Which passages are easily mistaken, shape (passages, passages): of one topic, or of schemes of twins.yml."""
    groups: dict[str, list[int]] = defaultdict(list)
    for i, passage in enumerate(passages):
        if passage.kind != "clause":
            continue
        groups[knowledge.clauses[passage.id].topic].append(i)
        above = {clause.id for clause in knowledge.ancestors(passage.id)}
        for twins in knowledge.twins:
            if above & {choice.topic for choice in twins.choices}:
                groups[f"twins {twins.id}"].append(i)
    alike = np.eye(len(passages), dtype=bool)
    for members in groups.values():
        alike[np.ix_(members, members)] = True
    return alike


def train_bag(
    fold: Fold,
    settings: EncoderSettings,
    spectral: bool = True,
    sisters: float = 0.0,
    progress: Callable[[str], None] = print,
) -> Trained:
    """As bot.retrieval.training.train_encoder, with two choices: without `spectral` it starts from noise, not from the SVD;
    `sisters` weighs a second cross entropy among the passages that are easily taken for one another."""
    torch.manual_seed(settings.seed)
    draw = np.random.default_rng(settings.seed)
    passages = fold.passages
    documents = [units(passage.text, fold.segmenter) for passage in passages]
    pairs = [(units(text, fold.segmenter), i) for i, passage in enumerate(passages) for text in passage.asked]
    counts = Counter(unit for row in documents for unit in dict.fromkeys(row))
    counts.update(unit for row, _ in pairs for unit in dict.fromkeys(row))
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
    owners = np.array([i for _, i in pairs])
    document_rows = [rows(bag) for bag in documents]
    if spectral:
        lengths = [len(bag) for bag in questions]
        entries = (np.ones(sum(lengths)), (np.concatenate(questions), np.repeat(owners, lengths)))
        asked_in = sparse.csr_matrix(entries, shape=(len(vocabulary), len(passages)))
        stands_in = (packed(document_rows, 0.0) > 0).T
        start = torch.from_numpy(spectral_table((asked_in + stands_in).tocsr(), settings.dimension, settings.seed))
    else:
        start = torch.randn(len(vocabulary), settings.dimension)
    table = nn.Parameter(start * (0.1 / start.std(unbiased=False)))
    table.grad = torch.zeros_like(table)
    offset = nn.Parameter(torch.randn(len(passages), settings.dimension) * 0.05)
    scale = nn.Parameter(torch.tensor(3.0))
    optimiser = torch.optim.AdamW([table, offset, scale], lr=settings.learning_rate, weight_decay=0.0, fused=True)
    alike = torch.from_numpy(sisters_of(fold.knowledge, passages))
    for epoch in range(settings.epochs):
        for group in optimiser.param_groups:
            group["lr"] = settings.learning_rate * (1 - epoch / settings.epochs)
        order = draw.permutation(len(questions))
        most = settings.document_units
        read = [bag if len(bag) <= most else draw.choice(bag, most, replace=False) for bag in document_rows]
        document_bags = packed(read, 0.0)
        losses = []
        for chosen in np.split(order, range(settings.batch, len(order), settings.batch)):
            both = sparse.vstack(
                [packed([questions[i] for i in chosen], settings.dropped), document_bags], format="csr"
            )
            with torch.no_grad():
                bags = as_torch(both) @ table
            encoded = functional.normalize(bags.requires_grad_(), dim=-1)
            answer = functional.normalize(encoded[len(chosen) :] + offset, dim=-1)
            logits = encoded[: len(chosen)] @ answer.T * torch.exp(scale)
            target = torch.from_numpy(owners[chosen])
            loss = functional.cross_entropy(logits, target, label_smoothing=settings.smoothing)
            if sisters:
                loss = loss + sisters * functional.cross_entropy(logits.masked_fill(~alike[target], -1e9), target)
            offset.grad = scale.grad = None
            loss.backward()
            torch.addmm(table.grad, as_torch(both.T.tocsr()), bags.grad, beta=0, out=table.grad)
            optimiser.step()
            losses.append(float(loss.detach()))
        progress(f"epoch {epoch + 1}/{settings.epochs}, loss {np.mean(losses):.3f}")
    weights = table.detach().numpy() * rarity[:, None]
    weights[0] = 0.0
    return Trained(UnitEncoder("bag", vocabulary, weights, fold.segmenter), weights.size / 1e6)


# Networks over characters


@dataclass(frozen=True)
class NetworkSettings:
    """How a character network is trained; the epochs keep each below five minutes on two cores."""

    epochs: int
    learning_rate: float
    batch: int = 128
    smoothing: float = 0.05
    dropped: float = 0.1  # characters of a question taken out
    windows: int = 2  # pieces of each passage's text read as questions in every epoch
    seed: int = 7


class Characters:
    """Characters as numbers: 0 pads, 1 is unknown."""

    def __init__(self, texts: Sequence[str]) -> None:
        counts = Counter(character for text in texts for character in text)
        known = [character for character, n in counts.most_common() if n >= 2]
        self._row = {character: i + 2 for i, character in enumerate(known)}

    def __len__(self) -> int:
        return len(self._row) + 2

    def rows(self, text: str) -> Ints:
        """The numbers of a text, at least one."""
        return np.array([self._row.get(character, 1) for character in text] or [1], dtype=np.int64)

    @staticmethod
    def padded(rows: Sequence[Ints], least: int = 4) -> torch.Tensor:
        """Shape (rows, longest)."""
        longest = max(least, max(map(len, rows)))
        return torch.from_numpy(np.stack([np.pad(row, (0, longest - len(row))) for row in rows]))


class CharacterCnn(nn.Module):
    """Embedding, convolutions of widths one to four, maximum over the text, one linear layer."""

    def __init__(self, characters: int, width: int = 128, filters: int = 192, dimension: int = 192) -> None:
        super().__init__()
        self.table = nn.Embedding(characters, width, padding_idx=0)
        self.convolutions = nn.ModuleList(nn.Conv1d(width, filters, n) for n in (1, 2, 3, 4))
        self.dropout = nn.Dropout(0.2)
        self.out = nn.Linear(4 * filters, dimension)

    def forward(self, rows: torch.Tensor) -> torch.Tensor:
        """Shape (rows, length) to (rows, dimension)."""
        embedded = self.table(functional.pad(rows, (1, 2))).transpose(1, 2)
        found = [functional.relu(convolution(embedded)).amax(dim=2) for convolution in self.convolutions]
        return self.out(self.dropout(torch.cat(found, dim=1)))


class CharacterTransformer(nn.Module):
    """Two layers, 192 wide, six heads, mean over the text."""

    def __init__(self, characters: int, dimension: int = 192, longest: int = 128) -> None:
        super().__init__()
        self.table = nn.Embedding(characters, dimension, padding_idx=0)
        self.place = nn.Embedding(longest, dimension)
        nn.init.normal_(self.table.weight, std=0.5)
        nn.init.normal_(self.place.weight, std=0.1)
        layer = nn.TransformerEncoderLayer(dimension, 6, 2 * dimension, 0.1, batch_first=True, norm_first=True)
        self.layers = nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)

    def forward(self, rows: torch.Tensor) -> torch.Tensor:
        """Shape (rows, length) to (rows, dimension)."""
        rows = rows[:, : self.place.num_embeddings]
        empty = rows == 0
        embedded = self.table(rows) + self.place(torch.arange(rows.shape[1]))
        found = self.layers(embedded, src_key_padding_mask=empty).masked_fill(empty[:, :, None], 0.0)
        return found.sum(dim=1) / (~empty).sum(dim=1, keepdim=True)


class NetworkEncoder:
    """A trained character network as an Encoder; a long text is the mean of its windows."""

    def __init__(self, network: nn.Module, characters: Characters) -> None:
        self.name = type(network).__name__
        self.dimension = 192
        self._network = network.eval()
        self._characters = characters

    def encode(self, texts: Sequence[str]) -> Matrix:
        """See bot.retrieval.encoder.Encoder."""
        pieces = [[text[i : i + WINDOW] for i in range(0, max(len(text), 1), WINDOW)] for text in texts]
        rows = [self._characters.rows(piece) for split in pieces for piece in split]
        owners = np.repeat(np.arange(len(texts)), [len(split) for split in pieces])
        result = np.zeros((len(texts), self.dimension), dtype=np.float32)
        order = np.argsort([len(row) for row in rows], kind="stable")
        with torch.inference_mode():
            for chosen in np.split(order, range(256, len(order), 256)):
                found = functional.normalize(self._network(Characters.padded([rows[i] for i in chosen])), dim=-1)
                np.add.at(result, owners[chosen], found.numpy())
        return result / np.maximum(np.linalg.norm(result, axis=1, keepdims=True), 1e-9)


def thinned(row: Ints, dropped: float, draw: np.random.Generator) -> Ints:
    """A text with some characters taken out, unless nothing would be left."""
    kept = row[draw.random(len(row)) >= dropped]
    return kept if len(kept) else row


def train_network(
    fold: Fold, build: Callable[[int], nn.Module], settings: NetworkSettings, progress: Callable[[str], None] = print
) -> Trained:
    """Cross entropy of each question over a trained vector for each passage; pieces of the passages count as questions."""
    torch.manual_seed(settings.seed)
    draw = np.random.default_rng(settings.seed)
    passages = fold.passages
    characters = Characters([text for passage in passages for text in (passage.text, *passage.asked)])
    network = build(len(characters))
    answers = nn.Parameter(torch.randn(len(passages), 192) * 0.1)
    scale = nn.Parameter(torch.tensor(3.0))
    asked = [(characters.rows(text), i) for i, passage in enumerate(passages) for text in passage.asked]
    documents = [(characters.rows(passage.text), i) for i, passage in enumerate(passages) if passage.text]
    optimiser = torch.optim.AdamW([*network.parameters(), answers, scale], lr=settings.learning_rate, fused=True)
    steps = settings.epochs * -(-(len(asked) + settings.windows * len(documents)) // settings.batch)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, settings.learning_rate, total_steps=steps, pct_start=0.1)
    for epoch in range(settings.epochs):
        examples = [(thinned(row, settings.dropped, draw), i) for row, i in asked]
        for row, i in documents * settings.windows:
            start = int(draw.integers(0, max(len(row) - WINDOW // 2, 1)))
            examples.append((row[start : start + int(draw.integers(8, WINDOW))], i))
        order = draw.permutation(len(examples))
        long = 32 * settings.batch  # batches of like length are cut from stretches of this size
        order = np.concatenate(
            [
                part[np.argsort([len(examples[i][0]) for i in part], kind="stable")]
                for part in np.split(order, range(long, len(order), long))
            ]
        )
        batches = np.split(order, range(settings.batch, len(order), settings.batch))
        losses = []
        for at in draw.permutation(len(batches)):
            rows = Characters.padded([examples[i][0] for i in batches[at]])
            target = torch.tensor([examples[i][1] for i in batches[at]])
            found = functional.normalize(network(rows), dim=-1)
            logits = found @ functional.normalize(answers, dim=-1).T * torch.exp(scale)
            loss = functional.cross_entropy(logits, target, label_smoothing=settings.smoothing)
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimiser.step()
            schedule.step()
            losses.append(float(loss.detach()))
        progress(f"epoch {epoch + 1}/{settings.epochs}, loss {np.mean(losses):.3f}")
    vectors = functional.normalize(answers.detach(), dim=-1).numpy()
    return Trained(NetworkEncoder(network, characters), sum(p.numel() for p in network.parameters()) / 1e6, vectors)


# The cross-encoder


@dataclass(frozen=True)
class CrossSettings:
    """How the cross-encoder is trained."""

    epochs: int = 2
    questions: int = 16_000  # drawn anew for every epoch
    learning_rate: float = 2e-3
    batch: int = 128
    longest: int = 96  # characters of a passage that are read
    seed: int = 7


class CrossEncoder(nn.Module):
    """Reads a question against a passage: each character in its context finds its counterpart in the passage, both are
    compared, and the comparisons are summed up to one score."""

    def __init__(self, characters: int, width: int = 96, dimension: int = 128) -> None:
        super().__init__()
        self.table = nn.Embedding(characters, width, padding_idx=0)
        self.context = nn.Conv1d(width, dimension, 3, padding=1)
        self.compare = nn.Linear(3 * dimension, dimension)
        self.out = nn.Linear(2 * dimension, 1)
        self.dropout = nn.Dropout(0.1)

    def read(self, rows: torch.Tensor) -> torch.Tensor:
        """Characters in context, shape (rows, length, dimension)."""
        return torch.tanh(self.context(self.dropout(self.table(rows)).transpose(1, 2))).transpose(1, 2)

    def forward(self, asked: torch.Tensor, shown: torch.Tensor, chosen: torch.Tensor) -> torch.Tensor:
        """The scores of the candidates. asked: (questions, length); shown: (passages, length); chosen: (questions,
        candidates), rows of `shown`."""
        question, passage = self.read(asked)[:, None], self.read(shown)[chosen]
        match = question @ passage.transpose(2, 3)  # (questions, candidates, length asked, length shown)
        match = match.masked_fill((shown == 0)[chosen][:, :, None], -1e9)
        counterpart = torch.softmax(match, dim=3) @ passage
        whole = question.expand_as(counterpart)
        compared = torch.cat([whole * counterpart, (whole - counterpart).abs(), counterpart], dim=3)
        compared = functional.relu(self.compare(compared)).masked_fill((asked == 0)[:, None, :, None], 0.0)
        length = (asked != 0).sum(dim=1)[:, None, None]
        return self.out(torch.cat([compared.amax(dim=2), compared.sum(dim=2) / length], dim=2)).squeeze(2)


def train_cross(
    fold: Fold, encoder: Encoder, settings: CrossSettings, progress: Callable[[str], None] = print
) -> tuple[CrossEncoder, Characters, torch.Tensor]:
    """Cross entropy of the right passage against the nine that the encoder puts first; also the passages as numbers."""
    torch.manual_seed(settings.seed)
    draw = np.random.default_rng(settings.seed)
    vectors, asked, asked_of = passage_vectors(encoder, fold.passages)
    owners = np.array(asked_of)
    same = equivalents(fold.knowledge)
    row = {passage.id: i for i, passage in enumerate(fold.passages)}
    characters = Characters([text for passage in fold.passages for text in (passage.text, *passage.asked)])
    texts = [characters.rows(text) for passage in fold.passages for text in passage.asked]
    shown = Characters.padded([characters.rows(passage.text[: settings.longest]) for passage in fold.passages])
    network = CrossEncoder(len(characters))
    optimiser = torch.optim.AdamW(network.parameters(), lr=settings.learning_rate, fused=True)
    steps = -(-min(settings.questions, len(texts)) // settings.batch)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, settings.learning_rate, total_steps=settings.epochs * steps
    )
    for epoch in range(settings.epochs):
        order = draw.permutation(len(texts))[: settings.questions]
        losses = []
        for part in np.split(order, range(settings.batch, len(order), settings.batch)):
            near = asked[part] @ vectors.T
            for i, owner in enumerate(owners[part]):
                near[i, [row[id] for id in same.get(fold.passages[owner].id, ()) if id in row]] = -1.0
                near[i, owner] = 2.0
            candidates = torch.from_numpy(np.argsort(-near, axis=1)[:, :FIRST].copy())
            used, places = torch.unique(candidates, return_inverse=True)
            scores = network(Characters.padded([texts[i] for i in part]), shown[used], places)
            loss = functional.cross_entropy(scores, torch.zeros(len(part), dtype=torch.long))
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimiser.step()
            schedule.step()
            losses.append(float(loss.detach()))
        progress(f"epoch {epoch + 1}/{settings.epochs}, loss {np.mean(losses):.3f}")
    return network.eval(), characters, shown


def cross_scorer(network: CrossEncoder, characters: Characters, shown: torch.Tensor, order: Scorer) -> Scorer:
    """One feature: the cross-encoder's score of the first ten of `order`, less the lowest of them; else zero."""

    def score(texts: Sequence[str]) -> Array:
        logits = order(texts)[:, :, 0]
        first = np.argsort(-logits, axis=1, kind="stable")[:, :FIRST]
        result = np.zeros(logits.shape, dtype=np.float32)
        used, places = torch.unique(torch.from_numpy(first), return_inverse=True)
        with torch.inference_mode():
            found = network(Characters.padded([characters.rows(text) for text in texts]), shown[used], places)
        np.put_along_axis(result, first, (found - found.amin(dim=1, keepdim=True)).numpy(), axis=1)
        return result[:, :, None]

    return score


# Measuring


@dataclass(frozen=True)
class Part:
    """One scorer with its features for the questions that fit and those asked, and what it costs."""

    fit: Array
    test: Array
    scorer: Scorer
    seconds: float
    milliseconds: float
    megabytes: float
    note: str


@dataclass(frozen=True)
class Row:
    """One line of the table; costs of several parts are added up, so what they share counts twice."""

    method: str
    first: float
    three: float
    mrr: float
    seconds: float
    milliseconds: float
    megabytes: float
    settings: str
    weights: list[float]
    styles: dict[str, float] = field(default_factory=dict)


def fit_weights(rows: Array, targets: Sequence[Ints]) -> Array:
    """As bot.retrieval.fusion.fit_fusion, for any number of features."""
    table = torch.from_numpy(rows)
    mask = torch.zeros(table.shape[:2])
    for i, target in enumerate(targets):
        mask[i, torch.from_numpy(target)] = 1.0
    weight = nn.Parameter(torch.full((table.shape[2],), 4.0))
    optimiser = torch.optim.LBFGS([weight], max_iter=60, line_search_fn="strong_wolfe")

    def closure() -> torch.Tensor:
        optimiser.zero_grad()
        logits = table @ weight
        right = torch.logsumexp(logits.masked_fill(mask == 0, -1e9), dim=1)
        loss = (torch.logsumexp(logits, dim=1) - right).mean() + 1e-4 * (weight**2).sum()
        loss.backward()
        return loss

    optimiser.step(closure)
    return weight.detach().numpy()


def scored(scorer: Scorer, texts: Sequence[str]) -> Array:
    """All texts, a few at a time."""
    return np.concatenate([scorer(texts[i : i + 64]) for i in range(0, len(texts), 64)])


def single_query(scorer: Scorer, texts: Sequence[str]) -> float:
    """Milliseconds for one question, median, one thread."""
    from threadpoolctl import threadpool_limits

    times = []
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    with threadpool_limits(1):
        for text in texts[:100]:
            begin = time.perf_counter()
            scorer([text])
            times.append(time.perf_counter() - begin)
    torch.set_num_threads(threads)
    return float(np.median(times)) * 1000


class Comparison:
    """Builds each part when a method first needs it."""

    def __init__(self, fold: Fold, epochs: int | None) -> None:
        self.fold = fold
        self._epochs = epochs
        self._parts: dict[str, Part] = {}
        self._trained: dict[str, Trained] = {}

    def part(self, name: str) -> Part:
        """The part of a name: bm25-text, bm25, tfidf, cross, an encoder, a network followed by `*` for its trained
        passage vectors, or several with `&` between for the mean of their features."""
        if name not in self._parts:
            print(f"-- {name}", flush=True)
            self._parts[name] = self._mean(name.split("&")) if "&" in name else self._built(name)
        return self._parts[name]

    def _mean(self, names: Sequence[str]) -> Part:
        parts = [self.part(name) for name in names]

        def score(texts: Sequence[str]) -> Array:
            return np.mean([part.scorer(texts) for part in parts], axis=0, dtype=np.float32)

        return Part(
            np.mean([part.fit for part in parts], axis=0, dtype=np.float32),
            np.mean([part.test for part in parts], axis=0, dtype=np.float32),
            score,
            sum(part.seconds for part in parts),
            sum(part.milliseconds for part in parts),
            sum(part.megabytes for part in parts),
            parts[0].note,
        )

    def _built(self, name: str) -> Part:
        begin = time.perf_counter()
        scorer, weights, note = self._scorer(name)
        seconds = time.perf_counter() - begin
        fit, test = self.fold.fit.texts, self.fold.test.texts
        speed = single_query(scorer, test)
        return Part(scored(scorer, fit), scored(scorer, test), scorer, seconds, speed, 2 * weights, note)

    def _scorer(self, name: str) -> tuple[Scorer, float, str]:
        if name in ("bm25", "bm25-text"):
            return *build_lexical(self.fold, name == "bm25"), "k1 1.2, b 0.5"
        if name == "tfidf":
            return *build_tfidf(self.fold), "min_df 2, sublinear"
        if name == "cross":
            settings = replace(CrossSettings(), **self._fewer())
            self.part("static")
            network, characters, shown = train_cross(self.fold, self._trained["static"].encoder, settings)
            scorer = cross_scorer(network, characters, shown, self._ordered(("static", "bm25")))
            size = sum(p.numel() for p in network.parameters()) / 1e6
            return scorer, size, f"{settings.epochs} epochs of {settings.questions}"
        base = name.removesuffix("*")
        if name.endswith("*"):
            self.part(base)
            trained = self._trained[base]
            if trained.answers is None:
                raise ValueError(f"{base} keeps no trained passage vectors")
            return trained_scorer(trained.encoder, trained.answers), trained.answers.size / 1e6, ""
        trained, note = self._train(base)
        self._trained[base] = trained
        return vector_scorer(trained.encoder, self.fold.passages), trained.weights, note

    def _fewer(self) -> dict[str, int]:
        return {} if self._epochs is None else {"epochs": self._epochs}

    def _train(self, name: str) -> tuple[Trained, str]:
        if name in NETWORKS:
            build, settings = NETWORKS[name]
            settings = replace(settings, **self._fewer())
            return train_network(self.fold, build, settings), f"{settings.epochs} epochs"
        options = dict(BAGS[name])
        plain = {key: options.pop(key) for key in ("seed", "epochs") if key in options}
        bag = replace(EncoderSettings(), **plain | self._fewer())
        if options:
            return train_bag(self.fold, bag, **options), f"{bag.epochs} epochs"
        shipped = train_encoder(self.fold.passages, self.fold.segmenter, bag)
        encoder = UnitEncoder(name, shipped.vocabulary, shipped.weights, self.fold.segmenter)
        return Trained(encoder, shipped.weights.size / 1e6), f"{bag.epochs} epochs"

    def _ordered(self, names: Sequence[str]) -> Scorer:
        """The fused logits of some parts as a scorer with one feature."""
        parts = [self.part(name) for name in names]
        weights = fit_weights(np.concatenate([part.fit for part in parts], axis=2), self.fold.fit.right)
        return lambda texts: (np.concatenate([part.scorer(texts) for part in parts], axis=2) @ weights)[:, :, None]

    def row(self, method: str, names: Sequence[str]) -> Row:
        """Fit the weights of the parts together, order the passages for each question asked, and count."""
        parts = [self.part(name) for name in names]
        weights = fit_weights(np.concatenate([part.fit for part in parts], axis=2), self.fold.fit.right)
        logits = np.concatenate([part.test for part in parts], axis=2) @ weights
        ranks = np.empty(len(logits))
        for i, (order, right) in enumerate(zip(np.argsort(-logits, axis=1, kind="stable"), self.fold.test.right)):
            ranks[i] = 1 + np.flatnonzero(np.isin(order, right))[0]
        styles = np.array(self.fold.test.styles)
        return Row(
            method,
            float((ranks == 1).mean()),
            float((ranks <= 3).mean()),
            float((1 / ranks).mean()),
            sum(part.seconds for part in parts),
            sum(part.milliseconds for part in parts),
            sum(part.megabytes for part in parts),
            "; ".join(dict.fromkeys(part.note for part in parts if part.note)),
            [round(float(weight), 2) for weight in weights],
            {style: round(float((ranks[styles == style] == 1).mean()), 4) for style in sorted(set(styles))},
        )


BAGS: dict[str, dict[str, Any]] = {  # seed and epochs are settings of train_encoder, the rest choices of train_bag
    "static": {},
    "seed2": {"seed": 8},
    "seed3": {"seed": 9},
    "long": {"epochs": 12},
    "noise": {"spectral": False},
    "noise-long": {"spectral": False, "epochs": 12},
    "sisters": {"sisters": 0.5},
}
NETWORKS: dict[str, tuple[Callable[[int], nn.Module], NetworkSettings]] = {
    "cnn": (CharacterCnn, NetworkSettings(epochs=15, learning_rate=2e-3)),
    "cnn-short": (CharacterCnn, NetworkSettings(epochs=8, learning_rate=2e-3)),
    "transformer": (CharacterTransformer, NetworkSettings(epochs=6, learning_rate=1e-3)),
}
SEEDS = "static&seed2&seed3"
METHODS: dict[str, tuple[str, ...]] = {
    "BM25, clause text alone": ("bm25-text",),
    "BM25 with questions": ("bm25",),
    "TF-IDF, character 1-3-grams": ("tfidf",),
    "static bag (shipped: from SVD, few epochs)": ("static",),
    "static bag from SVD, three times the epochs": ("long",),
    "static bag from noise": ("noise",),
    "static bag from noise, three times the epochs": ("noise-long",),
    "static bag, sisters as hard negatives": ("sisters",),
    "CNN": ("cnn",),
    "CNN, half the epochs": ("cnn-short",),
    "CNN, trained passage vectors too": ("cnn", "cnn*"),
    "transformer": ("transformer",),
    "static + BM25 (product)": ("static", "bm25"),
    "static from SVD, three times the epochs + BM25": ("long", "bm25"),
    "static from noise + BM25": ("noise", "bm25"),
    "static from noise, three times the epochs + BM25": ("noise-long", "bm25"),
    "sisters + BM25": ("sisters", "bm25"),
    "static + BM25 + TF-IDF": ("static", "bm25", "tfidf"),
    "CNN + BM25": ("cnn", "bm25"),
    "CNN + its passage vectors + BM25": ("cnn", "cnn*", "bm25"),
    "CNN + static + BM25": ("cnn", "static", "bm25"),
    "CNN, half the epochs + static + BM25": ("cnn-short", "static", "bm25"),
    "CNN + its passage vectors + static + BM25": ("cnn", "cnn*", "static", "bm25"),
    "transformer + static + BM25": ("transformer", "static", "bm25"),
    "product, first ten re-ordered by a cross-encoder": ("static", "bm25", "cross"),
    "three seeds": (SEEDS,),
    "three seeds + BM25": (SEEDS, "bm25"),
    "all of it: seeds, CNN, transformer, BM25, TF-IDF, cross-encoder": (
        SEEDS,
        "cnn",
        "transformer",
        "bm25",
        "tfidf",
        "cross",
    ),
}


def as_table(rows: Sequence[Row], fold: str, asked: int) -> str:
    """The table in Markdown."""
    lines = [
        f"Fold {fold}, {asked} policy questions asked.\n",
        "| method | first | among three | MRR | training s | query ms | size MB | settings |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        figures = f"{row.first:.1%} | {row.three:.1%} | {row.mrr:.3f}"
        costs = f"{row.seconds:.0f} | {row.milliseconds:.1f} | {row.megabytes:.1f}"
        lines.append(f"| {row.method} | {figures} | {costs} | {row.settings} |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--fold", default="D", choices=list("ABCDE"))
    parser.add_argument("--sample", type=int, default=2500)
    parser.add_argument("--only", nargs="+", default=list(METHODS), choices=list(METHODS), metavar="NAME")
    parser.add_argument("--epochs", type=int, help="for every trained method; fewer only to try the command")
    parser.add_argument("--threads", type=int, default=min(2, os.cpu_count() or 1))
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    comparison = Comparison(load_fold(options.fold, options.sample), options.epochs)
    rows: list[Row] = []
    for method in options.only:
        rows.append(comparison.row(method, METHODS[method]))
        table = as_table(rows, options.fold, len(comparison.fold.test.texts))
        print(table.splitlines()[-1], flush=True)
        if options.out:
            options.out.write_text(
                json.dumps([vars(row) for row in rows], ensure_ascii=False, indent=1), encoding="utf-8"
            )
            options.out.with_suffix(".md").write_text(table + "\n", encoding="utf-8")
    print("\n" + table)


if __name__ == "__main__":
    main()
