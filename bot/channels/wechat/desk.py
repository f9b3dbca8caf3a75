"""One message in, the text of its reply out: asked of the bot, fetched when late, turned to the next page, forgotten."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import logging
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from bot.answering import Kit
from bot.conversation.intake import spoken
from bot.language import MAX_CHARACTERS, normalise
from bot.rendering.wechat import to_wechat

from .exchange import TIMINGS, Exchange, Result, Shown, Timings, Work
from .incoming import Incoming
from .service import CustomerService
from .store import Store
from .tasks import Task, task_of

logger = logging.getLogger(__name__)

FETCH = "1"
MORE = "继续"
_TRIES = 3  # of WeChat for one message
_LAST_TRY = (9, 60)  # seconds after which the try of a message must be the last, even if the others did not reach us


class Bot(Protocol):
    """The conversations behind the channel."""

    async def ask(self, sender: str, task: Task, id: str) -> Mapping[str, Any]:
        """The reply, as data, to the text and choice of a task; `id` is that of the message."""

    async def place_of(self, sender: str) -> str | None:
        """The place that the conversation remembers."""

    async def forget(self, sender: str) -> None:
        """Delete the conversation."""


@dataclass(frozen=True)
class _Plan:
    """How a message is answered. Not `ordered`: at once, whatever the sender's earlier messages do."""

    work: Work
    ordered: bool = True
    quiet: bool = False


class Desk:
    """What one process keeps for the channel; what must outlive it or be shared stands in the store.

    `key` makes sender ids out of openids; `kit` gives sentences and knowledge, once it is loaded; `address` is the bot's own
    public address or empty; without `service` what comes late is only fetched.
    """

    def __init__(
        self,
        store: Store,
        bot: Bot,
        kit: Callable[[], Kit],
        key: bytes,
        address: str = "",
        service: CustomerService | None = None,
        timings: Timings = TIMINGS,
    ) -> None:
        self._store = store
        self._bot = bot
        self._kit = kit
        self._key = key
        self._address = address
        self._service = service
        self._timings = timings
        self._exchange = Exchange(store, timings)
        self._pushes: set[asyncio.Task[None]] = set()

    def sender(self, openid: str) -> str:
        """The id under which a person's conversation is kept; the openid itself is kept nowhere."""
        return hmac.new(self._key, b"wechat:" + openid.encode(), hashlib.sha256).hexdigest()[:32]

    async def reply(self, incoming: Incoming, now: float) -> str:
        """The text to send back, empty where nothing is to be sent. Never raises: what breaks ends in an apology.

        May be cancelled when WeChat closes the connection; the work goes on. `now` is in seconds since 1970.
        """
        try:
            return await self._reply(incoming, now)
        except Exception:
            return self.apology().text

    def apology(self) -> Result:
        """What is said when something broke; called where an exception was caught, its trace goes to the log."""
        incident = secrets.token_hex(4)
        logger.exception("wechat: message failed, incident %s", incident)
        return Result(self._say("error", incident=incident))

    async def close(self) -> None:
        """Wait a moment for what is under way, and let go of connections."""
        await self._exchange.close()
        for push in self._pushes:
            push.cancel()
        if self._service:
            await self._service.close()
        await self._store.close()

    async def _reply(self, incoming: Incoming, now: float) -> str:
        task = task_of(incoming, self._kit().knowledge)
        if task is None:
            return ""
        sender = self.sender(incoming.openid)
        key = f"{sender}:{incoming.key}"
        tries = await self._store.count(f"tries:{key}", self._timings.keep)
        if tries == 1 and self._service:
            await self._service.heard(sender, incoming.kind, incoming.event)
        plan = await self._plan(sender, key, task)
        last = tries >= _TRIES or _LAST_TRY[0] <= now - incoming.created <= _LAST_TRY[1]
        patience = self._timings.answer if last else self._timings.hold
        result = await self._exchange.reply(key, sender, plan.work, 0 if plan.quiet else patience, plan.ordered)
        if result is None:
            return "" if plan.quiet else await self._late(sender, key, incoming.openid)
        if tries > 1:
            await self._store.take(_waiting(sender), key)
        return await self._delivered(sender, result)

    async def _plan(self, sender: str, key: str, task: Task) -> _Plan:
        """What a message means now: `1` and `继续` fetch what is there to fetch, a number picks what was last shown."""
        word = "" if task.choice else normalise(task.text).strip(" 。.、,，!！")
        if word == MORE or word.isdecimal():
            shown = await self._shown(sender)
            waiting = await self._store.items(_waiting(sender))
            if word == MORE and shown.rest:
                return _Plan(lambda: self._next_page(shown), ordered=False)
            if word in (FETCH, MORE) and waiting:
                return _Plan(lambda: self._fetched(sender, waiting[0]), ordered=False)
            if word.isdecimal() and 1 <= int(word) <= len(shown.buttons):
                label, choice = shown.buttons[int(word) - 1]
                task = Task(text=label, choice=choice)
        return _Plan(lambda: self._worked(sender, key, task), quiet=task.quiet)

    async def _worked(self, sender: str, key: str, task: Task) -> Result:
        """The bot's part, within the limit. Never raises."""
        try:
            return await asyncio.wait_for(self._done(sender, key, task), self._timings.limit)
        except Exception:
            return self.apology()

    async def _done(self, sender: str, key: str, task: Task) -> Result:
        if task.forget:
            await self._forget(sender)
            return Result("")
        if task.sentence and not task.places:
            return Result(self._say(task.sentence, n=str(MAX_CHARACTERS)))
        if task.fills_in and await self._bot.place_of(sender):
            return Result("")
        if task.places:
            offered = self._kit().knowledge.places.values()
            data = spoken(self._say(task.sentence))
            data["suggestions"] = [{"label": place.name, "choice": f"place:{place.id}"} for place in offered]
        else:
            data = dict(await self._bot.ask(sender, task, key.partition(":")[2]))
        if task.quiet:
            return Result("")
        page = to_wechat(data, self._address, self._say)
        return Result(page.pages[0], Shown(page.pages[1:], page.buttons)) if page.pages else Result("")

    async def _next_page(self, shown: Shown) -> Result:
        return Result(shown.rest[0], Shown(shown.rest[1:], shown.buttons))

    async def _fetched(self, sender: str, key: str) -> Result:
        """The answer that the sender was told to come back for."""
        result = await self._exchange.wait(key, self._timings.answer * 0.9)
        if result is None and await self._exchange.is_under_way(key):
            return Result(self._say("wechat_not_ready", word=FETCH))
        mine = await self._store.take(_waiting(sender), key)
        if result is None:
            return Result(self._say("wechat_lost"))
        return result if mine else Result("")

    async def _late(self, sender: str, key: str, openid: str) -> str:
        """Say that the answer is still to come, unless it came this moment."""
        if key not in await self._store.items(_waiting(sender)):
            await self._store.push(_waiting(sender), key, self._timings.keep)
        result = await self._exchange.result(key)
        if result is not None:
            return await self._delivered(sender, result) if await self._store.take(_waiting(sender), key) else ""
        if self._service is None or not await self._service.may_send(sender):
            return self._say("wechat_wait", word=FETCH)
        push = asyncio.create_task(self._push(self._service, sender, key, openid))
        self._pushes.add(push)
        push.add_done_callback(self._pushes.discard)
        return self._say("wechat_wait_push", word=FETCH)

    async def _push(self, service: CustomerService, sender: str, key: str, openid: str) -> None:
        """Send the answer when it is there, unless it was fetched before."""
        try:
            result = await self._exchange.wait(key, self._timings.keep)
            if result is None or not result.text or not await self._store.take(_waiting(sender), key):
                return
            if await service.send(openid, sender, result.text):
                await self._delivered(sender, result)
            else:
                await self._store.push(_waiting(sender), key, self._timings.keep)
        except Exception:
            logger.exception("wechat: a late answer was not sent; it can be fetched")

    async def _delivered(self, sender: str, result: Result) -> str:
        """Remember what the person now has before the eyes."""
        if result.shown == Shown():
            await self._store.drop(_seen(sender))
        elif result.shown is not None:
            await self._store.put(_seen(sender), Result("", result.shown).dump(), self._timings.keep)
        return result.text

    async def _shown(self, sender: str) -> Shown:
        dumped = await self._store.get(_seen(sender))
        return (Result.load(dumped).shown if dumped else None) or Shown()

    async def _forget(self, sender: str) -> None:
        for key in await self._store.items(_waiting(sender)):
            await self._exchange.drop(key)
        await self._store.drop(_waiting(sender), _seen(sender))
        if self._service:
            await self._service.forget(sender)
        await self._bot.forget(sender)

    def _say(self, key: str, **values: str) -> str:
        return self._kit().say(key, **values)


def _waiting(sender: str) -> str:
    return f"waiting:{sender}"


def _seen(sender: str) -> str:
    return f"shown:{sender}"
