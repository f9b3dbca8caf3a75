"""What a message says on its face: place, aspects, quantities, topics named by their name, whether it leans on what went before."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from bot.knowledge import Knowledge

from .extract import Entity, find_longest, find_numbers
from .normalise import normalise

_LEANS = re.compile(
    r"^(那|那么|那要|那我|那个|这个|这|它|他|她|再|还|还有|又|也|要是|如果|换成|换|就|上面|刚才|回到|哦|嗯|同一|同样)"
    r"|这个|那个|刚才|上面说|前面说|呢[?？]?$"
)


@dataclass(frozen=True)
class Understanding:
    """A message as read.

    `text` is the normalised message, `core` the same without place names; `wrong_place` says why a place named is none of ours.
    """

    text: str
    core: str
    place: str | None
    wrong_place: str | None
    aspects: tuple[str, ...]
    entities: tuple[Entity, ...]
    topics: tuple[str, ...]
    leans: bool


class Reader:
    """Reads messages with the words of one knowledge folder."""

    def __init__(self, knowledge: Knowledge, aspects: Mapping[str, list[str]]) -> None:
        self._places = {place.id: [normalise(alias) for alias in place.aliases] for place in knowledge.places.values()}
        self._wrong = {says: [normalise(word) for word in words] for words, says in knowledge.confusable}
        self._aspects = aspects
        self._topics = {topic.id: [normalise(word) for word in topic.words] for topic in knowledge.topics.values()}
        self._league = knowledge.county.general_place

    @classmethod
    def of(cls, knowledge: Knowledge, root: Path) -> Reader:
        """A reader with the aspect words of the knowledge folder."""
        return cls(knowledge, yaml.safe_load((root / "lexicon/aspects.yml").read_text(encoding="utf-8")))

    def read(self, text: str) -> Understanding:
        """Read one message, already redacted."""
        text = normalise(text)
        table = {**self._places, **{"!" + says: words for says, words in self._wrong.items()}}
        places = find_longest(text, table, "place")
        ours = [entity.value for entity in places if not entity.value.startswith("!")]
        wrong = [entity.value[1:] for entity in places if entity.value.startswith("!")]
        nearer = [place for place in ours if place != self._league]
        aspects = find_longest(text, self._aspects, "aspect")
        topics = find_longest(text, self._topics, "scheme")
        core = text
        for entity in reversed(places):
            core = core[: entity.start] + core[entity.end :]
        return Understanding(
            text=text,
            core=core,
            place=nearer[-1] if nearer else ours[-1] if ours else None,
            wrong_place=wrong[0] if wrong and not nearer else None,
            aspects=tuple(dict.fromkeys(entity.value for entity in aspects)),
            entities=tuple(places + aspects + topics + find_numbers(text)),
            topics=tuple(dict.fromkeys(entity.value for entity in topics)),
            leans=bool(_LEANS.search(text)),
        )
