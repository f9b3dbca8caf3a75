"""What a process serves: our channels and pages, the agent, nothing of Rasa's own API."""

from __future__ import annotations

import asyncio
import logging
import os
import secrets
import socket
import tempfile
from collections.abc import Sequence
from pathlib import Path

import rasa.core.channels.channel
from rasa.core.agent import Agent
from rasa.core.channels.channel import InputChannel
from sanic import Sanic

from bot.conversation.agent import load_agent, warm_up
from bot.conversation.brokers import open_publisher
from bot.conversation.redis_link import check_redis, link_to
from bot.conversation.runtime import database, kit
from bot.feedback import FeedbackFile, FeedbackStore
from bot.pages import Accuracy, read_accuracy
from bot.settings import Settings, SettingsError, today

from .limits import LIMITS, Limiter
from .pages import not_found, pages
from .readiness import Readiness, readiness
from .web import WebInput
from .web.errors import answer_errors
from .web.files import compress, files
from .wechat.channel import WeChatInput
from .wechat.config import load_wechat
from .wechat.shared import open_store

_BODY_BYTES = 64 * 1024
# A kept connection must not be closed under a proxy's hands: nginx keeps its own for 30 s (deploy/nginx).
_KEEP_ALIVE = 75  # seconds
_KEY_BYTES = 32
_DAY = 24 * 3600  # seconds


def session_key(data: Path) -> bytes:
    """The key that signs sessions: BOT_SESSION_KEY, or what the file BOT_SESSION_KEY_FILE holds, else one that is made once
    and kept in `data` (mode 600).

    Raises SettingsError for a file that cannot be read, and for a key that can be guessed, such as an empty file that a full
    disk has left.
    """
    given, file = os.environ.get("BOT_SESSION_KEY"), os.environ.get("BOT_SESSION_KEY_FILE")
    path = Path(file) if file else data / "session.key"
    if given is None and not file and not path.exists():
        data.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=data, suffix=".new")
        with os.fdopen(handle, "w") as made:
            made.write(secrets.token_hex(_KEY_BYTES))
        Path(name).replace(path)
    try:
        key = (given if given is not None else path.read_text()).strip().encode()
    except OSError as error:
        raise SettingsError(f"会话密钥的文件 {path} 读不出来：{error.strerror}。") from None
    if len(key) < _KEY_BYTES:
        where = "环境变量 BOT_SESSION_KEY" if given is not None else f"{path.parent.name}/{path.name}"
        hint = "" if file else "不填、或删去这个文件，就会自动生成一个。"
        raise SettingsError(f"{where} 太短，至少要 {_KEY_BYTES} 个字符。{hint}")
    return key


def make_app(
    agent: Agent, channels: Sequence[InputChannel], accuracy: Accuracy | None = None, address: str = ""
) -> Sanic:
    """The Sanic application with our channels and the pages on it."""
    app = Sanic("policy_bot", configure_logging=False)
    app.config.REQUEST_MAX_SIZE = _BODY_BYTES
    app.config.FALLBACK_ERROR_FORMAT = "text"
    app.config.KEEP_ALIVE_TIMEOUT = _KEEP_ALIVE
    app.config.ACCESS_LOG = False
    app.ctx.agent = agent
    app.ctx.readiness = Readiness()
    rasa.core.channels.channel.register(list(channels), app, route="/")
    for each in (files(), pages(kit, accuracy, address), readiness(app.ctx.readiness, kit)):
        app.blueprint(each)
    answer_errors(app, lambda request: not_found(request, kit(), accuracy, address))
    compress(app)
    return app


async def _purge_daily(agent: Agent) -> None:
    """Remove what was kept for 90 days."""
    while True:
        await kit().sheets.purge(today())
        await agent.tracker_store.purge()
        await asyncio.sleep(_DAY)


def _feedback(settings: Settings) -> FeedbackStore:
    """Where votes are kept. Raises SettingsError where there is a database that cannot be used."""
    shared = database()
    if shared is None:
        return FeedbackFile(settings.feedback)
    from bot.database.feedback import SharedFeedback
    from bot.database.schema import check_schema

    check_schema(settings.database)
    return SharedFeedback(shared)


def load_app(settings: Settings) -> Sanic:
    """The bot as an application, loaded: the website, and WeChat where it is configured. It is made before the workers are
    forked, so connections, threads and event loops belong into listeners of its start.

    Raises SettingsError, AccuracyError, NoModel, and what load_kit raises.
    """
    wechat = load_wechat(settings)
    check_redis(settings.redis)
    accuracy = read_accuracy(settings.knowledge / "accuracy.json")
    feedback = _feedback(settings)
    publisher = open_publisher(settings.root)
    shared = database()
    agent = load_agent(settings.rasa, shared, publisher.publish if publisher else None)
    key = session_key(settings.data)
    link = link_to(settings.redis)
    bot = f"{socket.gethostname()}:{settings.port}"
    limiter = Limiter(LIMITS if settings.limits else None, link, bot, settings.workers)
    channels: list[InputChannel] = [
        WebInput(key, settings.origins, feedback, limiter=limiter, proxies=settings.proxies)
    ]
    if wechat.enabled:
        channels.append(WeChatInput(wechat, key, agent, open_store(link), limiter=limiter))
    app = make_app(agent, channels, accuracy, settings.address)
    logging.getLogger("sanic.root").setLevel(logging.WARNING)

    @app.after_server_start
    async def begin(app: Sanic, loop: object) -> None:
        await warm_up(agent)
        app.add_task(_purge_daily(agent))
        if publisher:
            publisher.start()  # not before the words of the warming up are said

    @app.after_server_stop
    async def end(app: Sanic, loop: object) -> None:
        if publisher:
            await publisher.close()
        if shared:
            await shared.close()
        if link:
            await link.close()

    if shared:
        app.ctx.readiness.parts["database"] = lambda: "away" if shared.is_away else "here"
    if link:
        app.ctx.readiness.parts["redis"] = lambda: "away" if link.away else "here"
    return app
