"""The bot's own sentences: all there, and every blank in them can be filled."""

from __future__ import annotations

import re
import string

import pytest

from bot.knowledge.sentences import GENERAL_FIELDS, REPLIES

USED = re.compile(r"""(?:\bsay\(\s*|plain\(\s*Status\.\w+,\s*|key, status = \()"(\w+)\"""")


def blanks(text):
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def test_every_sentence_that_the_steps_say_is_known_to_the_loader(settings):
    sources = [path.read_text(encoding="utf-8") for path in (settings.root / "bot/answering").rglob("*.py")]
    used = {key for source in sources for key in USED.findall(source)}
    assert len(used) > 15
    assert used <= set(REPLIES)


def test_every_sentence_is_there_and_none_is_left_over(knowledge):
    assert set(knowledge.replies) == set(REPLIES)


@pytest.mark.parametrize("key", REPLIES)
def test_every_blank_of_a_sentence_is_one_that_is_filled(knowledge, key):
    assert blanks(knowledge.replies[key]) <= {*GENERAL_FIELDS, *REPLIES[key]}


@pytest.mark.parametrize("value", ["{bot}", "{0.__class__}", "%s", "{", "}}"])
def test_what_is_filled_in_is_never_filled_in_turn(kit, value):
    assert kit.say("clarify_unknown_place", says=value).startswith(value)


def test_no_sentence_is_long(knowledge):
    assert not [key for key, text in knowledge.replies.items() if len(text) > 120]
