"""The server of a single process: our channels, the agent, nothing of Rasa's own API."""

from __future__ import annotations

import logging
import os
import secrets
import socket
from collections.abc import Callable, Sequence
from pathlib import Path

import rasa.core.channels.channel
from rasa.core.agent import Agent
from rasa.core.channels.channel import InputChannel
from sanic import Sanic

from bot.settings import Settings, today

from .agent import load_agent, warm_up
from .runtime import kit

_BODY_BYTES = 64 * 1024


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


def session_key(models: Path) -> bytes:
    """The key that signs sessions: BOT_SESSION_KEY where set, else one made once and kept beside the models (mode 600)."""
    given = os.environ.get("BOT_SESSION_KEY")
    if given:
        return given.encode()
    path = models / "session.key"
    if not path.exists():
        models.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_hex(32))
    return path.read_text().strip().encode()


def make_app(agent: Agent, channels: Sequence[InputChannel]) -> Sanic:
    """The Sanic application with our channels on it."""
    app = Sanic("policy_bot", configure_logging=False)
    app.config.REQUEST_MAX_SIZE = _BODY_BYTES
    app.config.FALLBACK_ERROR_FORMAT = "text"
    app.ctx.agent = agent
    rasa.core.channels.channel.register(list(channels), app, route="/")
    return app


def serve(settings: Settings, channels: Sequence[InputChannel], ready: Callable[[], None]) -> None:
    """Serve until interrupted. `ready` is called when the first message can be answered."""
    check_port(settings.host, settings.port)
    agent = load_agent(settings.rasa)
    app = make_app(agent, channels)
    logging.getLogger("sanic.root").setLevel(logging.WARNING)

    @app.after_server_start
    async def announce(app: Sanic, loop: object) -> None:
        await warm_up(agent)
        kit().sheets.purge(today())
        ready()

    app.run(host=settings.host, port=settings.port, access_log=False)
