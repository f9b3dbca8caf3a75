"""`bot forget`: staff remove what is kept of the person who reads a number out to them."""

from __future__ import annotations

import asyncio
import dataclasses

import pytest
from rasa.shared.core.domain import Domain

from bot.cli_privacy import NotForgotten, _forget
from bot.conversation.forget import number_of
from bot.conversation.lock import WakingLockStore
from bot.feedback import FeedbackFile

from .test_forget import ME, OTHER, said, sheet, vote


@pytest.fixture()
def own(settings, tmp_path):
    return dataclasses.replace(settings, data=tmp_path, database="", redis="")


def test_without_a_database_votes_are_removed_and_the_rest_is_said_honestly(own):
    async def run():
        feedback = FeedbackFile(own.feedback)
        await feedback.save(vote(ME))
        await feedback.save(vote(OTHER))
        lines = await _forget(own, number_of(ME))
        return lines, [each.sender for each in await feedback.all()]

    lines, left = asyncio.run(run())
    assert left == [OTHER]
    assert lines[0] == "已删除评价 1 条。" and "内存" in lines[1]


def test_without_a_database_a_number_without_votes_makes_no_file(own):
    lines = asyncio.run(_forget(own, "123 456 789"))
    assert lines[0] == "这个编号没有评价。" and not own.feedback.exists()


def test_in_the_database_one_person_is_removed_from_all_tables(own, migrated_postgres):
    from bot.conversation.shared_tracker_store import SharedTrackerStore
    from bot.database import Database
    from bot.database.feedback import SharedFeedback
    from bot.database.sheets import SharedSheets

    own = dataclasses.replace(own, database=migrated_postgres)

    async def run():
        database = Database(migrated_postgres)
        conversations = SharedTrackerStore(Domain.empty(), database, WakingLockStore().lock)
        sheets, feedback = SharedSheets(database), SharedFeedback(database)
        for sender, code in ((ME, "23456789"), (OTHER, "98765432")):
            await said(conversations, sender, code)
            await feedback.save(vote(sender))
            sheets.save(sheet(code))
        await sheets.keep()
        lines = await _forget(own, number_of(ME))
        with pytest.raises(NotForgotten, match="没有编号"):
            await _forget(own, ME)
        left = []
        for query in (
            "select sender from conversations",
            "select sender from exchanges",
            "select sender from feedback",
        ):
            left.append([row["sender"] for row in await database.rows(query)])
        left.append([row["code"] for row in await database.rows("select code from sheets")])
        await database.close()
        return lines, left

    lines, left = asyncio.run(run())
    assert lines == ["已删除：对话、评价和 1 份告知单。"]
    assert left == [[OTHER], [OTHER], [OTHER], ["98765432"]]


def test_a_database_that_is_gone_is_said_and_nothing_is_claimed(own):
    gone = dataclasses.replace(own, database="postgresql://tests@127.0.0.1:1/none")
    with pytest.raises(Exception, match="数据库"):
        asyncio.run(_forget(gone, ME))
