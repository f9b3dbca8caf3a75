"""A message that is nothing but the name of several schemes is asked about."""

from __future__ import annotations

import re

from bot.answering import choices
from bot.answering.reply import Reply, Status
from bot.answering.turn import Turn
from bot.language import normalise

_POLITE = re.compile(
    r"^(我想|我要|想|要)?(问一下|问下|问问|咨询一下|咨询|了解一下|了解)?|(的事|怎么办|呢|啊|呗)?[。.?？!！ ]*$"
)


def run(turn: Turn) -> Reply | None:
    """Ask with one choice for each scheme of the group."""
    if turn.choice:
        return None
    bare = _POLITE.sub("", turn.read.core.strip())
    for twins in turn.knowledge.twins:
        if bare in map(normalise, twins.words):
            return turn.ask(Status.CLARIFICATION_SCHEME, twins.ask, choices.twin_suggestions(twins), "topic")
    return None
