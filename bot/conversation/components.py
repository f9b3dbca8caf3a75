"""Rasa graph components: our tokenizer and our entity extractor. They read the words of the knowledge folder."""

from __future__ import annotations

import functools
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.assembly import load_segmenter
from bot.language import Segmenter, normalise
from bot.retrieval.index import file_digest

from .runtime import knowledge, reader, settings


@functools.cache
def _segmenter() -> Segmenter:
    return load_segmenter(settings(), knowledge())


def lexicon_digest() -> str:
    """What segmentation and entities depend on; Rasa retrains when it changes."""
    folder = settings().knowledge
    code = [settings().root / f"bot/language/{name}.py" for name in ("normalise", "segment", "extract", "understand")]
    return file_digest([folder / "topics.yml", *sorted((folder / "lexicon").glob("*")), *code])


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=False)
class PolicyTokenizer(Tokenizer):
    """jieba with the words of the knowledge, over the normalised text."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Rasa's own tokenizer options."""
        return {
            "intent_tokenization_flag": False,
            "intent_split_symbol": "_",
            "token_pattern": None,
            "prefix_separator_symbol": None,
        }

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> PolicyTokenizer:
        """Called by the graph."""
        return cls(config)

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """The dictionary is part of the component."""
        return lexicon_digest()

    def tokenize(self, message: Message, attribute: str) -> list[Token]:
        """Tokens of the normalised text; offsets count in it."""
        text = normalise(message.get(attribute) or "")
        tokens = [Token(word, start, end) for word, start, end in _segmenter().spans(text)]
        return tokens or [Token(text or "。", 0, len(text) or 1)]


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class PolicyEntityExtractor(GraphComponent, EntityExtractorMixin):
    """Places with their aliases, schemes, aspects, money, ages, durations, percentages, head counts, dates."""

    def __init__(self) -> None:
        self._reader = reader()

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> PolicyEntityExtractor:
        """Called by the graph."""
        return cls()

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """The lexicon is part of the component."""
        return lexicon_digest()

    def process(self, messages: list[Message]) -> list[Message]:
        """Add what is found to each message; offsets count in the normalised text."""
        for message in messages:
            found = [
                {
                    "entity": entity.kind,
                    "value": entity.value,
                    "start": entity.start,
                    "end": entity.end,
                    "extractor": type(self).__name__,
                }
                for entity in self._reader.read(message.get(TEXT) or "").entities
            ]
            message.set(ENTITIES, message.get(ENTITIES, []) + found, add_to_output=True)
        return messages
