"""The server of a single process: our channels and pages, the agent, nothing of Rasa's own API."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import secrets
import socket
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import rasa.core.channels.channel
from rasa.core.agent import Agent
from rasa.core.channels.channel import InputChannel
from sanic import Sanic

from bot.conversation.agent import load_agent, warm_up
from bot.conversation.runtime import kit
from bot.feedback import FeedbackStore
from bot.pages import Accuracy, read_accuracy
from bot.settings import Settings, SettingsError, today

from .pages import not_found, pages
from .web import WebInput
from .web.errors import answer_errors
from .web.files import compress, files
from .wechat.channel import WeChatInput
from .wechat.config import load_wechat
from .wechat.store import check_store

_BODY_BYTES = 64 * 1024
_BACKLOG = (
    1024  # connections that may wait to be accepted; beyond Sanic's 100 of a crowd, the rest try again after a second
)
_KEY_BYTES = 32
_DAY = 24 * 3600  # seconds


class PortTaken(Exception):
    """The port is in use; the message says what to do, in Chinese."""


def check_port(host: str, port: int) -> None:
    """Raise PortTaken when nothing can listen there."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            raise PortTaken(
                f"端口 {port} 已被占用（可能已经启动过一次）。请先停掉它，或换一个端口：make serve PORT={port + 1}"
            ) from None


def session_key(data: Path) -> bytes:
    """The key that signs sessions: BOT_SESSION_KEY where set, else one made once and kept in `data` (mode 600).

    Raises SettingsError for a key that can be guessed, such as an empty file that a full disk has left.
    """
    given = os.environ.get("BOT_SESSION_KEY")
    path = data / "session.key"
    if given is None and not path.exists():
        data.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=data, suffix=".new")
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_hex(_KEY_BYTES))
        Path(name).replace(path)
    key = (given if given is not None else path.read_text()).strip().encode()
    if len(key) < _KEY_BYTES:
        where = "环境变量 BOT_SESSION_KEY" if given is not None else f"{data.name}/session.key"
        raise SettingsError(f"{where} 太短，至少要 {_KEY_BYTES} 个字符。不填、或删去这个文件，就会自动生成一个。")
    return key


def make_app(
    agent: Agent, channels: Sequence[InputChannel], accuracy: Accuracy | None = None, address: str = ""
) -> Sanic:
    """The Sanic application with our channels and the pages on it."""
    app = Sanic("policy_bot", configure_logging=False)
    app.config.REQUEST_MAX_SIZE = _BODY_BYTES
    app.config.FALLBACK_ERROR_FORMAT = "text"
    app.ctx.agent = agent
    rasa.core.channels.channel.register(list(channels), app, route="/")
    for each in (files(), pages(kit, accuracy, address)):
        app.blueprint(each)
    answer_errors(app, lambda request: not_found(request, kit(), accuracy, address))
    compress(app)
    return app


async def _purge_daily() -> None:
    """Remove what was kept for 90 days."""
    while True:
        await asyncio.to_thread(kit().sheets.purge, today())
        await asyncio.sleep(_DAY)


def serve(settings: Settings, ready: Callable[[], None]) -> None:
    """Serve until interrupted: the website, and WeChat where it is configured. `ready` is called when the first message can
    be answered. Raises PortTaken, SettingsError, AccuracyError, NoModel, and what load_kit raises."""
    check_port(settings.host, settings.port)
    wechat = load_wechat(settings)
    if wechat.enabled:
        check_store(wechat.redis)
    accuracy = read_accuracy(settings.knowledge / "accuracy.json")
    agent = load_agent(settings.rasa)
    key = session_key(settings.data)
    channels: list[InputChannel] = [WebInput(key, settings.origins, FeedbackStore(settings.feedback))]
    if wechat.enabled:
        channels.append(WeChatInput(wechat, key, agent))
    app = make_app(agent, channels, accuracy, settings.address)
    logging.getLogger("sanic.root").setLevel(logging.WARNING)

    @app.after_server_start
    async def announce(app: Sanic, loop: object) -> None:
        await warm_up(agent)
        app.add_task(_purge_daily())
        gc.collect()
        gc.freeze()  # models and knowledge stay as they are; looking through them again costs a third of a second now and then
        ready()

    app.run(host=settings.host, port=settings.port, access_log=False, backlog=_BACKLOG)
