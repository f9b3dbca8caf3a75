"""The load client against a small server that keeps to the same addresses."""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.load import (
    QUESTIONS,
    REST,
    WEB,
    Connection,
    LoadError,
    at_once,
    closed_loop,
    one_conversation,
    read_head,
)
from benchmarks.questions import Asked

MIX = [Asked(f"question {i}", "policy") for i in range(5)]
Respond = Callable[[str, str, dict], bytes]


def http(data: object, status: str = "200 OK", headers: str = "") -> bytes:
    body = json.dumps(data).encode()
    return f"HTTP/1.1 {status}\r\n{headers}Content-Length: {len(body)}\r\n\r\n".encode() + body


@asynccontextmanager
async def serving(respond: Respond, close: bool = False) -> AsyncIterator[int]:
    """A server that answers (path, head, body) with what `respond` returns; the port it listens on."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            try:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
            except asyncio.IncompleteReadError:
                break
            length = int(head.lower().partition("content-length:")[2].partition("\r\n")[0])
            body = json.loads(await reader.readexactly(length) or b"null")
            writer.write(respond(head.split()[1], head, body))
            if close:
                break
        writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


class Web:
    """The website's API: every session is a new cookie."""

    def __init__(self) -> None:
        self.said: dict[str, list[str]] = defaultdict(list)
        self.ids: list[str] = []
        self.sessions = 0

    def __call__(self, path: str, head: str, body: dict) -> bytes:
        if path == "/api/v1/sessions":
            self.sessions += 1
            return http({}, "201 Created", f"Set-Cookie: session=s{self.sessions}; Path=/; HttpOnly\r\n")
        self.said[head.partition("Cookie: ")[2].partition("\r\n")[0]].append(body["text"])
        self.ids.append(body["id"])
        return http({"reply": {"text": "ok", "status": "answered"}})


class Rest:
    """A REST channel that keeps what each sender said."""

    def __init__(self, answer: object = ({"text": "ok"},)) -> None:
        self.said: dict[str, list[str]] = defaultdict(list)
        self.answer = answer

    def __call__(self, path: str, head: str, body: dict) -> bytes:
        assert path == "/webhooks/rest/webhook"
        self.said[body["sender"]].append(body["message"])
        return http(self.answer if body["message"] != "你好" else [{"text": "hello"}])


@given(
    st.dictionaries(st.from_regex(r"[A-Za-z-]{1,12}", fullmatch=True), st.from_regex(r"[!-~]{1,20}", fullmatch=True))
)
def test_headers_are_read_by_their_names_in_lower_case(headers):
    lines = "".join(f"\r\n{name}: {value}" for name, value in headers.items())
    head = read_head(f"HTTP/1.1 200 OK{lines}".encode())
    assert head.status == 200
    assert head.headers == {name.lower(): value for name, value in headers.items()}


@given(st.binary(max_size=200))
def test_whatever_is_sent_in_place_of_a_head_is_read_or_refused(raw):
    with suppress(LoadError):
        assert 0 <= read_head(raw).status <= 999


async def test_each_client_of_ours_speaks_in_a_session_of_its_own():
    web = Web()
    async with serving(web) as port:
        await closed_loop(WEB, port, 3, 0.05, MIX)
    assert {"session=s1", "session=s2", "session=s3"} <= set(web.said)
    assert len(set(web.ids)) == len(web.ids)


async def test_a_conversation_ends_after_its_questions_and_a_new_one_begins():
    rest = Rest()
    async with serving(rest) as port:
        await closed_loop(REST, port, 1, 0.1, MIX)
    lengths = [len(said) - 1 for said in rest.said.values()]
    assert len(lengths) > 1
    assert set(lengths[:-1]) == {QUESTIONS}
    assert all(said[0] == "你好" for said in rest.said.values())


async def test_greetings_are_no_samples():
    rest = Rest()
    async with serving(rest) as port:
        samples, _ = await closed_loop(REST, port, 2, 0.05, MIX)
    assert len(samples) == sum(len(said) - 1 for said in rest.said.values())


@pytest.mark.parametrize("answer", [[], [{"text": ""}]])
async def test_an_empty_reply_is_no_answer(answer):
    async with serving(Rest(answer)) as port:
        samples, _ = await closed_loop(REST, port, 1, 0.02, MIX)
    assert samples and not any(sample.answered for sample in samples)


@pytest.mark.parametrize(
    "reply", [http({"error": {}}, "500 Error"), http({"reply": {"text": "sorry", "status": "error_internal"}})]
)
async def test_an_apology_is_no_answer(reply):
    web = Web()
    async with serving(lambda path, *rest: reply if path.endswith("messages") else web(path, *rest)) as port:
        samples, _ = await closed_loop(WEB, port, 1, 0.02, MIX)
    assert samples and not any(sample.answered for sample in samples)


async def test_messages_at_once_come_from_one_sender():
    web = Web()
    async with serving(web) as port:
        seconds = await at_once(WEB, port, MIX[:3])
    assert sorted(web.said["session=s1"]) == [asked.text for asked in MIX[:3]]
    assert len(seconds) == 3 and seconds == sorted(seconds)


async def test_a_long_conversation_repeats_its_questions_in_order():
    web = Web()
    async with serving(web) as port:
        seconds = await one_conversation(WEB, port, 7, MIX, limit=60)
    assert len(seconds) == 7
    assert web.said["session=s1"] == [asked.text for asked in [*MIX, *MIX[:2]]]


async def test_a_long_conversation_is_given_up_after_its_time():
    async with serving(Web()) as port:
        assert len(await one_conversation(WEB, port, 1000, MIX, limit=0)) == 1


async def test_a_connection_that_the_server_closes_is_opened_again():
    async with serving(lambda *_: http("hello", headers="Connection: close\r\n"), close=True) as port:
        connection = Connection(port)
        assert [(await connection.send("GET", "/"))[1] for _ in range(2)] == [b'"hello"'] * 2
        connection.close()


async def test_an_answer_cut_in_the_middle_is_refused():
    async with serving(lambda *_: http("hello")[:-2], close=True) as port:
        with pytest.raises(LoadError):
            await Connection(port).send("GET", "/")
