"""Every variable that deploy/ sets is one that the bot reads, with a value that it takes."""

from __future__ import annotations

import re
from itertools import chain

import pytest

from bot.channels.app import session_key
from bot.channels.wechat.config import load_wechat
from bot.settings import load_settings

from .files import ROOT, environment

GIVEN = environment()
MENTIONED = set(
    chain.from_iterable(re.findall(r"BOT_[A-Z_]+", path.read_text()) for path in (ROOT / "bot").rglob("*.py"))
)
FILES = {
    "BOT_DATABASE_FILE": "postgresql://bot:x@postgres:5432/bot",
    "BOT_REDIS_FILE": "redis://:x@redis:6379/0",
    "BOT_SESSION_KEY_FILE": "k" * 64,
    "BOT_WECHAT_TOKEN_FILE": "a0b1c2d3",
    "BOT_WECHAT_AES_KEY_FILE": "a" * 43,
}


def known() -> set[str]:
    """A key of bot.yml, or a name that the code spells out, itself or as a file (…_FILE)."""
    keys = {
        f"BOT_{line.split(':')[0].upper()}"
        for line in (ROOT / "bot.yml").read_text().splitlines()
        if line[:1].isalpha()
    }
    return keys | MENTIONED | {name for name in FILES if name.removesuffix("_FILE") in MENTIONED}


@pytest.mark.parametrize("where", GIVEN)
def test_every_variable_is_one_that_the_bot_reads(where):
    assert set(GIVEN[where]) <= known()


def test_there_are_variables_to_check():
    assert sum(map(len, GIVEN.values())) > 25


@pytest.mark.parametrize("where", ["compose, compose.yml, bot_a", "kubernetes, config", "systemd", "image"])
def test_the_bot_takes_the_values(where, monkeypatch, tmp_path):
    for name, value in GIVEN[where].items():
        if name in FILES:
            (tmp_path / name).write_text(FILES[name])
        filled = re.sub(r"\$\{BOT_ADDRESS.*?\}", "https://bot.example.cn", re.sub(r"\$\{BOT_ORIGINS.*?\}", "", value))
        monkeypatch.setenv(name, str(tmp_path / name) if name in FILES else filled)
    settings = load_settings()
    assert settings.workers == 1 or (settings.database and settings.redis)
    if "BOT_SESSION_KEY_FILE" in GIVEN[where]:
        assert session_key(tmp_path) == b"k" * 64


def test_the_bot_takes_the_values_for_wechat(monkeypatch, tmp_path):
    for name, value in GIVEN["compose, compose.wechat.yml, bot_a"].items():
        if name in FILES:
            (tmp_path / name).write_text(FILES[name])
            value = str(tmp_path / name)
        monkeypatch.setenv(name, "wx0123456789abcdef" if name == "BOT_WECHAT_APP_ID" else value)
    assert load_wechat(load_settings()).enabled
