"""A tiny index of four passages, built with the shipped encoder; and a PostgreSQL with pgvector."""

from __future__ import annotations

import os
import tempfile

import psycopg2
import pytest

from bot.retrieval import Index
from bot.retrieval.corpus import Passage

PASSAGES = [
    Passage(
        "sybx-6-2", "clause", "六、失业保险金 申领方式 到参保地失业保险经办机构申领", ("失业金咋领", "失业金去哪领")
    ),
    Passage("cyfw-1-3", "clause", "个人创业担保贷款 额度 贷款额度最高20万元", ("创业贷款最多贷多少", "能贷几个钱")),
    Passage("annual_leave", "uncovered", "带薪年休假", ("年假有几天",)),
    Passage("far", "far", "", ("明天下雨吗", "讲个笑话")),
]


@pytest.fixture(scope="session")
def tiny(encoder, segmenter):
    return Index.build(PASSAGES, encoder, segmenter, "print-1")


@pytest.fixture(scope="session")
def pgvector():
    """A server of this run alone, as pgserver starts it: on a socket in a folder, as another user where this one is root. The
    folder is not pytest's, which every run of pytest closes to other users anew."""
    try:
        import pgserver
    except ImportError:
        if os.environ.get("BOT_TEST_SERVERS") == "required":
            raise
        pytest.skip("pgserver is not installed")
    with tempfile.TemporaryDirectory(prefix="pgvector-") as folder:
        server = pgserver.get_server(folder)
        yield server
        server.cleanup()


def empty_database(server, name):
    """The address of a new database."""
    connection = psycopg2.connect(server.get_uri())
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(f"drop database if exists {name} with (force)")
        cursor.execute(f"create database {name}")
    connection.close()
    return server.get_uri().replace("/postgres?", f"/{name}?")


@pytest.fixture()
def database(pgvector):
    return empty_database(pgvector, "vectors")
