"""Tokens: the server makes the sender, and nobody else can."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.web.sessions import KEPT, Sessions

KEY = b"a key of the tests"


def test_a_token_of_ours_has_a_sender_and_keeps_it():
    sessions = Sessions(KEY)
    token = sessions.new()
    assert sessions.sender(token) == Sessions(KEY).sender(token)
    assert len(sessions.sender(token)) == 32


def test_two_tokens_have_two_senders():
    sessions = Sessions(KEY)
    assert sessions.sender(sessions.new()) != sessions.sender(sessions.new())


def test_the_sender_does_not_show_the_token():
    sessions = Sessions(KEY)
    token = sessions.new()
    assert sessions.sender(token) not in token


def test_another_key_makes_another_bot():
    assert Sessions(b"another key").sender(Sessions(KEY).new()) is None


def test_a_token_ends_after_ninety_days():
    now = [1_000_000.0]
    sessions = Sessions(KEY, lambda: now[0])
    token = sessions.new()
    now[0] += KEPT.total_seconds() - 1
    assert sessions.sender(token)
    now[0] += 2
    assert sessions.sender(token) is None


@pytest.mark.parametrize("place", range(4))
def test_a_changed_token_is_nobodys(place):
    sessions = Sessions(KEY)
    parts = sessions.new().split(".")
    parts[min(place, 2)] += "0"
    assert sessions.sender(".".join(parts[: 3 if place < 3 else 2])) is None


@given(st.one_of(st.none(), st.text(), st.from_regex(r"[\w-]{0,30}\.\d{0,12}\.[0-9a-f]{0,64}")))
def test_nothing_else_is_a_token(text):
    assert Sessions(KEY).sender(text) is None
