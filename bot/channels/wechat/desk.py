"""One message in, the text of its reply out: asked of the bot, fetched when late, turned to the next page, forgotten."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import logging
import math
import secrets
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from bot.answering import Kit, Status
from bot.conversation.intake import spoken
from bot.language import MAX_CHARACTERS
from bot.rendering.wechat import to_wechat

from ..limits import Limiter, Refusal
from .exchange import TIMINGS, Exchange, Result, Shown, Timings, Work, insist
from .incoming import Incoming
from .person import Person
from .service import CustomerService
from .store import Store
from .tasks import Task, task_of

logger = logging.getLogger(__name__)

FETCH = "1"
MORE = "继续"
_TRIES = 3  # of WeChat for one message
# Seconds after which a try must be the last, even if the others did not reach us. WeChat tries at 0, 5 and 10 seconds and
# cuts the time of a message to a second; 8 is halfway between the second try and the third, so the two clocks may differ by
# two seconds. With more, a clock that is ahead only lets a person type `1` for what a later try would have brought.
_LAST_TRY = (8, 60)


class Bot(Protocol):
    """The conversations behind the channel."""

    async def ask(self, sender: str, task: Task, id: str) -> Mapping[str, Any]:
        """The reply, as data, to the text and choice of a task; `id` is that of the message."""

    async def place_of(self, sender: str) -> str | None:
        """The place that the conversation remembers."""

    async def has_check(self, sender: str) -> bool:
        """Whether the conversation remembers a check, under way, paused or done, which 继续 goes on with."""

    async def forget(self, sender: str, before: float = math.inf) -> None:
        """Delete the conversation where its last message is from before that time, in seconds since 1970."""


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
        limiter: Limiter | None = None,
    ) -> None:
        self._store = store
        self._bot = bot
        self._kit = kit
        self._key = key
        self._address = address
        self._service = service
        self._timings = timings
        self._limiter = limiter or Limiter()
        self._exchange = Exchange(store, timings)
        self._pushes: dict[asyncio.Task[None], str] = {}  # and whom each is for

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
        await self._cancel(list(self._pushes))
        if self._service:
            await self._service.close()
        await self._store.close()

    async def _reply(self, incoming: Incoming, now: float) -> str:
        task = task_of(incoming, self._kit().knowledge)
        if task is None:
            return ""
        sender = self.sender(incoming.openid)
        person = await Person.meet(self._store, sender, self._timings.keep)
        if task.forget:
            await self._leave(person, incoming.created, now)
        elif incoming.created <= person.left_created:
            return ""  # a late try of what was said before they left
        key = f"{sender}:{incoming.key}"
        tries = await person.arrived(key)
        if tries == 1 and self._service:
            await self._service.heard(sender, incoming.kind, incoming.event)
        refusal = await self._limiter.message(sender) if tries == 1 and not task.quiet else None
        plan = self._refused(refusal) if refusal else await self._plan(person, key, task)
        last = tries >= _TRIES or _LAST_TRY[0] <= now - incoming.created <= _LAST_TRY[1]
        patience = self._timings.answer if last else self._timings.hold
        result = await self._exchange.reply(key, sender, plan.work, 0 if plan.quiet else patience, plan.ordered)
        if result is None:
            return "" if plan.quiet else await self._late(person, key, incoming.openid)
        if tries > 1:
            await person.take(key)
        return await self._delivered(person, result)

    async def _plan(self, person: Person, key: str, task: Task) -> _Plan:
        """What a message means now: `1` and `继续` fetch what is there to fetch, a number picks what is shown."""
        word = _word(task)
        if word == MORE or word.isdecimal():
            shown = await person.shown()
            waiting = await person.waiting()
            promised = await person.promised()
            if word == MORE and shown.rest:
                return _Plan(lambda: self._next_page(shown), ordered=False)
            buttons = () if shown.rest else shown.buttons
            free = promised or shown.rest or not (buttons or shown.asks_number)
            if waiting and (word == MORE or (word == FETCH and free)):
                return _Plan(lambda: self._fetched(person, waiting[0]), ordered=False)
            if word == FETCH and promised:
                return _Plan(self._no_more, ordered=False)
            if word.isdecimal() and 1 <= int(word) <= len(buttons):
                label, choice = buttons[int(word) - 1]
                task = Task(text=label, choice=choice)
        return _Plan(lambda: self._worked(person, key, task), quiet=task.quiet)

    def _refused(self, refusal: Refusal) -> _Plan:
        """A sentence, for every try of the message, and the bot does not hear of it."""

        async def said() -> Result:
            return Result(self._say(refusal.says, seconds=str(refusal.seconds)))

        return _Plan(said, ordered=False)

    async def _worked(self, person: Person, key: str, task: Task) -> Result:
        """The bot's part, within the limit. Never raises."""
        try:
            if person.left_at:  # another process may have heard it, and this one still have the conversation
                await self._bot.forget(person.sender, person.left_at)
            result = await asyncio.wait_for(self._done(person, key, task), self._timings.limit)
            if not await person.has_left():
                return result
            await self._bot.forget(person.sender)
            return Result("")
        except Exception:
            return self.apology()

    async def _done(self, person: Person, key: str, task: Task) -> Result:
        if task.forget:
            await self._forget(person)
            return Result("")
        if task.sentence and not task.places:
            return Result(self._say(task.sentence, n=str(MAX_CHARACTERS)))
        if task.fills_in and await self._bot.place_of(person.sender):
            return Result("")
        if _word(task) == MORE and not await self._bot.has_check(person.sender):
            return await self._no_more()
        if task.places:
            offered = self._kit().knowledge.places.values()
            data = spoken(self._say(task.sentence))
            data["suggestions"] = [{"label": place.name, "choice": f"place:{place.id}"} for place in offered]
        else:
            data = dict(await self._bot.ask(person.sender, task, key.partition(":")[2]))
            if data["status"] == Status.FORGOTTEN.value:
                await self._forget(person)
        if task.quiet:
            return Result("")
        page = to_wechat(data, self._address, self._say)
        if not page.pages:
            return Result("")
        return Result(page.pages[0], Shown(page.pages[1:], page.buttons, page.asks_number))

    async def _next_page(self, shown: Shown) -> Result:
        return Result(shown.rest[0], replace(shown, rest=shown.rest[1:]))

    async def _no_more(self) -> Result:
        return Result(self._say("wechat_no_more"))

    async def _fetched(self, person: Person, key: str) -> Result:
        """The answer that the person was told to come back for."""
        result = await self._exchange.wait(key, self._timings.answer * 0.9)
        if result is None and await self._exchange.is_under_way(key):
            await person.promise()
            return Result(self._say("wechat_not_ready", word=FETCH))
        mine = await person.take(key)
        if result is None:
            return Result(self._say("wechat_lost"))
        return result if mine else Result("")

    async def _late(self, person: Person, key: str, openid: str) -> str:
        """Say that the answer is still to come, unless it came this moment."""
        await person.waits(key)
        result = await self._exchange.result(key)
        if result is not None:
            return await self._delivered(person, result) if await person.take(key) else ""
        if await person.has_left():
            return ""
        await person.promise()
        if self._service is None or not await self._service.may_send(person.sender):
            return self._say("wechat_wait", word=FETCH)
        push = asyncio.create_task(self._push(self._service, person, key, openid))
        self._pushes[push] = person.sender
        push.add_done_callback(self._pushes.pop)
        return self._say("wechat_wait_push", word=FETCH)

    async def _push(self, service: CustomerService, person: Person, key: str, openid: str) -> None:
        """Send the answer when it is there, unless it was fetched before; where it cannot be sent, it can be fetched."""
        try:
            result = await self._exchange.wait(key, self._timings.keep)
            if result is None or not result.text or not await person.take(key):
                return
            try:
                sent = await service.send(openid, person.sender, result.text)
            except BaseException:
                await self._waits_again(person, key)
                raise
            if sent:
                await self._delivered(person, result)
            else:
                await self._waits_again(person, key)
        except asyncio.CancelledError:
            logger.warning("wechat: the process ends before a late answer was sent; it can be fetched")
            raise
        except Exception:
            logger.exception("wechat: a late answer was not sent; it can be fetched")

    async def _waits_again(self, person: Person, key: str) -> None:
        try:
            await person.waits(key)
        except Exception:  # the store may be back in a moment
            await insist(lambda: person.waits(key), self._timings)

    async def _delivered(self, person: Person, result: Result) -> str:
        """The text of a reply, which the person now has before the eyes."""
        if result.shown is not None:
            await person.sees(result.shown)
        return result.text

    async def _leave(self, person: Person, created: int, now: float) -> None:
        """At once: nothing more is sent to the person or kept of them. What the bot knows follows in its turn."""
        if created <= person.left_created:
            return  # another try of the same event
        await person.leave(created, now)
        await self._cancel([push for push, sender in self._pushes.items() if sender == person.sender])
        await self._exchange.drop(*await person.forget())

    async def _forget(self, person: Person) -> None:
        await self._exchange.drop(*await person.forget())
        if self._service:
            await self._service.forget(person.sender)
        await self._bot.forget(person.sender)

    async def _cancel(self, pushes: Sequence[asyncio.Task[None]]) -> None:
        for push in pushes:
            push.cancel()
        await asyncio.gather(*pushes, return_exceptions=True)

    def _say(self, key: str, **values: str) -> str:
        return self._kit().say(key, **values)


def _word(task: Task) -> str:
    """What was typed, where it was typed; full-width digits count as digits."""
    return "" if task.choice else unicodedata.normalize("NFKC", task.text).strip()
