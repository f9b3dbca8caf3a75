"""The key that signs sessions is never one that can be guessed."""

from __future__ import annotations

import pytest

from bot.channels.app import session_key
from bot.settings import SettingsError


@pytest.fixture(autouse=True)
def no_key_given(monkeypatch):
    for name in ("BOT_SESSION_KEY", "BOT_SESSION_KEY_FILE"):
        monkeypatch.delenv(name, raising=False)


def test_a_key_is_made_once_and_readable_by_nobody_else(tmp_path):
    key = session_key(tmp_path / "data")
    path = tmp_path / "data/session.key"
    assert session_key(tmp_path / "data") == key and len(key) >= 32
    assert path.stat().st_mode & 0o077 == 0
    assert [each.name for each in path.parent.iterdir()] == ["session.key"]


def test_a_key_of_the_environment_wins(tmp_path, monkeypatch):
    monkeypatch.setenv("BOT_SESSION_KEY", "k" * 32)
    assert session_key(tmp_path) == b"k" * 32
    assert not (tmp_path / "session.key").exists()


@pytest.mark.parametrize("left", ["", "\n", "short"])
def test_a_file_that_was_cut_off_is_no_key(tmp_path, left):
    (tmp_path / "session.key").write_text(left)
    with pytest.raises(SettingsError, match=r"session\.key"):
        session_key(tmp_path)


@pytest.mark.parametrize("given", ["", "x"])
def test_a_short_key_of_the_environment_is_refused(tmp_path, monkeypatch, given):
    monkeypatch.setenv("BOT_SESSION_KEY", given)
    with pytest.raises(SettingsError, match="BOT_SESSION_KEY"):
        session_key(tmp_path)


def test_the_key_may_stand_in_a_file_of_its_own(tmp_path, monkeypatch):
    (tmp_path / "given").write_text("k" * 64 + "\n")
    monkeypatch.setenv("BOT_SESSION_KEY_FILE", str(tmp_path / "given"))
    assert session_key(tmp_path / "data") == b"k" * 64
    assert not (tmp_path / "data").exists()


def test_a_file_for_the_key_that_is_not_there_is_said_and_none_is_made(tmp_path, monkeypatch):
    monkeypatch.setenv("BOT_SESSION_KEY_FILE", str(tmp_path / "missing"))
    with pytest.raises(SettingsError, match="missing"):
        session_key(tmp_path)
    assert not list(tmp_path.iterdir())
