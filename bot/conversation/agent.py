"""The Rasa agent of this process, and conversations with it."""

from __future__ import annotations

import asyncio
import logging
import time
import uuid
from pathlib import Path
from typing import Any

from rasa.core.agent import Agent
from rasa.core.brokers.broker import EventBroker
from rasa.core.channels.channel import UserMessage
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.domain import Domain
from rasa.utils.log_utils import configure_structlog

from .endpoint import InProcessEndpoint, trust_own_actions
from .intake import Collector, joined, user_message
from .lock import WakingLockStore
from .runtime import kit
from .tracker_store import LiveTrackerStore

_BREATH = 0.001  # seconds; without it 500 waiting messages kept a health check waiting for 10 s, with it 30 ms


class OrderlyAgent(Agent):
    """Finishes one message before it takes up the next. All its work is on one processor: begun together, a hundred messages
    would all be answered at the end; one after the other, the first is answered at once."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._turn = asyncio.Lock()

    @staticmethod
    def _create_tracker_store(store: TrackerStore | None, domain: Domain) -> TrackerStore:
        """The store itself: Rasa would put one in front that goes on in memory when saving fails, and says so in one line."""
        assert store is not None
        store.domain = domain
        return store

    async def handle_message(self, message: UserMessage) -> list[dict[str, Any]] | None:
        """As Rasa does, in the order of arrival; between two messages new connections and other requests get their turn."""
        async with self._turn:
            replies: list[dict[str, Any]] | None = await super().handle_message(message)
            await asyncio.sleep(_BREATH)
            return replies


class NoModel(Exception):
    """There is no trained Rasa model; the message says what to do, in Chinese."""


def latest_model(folder: Path) -> Path:
    """The newest trained model of a folder. Raises NoModel when there is none."""
    models = sorted(folder.glob("*.tar.gz"), key=lambda path: path.stat().st_mtime)
    if not models:
        raise NoModel("还没有训练好的对话模型，请先运行 make train。")
    return models[-1]


def load_agent(folder: Path, broker: EventBroker | None = None) -> Agent:
    """The agent with in-process actions and conversations in memory. Raises NoModel, and what load_kit raises."""
    kit()
    configure_structlog(logging.WARNING)
    logging.getLogger("rasa").setLevel(logging.WARNING)
    trust_own_actions()
    agent = OrderlyAgent(
        domain=Domain.empty(),
        tracker_store=LiveTrackerStore(Domain.empty(), broker),
        lock_store=WakingLockStore(),
        action_endpoint=InProcessEndpoint(),
    )
    agent.load_model(str(latest_model(folder)))
    return agent


async def warm_up(agent: Agent) -> None:
    """Read one message, so that no citizen waits for what is loaded on first use."""
    await Conversation(agent, "warm_up").say("你好")
    await Conversation(agent, "warm_up").say("失业登记要带什么")


class Conversation:
    """One conversation from outside: a text or a choice goes in, replies as data come out."""

    def __init__(self, agent: Agent, channel: str) -> None:
        self._agent = agent
        self._channel = channel
        self._sender = uuid.uuid4().hex
        self.pending: list[dict[str, str]] = []

    async def say(self, text: str, choice: str | None = None) -> dict[str, Any]:
        """The reply to one message, with its time in `ms`; several replies of one turn are joined into one."""
        output = Collector()
        start = time.perf_counter()
        await self._agent.handle_message(user_message(text, self._sender, output, self._channel, choice))
        elapsed = round((time.perf_counter() - start) * 1000, 1)
        reply = joined(output.replies)
        self.pending = reply["suggestions"]
        return {**reply, "ms": elapsed}
