"""bot.yml and the environment: every wrong value is explained in Chinese."""

from __future__ import annotations

from datetime import date

import pytest

from bot.settings import AS_OF, SettingsError, load_settings, today

GOOD = """encoder: knowledge/encoder
knowledge: knowledge
models: models
data: data
host: 127.0.0.1
port: 5005
workers: 1
proxies: 0
retention_days: 90
limits: yes
address: ""
origins: []
"""


@pytest.fixture()
def root(tmp_path, monkeypatch):
    for name in (
        "ENCODER",
        "KNOWLEDGE",
        "MODELS",
        "HOST",
        "PORT",
        "WORKERS",
        "PROXIES",
        "RETENTION_DAYS",
        "LIMITS",
        "DATABASE",
        "REDIS",
    ):
        monkeypatch.delenv(f"BOT_{name}", raising=False)
    (tmp_path / "bot.yml").write_text(GOOD, encoding="utf-8")
    return tmp_path


def test_paths_are_below_the_root(root):
    settings = load_settings(root)
    assert settings.knowledge == root / "knowledge"
    assert settings.index == root / "models/index"
    assert settings.rasa == root / "models/rasa"
    assert settings.fusion == root / "knowledge/fusion.json"


def test_the_environment_wins_over_the_file(root, monkeypatch):
    monkeypatch.setenv("BOT_PORT", "8080")
    monkeypatch.setenv("BOT_HOST", "0.0.0.0")
    settings = load_settings(root)
    assert (settings.host, settings.port) == ("0.0.0.0", 8080)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("port: 5005", "prot: 5005", "不认识的键 prot"),
        ("port: 5005\n", "", "缺少 port"),
        ("port: 5005", "port: abc", "应为 1 到 65535 的整数"),
        ("port: 5005", "port: 0", "应为 1 到 65535 的整数"),
        ("port: 5005", "port: 70000", "应为 1 到 65535 的整数"),
        ("port: 5005", "port: [", "读不出来"),
        ("workers: 1", "workers: 0", "应为 1 到 64 的整数"),
        ("workers: 1", "workers: 1.5", "应为 1 到 64 的整数"),
        ("proxies: 0", "proxies: -1", "应为 0 到 5 的整数"),
        ("proxies: 0", "proxies: 6", "应为 0 到 5 的整数"),
        ("retention_days: 90", "retention_days: 0", "应为 1 到 365 的整数"),
        ("retention_days: 90", "retention_days: 3650", "应为 1 到 365 的整数"),
        ("limits: yes", "limits: 3", "应为 yes 或 no"),
    ],
)
def test_a_wrong_setting_is_explained(root, old, new, says):
    (root / "bot.yml").write_text(GOOD.replace(old, new), encoding="utf-8")
    with pytest.raises(SettingsError, match=says):
        load_settings(root)


def test_a_missing_file_is_explained(root):
    (root / "bot.yml").unlink()
    with pytest.raises(SettingsError, match="读不出来"):
        load_settings(root)


@pytest.mark.parametrize(
    "content",
    [
        b"- a\n",
        b"text",
        "host: 本机".encode("gb18030"),
    ],
)
def test_a_file_that_is_no_table_is_explained(root, content):
    (root / "bot.yml").write_bytes(content)
    with pytest.raises(SettingsError):
        load_settings(root)


def test_the_shipped_settings_load(settings):
    assert settings.knowledge.is_dir()
    assert (settings.root / settings.encoder).is_dir()


def test_the_day_of_a_question_wins_over_the_calendar():
    token = AS_OF.set(date(2022, 10, 15))
    try:
        assert today() == date(2022, 10, 15)
    finally:
        AS_OF.reset(token)


def test_other_sites_are_a_list_in_the_file_and_words_in_the_environment(root, monkeypatch):
    (root / "bot.yml").write_text(GOOD.replace("origins: []", "origins: [https://www.example.cn]"), encoding="utf-8")
    assert load_settings(root).origins == ("https://www.example.cn",)
    monkeypatch.setenv("BOT_ORIGINS", "https://a.example http://127.0.0.1:5006")
    assert load_settings(root).origins == ("https://a.example", "http://127.0.0.1:5006")


@pytest.mark.parametrize("origin", ["*", "https://www.example.cn/", "www.example.cn", "https://*.example.cn", "null"])
def test_a_site_that_is_not_exact_is_refused(root, monkeypatch, origin):
    monkeypatch.setenv("BOT_ORIGINS", origin)
    with pytest.raises(SettingsError, match="origins"):
        load_settings(root)


def test_the_public_address_loses_its_last_slash_and_must_be_one(root, monkeypatch):
    monkeypatch.setenv("BOT_ADDRESS", "https://bot.example.cn/")
    assert load_settings(root).address == "https://bot.example.cn"
    monkeypatch.setenv("BOT_ADDRESS", "bot.example.cn")
    with pytest.raises(SettingsError, match="address"):
        load_settings(root)


def test_the_servers_come_from_the_environment_or_a_file_that_it_names(root, monkeypatch):
    monkeypatch.setenv("BOT_REDIS", "redis://127.0.0.1:6379/0")
    (root / "secret").write_text("postgresql://bot:word@db/bot\n")
    monkeypatch.setenv("BOT_DATABASE_FILE", str(root / "secret"))
    monkeypatch.setenv("BOT_VECTORS", "postgresql://bot:word@db/vectors")
    settings = load_settings(root)
    assert (settings.redis, settings.database) == ("redis://127.0.0.1:6379/0", "postgresql://bot:word@db/bot")
    assert settings.vectors == "postgresql://bot:word@db/vectors"
    assert "word" not in repr(settings)


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("BOT_DATABASE", "mysql://db/bot", "postgresql://"),
        ("BOT_REDIS", "127.0.0.1:6379", "redis://"),
        ("BOT_DATABASE_FILE", "/nowhere/secret", "BOT_DATABASE_FILE 指的文件读不出来"),
    ],
)
def test_a_wrong_server_is_explained(root, monkeypatch, name, value, says):
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=says):
        load_settings(root)
