"""The tables of the database: whether they are those of this program, and how to bring them there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg2
import sqlalchemy
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from bot.settings import SettingsError

_CONNECT = 3  # seconds


class DatabaseFault(SettingsError):
    """The database of the settings cannot be used; the message says what to do, in Chinese."""


@dataclass(frozen=True)
class Schema:
    """What the database has (None: nothing yet), what this program needs, and the steps between them, oldest first: name and
    first line. `is_newer`: the database has a step that this program does not know."""

    has: str | None
    needs: str
    missing: tuple[tuple[str, str], ...]
    is_newer: bool


def read_schema(address: str) -> Schema:
    """Compare the tables at an address with those of this program. Raises DatabaseFault where it is out of reach."""
    scripts = ScriptDirectory.from_config(_config())
    with _connected(address) as connection:
        has = MigrationContext.configure(connection).get_current_revision()
    steps = list(scripts.walk_revisions())  # newest first
    names = [step.revision for step in steps]
    newer = has is not None and has not in names
    missing = [] if newer else steps[: names.index(has)] if has else steps
    return Schema(has, names[0], tuple((step.revision, step.doc) for step in reversed(missing)), newer)


def check_schema(address: str) -> None:
    """Raise DatabaseFault, one sentence, where the tables are not those of this program, or the database is out of reach."""
    schema = read_schema(address)
    if schema.is_newer:
        raise DatabaseFault(
            f"数据库的结构（{schema.has}）比程序新，请换用新版的程序；用 bot database status 可以查看。"
        )
    if schema.missing:
        has = f"还是旧的（{schema.has}）" if schema.has else "还没有建立"
        raise DatabaseFault(f"数据库的结构{has}，请先运行 bot database migrate。")


def migrate(address: str) -> Schema:
    """Take the missing steps, in one transaction; of two that do so at once, one waits. What the schema was before.

    Raises DatabaseFault where the database is out of reach or newer than this program.
    """
    before = read_schema(address)
    if before.is_newer:
        raise DatabaseFault(f"数据库的结构（{before.has}）比程序新，不能改，请换用新版的程序。")
    with _connected(address) as connection:
        config = _config()
        config.attributes["connection"] = connection
        try:
            command.upgrade(config, "head")
        except sqlalchemy.exc.DBAPIError as error:
            raise DatabaseFault(f"数据库没有改成，已退回原样：{str(error.orig).strip()}") from None
    return before


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", "bot.database:migrations")
    return config


@contextmanager
def _connected(address: str) -> Iterator[Any]:
    engine = sqlalchemy.create_engine(
        "postgresql+psycopg2://",
        creator=lambda: psycopg2.connect(address, connect_timeout=_CONNECT),
        poolclass=sqlalchemy.pool.NullPool,
    )
    try:
        with engine.connect() as connection:
            yield connection
    except sqlalchemy.exc.OperationalError as error:
        why = str(error.orig).strip().splitlines()
        raise DatabaseFault(
            f"连不上 BOT_DATABASE 指的数据库（{why[0] if why else '没有回答'}），请检查地址和数据库是否已启动。"
        ) from None
