"""The tables: made from nothing, once, and refused where they are not those of the program."""

from __future__ import annotations

import multiprocessing
import re
import socket
from concurrent.futures import ProcessPoolExecutor

import pytest

from bot.database.schema import DatabaseFault, check_schema, migrate, read_schema

TABLES = {"alembic_version", "conversations", "exchanges", "feedback", "sheets"}


def tables(server, address):
    rows = server.run("select tablename from pg_tables where schemaname = 'public'", address.rpartition("/")[2])
    return {name for (name,) in rows}


def test_an_empty_database_gets_its_tables(postgres_server, postgres):
    before = migrate(postgres)
    assert before.has is None and [name for name, _ in before.missing] == ["0001"]
    assert tables(postgres_server, postgres) == TABLES
    check_schema(postgres)


def test_a_second_time_changes_nothing(postgres_server, postgres):
    migrate(postgres)
    name = postgres.rpartition("/")[2]
    postgres_server.run("insert into sheets values ('ABCD2345', '2026-01-01', 'x')", name)
    assert migrate(postgres).missing == ()
    assert postgres_server.run("select code from sheets", name) == [("ABCD2345",)]


def test_several_that_migrate_at_once_do_so_one_after_the_other(postgres_server, postgres):
    with ProcessPoolExecutor(4, multiprocessing.get_context("fork")) as pool:
        list(pool.map(migrate, [postgres] * 4))
    assert tables(postgres_server, postgres) == TABLES
    check_schema(postgres)


def test_a_migration_that_fails_leaves_nothing_behind(postgres_server, postgres):
    postgres_server.run("create table sheets (a int)", postgres.rpartition("/")[2])
    with pytest.raises(DatabaseFault, match="已退回原样"):
        migrate(postgres)
    assert tables(postgres_server, postgres) == {"sheets"}


def test_without_tables_the_bot_does_not_start_and_names_the_command(postgres):
    with pytest.raises(DatabaseFault, match=r"^数据库的结构还没有建立，请先运行 bot database migrate。$"):
        check_schema(postgres)


def test_tables_of_a_newer_program_are_refused_and_left_alone(postgres_server, postgres):
    migrate(postgres)
    postgres_server.run("update alembic_version set version_num = '9999'", postgres.rpartition("/")[2])
    with pytest.raises(DatabaseFault, match="比程序新，请换用新版的程序；用 bot database status 可以查看"):
        check_schema(postgres)
    with pytest.raises(DatabaseFault, match="比程序新，不能改"):
        migrate(postgres)
    assert read_schema(postgres).is_newer


def test_tables_of_an_older_program_are_refused(monkeypatch, migrated_postgres, tmp_path):
    from alembic.config import Config

    import bot.database.schema as schema

    folder = tmp_path / "migrations"
    versions = folder / "versions"
    versions.mkdir(parents=True)
    (versions / "0001_a.py").write_text('"""First."""\nrevision, down_revision = "0001", None\n')
    (versions / "0002_b.py").write_text('"""Second."""\nrevision, down_revision = "0002", "0001"\n')

    def config():
        made = Config()
        made.set_main_option("script_location", str(folder))
        return made

    monkeypatch.setattr(schema, "_config", config)
    with pytest.raises(DatabaseFault, match=r"还是旧的（0001），请先运行 bot database migrate"):
        check_schema(migrated_postgres)
    assert [title for _, title in read_schema(migrated_postgres).missing] == ["Second."]


@pytest.mark.parametrize("path", ["", "?host=127.0.0.1"])
def test_a_server_out_of_reach_is_said_at_once_without_the_password(path):
    with pytest.raises(DatabaseFault, match="连不上 BOT_DATABASE 指的数据库") as fault:
        check_schema("postgresql://bot:geheim@127.0.0.1:1/bot" + path)
    assert "geheim" not in str(fault.value) and "\n" not in str(fault.value)


def test_a_server_that_takes_connections_and_never_answers_does_not_hang_the_start(monkeypatch):
    import bot.database.schema as schema

    monkeypatch.setattr(schema, "_CONNECT", 2)  # the least that libpq knows
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(DatabaseFault):
        check_schema(f"postgresql://bot@127.0.0.1:{silent.getsockname()[1]}/bot")


def test_the_commands_say_in_chinese_what_they_did(postgres, monkeypatch):
    from typer.testing import CliRunner

    from bot.cli_database import app

    monkeypatch.setenv("BOT_DATABASE", postgres)
    status = CliRunner().invoke(app, ["status"])
    assert status.exit_code == 1 and "还没有做 0001" in status.output
    assert "已做 0001" in CliRunner().invoke(app, ["migrate"]).output
    status = CliRunner().invoke(app, ["status"])
    assert status.exit_code == 0 and re.fullmatch(r"数据库：0001；程序：0001\n", status.output)


def test_the_steps_are_part_of_the_package():
    from setuptools import find_packages

    assert "bot.database.migrations.versions" in find_packages(include=["bot*"])
