"""A real PostgreSQL for the tests, on loopback: one server for a run, an empty database for each test.

Without its programs the tests that want it are skipped; with BOT_TEST_SERVERS=required they fail. Redis: redis_process.py.
"""

from __future__ import annotations

import contextlib
import ctypes
import itertools
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import psycopg2
import pytest

_POSTGRES = ("/usr/lib/postgresql/*/bin", "/usr/local/pgsql/bin", "/opt/homebrew/opt/postgresql*/bin")
_START = 60.0  # seconds
_PR_SET_PDEATHSIG = 1
_names = itertools.count()


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class PostgresServer:
    """A cluster of its own. As root it runs as the user postgres, since it refuses to run as root. `safe`: what is committed is
    on the disk, as in production."""

    def __init__(self, programs: Path, safe: bool = False) -> None:
        self._programs = programs
        self._safe = safe
        self._user = "postgres" if os.geteuid() == 0 else None
        self._folder = Path(tempfile.mkdtemp(prefix="policy-bot-pg-"))
        if self._user:
            os.chown(self._folder, pwd.getpwnam(self._user).pw_uid, -1)
        self.port = free_port()
        self._process: subprocess.Popen[bytes] | None = None
        options = (
            "-D",
            str(self._folder / "data"),
            "-A",
            "trust",
            "-U",
            "tests",
            "-E",
            "UTF8",
            "--no-locale",
            "--no-sync",
        )
        self._run("initdb", *options).wait()
        self.start()

    @property
    def pid(self) -> int:
        """Of the server's first process."""
        assert self._process
        return self._process.pid

    def start(self) -> None:
        """Start it, again after `stop`, and wait until it answers."""
        unsafe = () if self._safe else ("fsync", "synchronous_commit")
        quick = itertools.chain.from_iterable(("-c", f"{name}=off") for name in unsafe)
        sockets = ("-c", f"unix_socket_directories={self._folder}", "-c", "max_connections=50")
        self._process = self._run("postgres", "-D", str(self._folder / "data"), "-p", str(self.port), *quick, *sockets)
        until = time.monotonic() + _START
        while True:
            with contextlib.suppress(psycopg2.OperationalError):
                psycopg2.connect(self.address("postgres")).close()
                return
            if time.monotonic() > until or self._process.poll() is not None:
                raise RuntimeError((self._folder / "log").read_text(errors="replace")[-2000:])
            time.sleep(0.02)

    def stop(self) -> None:
        """End it and every connection."""
        assert self._process
        self._process.send_signal(signal.SIGINT)  # "fast": open transactions are undone
        self._process.wait(_START)

    @contextlib.contextmanager
    def hanging(self) -> Iterator[None]:
        """It takes connections and answers nothing."""
        assert self._process
        children = subprocess.run(
            ["pgrep", "-P", str(self._process.pid)], capture_output=True, text=True
        ).stdout.split()
        stopped = [self._process.pid, *map(int, children)]
        for pid in stopped:
            os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            for pid in stopped:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGCONT)

    def address(self, database: str) -> str:
        """The address of a database."""
        return f"postgresql://tests@127.0.0.1:{self.port}/{database}"

    def create(self) -> str:
        """The name of a new, empty database."""
        name = f"test_{next(_names)}"
        self.run(f"create database {name} template template0")
        return name

    def drop(self, name: str) -> None:
        """Remove a database and end its connections."""
        self.run(f"drop database if exists {name} with (force)")

    def run(self, query: str, database: str = "postgres") -> list[tuple[object, ...]]:
        """The rows of a query of the tests' own."""
        with contextlib.closing(psycopg2.connect(self.address(database))) as connection:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(query)
                return cursor.fetchall() if cursor.description else []

    def close(self) -> None:
        """End it and remove its files."""
        if self._process and self._process.poll() is None:
            self.stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _run(self, program: str, *options: str) -> subprocess.Popen[bytes]:
        with (self._folder / "log").open("ab") as log:
            command = [str(self._programs / program), *options]
            return subprocess.Popen(
                command, stdout=log, stderr=log, user=self._user, cwd=self._folder, preexec_fn=_end_with_the_tests
            )


def _end_with_the_tests() -> None:
    """In the new process: end at once when the tests are killed (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGQUIT)


def _missing(program: str) -> NoReturn:
    reason = f"{program} is not installed"
    if os.environ.get("BOT_TEST_SERVERS") == "required":
        pytest.fail(reason)
    pytest.skip(reason)


def postgres_programs() -> Path | None:
    on_path = shutil.which("postgres")
    found = [Path(on_path).parent] if on_path else []
    for pattern in _POSTGRES:
        found += sorted(Path("/").glob(pattern[1:]), reverse=True)
    return next((folder for folder in found if (folder / "initdb").exists()), None)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """The server of this run; who stops it starts it again."""
    programs = postgres_programs()
    if programs is None:
        _missing("PostgreSQL")
    server = PostgresServer(programs)
    try:
        yield server
    finally:
        server.close()


@pytest.fixture()
def postgres(postgres_server: PostgresServer) -> Iterator[str]:
    """The address of an empty database."""
    name = postgres_server.create()
    yield postgres_server.address(name)
    postgres_server.drop(name)


@pytest.fixture(scope="session")
def _migrated(postgres_server: PostgresServer) -> str:
    from bot.database.schema import migrate

    name = postgres_server.create()
    migrate(postgres_server.address(name))
    return name


@pytest.fixture()
def migrated_postgres(postgres_server: PostgresServer, _migrated: str) -> str:
    """The address of a database with our tables, emptied for each test; who changes the tables takes `postgres`."""
    postgres_server.run("truncate conversations, exchanges, feedback, sheets", _migrated)
    return postgres_server.address(_migrated)
