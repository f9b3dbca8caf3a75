"""A message that is nothing but the name of several schemes, or asks something of just that name, is asked about."""

from __future__ import annotations

import re

from bot.answering import choices
from bot.answering.content import residue, without_fillers
from bot.answering.reply import Reply, Status
from bot.answering.turn import Turn
from bot.language import normalise_word

_POLITE = re.compile(
    r"^(我想|我要|想|要)?(问一下|问下|问问|咨询一下|咨询|了解一下|了解)?|(的事|怎么办|呢|啊|呗)?[。.?？!！ ]*$"
)


def run(turn: Turn) -> Reply | None:
    """Ask with one choice for each scheme of the group."""
    if turn.choice:
        return None
    bare = _POLITE.sub("", turn.read.core.strip())
    asked = "" if turn.context.topic or turn.read.topics or "phone" in turn.read.aspects else residue(turn.read)
    for twins in turn.knowledge.twins:
        words = [normalise_word(word) for word in twins.words]
        alike = [word for word in words if asked and twins.default is None and asked[0] in word]
        if bare in words or any(without_fillers(word, turn.read) == asked for word in alike):
            return turn.ask(Status.CLARIFICATION_SCHEME, twins.ask, choices.offered(turn.knowledge, twins), "topic")
    return None
