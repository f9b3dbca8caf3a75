"""Conversations in PostgreSQL: any process goes on where another stopped, and none of them needs the database to answer."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import time

import pytest
from rasa.shared.core.events import ActiveLoop, SlotSet, UserUttered

from bot.conversation.history import MOST
from bot.conversation.tracker_store import Conflict
from bot.database.connection import PATIENCE

from .stores import say, shared_store, turn


@pytest.fixture()
async def two(migrated_postgres):
    """The stores of two processes."""
    async with shared_store(migrated_postgres) as one, shared_store(migrated_postgres) as other:
        yield one, other


@pytest.fixture()
def rows(postgres_server, migrated_postgres):
    """Rows of a query, beside what the stores see."""
    return lambda query: postgres_server.run(query, migrated_postgres.rpartition("/")[2])


@pytest.fixture()
def gone(postgres_server, migrated_postgres):
    """`with gone():` the database takes no connection and has ended those it had."""
    name = migrated_postgres.rpartition("/")[2]

    @contextlib.contextmanager
    def run():
        postgres_server.run(f"alter database {name} allow_connections false")
        postgres_server.run(f"select pg_terminate_backend(pid) from pg_stat_activity where datname = '{name}'")
        try:
            yield
        finally:
            postgres_server.run(f"alter database {name} allow_connections true")

    return run


async def back(*stores):
    """Until every store has its database again and has written what waited."""
    for _ in range(500):
        if not any(store._database.is_away or any(map(store._is_changed, store._kept)) for store in stores):
            return
        await asyncio.sleep(0.01)
    pytest.fail("the database is not back")


async def texts(store, sender="a"):
    return [exchange["text"] for exchange in await store.history(sender)]


async def test_a_conversation_goes_on_in_another_process_with_all_that_it_remembers(two):
    one, other = two
    tracker = await say(
        one, 0, place="kyqq", dialogue={"topic": "jyfw-3", "pending": [{"label": "报备", "choice": "x"}]}
    )
    tracker.update_with_events([ActiveLoop("contact_form"), SlotSet("requested_slot", "place")], one.domain)
    await one.save(tracker)
    await one.commit("a")
    await say(other, 1)
    for number in range(2, 9):
        await say(two[number % 2], number)
    await one.refresh("a")
    there, here = await other.retrieve("a"), await one.retrieve("a")
    for tracker in (there, here):
        assert tracker.active_loop_name == "contact_form" and tracker.get_slot("requested_slot") == "place"
        assert tracker.get_slot("place") == "kyqq"
        assert tracker.get_slot("dialogue") == {"topic": "jyfw-3", "pending": [{"label": "报备", "choice": "x"}]}
    assert [each.text for each in here.events if isinstance(each, UserUttered)] == ["问6", "问7", "问8"]


async def test_what_is_read_from_the_row_is_what_was_written(two):
    one, other = two
    for number in range(5):
        await say(one, number, place="kyqq")
    await other.refresh("a")
    before, after = await one.retrieve("a"), await other.retrieve("a")
    assert after.current_slot_values() == before.current_slot_values()
    assert [event.timestamp for event in after.events] == [event.timestamp for event in before.events]
    assert [event.fingerprint() for event in after.events if not isinstance(event, UserUttered)] == [
        event.fingerprint() for event in before.events if not isinstance(event, UserUttered)
    ]


async def test_the_second_of_two_that_change_a_conversation_at_once_is_told_and_keeps_nothing(two):
    one, other = two
    await say(one, 0)
    await other.refresh("a")
    for store, number in ((one, 1), (other, 2)):
        await store.save(await turn(store, number))
    await one.commit("a")
    with pytest.raises(Conflict):
        await other.commit("a")
    assert await texts(other) == ["问0", "问1"]
    await say(other, 2)
    assert await texts(one) == ["问0", "问1", "问2"]


async def test_of_two_that_begin_a_conversation_at_once_one_is_told(two):
    for store, number in zip(two, (0, 1)):
        await store.save(await turn(store, number))
    await two[0].commit("a")
    with pytest.raises(Conflict):
        await two[1].commit("a")


async def test_a_message_that_one_process_answered_is_answered_the_same_by_another(two):
    one, other = two
    await say(one, 0)
    exchange = await other.answered("a", "message-0")
    assert exchange == (await one.history("a"))[0]
    assert await other.answered("b", "message-0") is None


async def test_the_history_of_all_processes_is_one_and_bounded(two, rows):
    for number in range(MOST + 8):
        await say(two[number % 2], number)
    assert await texts(two[0]) == await texts(two[1]) == [f"问{number}" for number in range(8, MOST + 8)]
    assert rows("select count(*), min(id), max(id) from exchanges") == [(MOST, 9, MOST + 8)]


async def test_the_size_of_a_row_does_not_grow(two, rows):
    sizes = []
    for number in range(20):
        await say(two[0], number, place="kyqq")
        sizes += [size for (size,) in rows("select length(state) from conversations")]
    assert max(sizes[5:]) < 1.1 * min(sizes[5:])


async def test_who_is_forgotten_in_one_process_is_unknown_in_all(two, rows):
    one, other = two
    await say(one, 0, place="kyqq")
    await say(other, 1)
    await one.forget("a")
    assert rows("select * from conversations") == rows("select * from exchanges") == []
    await other.refresh("a")
    assert await other.retrieve("a") is None and await other.history("a") == []


async def test_a_conversation_begun_again_is_not_taken_for_the_forgotten_one(two):
    one, other = two
    await say(one, 0, place="kyqq")
    await other.refresh("a")
    await one.forget("a")
    await say(one, 1)
    await other.refresh("a")
    assert (await other.retrieve("a")).get_slot("place") is None


async def test_a_message_under_way_does_not_bring_back_who_was_forgotten(two, rows):
    one, other = two
    await say(one, 0)
    await one.save(await turn(one, 1))
    await other.forget("a")
    with pytest.raises(Conflict):
        await one.commit("a")
    assert rows("select * from conversations") == []


async def test_forgetting_waits_for_a_message_under_way(two):
    one, _ = two
    async with one._lock("a"):
        forgetting = asyncio.create_task(one.forget("a"))
        await asyncio.sleep(0.01)
        await say(one, 0)
        assert not forgetting.done()
    await forgetting
    assert await one.history("a") == []


async def test_what_is_older_than_ninety_days_is_removed_whoever_does_it(two, rows):
    for sender in ("old", "new", "long"):
        await say(two[0], 0, sender)
        await say(two[0], 1, sender)
    rows("update conversations set updated = current_date - 91 where sender = 'old'")
    rows("update exchanges set at = now() - interval '91 days' where sender = 'long' and id = 1")
    await asyncio.gather(*(store.purge() for store in two))
    assert rows("select sender from conversations order by sender") == [("long",), ("new",)]
    assert rows("select sender, id from exchanges order by sender, id") == [("long", 2), ("new", 1), ("new", 2)]


async def test_a_row_that_cannot_be_read_is_begun_again(two, rows, caplog):
    await say(two[0], 0, place="kyqq")
    rows("update conversations set state = 'x', version = 1")
    await say(two[1], 1)
    assert "cannot be read" in caplog.text
    assert await texts(two[0]) == ["问0", "问1"]


async def test_a_copy_that_made_room_for_others_is_read_again(migrated_postgres):
    async with shared_store(migrated_postgres, most=2) as store:
        for sender in "abc":
            await say(store, 0, sender, place="kyqq")
        assert list(store._kept) == ["b", "c"]
        await say(store, 1, "a")
        assert (await store.retrieve("a")).get_slot("place") == "kyqq"
        assert sorted(await store.keys()) == ["a", "b", "c"]


async def test_without_the_database_conversations_go_on_and_are_written_when_it_is_back(two, gone, rows, caplog):
    one, other = two
    await say(one, 0, place="kyqq")
    with gone():
        for number in range(1, 4):
            await say(one, number)
        await say(one, 0, "new")
        assert (await one.retrieve("a")).get_slot("place") == "kyqq"
        assert await texts(one) == ["问0", "问1", "问2", "问3"]
        assert await one.answered("a", "message-2")
    await back(one)
    assert caplog.text.count("out of reach") == 1 and caplog.text.count("is back") == 1
    assert "2 conversations were written" in caplog.text
    assert await texts(other) == ["问0", "问1", "问2", "问3"] and await texts(other, "new") == ["问0"]
    await say(other, 4)
    assert (await other.retrieve("a")).get_slot("place") == "kyqq"
    assert rows("select sender, said from conversations order by sender") == [("a", 5), ("new", 1)]


async def test_where_others_went_on_their_state_counts_and_only_what_was_said_is_added(two, gone):
    one, other = two
    await say(one, 0)
    await other.refresh("a")
    with gone():
        await say(one, 1, place="tqx")
        await say(other, 1)  # the same message, sent again to another process
        await say(one, 2)
        await say(other, 3, place="kyqq")
    await asyncio.gather(back(one), back(other))
    assert sorted(await texts(one)) == ["问0", "问1", "问2", "问3"]
    await say(one, 4)
    await other.refresh("a")
    places = {(await store.retrieve("a")).get_slot("place") for store in two}
    assert len(places) == 1 and places < {"tqx", "kyqq"}


async def test_who_was_forgotten_without_the_database_is_forgotten_when_it_is_back(two, gone, rows):
    one, _ = two
    await say(one, 0, place="kyqq")
    await say(one, 0, "b")
    with gone():
        await one.forget("a")
        await one.forget("b")
        assert await one.history("a") == []
        await say(one, 1)
    await back(one)
    await one.refresh("a")
    assert (await one.retrieve("a")).get_slot("place") is None
    assert rows("select sender, message from exchanges") == [("a", "message-1")]


async def test_a_message_that_comes_as_the_database_is_back_goes_on_from_what_was_not_written(two, gone):
    one, other = two
    await say(one, 0)
    with gone():
        await say(one, 1, place="kyqq")
        one._database._looking.cancel()
        one._database._looking = None  # nobody has looked for it yet
    await say(one, 2)
    assert await texts(other) == ["问0", "问1", "问2"]
    await other.refresh("a")
    assert (await other.retrieve("a")).get_slot("place") == "kyqq"


async def test_a_commit_of_which_nothing_was_heard_is_known_for_our_own(two, monkeypatch, rows):
    """The row was written, the answer was lost: what is said next goes on from it."""
    one, other = two
    await say(one, 0)
    fetch = one._database._fetch

    async def lost(*values):
        await fetch(*values)
        raise ConnectionResetError

    await one.save(await turn(one, 1, place="kyqq"))
    monkeypatch.setattr(one._database, "_fetch", lost)
    await one.commit("a")
    monkeypatch.undo()
    assert one._database.is_away
    await one.save(await turn(one, 2))
    await back(one)
    await other.refresh("a")
    assert (await other.retrieve("a")).latest_message.text == "问2"
    assert (await other.retrieve("a")).get_slot("place") == "kyqq"
    assert rows("select message from exchanges order by id") == [("message-0",), ("message-1",), ("message-2",)]


async def test_what_is_written_when_the_database_is_back_waits_for_a_message_under_way(two, gone):
    one, other = two
    await say(one, 0)
    async with one._lock("a"):
        with gone():
            await say(one, 1)
        while one._database.is_away:
            await asyncio.sleep(0.01)
        await one.save(await turn(one, 2, place="kyqq"))
        await asyncio.sleep(0.1)
        assert await texts(other) == ["问0"]
        await one.commit("a")
    await say(other, 3)
    assert await texts(one) == ["问0", "问1", "问2", "问3"]
    assert (await other.retrieve("a")).get_slot("place") == "kyqq"


async def test_what_was_said_here_is_at_hand_without_the_database_also_when_others_went_on(two, gone):
    one, other = two
    await say(one, 0)
    await say(other, 1)
    await say(one, 2)
    with gone():
        assert await one.answered("a", "message-0")
        assert await texts(one) == ["问0", "问2"]


async def test_only_so_much_waits_for_the_database(migrated_postgres, gone, caplog):
    async with shared_store(migrated_postgres, most=3) as store:
        await say(store, 0, "first")
        with gone():
            for sender in "abcd":
                await say(store, 0, sender)
            assert len(store._kept) == 3
        await back(store)
        assert sorted(await store.keys()) == ["b", "c", "d", "first"]
    assert "3 conversations were written after PostgreSQL came back, 1 were lost" in caplog.text


async def test_a_server_that_never_answers_holds_up_one_message_for_a_moment_and_no_other():
    with socket.create_server(("127.0.0.1", 0), backlog=100) as silent:
        address = f"postgresql://bot@127.0.0.1:{silent.getsockname()[1]}/bot"
        async with shared_store(address, patience=0.2, again=0.05) as store:
            begun = time.perf_counter()
            await asyncio.gather(*(say(store, 0, str(sender)) for sender in range(20)))
            first = time.perf_counter() - begun
            await asyncio.gather(*(say(store, 1, str(sender)) for sender in range(20)))
            await store.forget("1")
            await store.purge()
            rest = time.perf_counter() - begun - first
            assert 0.2 <= first < 2 * 0.2 + 0.5 and rest < 0.2
            assert await texts(store, "2") == ["问0", "问1"]
    assert PATIENCE <= 1


async def test_a_server_that_stops_answering_in_the_middle_is_left(postgres_server, migrated_postgres):
    async with shared_store(migrated_postgres, patience=0.3, again=0.05) as store:
        await asyncio.gather(*(say(store, 0, sender) for sender in "abc"))
        assert len(store._database._idle) > 1
        with postgres_server.hanging():
            await say(store, 1)
            assert store._database.is_away and not store._database._idle and not store._database._busy
            begun = time.perf_counter()
            await asyncio.gather(*(say(store, 1, sender) for sender in "bcdefghij"))
            assert time.perf_counter() - begun < 1
        await back(store)
        assert await texts(store) == ["问0", "问1"] and await texts(store, "j") == ["问1"]


async def test_a_server_that_is_restarted_is_used_again(postgres_server, migrated_postgres):
    async with shared_store(migrated_postgres) as store:
        await say(store, 0)
        postgres_server.stop()
        await say(store, 1)
        postgres_server.start()
        await back(store)
        await say(store, 2)
        async with shared_store(migrated_postgres) as other:
            assert await texts(other) == ["问0", "问1", "问2"]


async def test_a_caller_that_gives_up_leaves_no_connection_behind(two, rows):
    one, _ = two
    await say(one, 0)
    for _ in range(20):
        asking = asyncio.create_task(one.refresh("a"))
        while not one._database._busy:
            await asyncio.sleep(0)
        asking.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await asking
    await say(one, 1)
    assert await texts(one) == ["问0", "问1"] and not one._database.is_away
    await asyncio.sleep(0.05)
    (connections,) = rows("select count(*) from pg_stat_activity where application_name = 'policy-bot'")[0]
    assert connections <= 2
