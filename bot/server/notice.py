"""The file in which a supervisor says that it runs, for `bot reload`. It counts only while the supervisor holds its lock, so
one left behind by a crash, or a number that another process has got since, is never taken for ours."""

from __future__ import annotations

import contextlib
import fcntl
import json
import logging
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

logger = logging.getLogger(__name__)

_LENGTH = 256


@dataclass(frozen=True)
class Running:
    """A supervisor: its process id, how many generations took over and how many could not, and what the serving one said."""

    pid: int
    changes: int = 0
    failed: int = 0
    knowledge: str = ""
    database: bool = False


def notice_file(data: Path, port: int) -> Path:
    """Where the supervisor on a port leaves its notice."""
    return data / f"serve-{port}.json"


class Notice:
    """Writes the file, from start to close. A folder that cannot be written costs `bot reload`, not the start."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._running = Running(os.getpid())
        self._file: int | None = None
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            logger.warning("%s: %s; bot reload will not find this server, kill -HUP does", path, error.strerror)
            self.close(remove=False)
        self._save()

    def write(self, told: Mapping[str, Any] | None) -> None:
        """A generation took over and said this, or could not (None)."""
        known = asdict(self._running)
        if told is None:
            self._running = Running(**{**known, "failed": self._running.failed + 1})
        else:
            self._running = Running(**{**known, **told, "changes": self._running.changes + 1})
        self._save()

    def close(self, remove: bool = True) -> None:
        """The supervisor ends."""
        if self._file is None:
            return
        if remove:
            self._path.unlink(missing_ok=True)
        os.close(self._file)
        self._file = None

    def _save(self) -> None:
        if self._file is not None:
            line = json.dumps(asdict(self._running)).ljust(_LENGTH).encode()  # always as long: nobody reads half of two
            with contextlib.suppress(OSError):  # a full disk keeps nobody from being answered
                os.pwrite(self._file, line, 0)


def running(path: Path) -> Running | None:
    """The supervisor that holds the file, or None where none does."""
    try:
        file = os.open(path, os.O_RDONLY)
    except OSError:
        return None
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        return None
    except OSError:
        with contextlib.suppress(ValueError):
            return Running(**json.loads(os.read(file, 2 * _LENGTH)))
        return None  # it has only just begun
    finally:
        os.close(file)
