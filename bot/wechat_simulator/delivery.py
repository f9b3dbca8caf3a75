"""How WeChat delivers a message: up to three tries, five seconds each, then its own line to the citizen."""

from __future__ import annotations

import asyncio
import functools
import ssl
import time
from dataclasses import dataclass

import httpx

from .account import Account, seal
from .messages import Message
from .screen import BrokenReply, Screen, read_reply

PATIENCE = 5.0  # seconds until WeChat closes the connection
TRIES = 3
OUT_OF_SERVICE = "该公众号暂时无法提供服务，请稍后再试"


@dataclass(frozen=True)
class Try:
    """One request. Times in seconds, `sent` since the first try.

    `outcome`: reply, silent (success or empty), timeout, unreachable, refused (403), broken (WeChat would not show it),
    lost (it came, and the network swallowed it).
    """

    number: int
    sent: float
    seconds: float
    outcome: str
    why: str = ""
    size: int = 0


@dataclass(frozen=True)
class Delivery:
    """The tries of one message and what came of them. `screen` is None where the citizen sees no reply."""

    message: Message
    tries: tuple[Try, ...]
    screen: Screen | None

    @property
    def outcome(self) -> str:
        """reply, silent, or failed: then the citizen sees OUT_OF_SERVICE."""
        last = self.tries[-1].outcome
        return last if last in ("reply", "silent") else "failed"

    @property
    def shown(self) -> str:
        """What stands on the citizen's screen; empty where nothing does."""
        if self.outcome == "failed":
            return OUT_OF_SERVICE
        return self.screen.shown if self.screen else ""


def open_client() -> httpx.AsyncClient:
    """A client without a time limit of its own (the patience is WeChat's) and without a proxy between it and the bot.

    Open one for each citizen: a pool that many share is slow enough to use up their patience.
    """
    return httpx.AsyncClient(timeout=None, verify=_certificates(), trust_env=False)


@functools.cache
def _certificates() -> ssl.SSLContext:
    return ssl.create_default_context()  # reading them takes longer than a message


async def deliver(
    client: httpx.AsyncClient,
    url: str,
    account: Account,
    message: Message,
    *,
    patience: float = PATIENCE,
    gap: float | None = None,
    lost: int = 0,
    same_signature: bool = False,
) -> Delivery:
    """Deliver one message as WeChat does.

    A try that gets no answer within `patience` seconds is closed. The next starts `gap` seconds after it (as long as the
    patience where not given; shorter lets tries overlap). The answers of the first `lost` tries never arrive. Every try
    is signed anew, or all carry the first one's signature. What is answered wrongly is not tried again.
    """
    start = time.monotonic()
    query, body = _sealed(account, message)
    running: set[asyncio.Task[tuple[Try, Screen | None]]] = set()
    done: list[tuple[Try, Screen | None]] = []

    async def attempt(number: int) -> tuple[Try, Screen | None]:
        own = (query, body) if same_signature or number == 1 else _sealed(account, message)
        sent = time.monotonic()
        outcome, why, screen = await _post(client, url, account, message, own, patience)
        if number <= lost and outcome in _FINAL:
            await asyncio.sleep(max(0.0, patience - (time.monotonic() - sent)))
            outcome, screen = "lost", None
        size = screen.size if screen else 0
        return Try(number, sent - start, time.monotonic() - sent, outcome, why, size), screen

    try:
        for number in range(1, TRIES + 1):
            running.add(asyncio.create_task(attempt(number)))
            until = start + number * (gap or patience) if number < TRIES else None
            final = await _first_answer(running, done, until)
            if final:
                break
    finally:
        for task in running:
            task.cancel()
    ordered = sorted(done, key=lambda row: (row[0].outcome in _FINAL, row[0].number))
    return Delivery(message, tuple(row[0] for row in ordered), ordered[-1][1])


_FINAL = ("reply", "silent", "refused", "broken")


def _sealed(account: Account, message: Message) -> tuple[dict[str, str], bytes]:
    return seal(account, message.xml(account.original_id), message.openid, int(time.time()))


async def _first_answer(
    running: set[asyncio.Task[tuple[Try, Screen | None]]], done: list[tuple[Try, Screen | None]], until: float | None
) -> bool:
    """Wait until a try is answered (True), or until the next is due; moves ended tries from `running` to `done`."""
    while running:
        left = None if until is None else max(0.0, until - time.monotonic())
        ended, _ = await asyncio.wait(running, timeout=left, return_when=asyncio.FIRST_COMPLETED)
        running -= ended
        done.extend(task.result() for task in ended)
        if any(task.result()[0].outcome in _FINAL for task in ended):
            return True
        if not ended:
            return False
    if until is not None:
        await asyncio.sleep(max(0.0, until - time.monotonic()))
    return False


async def _post(
    client: httpx.AsyncClient,
    url: str,
    account: Account,
    message: Message,
    sealed: tuple[dict[str, str], bytes],
    patience: float,
) -> tuple[str, str, Screen | None]:
    headers = {"Content-Type": "text/xml", "User-Agent": "Mozilla/4.0"}
    query, body = sealed
    request = asyncio.ensure_future(client.post(url, params=query, content=body, headers=headers))
    try:
        ended, _ = await asyncio.wait({request}, timeout=patience)
    finally:
        request.cancel()  # closes the connection where there is no answer yet
    if not ended:
        await asyncio.gather(request, return_exceptions=True)
        return "timeout", f"{patience:g} 秒内没有回复", None
    try:
        response = request.result()
    except httpx.RequestError as error:
        return "unreachable", f"连不上：{type(error).__name__}", None
    if response.status_code == 403:
        return "refused", "机器人拒绝了（签名、时间或模式不对）", None
    if response.status_code != 200:
        return "broken", f"状态 {response.status_code}", None
    try:
        screen = read_reply(account, message, response.content)
    except BrokenReply as error:
        return "broken", str(error), None
    return ("reply" if screen else "silent"), "", screen
