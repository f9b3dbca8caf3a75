"""Compare NLU pipelines by cross-validation over nlu_data and on messages that none of them has seen.

    .venv/bin/python -m benchmarks.compare_nlu [--folds 5] [--only NAME ...] [--out FILE.json]

The pipelines: the shipped one; DIET over the same features, our sentence vectors instead of them or beside them. The
folds are those of `rasa test nlu --cross-validation`, the same for every pipeline. The unseen messages with their dialogue acts are
tests/evaluation/dialogue_acts.yml. Prints Markdown.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import functools
import io
import json
import logging
import os
import statistics
import sys
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bot.conversation.runtime import quiet_start

quiet_start(whole_rasa=True)
os.environ["TQDM_DISABLE"] = "1"
os.environ["RASA_MAX_CACHE_SIZE"] = "0"  # a cached component would count as trained in no time

import numpy as np  # noqa: E402
import yaml  # noqa: E402
from rasa.core.agent import Agent  # noqa: E402
from rasa.engine.graph import ExecutionContext, GraphComponent  # noqa: E402
from rasa.engine.recipes.default_recipe import DefaultV1Recipe  # noqa: E402
from rasa.engine.storage.resource import Resource  # noqa: E402
from rasa.engine.storage.storage import ModelStorage  # noqa: E402
from rasa.model_training import train_nlu  # noqa: E402
from rasa.nlu.classifiers.fallback_classifier import (  # noqa: E402
    is_fallback_classifier_prediction,
    undo_fallback_prediction,
)
from rasa.nlu.featurizers.dense_featurizer.dense_featurizer import DenseFeaturizer  # noqa: E402
from rasa.nlu.test import cross_validate  # noqa: E402
from rasa.shared.importers.importer import TrainingDataImporter  # noqa: E402
from rasa.shared.nlu.constants import TEXT  # noqa: E402
from rasa.shared.nlu.training_data.message import Message  # noqa: E402
from rasa.shared.nlu.training_data.training_data import TrainingData  # noqa: E402
from rasa.utils.log_utils import configure_structlog  # noqa: E402
from sklearn.metrics import accuracy_score, f1_score  # noqa: E402

from bot.assembly import load_segmenter  # noqa: E402
from bot.conversation.runtime import settings  # noqa: E402
from bot.knowledge import load_knowledge  # noqa: E402
from bot.language import normalise  # noqa: E402
from bot.retrieval import Encoder, load_encoder  # noqa: E402

LINES = settings().root / "tests/evaluation/dialogue_acts.yml"
SEED = 7
SCALE = 2.0  # the best of 1, 2, 4, 8 and 16 by cross-validation over nlu_data, alone and beside the sparse features
ROUNDS = 3  # every unseen line is timed so often
SURE = 0.55  # what bot/answering/steps/converse.py asks of small talk before it replies
SMALL_TALK = {
    *("greet", "thanks", "goodbye", "ask_identity", "ask_capability", "complain", "praise", "ask_human"),
    *("stop", "affirm", "deny", "dont_know"),
}

Component = dict[str, Any]
Pair = tuple[str, str]


@functools.cache
def encoder() -> Encoder:
    """The shipped sentence encoder, loaded once."""
    segmenter = load_segmenter(settings(), load_knowledge(settings().knowledge))
    return load_encoder(settings().encoder, settings().root, segmenter)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class SentenceVectorFeaturizer(DenseFeaturizer, GraphComponent):
    """The vector of our own sentence encoder as the feature of a whole message.

    `scale` stretches the unit vectors: Rasa's LogisticRegressionClassifier cannot be told how strongly to regularise.
    """

    def __init__(self, config: dict[str, Any], name: str) -> None:
        super().__init__(name, config)
        self._encoder = encoder()

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Rasa's own options and the scale."""
        return {**DenseFeaturizer.get_default_config(), "scale": 1.0}

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        """Nothing can be wrong with it."""

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SentenceVectorFeaturizer:
        """Called by the graph."""
        return cls(config, execution_context.node_name)

    def process(self, messages: list[Message]) -> list[Message]:
        """Add the vector to each message."""
        vectors = self._encoder.encode([normalise(message.get(TEXT) or "") for message in messages])
        for message, vector in zip(messages, vectors * self._config["scale"]):
            self.add_features_to_message(None, vector[np.newaxis], TEXT, message)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Add the vectors to the training messages."""
        self.process(training_data.training_examples)
        return training_data


@dataclass(frozen=True)
class Line:
    """An unseen message, its dialogue act, and what it names (kind, value); None where that was not labelled."""

    text: str
    act: str
    entities: frozenset[Pair] | None


@dataclass(frozen=True)
class Heard:
    """What a pipeline made of a line. `fallback`: it was below the threshold of the FallbackClassifier."""

    line: Line
    act: str
    confidence: float
    fallback: bool
    entities: frozenset[Pair]

    @property
    def right(self) -> bool:
        """Whether the act is the labelled one, the fallback left out of account as `rasa test` does."""
        return self.act == self.line.act


@dataclass(frozen=True)
class Scores:
    """How well acts are told apart, each between 0 and 1."""

    accuracy: float
    macro_f1: float
    weighted_f1: float


@dataclass(frozen=True)
class Result:
    """One pipeline. `validated` is the cross-validation; milliseconds are the median of one message through all components."""

    name: str
    validated: Scores
    unseen: Scores
    heard: list[Heard]
    seconds: float
    milliseconds: float
    megabytes: float

    @property
    def with_fallback(self) -> float:
        """The share of unseen lines heard right when a fallback counts as wrong: what a citizen meets."""
        return statistics.mean(heard.right and not heard.fallback for heard in self.heard)

    @property
    def same_action(self) -> float:
        """The share of unseen lines that lead to the right action; a fallback leads where policy questions lead."""
        return statistics.mean(
            action(heard.line.act) == action("nlu_fallback" if heard.fallback else heard.act) for heard in self.heard
        )

    @property
    def surely(self) -> float:
        """The share of unseen small talk heard right and surely enough to be replied to as such."""
        return statistics.mean(h.right and h.confidence >= SURE for h in self.heard if h.line.act in SMALL_TALK)


def action(act: str) -> str:
    """Which action a dialogue act leads to (nlu_data/rules.yml)."""
    if act in SMALL_TALK:
        return "action_converse"
    return "action_find_contact" if act == "find_contact" else "action_answer_policy"


def load_lines(path: Path = LINES) -> list[Line]:
    """The unseen messages."""
    rows = yaml.safe_load(path.read_text(encoding="utf-8"))
    return [
        Line(
            row["text"],
            row["act"],
            frozenset((entity["kind"], entity["value"]) for entity in row["entities"]) if "entities" in row else None,
        )
        for row in rows
    ]


def read(line: Line, parsed: dict[str, Any]) -> Heard:
    """What the NLU's answer says about a line."""
    fallback = is_fallback_classifier_prediction(parsed)
    intent = (undo_fallback_prediction(parsed) if fallback else parsed)["intent"]
    entities = frozenset((entity["entity"], entity["value"]) for entity in parsed["entities"])
    return Heard(line, intent["name"] or "", float(intent["confidence"]), fallback, entities)


def entity_counts(heard: Sequence[Heard]) -> dict[str, tuple[int, int, int]]:
    """For each kind of entity and for "all": how many were found rightly, found wrongly, and missed, on the labelled lines."""
    right, wrong, missed = Counter[str](), Counter[str](), Counter[str]()
    for each in heard:
        if each.line.entities is not None:
            for counter, pairs in (
                (right, each.line.entities & each.entities),
                (wrong, each.entities - each.line.entities),
                (missed, each.line.entities - each.entities),
            ):
                counter.update(kind for kind, _ in pairs)
                counter["all"] += len(pairs)
    kinds = sorted({*right, *wrong, *missed} - {"all"})
    return {kind: (right[kind], wrong[kind], missed[kind]) for kind in [*kinds, "all"]}


def pipelines() -> dict[str, list[Component]]:
    """The shipped pipeline and those it is compared with."""
    shipped: list[Component] = yaml.safe_load((settings().root / "config.yml").read_text(encoding="utf-8"))["pipeline"]
    tokenizer, _, *rest = shipped
    words: Component = {"name": "CountVectorsFeaturizer"}
    runs: Component = {"name": "CountVectorsFeaturizer", "analyzer": "char_wb", "min_ngram": 1, "max_ngram": 4}
    sparse = [words, runs]
    logistic: Component = {"name": "LogisticRegressionClassifier", "max_iter": 300}
    # Only intents are learned: the extractor finds entities by rule.
    diet: Component = {"name": "DIETClassifier", "epochs": 60, "entity_recognition": False, "random_seed": SEED}
    vector: Component = {"name": f"{__name__}.SentenceVectorFeaturizer", "scale": SCALE}
    return {
        "shipped": shipped,  # words and runs of characters, logistic regression
        "vector, logistic": [tokenizer, vector, logistic, *rest],
        "sparse and vector, logistic": [tokenizer, *sparse, vector, logistic, *rest],
        "sparse, DIET": [tokenizer, *sparse, diet, *rest],
    }


@contextlib.contextmanager
def silence() -> Iterator[None]:
    """Keep what Rasa and TensorFlow print out of the tables."""
    log = io.StringIO()
    with contextlib.redirect_stdout(log), contextlib.redirect_stderr(log), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def scores(wanted: Sequence[str], got: Sequence[str]) -> Scores:
    """Accuracy and F1 over the acts that were wanted."""
    acts = sorted(set(wanted))
    return Scores(
        float(accuracy_score(wanted, got)),
        float(f1_score(wanted, got, labels=acts, average="macro", zero_division=0)),
        float(f1_score(wanted, got, labels=acts, average="weighted", zero_division=0)),
    )


async def validate(config: dict[str, Any], folds: int) -> Scores:
    """Rasa's stratified cross-validation over nlu_data, all folds pooled."""
    importer = TrainingDataImporter.load_nlu_importer_from_config(
        str(settings().root / "config.yml"), training_data_paths=[str(settings().root / "nlu_data")]
    )
    np.random.seed(SEED)  # Rasa shuffles with the global generator: the same folds for every pipeline
    with silence():
        intents, _, _ = await cross_validate(
            importer.get_nlu_data(), folds, config, disable_plotting=True, report_as_dict=True
        )
    rows = intents.evaluation["predictions"]
    return scores([row["intent"] for row in rows], [row["predicted"] for row in rows])


async def measure(name: str, parts: list[Component], lines: list[Line], folds: int) -> Result:
    """Cross-validate a pipeline, then train it on all of nlu_data and let it hear the unseen lines."""
    config = {"recipe": "default.v1", "assistant_id": "compare", "language": "zh", "pipeline": parts}
    validated = await validate(config, folds)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "config.yml"
        path.write_text(yaml.safe_dump(config), encoding="utf-8")
        start = time.perf_counter()
        with silence():
            model = train_nlu(str(path), str(settings().root / "nlu_data"), folder)
        seconds = time.perf_counter() - start
        agent = Agent.load(model)
        megabytes = Path(str(model)).stat().st_size / 2**20
    times, heard = [], []
    for turn in range(ROUNDS + 1):
        for line in lines:
            start = time.perf_counter()
            parsed = await agent.parse_message(line.text)
            if turn:
                times.append(time.perf_counter() - start)
            else:  # the first round is slow: whatever is loaded on first use
                heard.append(read(line, parsed))
    unseen = scores([line.act for line in lines], [each.act for each in heard])
    return Result(name, validated, unseen, heard, seconds, statistics.median(times) * 1000, megabytes)


def table(results: Sequence[Result], folds: int) -> str:
    """One row for each pipeline."""
    first = results[0]
    rows = [
        f"| pipeline | {folds} folds: accuracy | macro-F1 | weighted F1 | unseen: accuracy | macro-F1 | weighted F1 "
        f"| fallback is wrong | same action | small talk ≥ {SURE} | won, lost | training s | ms | MB |",
        "|---|" + "---|" * 13,
    ]
    for result in results:
        won = sum(a.right and not b.right for a, b in zip(result.heard, first.heard))
        lost = sum(b.right and not a.right for a, b in zip(result.heard, first.heard))
        shares = [*asdict(result.validated).values(), *asdict(result.unseen).values()]
        shares += [result.with_fallback, result.same_action, result.surely]
        cells = [f"{share:.1%}" for share in shares]
        cells += [f"+{won} −{lost}", f"{result.seconds:.1f}", f"{result.milliseconds:.1f}", f"{result.megabytes:.1f}"]
        rows.append(f"| {result.name} | {' | '.join(cells)} |")
    return "\n".join(rows)


def entity_table(heard: Sequence[Heard]) -> str:
    """Precision and recall of the extractor for each kind."""
    rows = ["| entity | named | precision | recall |", "|---|---|---|---|"]
    for kind, (right, wrong, missed) in entity_counts(heard).items():
        precision = f"{right / (right + wrong):.1%}" if right + wrong else "–"
        recall = f"{right / (right + missed):.1%}" if right + missed else "–"
        rows.append(f"| {kind} | {right + missed} | {precision} | {recall} |")
    return "\n".join(rows)


def confused(heard: Sequence[Heard]) -> list[tuple[Pair, int]]:
    """The pairs (wanted, heard) of acts that are confused more than once, most frequent first."""
    pairs = Counter((each.line.act, each.act) for each in heard if not each.right)
    return [(pair, count) for pair, count in pairs.most_common() if count > 1]


def report(results: Sequence[Result], folds: int) -> str:
    """Everything as Markdown: the table, then entities, confusions and wrong lines of the first pipeline."""
    first = results[0]
    parts = [table(results, folds), entity_table(first.heard)]
    pairs = [f"| {wanted} | {got} | {count} |" for (wanted, got), count in confused(first.heard)]
    parts.append("\n".join(["| act | heard | lines |", "|---|---|---|", *pairs]))
    wrong = [
        f"| {h.line.text} | {h.line.act} | {h.act} | {h.confidence:.2f}{', fallback' * h.fallback} |"
        for h in first.heard
        if not h.right or h.fallback
    ]
    parts.append("\n".join([f"| line ({first.name}) | act | heard | confidence |", "|---|---|---|---|", *wrong]))
    entities = [
        f"| {h.line.text} | {listed(h.line.entities - h.entities)} | {listed(h.entities - h.line.entities)} |"
        for h in first.heard
        if h.line.entities is not None and h.line.entities != h.entities
    ]
    parts.append("\n".join(["| line | missed | wrongly found |", "|---|---|---|", *entities]))
    return "\n\n".join(parts)


def listed(pairs: frozenset[Pair]) -> str:
    """Entities in one cell."""
    return ", ".join(f"{kind} {value}" for kind, value in sorted(pairs))


def as_data(result: Result) -> dict[str, Any]:
    """A result for the JSON file."""
    return {
        "pipeline": result.name,
        "validated": asdict(result.validated),
        "unseen": asdict(result.unseen),
        "with_fallback": result.with_fallback,
        "same_action": result.same_action,
        "small_talk_surely": result.surely,
        "training_seconds": result.seconds,
        "milliseconds": result.milliseconds,
        "megabytes": result.megabytes,
        "entities": entity_counts(result.heard),
        "confused": [{"act": pair[0], "heard": pair[1], "lines": count} for pair, count in confused(result.heard)],
        "wrong": [
            {
                "text": each.line.text,
                "act": each.line.act,
                "heard": each.act,
                "confidence": each.confidence,
                "fallback": each.fallback,
            }
            for each in result.heard
            if not each.right or each.fallback
        ],
    }


async def run(options: argparse.Namespace) -> None:
    """Measure each pipeline, print the tables, write the file."""
    configure_structlog(logging.ERROR)
    logging.getLogger("rasa").setLevel(logging.ERROR)
    lines = load_lines()
    encoder()  # a fault in the knowledge shows before anything is trained
    results: list[Result] = []
    for name, parts in pipelines().items():
        if name == "shipped" or not options.only or name in options.only:
            print(name, "…", file=sys.stderr)
            results.append(await measure(name, parts, lines, options.folds))
            if options.out:  # after each: DIET takes half an hour, and what is done is kept
                data = {"folds": options.folds, "pipelines": [as_data(result) for result in results]}
                options.out.write_text(json.dumps(data, ensure_ascii=False, indent=1), encoding="utf-8")
    print(report(results, options.folds))


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--only", nargs="+", choices=list(pipelines()), help="these beside the shipped one")
    parser.add_argument("--out", type=Path)
    asyncio.run(run(parser.parse_args()))


if __name__ == "__main__":
    main()
