"""The channel on a real port of loopback, with a bot behind it whose behaviour a test sets."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import socket

import httpx
import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import BotUttered, UserUttered

from bot.conversation.lock import WakingLockStore
from bot.conversation.tracker_store import LiveTrackerStore

SITE = "https://www.example.cn"
_names = itertools.count()


class FakeAgent:
    """Answers each message with its own text, after `delay` seconds; raises where a message says 坏."""

    def __init__(self):
        self._lock = WakingLockStore().lock
        self.tracker_store = LiveTrackerStore(Domain.empty(), self._lock)
        self.delay = 0.0
        self.mute = False
        self.heard = []

    async def handle_message(self, message):
        async with self._lock(message.sender_id):
            await self._answer(message)

    async def _answer(self, message):
        from bot.conversation.intake import spoken

        earlier = await self.tracker_store.answered(message.sender_id, message.message_id)
        if earlier:
            message.output_channel.exchange = earlier
            return
        self.heard.append(message)
        await asyncio.sleep(self.delay)
        if "坏" in message.text:
            raise RuntimeError("made by the test")
        data = {**spoken("回：" + message.text), "status": "answered"}
        if self.mute:
            return
        await message.output_channel.send_response(message.sender_id, {"custom": data})
        tracker = await self.tracker_store.get_or_create_tracker(message.sender_id)
        entities = (message.parse_data or {}).get("entities", [])
        tracker.update(UserUttered(message.text, entities=entities, message_id=message.message_id))
        tracker.update(BotUttered(data["text"], {"custom": data}))
        await self.tracker_store.save(tracker)
        (message.output_channel.exchange,) = await self.tracker_store.commit(message.sender_id)


@pytest.fixture()
def fake():
    return FakeAgent()


@pytest.fixture()
def serve(fake, tmp_path, kit, monkeypatch):
    """`async with serve(timeout=…) as client`: an httpx client of a running server."""
    from sanic import Sanic

    import bot.channels.app as app_module
    import bot.channels.web.channel as channel
    from bot.channels.app import make_app
    from bot.channels.limits import Limiter
    from bot.channels.web import WebInput, errors
    from bot.channels.web import files as files_module
    from bot.feedback import FeedbackFile

    for module in (app_module, channel, errors, files_module):
        monkeypatch.setattr(module, "kit", lambda: kit)
    monkeypatch.setattr(Sanic, "_app_registry", {})
    monkeypatch.setattr(Sanic, "test_mode", True)  # several applications in one process

    @contextlib.asynccontextmanager
    async def run(timeout=4.0, headers=None, limits=None, proxies=0):
        feedback = FeedbackFile(tmp_path / "feedback.sqlite3")
        web = WebInput(b"key", (SITE,), feedback, timeout, limits and Limiter(limits), proxies)
        app = make_app(fake, [web])
        app.ctx.agent = fake
        sock = socket.create_server(("127.0.0.1", 0))  # given port 0, Sanic would take 8000
        server = await app.create_server(sock=sock, return_asyncio_server=True, access_log=False)
        await server.startup()
        await server.start_serving()
        port = sock.getsockname()[1]
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", headers=headers, trust_env=False) as client:
            client.recent = web._recent
            yield client
        server.close()
        await server.wait_closed()

    return run
