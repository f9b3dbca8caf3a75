"""`python -m tests.server.small PARENT SOCKET NEWS LIFE`: a generation whose workers answer who they are.

FOLDER (in the environment) holds `version`, which is told and answered, and `fault`: what goes wrong at the next start.
"""

from __future__ import annotations

import asyncio
import os
import socket
import sys
import time
from pathlib import Path

from sanic import Sanic, response

from bot.channels.readiness import Readiness
from bot.server import generation, worker
from bot.server.family import end_with
from bot.server.generation import Generation, Loaded, settle
from bot.server.worker import work

FOLDER = Path(os.environ["FOLDER"])
MADE = "made by the test"
if "SILENCE" in os.environ:  # seconds, in place of thirty
    generation.SILENCE = float(os.environ["SILENCE"])
    worker._BEAT = generation.SILENCE / 10


def make(version: str) -> Sanic:
    app = Sanic("small", configure_logging=False)
    app.config.KEEP_ALIVE_TIMEOUT = 75
    app.config.ACCESS_LOG = False
    app.ctx.readiness = Readiness()

    @app.post("/echo")
    async def echo(request):
        await asyncio.sleep(float(request.args.get("takes", "0")))
        return response.json({"said": request.body.decode(), "version": version, "pid": os.getpid()})

    @app.get("/hang")
    async def hang(request):
        time.sleep(3600)

    @app.get("/ready")
    async def ready(request):
        return response.empty(503 if app.ctx.readiness.draining else 200)

    @app.before_server_stop
    async def note(app, loop):
        (FOLDER / f"closed-{os.getpid()}").touch()

    return app


def load() -> Loaded:
    fault = (FOLDER / "fault").read_text() if (FOLDER / "fault").exists() else ""
    if fault == "load":
        raise SystemExit(MADE)
    version = (FOLDER / "version").read_text()
    app = make(version)

    def run(listening, alive, life):
        if fault == "worker":
            raise RuntimeError(MADE)
        (FOLDER / f"worker-{os.getpid()}").write_text(str(os.getppid()))
        return work(app, listening, alive, life)

    return Loaded(run, int(os.environ["WORKERS"]), {"knowledge": version, "database": False})


if __name__ == "__main__":
    parent, listening, news, life = map(int, sys.argv[1:])
    end_with(parent)
    loaded = load()
    settle()
    sys.exit(Generation(loaded, socket.socket(fileno=listening), news, life).run())
