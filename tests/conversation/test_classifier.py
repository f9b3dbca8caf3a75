"""Our classifier hears what Rasa's featurizers and classifier heard: the same shares, to the last digits of rounding."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.nlu.classifiers.logistic_regression_classifier import LogisticRegressionClassifier
from rasa.nlu.featurizers.sparse_featurizer.count_vectors_featurizer import CountVectorsFeaturizer
from rasa.nlu.tokenizers.tokenizer import Token
from rasa.shared.nlu.constants import INTENT, TEXT, TEXT_TOKENS
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.conversation.classifier import DialogueActClassifier, runs, words

SAID = {
    "ask_policy": ("失业 登记 要 带 什么", "SYB 培训 几 天", "社保 补贴 2022 年 标准", "创业 担保 贷款 20 万"),
    "greet": ("你好", "您好 啊", "hello"),
    "find_contact": ("电话 多少", "前旗 的 电话", "找 谁 问"),
    "affirm": ("对", "是 的", "嗯 可以"),
}
UNSEEN = ("失业 证 丢 了", "syb", "15 天", "电话 是 2022 吗", "好", "。", "x y", "培训 培训 培训")


def message(text: str, act: str | None = None) -> Message:
    tokens, at = [], 0
    for word in text.split():
        tokens.append(Token(word, at, at + len(word)))
        at += len(word)
    return Message({TEXT: text.replace(" ", ""), TEXT_TOKENS: tokens} | ({INTENT: act} if act else {}))


def examples() -> TrainingData:
    return TrainingData([message(text, act) for act, texts in SAID.items() for text in texts])


@pytest.fixture(scope="module")
def storage(tmp_path_factory):
    return LocalModelStorage(tmp_path_factory.mktemp("model"))


def context(name: str) -> ExecutionContext:
    return ExecutionContext(GraphSchema({}), node_name=name)


@pytest.fixture(scope="module")
def ours(storage):
    config, resource = DialogueActClassifier.get_default_config(), Resource("ours")
    DialogueActClassifier.create(config, storage, resource, context("ours")).train(examples())
    return DialogueActClassifier.load(config, storage, resource, context("ours"))


@pytest.fixture(scope="module")
def rasas(storage):
    """Rasa's two featurizers and its classifier, trained on the same examples, as a function from a text to its shares."""
    parts, data = [], examples()
    for name, changed in (("words", {}), ("runs", {"analyzer": "char_wb", "min_ngram": 1, "max_ngram": 4})):
        config = {**CountVectorsFeaturizer.get_default_config(), **changed}
        part = CountVectorsFeaturizer.create(config, storage, Resource(name), context(name))
        part.train(data)
        data = part.process_training_data(data)
        parts.append(part)
    config = {**LogisticRegressionClassifier.get_default_config(), "max_iter": 300}
    last = LogisticRegressionClassifier.create(config, storage, Resource("last"), context("last"))
    last.train(data)

    def heard(text: str) -> Message:
        said = [message(text)]
        for part in (*parts, last):
            said = part.process(said)
        return said[0]

    return heard


@pytest.mark.parametrize("text", [*UNSEEN, *SAID["ask_policy"]])
def test_the_ranking_is_that_of_rasas_components(ours, rasas, text):
    mine, theirs = ours.process([message(text)])[0], rasas(text)
    assert mine.get(INTENT)["name"] == theirs.get(INTENT)["name"]
    ranking = {row["name"]: row["confidence"] for row in theirs.get("intent_ranking")}
    for row in mine.get("intent_ranking"):
        assert row["confidence"] == pytest.approx(ranking[row["name"]], abs=1e-9)


def test_shares_add_up_to_one(ours):
    assert np.isclose(ours.shares(["电话"]).sum(), 1)


@given(st.lists(st.text(st.sampled_from("电话ab12_ .。"), min_size=1, max_size=6), max_size=5))
def test_words_and_runs_are_those_of_scikit_learn(tokens):
    from sklearn.feature_extraction.text import CountVectorizer

    told = [CountVectorsFeaturizer._process_tokens(_Lower(), list(tokens))]
    by_word = CountVectorizer(token_pattern=r"(?u)\b\w+\b").build_analyzer()
    by_run = CountVectorizer(analyzer="char_wb", ngram_range=(1, 4)).build_analyzer()
    assert words(tokens) == by_word(" ".join(told[0]))
    assert sorted(runs(tokens)) == sorted(by_run(" ".join(told[0])))


class _Lower:
    """What Rasa's function reads of its featurizer."""

    lowercase = True
