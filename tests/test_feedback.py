"""Votes are kept, one for each reply."""

from __future__ import annotations

import dataclasses
import sqlite3
from concurrent.futures import ThreadPoolExecutor

import pytest

from bot.feedback import Feedback, FeedbackStore

VOTE = Feedback(
    sender="s1",
    message="m1",
    at="2026-11-23T10:00:00+08:00",
    vote="down",
    reason="wrong",
    comment="'; drop table feedback; --",
    question="失业登记要带什么",
    status="answered",
    clauses=("jyfw-3-3", "jyfw-tel-xam"),
    knowledge="abc",
)


@pytest.fixture()
def store(tmp_path):
    return FeedbackStore(tmp_path / "new folder/feedback.sqlite3")


def test_what_was_saved_is_read_back(store):
    store.save(VOTE)
    assert store.all() == [VOTE]


def test_a_later_vote_replaces_the_earlier_one(store):
    store.save(VOTE)
    changed = dataclasses.replace(VOTE, vote="up", reason="", comment="", at="2026-11-23T10:01:00+08:00")
    store.save(changed)
    assert store.all() == [changed]


def test_a_vote_can_be_taken_back(store):
    store.save(VOTE)
    store.withdraw("s1", "m2")
    assert store.all() == [VOTE]
    store.withdraw("s1", "m1")
    assert store.all() == []


def test_the_votes_of_one_person_are_found_by_message(store):
    assert store.votes("s1") == {}
    store.save(VOTE)
    store.save(dataclasses.replace(VOTE, sender="s2", message="m2"))
    assert store.votes("s1") == {"m1": "down"}


def test_many_at_once_are_all_kept(store):
    votes = [dataclasses.replace(VOTE, message=f"m{i}") for i in range(50)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(store.save, votes))
    assert {each.message for each in store.all()} == {each.message for each in votes}


def test_a_file_that_is_no_database_is_said_to_be_one(tmp_path):
    path = tmp_path / "feedback.sqlite3"
    path.write_text("this is a text" * 100)
    with pytest.raises(sqlite3.Error):
        FeedbackStore(path).save(VOTE)
