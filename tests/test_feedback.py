"""Votes are kept, one for each reply, in a file and in PostgreSQL alike."""

from __future__ import annotations

import asyncio
import dataclasses
import sqlite3

import pytest

from bot.feedback import Feedback, FeedbackFile

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


@pytest.fixture(params=["file", "postgres"])
async def store(request, tmp_path):
    if request.param == "file":
        yield FeedbackFile(tmp_path / "new folder/feedback.sqlite3")
        return
    from bot.database import Database
    from bot.database.feedback import SharedFeedback

    database = Database(request.getfixturevalue("migrated_postgres"))
    yield SharedFeedback(database)
    await database.close()


async def test_what_was_saved_is_read_back(store):
    await store.save(VOTE)
    assert await store.all() == [VOTE]


async def test_a_later_vote_replaces_the_earlier_one(store):
    await store.save(VOTE)
    changed = dataclasses.replace(VOTE, vote="up", reason="", comment="", at="2026-11-23T10:01:00+08:00")
    await store.save(changed)
    assert await store.all() == [changed]


async def test_a_vote_can_be_taken_back(store):
    await store.save(VOTE)
    await store.withdraw("s1", "m2")
    assert await store.all() == [VOTE]
    await store.withdraw("s1", "m1")
    assert await store.all() == []


async def test_the_votes_of_one_person_are_found_by_message(store):
    assert await store.votes("s1") == {}
    await store.save(VOTE)
    await store.save(dataclasses.replace(VOTE, sender="s2", message="m2"))
    assert await store.votes("s1") == {"m1": "down"}


async def test_many_at_once_are_all_kept(store):
    votes = [dataclasses.replace(VOTE, message=f"m{i}") for i in range(50)]
    await asyncio.gather(*map(store.save, votes))
    assert {each.message for each in await store.all()} == {each.message for each in votes}


async def test_a_file_that_is_no_database_is_said_to_be_one(tmp_path):
    path = tmp_path / "feedback.sqlite3"
    path.write_text("this is a text" * 100)
    with pytest.raises(sqlite3.Error):
        await FeedbackFile(path).save(VOTE)


async def test_a_database_out_of_reach_is_an_error_like_that_of_a_file():
    from bot.database import Database
    from bot.database.feedback import SharedFeedback

    database = Database("postgresql://bot@127.0.0.1:1/bot")
    with pytest.raises(OSError):
        await SharedFeedback(database).save(VOTE)
    await database.close()
