"""A worker: its own event loop on the port that all workers share, until it is told to end; then it answers what it has
begun."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import functools
import logging
import signal
import socket
from collections.abc import Callable
from typing import Any

import uvloop
from sanic import Sanic
from sanic.http import Stage
from sanic.models.server_types import Signal
from sanic.request import Request
from sanic.response import HTTPResponse
from sanic.server.protocols.http_protocol import HttpProtocol

from .listening import BACKLOG, taken

logger = logging.getLogger(__name__)

ANSWER = 10.0  # seconds for what was begun when the worker was told to end
# Seconds for which a kept connection may bring one more request, which is answered and closes it. Closed at once, it would be
# reset under the hands of a client that is just sending. A person who stops the server with Ctrl+C waits for it.
IDLE = 1.0
_PARTING = 0.2  # seconds for a client to see the end of its idle connection
_CLOSE = 6.0  # seconds for the channels to close: WeChat's waits 4.5 for what nobody has fetched yet
_BEAT = 5.0  # seconds between two signs of life
_NO_FILES = 1.0  # seconds without accepting when there are no file descriptors left


def work(app: Sanic, listening: socket.socket, alive: Callable[[], None], life: int) -> int:
    """Serve `app`, whose ctx has a Readiness, until SIGTERM or until `life` ends; the exit code.

    `alive` is called when the first message can be answered, and every few seconds from then on. Raises what the listeners
    of the application raise, and PortTaken where another process listens on the port since it was taken.
    """
    loop = uvloop.new_event_loop()
    asyncio.set_event_loop(loop)
    try:
        loop.run_until_complete(_Worker(app, listening, loop).run(alive, life))
    finally:
        loop.close()
    return 0


class _Worker:
    def __init__(self, app: Sanic, listening: socket.socket, loop: asyncio.AbstractEventLoop) -> None:
        self._app = app
        self._listening = listening
        self._loop = loop
        self._connections: set[HttpProtocol] = set()
        self._arriving: set[asyncio.Task[Any]] = set()
        self._end = asyncio.Event()
        self._protocol = functools.partial(
            HttpProtocol, loop=loop, app=app, signal=Signal(), connections=self._connections, state={}
        )

    async def run(self, alive: Callable[[], None], life: int) -> None:
        self._loop.add_signal_handler(signal.SIGTERM, self._end.set)
        self._loop.add_reader(life, self._orphaned, life)
        self._app.register_middleware(self._mark_last, "response")
        self._app.is_running = True  # Sanic gives out its loop only then
        await self._app._startup()
        for moment in ("before", "after"):
            await self._app._server_event("init", moment, loop=self._loop)
        try:
            self._listening.listen(BACKLOG)
        except OSError as error:
            raise taken(self._listening.getsockname()[1]) if error.errno == errno.EADDRINUSE else error from None
        self._loop.add_reader(self._listening, self._accept)
        beat = self._loop.create_task(self._beat(alive))
        await self._end.wait()
        await self._drain()
        for moment in ("before", "after"):
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._app._server_event("shutdown", moment, loop=self._loop), _CLOSE)
        beat.cancel()
        left = asyncio.all_tasks() - {asyncio.current_task()}
        for task in left:
            task.cancel()
        if left:
            await asyncio.wait(left, timeout=_PARTING)

    async def _beat(self, alive: Callable[[], None]) -> None:
        while True:
            alive()
            await asyncio.sleep(_BEAT)

    def _orphaned(self, life: int) -> None:
        self._loop.remove_reader(life)
        self._end.set()

    def _accept(self) -> bool:
        """Take one connection that waits, so that the others go to workers with less to do. Whether there was one."""
        try:
            connection, _ = self._listening.accept()
        except (BlockingIOError, InterruptedError, ConnectionAbortedError):
            return False
        except OSError as error:
            if error.errno not in (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM):
                raise
            logger.error("no connection can be taken: %s", error.strerror)
            self._loop.remove_reader(self._listening)
            self._loop.call_later(_NO_FILES, self._accept_again)
            return False
        connection.setblocking(False)
        task = self._loop.create_task(self._loop.connect_accepted_socket(self._protocol, connection))
        self._arriving.add(task)
        task.add_done_callback(self._arriving.discard)
        return True

    def _accept_again(self) -> None:
        if not self._end.is_set():
            self._loop.add_reader(self._listening, self._accept)

    async def _mark_last(self, request: Request, answer: HTTPResponse) -> None:
        """While draining, tell the client that its connection closes after this answer."""
        if self._end.is_set():
            request.stream.keep_alive = False

    async def _drain(self) -> None:
        """Take nobody new, answer who is there, say goodbye to who is only connected."""
        self._app.ctx.readiness.draining = True
        self._loop.remove_reader(self._listening)
        while self._accept():
            pass  # who has connected already; where other workers go on they would have been served, too
        self._listening.close()
        began = self._loop.time()
        parting: set[HttpProtocol] = set()
        while (self._connections or self._arriving) and self._loop.time() < began + ANSWER:
            if self._loop.time() >= began + IDLE:
                for each in [each for each in self._connections if each not in parting and _is_idle(each)]:
                    parting.add(each)
                    self._part(each)
            await asyncio.sleep(0.01)
        for each in list(self._connections):
            each.abort()

    def _part(self, connection: HttpProtocol) -> None:
        """End our side of an idle connection first: closed as a whole, a request on its way would be reset."""
        if connection.transport is None or connection.transport.is_closing():
            return
        connection.transport.pause_reading()
        connection.transport.write_eof()
        self._loop.call_later(_PARTING, connection.close)


def _is_idle(connection: HttpProtocol) -> bool:
    http = connection._http
    return http is None or (http.stage is Stage.IDLE and not connection.recv_buffer)
