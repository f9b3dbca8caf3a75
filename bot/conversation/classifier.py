"""The graph component that hears the dialogue act: logistic regression over the words and the runs of characters of a message."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, TEXT, TEXT_TOKENS
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

LONGEST_RUN = 4  # characters
RANKING = 10  # acts that are kept beside the likeliest
_NUMBER = re.compile(r"\b[0-9]+\b")
_WORD = re.compile(r"\b\w+\b")

Weights = npt.NDArray[np.float64]


def words(tokens: Sequence[str]) -> list[str]:
    """The words of a tokenised text; all numbers are the same word."""
    return _WORD.findall(_joined(tokens))


def runs(tokens: Sequence[str]) -> list[str]:
    """Its runs of one to four characters within a token, whose edges count as a character: for typos and unknown words."""
    found = []
    for token in _joined(tokens).split():
        edged = f" {token} "
        for length in range(1, LONGEST_RUN + 1):
            found += [edged[i : i + length] for i in range(max(1, len(edged) - length + 1))]
            if len(edged) <= length:
                break
    return found


def _joined(tokens: Sequence[str]) -> str:
    return " ".join(_NUMBER.sub("__NUMBER__", token) for token in tokens).lower()


def softmax(scores: Weights) -> Weights:
    """Shares that add up to one."""
    grown = np.exp(scores - scores.max())
    shares: Weights = grown / grown.sum()
    return shares


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class DialogueActClassifier(GraphComponent, IntentClassifier):
    """What Rasa's CountVectorsFeaturizer (words, then runs) and LogisticRegressionClassifier do together, and equal to them.

    scikit-learn fits the weights; hearing a message is a sum of some rows of them, a tenth of a millisecond instead of two, and
    needs no scikit-learn in the serving process.
    """

    def __init__(self, model_storage: ModelStorage, resource: Resource, max_iter: int) -> None:
        self._storage = model_storage
        self._resource = resource
        self._max_iter = max_iter
        self._acts: list[str] = []
        self._words: Mapping[str, int] = {}
        self._runs: Mapping[str, int] = {}
        self._weights: Weights = np.zeros((0, 0))  # (units, acts), words first
        self._intercept: Weights = np.zeros(0)

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`max_iter`: rounds of fitting."""
        return {"max_iter": 300}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> DialogueActClassifier:
        """Called by the graph for training."""
        return cls(model_storage, resource, config["max_iter"])

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> DialogueActClassifier:
        """Called by the graph with what `train` has stored."""
        component = cls.create(config, model_storage, resource, execution_context)
        with model_storage.read_from(resource) as folder:
            known = json.loads((folder / "units.json").read_text(encoding="utf-8"))
            fitted = np.load(folder / "weights.npz")
        component._acts = known["acts"]
        component._words = {word: row for row, word in enumerate(known["words"])}
        component._runs = {run: row for row, run in enumerate(known["runs"], len(known["words"]))}
        component._weights, component._intercept = fitted["weights"], fitted["intercept"]
        return component

    def train(self, training_data: TrainingData) -> Resource:
        """Fit the weights on the examples of nlu_data/ and store them."""
        from scipy.sparse import hstack
        from sklearn.feature_extraction.text import CountVectorizer
        from sklearn.linear_model import LogisticRegression

        examples = [example for example in training_data.intent_examples if example.get(INTENT) and example.get(TEXT)]
        texts = [_tokens(example) for example in examples]
        counts = [CountVectorizer(analyzer=units) for units in (words, runs)]
        model = LogisticRegression(class_weight="balanced", max_iter=self._max_iter, random_state=42)
        model.fit(hstack([each.fit_transform(texts) for each in counts]), [example.get(INTENT) for example in examples])
        known = [sorted(each.vocabulary_, key=each.vocabulary_.__getitem__) for each in counts]
        with self._storage.write_to(self._resource) as folder:
            units = {"acts": model.classes_.tolist(), "words": known[0], "runs": known[1]}
            (folder / "units.json").write_text(json.dumps(units, ensure_ascii=False), encoding="utf-8")
            np.savez(folder / "weights.npz", weights=model.coef_.T, intercept=model.intercept_)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Set `intent` and `intent_ranking` of each message."""
        for message in messages:
            shares = self.shares(_tokens(message))
            order = np.argsort(-shares, kind="stable")[:RANKING]
            ranking = [{"name": self._acts[i], "confidence": float(shares[i])} for i in order]
            message.set(INTENT, ranking[0], add_to_output=True)
            message.set("intent_ranking", ranking, add_to_output=True)
        return messages

    def shares(self, tokens: Sequence[str]) -> Weights:
        """Shape (acts,): how likely each dialogue act is."""
        rows = [self._words[word] for word in words(tokens) if word in self._words]
        rows += [self._runs[run] for run in runs(tokens) if run in self._runs]
        return softmax(self._weights[rows].sum(axis=0) + self._intercept)


def _tokens(message: Message) -> list[str]:
    return [token.text for token in message.get(TEXT_TOKENS) or ()]
