"""The Rasa agent of this process, and conversations with it."""

from __future__ import annotations

import asyncio
import logging
import time
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rasa.core.agent import Agent
from rasa.core.channels.channel import UserMessage
from rasa.core.lock_store import LockStore
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.domain import Domain
from rasa.utils.log_utils import configure_structlog

from bot.eligibility.sheets import SheetStore

from .endpoint import InProcessEndpoint, trust_own_actions
from .graph import ServingAgent
from .intake import Collector, joined, user_message
from .redis_link import RedisLink, link_to
from .redis_lock import open_lock_store
from .runtime import kit, settings
from .shadow import Shadows
from .tracker_store import Conflict, LiveTrackerStore, Publish

if TYPE_CHECKING:
    from bot.database import Database

logger = logging.getLogger(__name__)

# Of the event loop between two messages: without any, 500 waiting messages kept a health check waiting for 10 s; with three it
# waits 20 ms. Sleeping a millisecond does the same and leaves the processor idle for a sixth of the time.
_ROUNDS = 3
_ATTEMPTS = (
    3  # at a message whose conversation somebody else changes at the same time, which a lock that holds rules out
)


class OrderlyAgent(ServingAgent):
    """Finishes one message before it takes up the next. All its work is on one processor: begun together, a hundred messages
    would all be answered at the end; one after the other, the first is answered at once.

    What is waited for (the lock of a conversation, the database) is waited for outside of the turn.
    """

    def __init__(self, *args: Any, sheets: SheetStore, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._sheets = sheets
        self._turn = asyncio.Lock()

    @staticmethod
    def _create_tracker_store(store: TrackerStore | None, domain: Domain) -> TrackerStore:
        """The store itself: Rasa would put one in front that goes on in memory when saving fails, and says so in one line."""
        assert store is not None
        store.domain = domain
        return store

    async def handle_message(self, message: UserMessage) -> None:
        """Answer a message into its Collector, once: the same id again gets the same reply. What is in the Collector at the
        end is kept, so it may be given out."""
        async with self.lock_store.lock(message.sender_id):
            for _ in range(1, _ATTEMPTS):
                try:
                    return await self._answer(message)
                except Conflict:
                    logger.warning("a conversation was changed during a message, which is begun again")
            await self._answer(message)

    async def _answer(self, message: UserMessage) -> None:
        """Raises Conflict, and leaves nothing of the message then."""
        store, sender, output = self.tracker_store, message.sender_id, message.output_channel
        earlier = await store.answered(sender, message.message_id)
        if earlier is not None:
            output.exchange = earlier
            output.replies.append(earlier["reply"])
            return
        before = len(output.replies)
        try:
            async with self._turn:
                await self.processor.handle_message(message)
                for _ in range(_ROUNDS):
                    await asyncio.sleep(0)  # new connections and other requests get their turn
            await self._sheets.keep()
            exchanges = await store.commit(sender)
        except Conflict:
            del output.replies[before:]
            raise
        output.exchange = exchanges[-1] if exchanges else None


class NoModel(Exception):
    """There is no trained Rasa model; the message says what to do, in Chinese."""


def latest_model(folder: Path) -> Path:
    """The newest trained model of a folder. Raises NoModel when there is none."""
    models = sorted(folder.glob("*.tar.gz"), key=lambda path: path.stat().st_mtime)
    if not models:
        raise NoModel("还没有训练好的对话模型，请先运行 make train。")
    return models[-1]


def load_agent(folder: Path, database: Database | None = None, publish: Publish | None = None) -> Agent:
    """The agent with in-process actions, and conversations in the database, or in memory where none is given. `publish` is
    given the new events of each answered message. Raises NoModel, and what load_kit raises."""
    kit()
    configure_structlog(logging.WARNING)
    logging.getLogger("rasa").setLevel(logging.WARNING)
    trust_own_actions()
    link = link_to(settings().redis)
    lock_store = open_lock_store(link)
    agent = OrderlyAgent(
        domain=Domain.empty(),
        tracker_store=_tracker_store(database, link, lock_store, publish),
        lock_store=lock_store,
        action_endpoint=InProcessEndpoint(),
        sheets=kit().sheets,
    )
    agent.load_model(str(latest_model(folder)))
    return agent


def _tracker_store(
    database: Database | None, link: RedisLink | None, lock_store: LockStore, publish: Publish | None
) -> LiveTrackerStore:
    if database is None:
        return LiveTrackerStore(Domain.empty(), lock_store.lock, publish)
    from .shared_tracker_store import SharedTrackerStore  # brings a driver that is needed only here

    shadows = Shadows(link) if link else None
    return SharedTrackerStore(Domain.empty(), database, lock_store.lock, publish, shadows=shadows)


async def warm_up(agent: Agent) -> None:
    """Answer two messages, so that no citizen waits for what is loaded on first use."""
    for text in ("你好", "失业登记要带什么"):
        conversation = Conversation(agent, "warm_up")
        await conversation.say(text)
        await agent.tracker_store.forget(conversation.sender)


class Conversation:
    """One conversation from outside: a text or a choice goes in, replies as data come out."""

    def __init__(self, agent: Agent, channel: str) -> None:
        self._agent = agent
        self._channel = channel
        self.sender = uuid.uuid4().hex
        self.pending: list[dict[str, str]] = []

    async def say(self, text: str, choice: str | None = None) -> dict[str, Any]:
        """The reply to one message, with its time in `ms`; several replies of one turn are joined into one."""
        output = Collector()
        start = time.perf_counter()
        await self._agent.handle_message(user_message(text, self.sender, output, self._channel, choice))
        elapsed = round((time.perf_counter() - start) * 1000, 1)
        reply = joined(output.replies)
        self.pending = reply["suggestions"]
        return {**reply, "ms": elapsed}
