"""People who talk to several bots at once, change from one to the other between messages, and send again what got no answer."""

from __future__ import annotations

import asyncio
import json
import random
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from benchmarks.load import Connection, Head, LoadError

from .scripts import Body, Line, Next, Script, answer_of

_PATIENCE = 6.0  # seconds for one try; the bot itself gives up after four
_PAUSE = 0.1  # seconds before a try is repeated
_GIVES_UP = 40.0  # seconds after which a message counts as lost


class Lost(AssertionError):
    """A message got no answer, however often it was sent."""


@dataclass
class Tally:
    """What a load came to: answered messages with their seconds and when they were sent, tries that had to be repeated and why,
    what was wrong, and what was said: the name of the script, the cookie, the ids of the messages."""

    seconds: list[float] = field(default_factory=list)
    sent_at: list[float] = field(default_factory=list)
    repeated: dict[str, int] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    said: list[tuple[str, str, list[str]]] = field(default_factory=list)

    def again(self, why: str) -> None:
        """Note a repeated try."""
        self.repeated[why] = self.repeated.get(why, 0) + 1

    def longest(self) -> float:
        """Seconds of the slowest answer, repeated tries and pauses included."""
        return max(self.seconds)


class Citizen:
    """One person with a connection to each bot; `hops` says whether they change between them."""

    def __init__(self, ports: Sequence[int], seed: int, tally: Tally, hops: bool = True) -> None:
        self._random = random.Random(seed)
        self._connections = [Connection(port) for port in ports]
        if not hops:
            self._connections = [self._random.choice(self._connections)]
        self._cookie = ""
        self.tally = tally

    async def arrive(self) -> list[dict[str, Any]]:
        """Begin a conversation; the exchanges that are there."""
        self._cookie = ""
        head, data = await self._send("POST", "/api/v1/sessions", {})
        self._cookie = head.headers["set-cookie"].partition(";")[0]
        found: list[dict[str, Any]] = data["messages"]
        return found

    async def say(self, body: Body, id: str) -> dict[str, Any]:
        """The exchange of a message. Raises Lost."""
        start = time.monotonic()
        _, exchange = await self._send("POST", "/api/v1/messages", {"id": id, **body})
        self.tally.seconds.append(time.monotonic() - start)
        self.tally.sent_at.append(start)
        return dict(exchange)

    async def history(self) -> list[dict[str, Any]]:
        """The conversation as one of the bots has it."""
        _, data = await self._send("GET", "/api/v1/messages")
        found: list[dict[str, Any]] = data["messages"]
        return found

    async def speak(self, script: Script) -> None:
        """Say a script and hold every answer against it."""
        said = [each["id"] for each in await self.arrive()]
        for line in script.lines:
            said.append(uuid.uuid4().hex)
            found = answer_of((await self.say(line.body, said[-1]))["reply"])
            if found != line.answer:
                self._wrong(f"{script.name}: {line.body} was answered {found}, not {line.answer}")
                return
        self.tally.said.append((script.name, self._cookie, said))

    async def look_back(self) -> None:
        """Hold every conversation of the load against what was said in it: nothing missing, nothing twice, in order."""
        for name, cookie, said in self.tally.said:
            self._cookie = cookie
            kept = [each["id"] for each in await self.history()]
            if kept != said:
                self._wrong(f"{name}: said {said}, kept {kept}")

    async def record(self, name: str, next: Next) -> Script:
        """Say a conversation for the first time and note what is answered."""
        reply = (await self.arrive())[-1]["reply"]
        lines: list[Line] = []
        while (body := next(len(lines), reply)) is not None:
            reply = (await self.say(body, uuid.uuid4().hex))["reply"]
            lines.append(Line(body, answer_of(reply)))
        return Script(name, tuple(lines))

    def close(self) -> None:
        """End the connections."""
        for connection in self._connections:
            connection.close()

    def _wrong(self, what: str) -> None:
        self.tally.faults.append(what)

    async def _send(self, method: str, path: str, data: Any = None) -> tuple[Head, Any]:
        """One request, sent again, to whichever bot, until it is answered."""
        deadline = time.monotonic() + _GIVES_UP
        headers = f"Cookie: {self._cookie}\r\n" if self._cookie else ""
        while time.monotonic() < deadline:
            connection = self._random.choice(self._connections)
            try:
                head, body = await asyncio.wait_for(connection.send(method, path, data, headers), _PATIENCE)
            except (LoadError, OSError, asyncio.TimeoutError) as error:
                connection.close()
                self.tally.again(type(error).__name__)
            else:
                if head.status in (200, 201):
                    return head, json.loads(body)
                if head.status < 500 and head.status != 429:
                    raise Lost(f"{path} {data}: {head.status} {body.decode()}")
                self.tally.again(str(head.status))
            await asyncio.sleep(_PAUSE)
        raise Lost(f"{path} {data}: nothing in {_GIVES_UP:.0f} s")


async def load(
    ports: Sequence[int], scripts: Sequence[Script], people: int, seconds: float, hops: bool = True
) -> Tally:
    """`people` who talk at the same time, one conversation after the other, until the time is over; then all they said is looked
    through. Raises Lost."""
    tally = Tally()
    end = time.monotonic() + seconds

    async def person(number: int) -> None:
        citizen = Citizen(ports, number, tally, hops)
        turn = number
        try:
            while time.monotonic() < end:
                await citizen.speak(scripts[turn % len(scripts)])
                turn += 1
        finally:
            citizen.close()

    await asyncio.gather(*map(person, range(people)))
    citizen = Citizen(ports, people, tally)
    await citizen.look_back()
    citizen.close()
    return tally
