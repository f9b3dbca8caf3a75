"""The address that WeChat calls: GET to check it, POST for every message."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any

from rasa.core.channels.channel import InputChannel, UserMessage
from sanic import Blueprint, Sanic, response
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.answering import Status
from bot.conversation.forget import forget
from bot.conversation.intake import Collector, joined, user_message
from bot.conversation.respond import context_of
from bot.conversation.runtime import kit

from ..limits import Limiter
from .config import WeChatConfig
from .desk import Desk
from .exchange import TIMINGS, Timings
from .fault import BadRequest
from .incoming import Incoming
from .protocol import NOTHING, Query, echo, open_message, read_query, refuse_replay, write_reply
from .service import CustomerService
from .store import MemoryStore, Store
from .tasks import Task

if TYPE_CHECKING:  # importing it takes ten seconds, which tests of the channel need not wait
    from rasa.core.agent import Agent
    from rasa.shared.core.trackers import DialogueStateTracker

logger = logging.getLogger(__name__)

OnMessage = Callable[[UserMessage], Awaitable[Any]]


class WeChatInput(InputChannel):
    """`/wechat`. `key` makes sender ids, `agent` keeps the conversations. Without a `store` that of this process is taken;
    `service` is made from the configuration where it is not given."""

    @classmethod
    def name(cls) -> str:
        """The name of the channel in trackers."""
        return "wechat"

    def __init__(
        self,
        config: WeChatConfig,
        key: bytes,
        agent: Agent,
        store: Store | None = None,
        service: CustomerService | None = None,
        timings: Timings = TIMINGS,
        limiter: Limiter | None = None,
    ) -> None:
        self._config = config
        self._key = key
        self._agent = agent
        self._store = store or MemoryStore()
        self._service = service
        if service is None and config.customer_service:
            self._service = CustomerService(config, self._store)
        self._timings = timings
        self._limiter = limiter or Limiter()

    def blueprint(self, on_new_message: OnMessage) -> Blueprint:
        """The address of the channel."""
        wechat = Blueprint("wechat")
        config, store = self._config, self._store
        bot = Conversations(on_new_message, self._agent)
        desk = Desk(store, bot, kit, self._key, config.address, self._service, self._timings, self._limiter)

        async def answer(query: Query, incoming: Incoming) -> str:
            try:
                await refuse_replay(store, query, incoming)
            except BadRequest:
                raise
            except Exception:
                return desk.apology().text
            return await desk.reply(incoming, time.time())

        @wechat.get("/")
        async def check(request: Request) -> HTTPResponse:
            try:
                return response.text(echo(config, _query(request), time.time()), headers=_HEADERS)
            except BadRequest as fault:
                return _refused(fault)

        @wechat.post("/")
        async def receive(request: Request) -> HTTPResponse:
            query = _query(request)
            try:
                incoming = open_message(config, query, request.body, time.time())
                text = await answer(query, incoming)
            except BadRequest as fault:
                return _refused(fault)
            body = write_reply(config, incoming, text, time.time())
            kind = "text/plain" if body == NOTHING else "application/xml"
            return response.text(body, headers=_HEADERS, content_type=f"{kind}; charset=utf-8")

        @wechat.listener("before_server_stop")
        async def close(app: Sanic, loop: object) -> None:
            await desk.close()

        return wechat


class Conversations:
    """The bot behind the channel: messages go through Rasa, conversations stand in its tracker store."""

    def __init__(self, on_new_message: OnMessage, agent: Agent) -> None:
        self._on_new_message = on_new_message
        self._agent = agent

    async def ask(self, sender: str, task: Task, id: str) -> Mapping[str, Any]:
        """The reply, as data, to a task; the numbers of a place follow where the first reply has none."""
        output = Collector()
        await self._on_new_message(user_message(task.text, sender, output, WeChatInput.name(), task.choice, id=id))
        if task.phones and not any(reply["contacts"] for reply in output.replies):
            more = user_message("", sender, output, WeChatInput.name(), task.phones, id=f"{id}-phones")
            await self._on_new_message(more)
        data = joined(output.replies)
        if data["status"] == Status.FORGOTTEN.value:
            await forget(sender, self._agent.tracker_store, None, kit().sheets)  # votes are given on the website only
        return data

    async def place_of(self, sender: str) -> str | None:
        """The place that the conversation remembers."""
        tracker = await self._tracker(sender)
        place = tracker.get_slot("place") if tracker else None
        return str(place) if place else None

    async def has_check(self, sender: str) -> bool:
        """Whether the conversation remembers a check."""
        tracker = await self._tracker(sender)
        return tracker is not None and context_of(tracker).check is not None

    async def forget(self, sender: str, before: float = math.inf) -> None:
        """Leave nothing of the conversation where its last message is from before that time."""
        tracker = await self._tracker(sender)
        if tracker is not None and all(event.timestamp < before for event in tracker.events):
            await self._agent.tracker_store.forget(sender)

    async def _tracker(self, sender: str) -> DialogueStateTracker | None:
        await self._agent.tracker_store.refresh(sender)
        return await self._agent.tracker_store.retrieve(sender)


_HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


def _query(request: Request) -> Query:
    return read_query({name: request.args.get(name) for name in request.args})


def _refused(fault: BadRequest) -> HTTPResponse:
    logger.warning("wechat: refused, %s", fault)
    return response.text("", status=403, headers=_HEADERS)
