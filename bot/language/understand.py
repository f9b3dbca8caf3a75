"""What a message says on its face: place, aspects, quantities, topics named by their name, whether it leans on what went before."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from bot.knowledge import Knowledge
from bot.knowledge.located import Loader

from .extract import Entity, by_length, find_in_order, find_numbers
from .normalise import normalise
from .redact import MASK

_LEANS = re.compile(
    r"^(那|这|它|他|她|再(?!就业)|还(?!款|钱|贷|清|本|债|利|没)|又|也|要是|如果|换(?!工作|岗|证|单位)|上面|刚才|回到|同一|同样)"
    r"|^就(?!业|近|是|地)|刚才|上面说|前面说|呢[?？]?$"
)
_FILLERS = re.compile(
    r"^(?:嗯|呃|啊|哦|(?:那个|这个)(?=[,，我俺你您请想])|就是|请问|您好|你好|我想问一下|问一下|[,，、 ])+"
)


@dataclass(frozen=True)
class Understanding:
    """A message as read.

    `text` is the normalised message, `core` the same without the names of our places, `bare` without any place; `place` is the last one named, `places`
    all of them; `wrong_place` says why a place named is none of ours.
    """

    text: str
    core: str
    bare: str
    place: str | None
    places: tuple[str, ...]
    wrong_place: str | None
    aspects: tuple[str, ...]
    entities: tuple[Entity, ...]
    topics: tuple[str, ...]
    leans: bool
    crisis: bool


class Reader:
    """Reads messages with the words of one knowledge folder."""

    def __init__(self, knowledge: Knowledge, aspects: Mapping[str, list[str]], crisis: Sequence[str] = ()) -> None:
        self._crisis = tuple(normalise(word) for word in crisis)
        ours = {place.id: [normalise(alias) for alias in place.aliases] for place in knowledge.places.values()}
        wrong = {"!" + says: [normalise(word) for word in words] for words, says in knowledge.confusable}
        topics = {topic.id: [normalise(word) for word in topic.words] for topic in knowledge.topics.values()}
        self._places = by_length({**ours, **wrong})
        self._aspects = by_length(aspects)
        self._topics = by_length(topics)
        self._league = knowledge.county.general_place
        self._last: tuple[str, Understanding] | None = None

    @classmethod
    def of(cls, knowledge: Knowledge, root: Path) -> Reader:
        """A reader with the aspect words of the knowledge folder."""
        rows = (root / "lexicon/crisis.txt").read_text(encoding="utf-8").splitlines()
        aspects = yaml.load((root / "lexicon/aspects.yml").read_text(encoding="utf-8"), Loader)
        return cls(knowledge, aspects, [row for row in rows if row and not row.startswith("#")])

    def read(self, text: str) -> Understanding:
        """Read one message, already redacted. The NLU and the answering steps read the same one, so the last is kept."""
        if self._last is None or self._last[0] != text:
            self._last = (text, self._read(text))
        return self._last[1]

    def _read(self, text: str) -> Understanding:
        text = normalise(MASK.sub("", text))
        places = find_in_order(text, self._places, "place")
        ours = [entity.value for entity in places if not entity.value.startswith("!")]
        wrong = [entity.value[1:] for entity in places if entity.value.startswith("!")]
        nearer = [place for place in ours if place != self._league]
        aspects = find_in_order(text, self._aspects, "aspect")
        topics = find_in_order(text, self._topics, "scheme")
        core = bare = text
        for entity in reversed(places):
            bare = bare[: entity.start] + bare[entity.end :]
            if not entity.value.startswith("!"):
                core = core[: entity.start] + core[entity.end :]
        return Understanding(
            text=text,
            core=core,
            bare=bare,
            places=tuple(dict.fromkeys(nearer or ours)),
            place=nearer[-1] if nearer else ours[-1] if ours else None,
            wrong_place=wrong[0] if wrong and not nearer else None,
            aspects=tuple(dict.fromkeys(entity.value for entity in aspects)),
            entities=tuple(places + aspects + topics + find_numbers(text)),
            topics=tuple(dict.fromkeys(entity.value for entity in topics)),
            leans=bool(_LEANS.search(_FILLERS.sub("", text))),
            crisis=any(word in text for word in self._crisis),
        )
