"""A client that puts load on a bot over HTTP: ours through the website's API, a stock Rasa through its REST channel.

Written on asyncio streams, because the client shares the processor with what it measures: it costs about a tenth of a millisecond
a message.
"""

from __future__ import annotations

import asyncio
import json
import time
import uuid
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.questions import GREETING, Asked

QUESTIONS = 8  # of one conversation; then its client begins a new one
_HOST = "127.0.0.1"
_GRACE = 120.0  # seconds that messages on their way may still take after the end


class LoadError(Exception):
    """The server said what this client cannot read."""


@dataclass(frozen=True)
class Head:
    """The head of an HTTP response; names of headers in lower case, the last of equal ones kept."""

    status: int
    headers: dict[str, str]


@dataclass(frozen=True)
class Sample:
    """One message: how long it took, when it ended (seconds of time.perf_counter), and whether it got an answer."""

    kind: str
    seconds: float
    ended: float
    answered: bool


def read_head(raw: bytes) -> Head:
    """Status line and headers, without the empty line. Raises LoadError."""
    first, *rest = raw.decode("latin-1").split("\r\n")
    version, _, status = first.partition(" ")
    if not version.startswith("HTTP/1.") or not status[:3].isdecimal():
        raise LoadError(f"no HTTP: {first[:60]!r}")
    pairs = (row.partition(":") for row in rest if row)
    return Head(int(status[:3]), {name.strip().lower(): value.strip() for name, _, value in pairs})


class Connection:
    """A connection that is kept open from one request to the next."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def send(self, method: str, path: str, data: Any = None, headers: str = "") -> tuple[Head, bytes]:
        """One request with a JSON body; `headers` are whole lines. Raises LoadError and OSError."""
        if self._streams is None:
            self._streams = await asyncio.open_connection(_HOST, self._port)
        reader, writer = self._streams
        body = b"" if data is None else json.dumps(data).encode()
        request = (
            f"{method} {path} HTTP/1.1\r\nHost: {_HOST}:{self._port}\r\nContent-Type: application/json\r\n{headers}"
        )
        writer.write(f"{request}Content-Length: {len(body)}\r\n\r\n".encode() + body)
        try:
            head = read_head((await reader.readuntil(b"\r\n\r\n"))[:-4])
            length = head.headers.get("content-length", "")
            if not length.isdecimal():
                raise LoadError("a body without a length")
            answer = await reader.readexactly(int(length))
        except asyncio.IncompleteReadError as error:
            self.close()
            raise LoadError("the connection was closed in the middle") from error
        if head.headers.get("connection", "").lower() == "close":
            self.close()
        return head, answer

    def close(self) -> None:
        """End the connection; the next request opens a new one."""
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None


@dataclass(frozen=True)
class Dialect:
    """How to talk to a bot: `begin` opens a conversation and returns who is asking, `say` whether a text got an answer."""

    begin: Callable[[Connection], Awaitable[str]]
    say: Callable[[Connection, str, str], Awaitable[bool]]


async def _begin_web(connection: Connection) -> str:
    head, body = await connection.send("POST", "/api/v1/sessions", {})
    if head.status != 201:
        raise LoadError(f"no session: {head.status} {body[:200]!r}")
    return head.headers["set-cookie"].partition(";")[0]


async def _say_web(connection: Connection, cookie: str, text: str) -> bool:
    message = {"id": uuid.uuid4().hex, "text": text}
    head, body = await connection.send("POST", "/api/v1/messages", message, f"Cookie: {cookie}\r\n")
    if head.status != 200:
        return False
    reply = json.loads(body)["reply"]
    return bool(reply["text"]) and reply["status"] != "error_internal"


async def _begin_rest(connection: Connection) -> str:
    sender = uuid.uuid4().hex
    if not await _say_rest(connection, sender, GREETING):
        raise LoadError("no answer to the greeting")
    return sender


async def _say_rest(connection: Connection, sender: str, text: str) -> bool:
    head, body = await connection.send("POST", "/webhooks/rest/webhook", {"sender": sender, "message": text})
    return head.status == 200 and any(each.get("text") for each in json.loads(body))


WEB = Dialect(_begin_web, _say_web)  # ours: a session, whose greeting is a message of its own
REST = Dialect(_begin_rest, _say_rest)  # stock: a new sender who says hello


async def timed(dialect: Dialect, connection: Connection, sender: str, asked: Asked) -> Sample:
    """Say one text and wait for the answer."""
    start = time.perf_counter()
    answered = await dialect.say(connection, sender, asked.text)
    ended = time.perf_counter()
    return Sample(asked.kind, ended - start, ended, answered)


async def closed_loop(
    dialect: Dialect, port: int, clients: int, seconds: float, questions: Sequence[Asked]
) -> tuple[list[Sample], float]:
    """`clients` conversations at a time, each asking its next question when it has the answer to the one before.

    Every conversation has a sender of its own and QUESTIONS questions; its greeting is not counted. Returns the samples that were
    begun within `seconds`, and when these seconds were over (time.perf_counter). Raises LoadError and OSError.
    """
    connections = [Connection(port) for _ in range(clients)]
    samples: list[Sample] = []
    senders = [await dialect.begin(connection) for connection in connections]
    end = time.perf_counter() + seconds

    async def ask(number: int) -> None:
        connection, sender = connections[number], senders[number]
        said = 0
        while True:
            if said == QUESTIONS:
                sender, said = await dialect.begin(connection), 0
            if time.perf_counter() >= end:
                return
            samples.append(await timed(dialect, connection, sender, questions[next(turn) % len(questions)]))
            said += 1

    turn = iter(range(10**9))
    try:
        await asyncio.wait_for(asyncio.gather(*map(ask, range(clients))), seconds + _GRACE)
    finally:
        for connection in connections:
            connection.close()
    return samples, end


async def at_once(dialect: Dialect, port: int, messages: Sequence[Asked]) -> list[float]:
    """Messages of one sender sent at the same moment, each over a connection of its own: seconds until each got its answer,
    the shortest first. Raises LoadError where one got none."""
    connections = [Connection(port) for _ in messages]
    sender = await dialect.begin(connections[0])
    for connection in connections[1:]:
        await dialect.begin(connection)  # so that all are open
    samples = await asyncio.gather(
        *(timed(dialect, connection, sender, asked) for connection, asked in zip(connections, messages))
    )
    for connection in connections:
        connection.close()
    if not all(sample.answered for sample in samples):
        raise LoadError("a message of three at once got no answer")
    return sorted(sample.seconds for sample in samples)


async def one_conversation(
    dialect: Dialect, port: int, messages: int, block: Sequence[Asked], limit: float
) -> list[float]:
    """A conversation that asks the questions of `block` over and over: seconds of each message, at most `messages` of them and
    fewer where they take more than `limit` seconds together. Raises LoadError where one got no answer."""
    connection = Connection(port)
    sender = await dialect.begin(connection)
    seconds: list[float] = []
    start = time.perf_counter()
    for number in range(messages):
        sample = await timed(dialect, connection, sender, block[number % len(block)])
        if not sample.answered:
            raise LoadError(f"message {number + 1} of a long conversation got no answer")
        seconds.append(sample.seconds)
        if time.perf_counter() - start > limit:
            break
    connection.close()
    return seconds
