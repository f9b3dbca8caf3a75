"""Events reach the broker once and in order, and no message waits for it."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import threading
import time
from collections import deque
from types import SimpleNamespace

import pytest
from rasa.core.brokers.broker import EventBroker
from rasa.shared.core.events import SlotSet, UserUttered

from bot.conversation.brokers import open_publisher
from bot.conversation.events import EventPublisher
from bot.settings import SettingsError

QUICK = (0.01, 0.02)  # seconds until a broker that is down is tried again


class Broker(EventBroker):
    """Keeps what is published; `fails` so often, and stands still while `stands` is not set."""

    def __init__(self, fails=0):
        self.bodies = []
        self.fails = fails
        self.stands = threading.Event()
        self.stands.set()
        self.closed = False

    def publish(self, event):
        self.stands.wait(30)
        if self.fails:
            self.fails -= 1
            raise ConnectionError
        self.bodies.append(event)

    async def close(self):
        self.closed = True

    @property
    def slots(self):
        return [body["name"] for body in self.bodies]


def publisher_of(broker, **options):
    async def connect():
        return broker

    return EventPublisher(connect, **{"again": QUICK, **options})


def slots(*names):
    return [SlotSet(name, 1) for name in names]


async def until(true):
    for _ in range(3000):
        if true():
            return
        await asyncio.sleep(0.01)
    raise TimeoutError


async def test_events_are_published_once_and_in_order_with_their_sender():
    broker = Broker()
    publisher = publisher_of(broker)
    publisher.start()
    publisher.publish("s", slots("a"))
    publisher.publish("s", [UserUttered("我的电话是***"), SlotSet("b", 1)])
    publisher.publish("t", slots("c"))
    await publisher.close()
    assert [body["event"] for body in broker.bodies] == ["slot", "user", "slot", "slot"]
    assert [body["sender_id"] for body in broker.bodies] == ["s", "s", "s", "t"]
    assert broker.bodies[1]["text"] == "我的电话是***"
    assert broker.closed


async def test_what_the_bot_says_while_it_warms_up_is_not_published():
    broker = Broker()
    publisher = publisher_of(broker)
    publisher.publish("warm_up", slots("a"))
    publisher.start()
    publisher.publish("s", slots("b"))
    await publisher.close()
    assert broker.slots == ["b"]


async def test_many_messages_keep_their_order():
    broker = Broker()
    publisher = publisher_of(broker)
    publisher.start()
    for n in range(0, 3000, 3):
        publisher.publish("s", slots(*map(str, range(n, n + 3))))
        if n % 300 == 0:
            await asyncio.sleep(0.001)
    await publisher.close()
    assert broker.slots == [str(n) for n in range(3000)]


async def test_publishing_does_not_wait_for_a_broker_that_stands_still():
    broker = Broker()
    publisher = publisher_of(broker)
    publisher.start()
    broker.stands.clear()
    for n in range(50):
        publisher.publish("s", slots(str(n)))
    assert broker.bodies == []
    broker.stands.set()
    await publisher.close()
    assert len(broker.bodies) == 50


async def test_the_end_does_not_wait_for_ever_and_counts_what_is_left(monkeypatch, caplog):
    monkeypatch.setattr("bot.conversation.events._PARTING", 0.05)
    broker = Broker()
    publisher = publisher_of(broker)
    publisher.start()
    broker.stands.clear()
    publisher.publish("s", slots("a"))
    await asyncio.sleep(0.05)
    publisher.publish("s", slots("b", "c"))
    await publisher.close()
    assert "2 were not published" in caplog.text
    broker.stands.set()


async def test_what_does_not_fit_is_dropped_by_whole_messages_counted_and_said_once(caplog):
    broker = Broker()
    publisher = publisher_of(broker, most=4)
    publisher.start()
    broker.stands.clear()
    publisher.publish("s", slots("first"))
    await until(lambda: not publisher._waiting)
    for n in range(5):
        publisher.publish("s", slots(f"{n}a", f"{n}b"))
    assert publisher.dropped == 6
    assert len(caplog.records) == 1
    broker.stands.set()
    await until(lambda: not publisher.dropped)
    assert "6 events were dropped" in caplog.text
    publisher.publish("s", slots("later"))
    await publisher.close()
    assert broker.slots == ["first", "0a", "0b", "1a", "1b", "later"]


async def test_a_broker_that_is_down_is_tried_again_and_said_once(caplog):
    tries = []
    broker = Broker(fails=3)

    async def connect():
        tries.append(1)
        if len(tries) < 3:
            raise ConnectionRefusedError
        return broker

    publisher = EventPublisher(connect, again=QUICK)
    publisher.start()
    publisher.publish("s", slots("a", "b"))
    await until(lambda: len(broker.bodies) == 2)
    await publisher.close()
    assert broker.slots == ["a", "b"]
    assert ["is down" in record.message for record in caplog.records] == [True, False]


async def test_of_what_failed_half_way_nothing_is_lost_and_nothing_doubled():
    class Shaky(Broker):
        def publish(self, event):
            if event["name"] == "c" and not self.closed:
                self.closed = True
                raise ConnectionError
            super().publish(event)

    broker = Shaky()
    publisher = publisher_of(broker)
    publisher.start()
    publisher.publish("s", slots(*"abcde"))
    await until(lambda: len(broker.bodies) == 5)
    await publisher.close()
    assert broker.slots == list("abcde")


async def test_a_broker_that_is_down_at_the_end_is_not_waited_for():
    async def connect():
        raise ConnectionRefusedError

    publisher = EventPublisher(connect, again=(60, 60))
    publisher.start()
    publisher.publish("s", slots("a"))
    await until(lambda: publisher._down)
    begin = time.perf_counter()
    await publisher.close()
    assert not publisher._thread.is_alive(), time.perf_counter() - begin


async def test_what_pika_keeps_for_later_comes_back_into_our_bounded_queue():
    class LikePika(Broker):
        """Publishes in tasks, and keeps what failed."""

        def __init__(self):
            super().__init__()
            self._background_tasks = set()
            self._unpublished_events = deque()
            self.down = True

        def publish(self, event):
            task = asyncio.get_running_loop().create_task(self._publish(event))
            self._background_tasks.add(task)
            task.add_done_callback(self._background_tasks.discard)

        async def _publish(self, event):
            await asyncio.sleep(0)
            if self.down and event["name"] == "b":
                self.down = False
                self._unpublished_events.append(event)
            else:
                self.bodies.append(event)

    broker = LikePika()
    publisher = publisher_of(broker)
    publisher.start()
    publisher.publish("s", slots("a", "b", "c"))
    await until(lambda: len(broker.bodies) == 3)
    await publisher.close()
    assert broker.slots == ["a", "c", "b"] and not broker._unpublished_events


async def test_rasas_pika_broker_still_has_what_is_read_of_it():
    from rasa.core.brokers.pika import PikaEventBroker

    broker = PikaEventBroker("localhost", "user", "word", queues=["events"])
    assert (broker._background_tasks, list(broker._unpublished_events)) == (set(), [])
    broker.publish({"event": "slot"})
    assert len(broker._background_tasks) == 1


async def test_kafka_is_reached_before_the_first_event(tmp_path, monkeypatch):
    import confluent_kafka

    produced = []
    cluster = SimpleNamespace(down=True)

    class Producer:
        def __init__(self, config):
            assert config["bootstrap.servers"] == "127.0.0.1:1"

        def list_topics(self, timeout):
            if cluster.down:
                raise confluent_kafka.KafkaException("down")

        def produce(self, topic, value, **options):
            produced.append(json.loads(value)["name"])

        def flush(self):
            pass

    monkeypatch.setattr(confluent_kafka, "Producer", Producer)
    text = "event_broker: {type: kafka, url: '127.0.0.1:1', topic: events, security_protocol: PLAINTEXT}"
    (tmp_path / "endpoints.yml").write_text(text)
    publisher = open_publisher(tmp_path)
    publisher._again = QUICK
    publisher.start()
    publisher.publish("s", slots("a"))
    await until(lambda: publisher._down)
    assert produced == []
    cluster.down = False
    await until(lambda: produced)
    publisher.publish("s", slots("b"))
    await publisher.close()
    assert produced == ["a", "b"]


async def test_rasas_sql_broker_writes_them_into_sqlite(tmp_path):
    database = tmp_path / "events.db"
    (tmp_path / "endpoints.yml").write_text(f"event_broker: {{type: SQL, dialect: sqlite, db: '{database}'}}")
    publisher = open_publisher(tmp_path)
    publisher.start()
    publisher.publish("s", [UserUttered("失业登记"), SlotSet("place", "kyqq")])
    await until(lambda: not publisher._waiting and database.exists())
    await publisher.close()
    with sqlite3.connect(database) as connection:
        rows = connection.execute("select sender_id, data from events order by id").fetchall()
    assert [(sender, json.loads(data)["event"]) for sender, data in rows] == [("s", "user"), ("s", "slot")]


async def test_rasas_sql_broker_writes_them_into_postgresql(tmp_path, postgres_server, postgres):
    where = f"url: 127.0.0.1, port: {postgres_server.port}, db: {postgres.rpartition('/')[2]}, username: tests"
    (tmp_path / "endpoints.yml").write_text(f"event_broker: {{type: sql, dialect: postgresql, {where}}}")
    publisher = open_publisher(tmp_path)
    publisher.start()
    publisher.publish("s", [UserUttered("失业登记"), SlotSet("place", "kyqq")])
    await until(lambda: not publisher._waiting)
    await publisher.close()
    rows = postgres_server.run("select sender_id, data from events order by id", postgres.rpartition("/")[2])
    assert [(sender, json.loads(data)["event"]) for sender, data in rows] == [("s", "user"), ("s", "slot")]


def test_without_a_broker_there_is_no_publisher(tmp_path):
    (tmp_path / "endpoints.yml").write_text("action_endpoint:\n  url: http://localhost:5055/webhook\n")
    assert open_publisher(tmp_path) is None


WRONG = {
    "a type that does not exist": ("event_broker: {type: rabbit}", "“rabbit”"),
    "no type": ("event_broker: {url: localhost}", "“”"),
    "a module that does not exist": ("event_broker: {type: office.broker.Broker}", "“office.broker.Broker”"),
    "a class that does not exist": ("event_broker: {type: bot.settings.Broker}", "“bot.settings.Broker”"),
    "a class that is no broker": ("event_broker: {type: bot.settings.Settings}", "“bot.settings.Settings”"),
    "a setting that does not exist": ("event_broker: {type: sql, databse: x}", "databse"),
    "a setting that is missing": ("event_broker: {type: pika, url: localhost}", "username"),
    "a host that Rasa wants as url": ("event_broker: {type: sql, host: localhost}", "url"),
    "no settings at all": ("event_broker: sql", "endpoints.yml"),
    "a file that cannot be read": ("event_broker: [", "endpoints.yml"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_broker_that_cannot_be_had_is_refused_with_one_sentence(tmp_path, case):
    text, says = WRONG[case]
    (tmp_path / "endpoints.yml").write_text(text)
    with pytest.raises(SettingsError) as refused:
        open_publisher(tmp_path)
    assert says in str(refused.value) and "\n" not in str(refused.value)
