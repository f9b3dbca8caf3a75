"""jieba with the words of the knowledge: scheme names, documents, places, everyday words of the lexicon."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from pathlib import Path

import jieba
import yaml

from bot.knowledge import Knowledge
from bot.knowledge.located import Loader

from .normalise import normalise

jieba.setLogLevel(logging.WARNING)


def domain_words(knowledge: Knowledge, root: Path) -> list[str]:
    """Every word that jieba must not cut: topic names and words, place names, and lexicon/words.txt, sorted."""
    words = {normalise(word) for topic in knowledge.topics.values() for word in topic.words}
    words |= {normalise(alias) for place in knowledge.places.values() for alias in place.aliases}
    path = root / "lexicon/words.txt"
    words |= {normalise(row) for row in path.read_text(encoding="utf-8").split("\n") if row and not row.startswith("#")}
    colloquial = yaml.load((root / "lexicon/everyday.yml").read_text(encoding="utf-8"), Loader) or []
    words |= {normalise(row["everyday"]) for row in colloquial if len(row["everyday"]) <= 6}
    return sorted(word for word in words if 1 < len(word) <= 12 and " " not in word)


class Segmenter:
    """Cuts normalised text into words. Equal word lists cut equally."""

    def __init__(self, words: Iterable[str]) -> None:
        self._last: tuple[str, list[tuple[str, int, int]]] = ("", [])
        self._tokenizer = jieba.Tokenizer()
        self._tokenizer.initialize()
        for word in words:
            self._tokenizer.add_word(word, freq=20000)

    def words(self, text: str) -> list[str]:
        """The words of a text in order, blanks and punctuation left out."""
        return [word for word, _, _ in self.spans(text) if word[0].isalnum()]

    def spans(self, text: str) -> list[tuple[str, int, int]]:
        """Every token with its character span, punctuation included, blanks left out. The NLU and the search cut the same
        text one after the other, so the last is kept."""
        if self._last[0] != text:
            tokens = self._tokenizer.tokenize(text, HMM=False)
            self._last = (text, [(word, start, end) for word, start, end in tokens if word.strip()])
        return self._last[1]
