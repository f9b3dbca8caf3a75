"""`python -m bot.server.load PARENT SOCKET NEWS LIFE`: the generation that answers citizens."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, NoReturn

from .family import end_with
from .generation import Generation, Loaded, settle
from .say import complain, say

if TYPE_CHECKING:
    from rasa.core.agent import Agent

    from bot.settings import Settings

# A fork leaves the threads of a library behind, and with them what it waits for; beyond that, a second thread for one short
# text costs more than it brings.
_ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def load() -> Loaded:
    """Check the settings, train what is missing, load the bot. Raises what `explained` explains, and SystemExit where the
    training has said what is wrong."""
    trains = dict(os.environ)
    os.environ.update(dict.fromkeys(_ONE_THREAD, "1"))
    from bot.settings import SettingsError, load_settings

    settings = load_settings()
    if settings.workers > 1 and not (settings.database and settings.redis):
        raise SettingsError(
            f"workers 写的是 {settings.workers}：几个进程要共用对话，请设好 BOT_DATABASE 和 BOT_REDIS，或改回 1。"
        )
    from bot.conversation.runtime import kit, quiet_start

    quiet_start()
    _train(settings, trains)
    say("正在装入模型，约需半分钟……")
    import faiss

    faiss.omp_set_num_threads(1)
    from bot.channels.app import load_app

    app = load_app(settings)
    asyncio.run(_read_one(app.ctx.agent))

    def work(listening: socket.socket, alive: Callable[[], None], life: int) -> int:
        from .worker import work as serve

        return _said(lambda: serve(app, listening, alive, life))

    told = {"knowledge": kit().knowledge.version, "database": bool(settings.database)}
    return Loaded(work, settings.workers, told)


async def _read_one(agent: Agent) -> None:
    """Read and answer a text without a conversation, which may have its store elsewhere: what is loaded on first use is
    loaded here, once for all workers. Measured: 85 MB less of its own for each worker."""
    from bot.answering import Context, Message, answer
    from bot.conversation.runtime import kit
    from bot.settings import today

    text = "失业登记要带什么"
    intent = (await agent.parse_message(text))["intent"]
    answer(kit(), Message(text, intent["name"] or "", float(intent["confidence"])), Context(), today())


def _train(settings: Settings, environment: dict[str, str]) -> None:
    """Train in a process of its own, whose memory goes with it."""
    from bot.assembly import index_is_current
    from bot.conversation.training import rasa_is_current

    if index_is_current(settings) and rasa_is_current(settings):
        return
    parent = os.getpid()
    command = [sys.executable, "-m", "bot.cli", "train"]
    trained = subprocess.run(command, env=environment, preexec_fn=lambda: end_with(parent))
    if trained.returncode:
        raise SystemExit(1)


def _said(run: Callable[[], int]) -> int:
    """What `run` returns; for a known fault its lines and 1."""
    from .faults import explained

    try:
        return run()
    except Exception as error:
        lines = explained(error)
        if lines is None:
            raise
        for line in lines:
            complain(line)
        return 1


def main(parent: int, listening: int, news: int, life: int) -> NoReturn:
    """The generation, until it is told to end."""
    end_with(parent)

    def run() -> int:
        loaded = load()
        settle()
        return Generation(loaded, socket.socket(fileno=listening), news, life).run()

    code = _said(run)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)  # taking apart what was loaded takes a second, and changes nothing


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
