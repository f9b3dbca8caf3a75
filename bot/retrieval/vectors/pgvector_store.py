"""Vectors in PostgreSQL with pgvector: one table for each version of the knowledge, filled once and never changed."""

from __future__ import annotations

import hashlib
import io
import select
import time
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import psycopg2
from psycopg2 import errors, extensions, sql
from psycopg2.extensions import connection as Connection

from .store import IndexFault, Matrix, Rows, check_dimension, in_order

_DEADLINE = 1.0  # s that a search may take, connecting included: a message waits for it, and all others with it
_FILLING = 10  # s to wait for the server where nobody waits for an answer
_KEPT = 3  # versions: the one in use, the one that is coming, and the one to go back to
_COMPARED = 10_000  # up to here all vectors are compared, as in FaissStore: some 5 ms, and exact
# Of our 42,000 questions: 998 of 1,000 of the 200 nearest are found, in 4 ms; with pgvector's own 64 in place of 200, 990.
_CANDIDATES = 400  # vectors a search keeps in view; pgvector allows 1,000
_GRAPH = "m = 16, ef_construction = 200"
_BATCH = 10_000  # vectors sent at once while filling
_LOCK = 0x706F6C69637976  # of the advisory locks: two that fill at once do it one after the other

_VERSIONS = """
create extension if not exists vector;
create table if not exists vector_versions (
    version text primary key,
    relation text not null unique,
    dimension integer not null,
    size integer not null,
    built timestamptz not null default clock_timestamp()
)"""


class PgVectorStore:
    """See VectorStore. One connection, made with the first search: a process that is going to be forked has none, and one
    process searches for one message at a time."""

    def __init__(self, address: str, version: str) -> None:
        """Open a version that `fill` has put there. Raises IndexFault when it is not there or the server does not answer."""
        self._address = address
        self._connection: Connection | None = None
        with _connected(address) as connection:
            found = _find(connection, version)
        if found is None:
            raise IndexFault("BOT_VECTORS 的数据库里没有这一版知识的向量，请运行 make train。")
        self._relation, self.dimension, self.size = found

    def search(self, vectors: Matrix, k: int) -> tuple[Matrix, Rows]:
        """See VectorStore."""
        check_dimension(self, vectors)
        nearest = min(k, self.size)
        if not nearest or not len(vectors):
            return np.zeros((len(vectors), nearest), np.float32), np.zeros((len(vectors), nearest), np.int64)
        found = self._ask(vectors, nearest, self.size <= _COMPARED or nearest > _CANDIDATES)
        if len(found) < len(vectors) * nearest:  # a graph may have parts that nothing leads to
            found = self._ask(vectors, nearest, compared=True)
        table = np.array(found, dtype=np.float64).reshape(len(vectors), nearest, 2)
        return in_order(table[..., 1].astype(np.float32), table[..., 0].astype(np.int64))

    def close(self) -> None:
        """Close the connection; the next search makes a new one."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _query(self, vector: Matrix, nearest: int, compared: bool) -> sql.Composed:
        literal = sql.Literal("[" + ",".join(map(repr, vector.tolist())) + "]")
        product = sql.SQL("vector <#> {}::vector").format(literal)
        # A sum is no operator of the graph, so all vectors are compared. From a text without a known unit all are equally far.
        order = "({}) + 0, id" if compared or not vector.any() else "{}"
        return sql.SQL("(select id, -({}) from {} order by {} limit {})").format(
            product, sql.Identifier(self._relation), sql.SQL(order).format(product), sql.Literal(nearest)
        )

    def _ask(self, vectors: Matrix, nearest: int, compared: bool) -> list[tuple[int, float]]:
        """Ids and cosines for one vector after the other, within the deadline; a connection that broke since the last search
        is made anew once."""
        query = sql.SQL(" union all ").join(self._query(vector, nearest, compared) for vector in vectors)
        deadline = time.monotonic() + _DEADLINE
        for again in (True, False):
            kept = self._connection is not None
            try:
                if self._connection is None:
                    self._connection = psycopg2.connect(
                        self._address, async_=True, options=f"-c hnsw.ef_search={_CANDIDATES} -c jit=off"
                    )
                    _wait(self._connection, deadline)
                with self._connection.cursor() as cursor:
                    cursor.execute(query)
                    _wait(self._connection, deadline)
                    found: list[tuple[int, float]] = cursor.fetchall()
                    return found
            except psycopg2.Error as error:
                self.close()
                if not (again and kept and isinstance(error, (psycopg2.OperationalError, psycopg2.InterfaceError))):
                    raise _unreachable() from error
        raise AssertionError("the second try returns or raises")


def fill(address: str, version: str, vectors: Matrix) -> None:
    """Put the vectors of a version there, shape (size, dimension), in one transaction; nothing is done where they are there.

    Afterwards the last three versions are left. Raises IndexFault when the server does not answer or has no pgvector.
    """
    relation = "vectors_" + hashlib.sha256(version.encode()).hexdigest()[:16]
    name = sql.Identifier(relation)
    with _connected(address) as connection, connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", (_LOCK,))
        cursor.execute(_VERSIONS)
        if _find(connection, version) is not None:
            return
        size, dimension = vectors.shape
        cursor.execute(
            sql.SQL("create table {} (id integer not null, vector vector({}) not null)").format(
                name, sql.Literal(dimension)
            )
        )
        for batch in _batches(vectors):
            cursor.copy_expert(sql.SQL("copy {} from stdin with (format binary)").format(name), io.BytesIO(batch))
        if size > _COMPARED:
            cursor.execute("set local maintenance_work_mem = '512MB'")
            cursor.execute(
                sql.SQL("create index on {} using hnsw (vector vector_ip_ops) with (" + _GRAPH + ")").format(name)
            )
        cursor.execute(
            "insert into vector_versions (version, relation, dimension, size) values (%s, %s, %s, %s)",
            (version, relation, dimension, size),
        )
        cursor.execute("select version, relation from vector_versions order by built desc offset %s", (_KEPT,))
        for old, table in cursor.fetchall():
            cursor.execute(sql.SQL("drop table {}").format(sql.Identifier(table)))
            cursor.execute("delete from vector_versions where version = %s", (old,))


def is_filled(address: str, version: str) -> bool:
    """Whether the vectors of a version are there. Raises IndexFault when the server does not answer."""
    with _connected(address) as connection:
        return _find(connection, version) is not None


def _find(connection: Connection, version: str) -> tuple[str, int, int] | None:
    """Table, dimension and size of a version."""
    with connection.cursor() as cursor:
        cursor.execute("select to_regclass('vector_versions')")
        if cursor.fetchone() == (None,):
            return None
        cursor.execute("select relation, dimension, size from vector_versions where version = %s", (version,))
        found: tuple[str, int, int] | None = cursor.fetchone()
        return found


@contextmanager
def _connected(address: str) -> Iterator[Connection]:
    """A connection for the time of the block, which is one transaction."""
    try:
        connection = psycopg2.connect(address, connect_timeout=_FILLING)
        try:
            with connection:
                yield connection
        finally:
            connection.close()
    except (errors.FeatureNotSupported, errors.InsufficientPrivilege) as error:
        raise IndexFault(
            "BOT_VECTORS 的数据库里用不了 pgvector，请管理员装好后执行 create extension vector，并允许这个用户建表。"
        ) from error
    except psycopg2.Error as error:
        raise _unreachable() from error


def _unreachable() -> IndexFault:
    return IndexFault("BOT_VECTORS 的数据库连不上，或没有按时回答。")


def _wait(connection: Connection, deadline: float) -> None:
    """Until the connection is made or its query answered; raises OperationalError after the deadline. A time-out of the
    server's own says nothing when the server is stopped."""
    while (state := connection.poll()) != extensions.POLL_OK:
        reading = state == extensions.POLL_READ
        left = deadline - time.monotonic()
        waiting = [connection.fileno()]
        if left <= 0 or not any(select.select(waiting if reading else [], [] if reading else waiting, [], left)):
            raise psycopg2.OperationalError("no answer in time")


def _batches(vectors: Matrix) -> Iterator[bytes]:
    """Ids and vectors, some at a time, as COPY's binary format has them."""
    size, dimension = vectors.shape
    layout = [
        ("fields", ">i2"),
        ("id_bytes", ">i4"),
        ("id", ">i4"),
        ("bytes", ">i4"),
        ("width", ">i2"),
        ("zero", ">i2"),
    ]
    record = np.dtype([*layout, ("values", ">f4", (dimension,))])
    for start in range(0, size, _BATCH):
        part = vectors[start : start + _BATCH]
        rows = np.zeros(len(part), record)
        rows["fields"], rows["id_bytes"], rows["bytes"], rows["width"] = 2, 4, 4 + 4 * dimension, dimension
        rows["id"], rows["values"] = np.arange(start, start + len(part)), part
        yield b"PGCOPY\n\xff\r\n\0" + bytes(8) + rows.tobytes() + b"\xff\xff"
