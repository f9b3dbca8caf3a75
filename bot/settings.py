"""The settings of the bot, from bot.yml; environment variables BOT_PORT, BOT_HOST … win over the file."""

from __future__ import annotations

import os
import re
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent

_KEYS = frozenset(
    (
        "encoder",
        "knowledge",
        "models",
        "data",
        "host",
        "port",
        "workers",
        "proxies",
        "retention_days",
        "limits",
        "address",
        "origins",
    )
)
_MOST_WORKERS = 64
_LONGEST_RETENTION = 365  # days; nothing that the bot does needs a person's words for longer
_MOST_PROXIES = 5  # a content delivery network, a load balancer, nginx; more is a slip
_YES_NO = {"yes": True, "true": True, "no": False, "false": False}


class SettingsError(Exception):
    """bot.yml or an environment variable is wrong; the message says what to do, in Chinese."""


@dataclass(frozen=True)
class Settings:
    """Paths are absolute. `address` is the public one (https://…), empty where there is none; `origins` are the other
    sites that may show the widget, exactly as a browser names them (https://www.example.cn). `proxies` is how many proxies of
    our own stand in front, `retention_days` how long anything of a person is kept, `limits` whether a person or an address may ask only so often. `database`
    (PostgreSQL), `redis` and `vectors` (PostgreSQL with pgvector) are addresses, empty where there is none; they may hold a
    password, so they come from the environment only and are not shown by repr.
    """

    root: Path
    knowledge: Path
    models: Path
    data: Path
    encoder: str
    host: str
    port: int
    address: str = ""
    origins: tuple[str, ...] = ()
    workers: int = 1
    proxies: int = 0
    retention_days: int = 90
    limits: bool = True
    database: str = field(default="", repr=False)
    redis: str = field(default="", repr=False)
    vectors: str = field(default="", repr=False)

    @property
    def index(self) -> Path:
        """The built retrieval index."""
        return self.models / "index"

    @property
    def rasa(self) -> Path:
        """The folder of trained Rasa models."""
        return self.models / "rasa"

    @property
    def sheets(self) -> Path:
        """Results of checks that people asked to print, kept 90 days."""
        return self.data / "sheets"

    @property
    def feedback(self) -> Path:
        """What people think of the replies."""
        return self.data / "feedback.sqlite3"

    @property
    def fusion(self) -> Path:
        """The fitted fusion of the shipped encoder; with another encoder it still orders, and calibration is run again."""
        return self.knowledge / "fusion.json"


def load_settings(root: Path = ROOT) -> Settings:
    """Read bot.yml below `root`. Raises SettingsError for an unknown key or a wrong value."""
    path = root / "bot.yml"
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise SettingsError(f"bot.yml 读不出来：{error}") from None
    for key in data:
        if key not in _KEYS:
            raise SettingsError(f"bot.yml 里不认识的键 {key}，可用的是：{'、'.join(sorted(_KEYS))}")
    values = {key: os.environ.get(f"BOT_{key.upper()}", data.get(key)) for key in _KEYS}
    for key, value in values.items():
        if value is None:
            raise SettingsError(f"bot.yml 缺少 {key}。")
    return Settings(
        root=root,
        data=root / str(values["data"]),
        address=_address(str(values["address"])),
        origins=_origins(values["origins"]),
        knowledge=root / str(values["knowledge"]),
        models=root / str(values["models"]),
        encoder=str(values["encoder"]),
        host=str(values["host"]),
        port=_whole("port", values["port"], 1, 65535),
        workers=_whole("workers", values["workers"], 1, _MOST_WORKERS),
        proxies=_whole("proxies", values["proxies"], 0, _MOST_PROXIES),
        retention_days=_whole("retention_days", values["retention_days"], 1, _LONGEST_RETENTION),
        limits=_yes_no("limits", values["limits"]),
        database=_server("BOT_DATABASE", ("postgresql", "postgres")),
        redis=_server("BOT_REDIS", ("redis", "rediss", "unix")),
        vectors=_server("BOT_VECTORS", ("postgresql", "postgres")),
    )


def _whole(key: str, value: object, least: int, most: int) -> int:
    text = str(value)
    if not (text.isascii() and text.isdecimal() and least <= int(text) <= most):
        raise SettingsError(f"{key} 写的是“{text}”，应为 {least} 到 {most} 的整数。")
    return int(text)


def _yes_no(key: str, value: object) -> bool:
    text = str(value).lower()
    if text not in _YES_NO:
        raise SettingsError(f"{key} 写的是“{value}”，应为 yes 或 no。")
    return _YES_NO[text]


def _server(variable: str, schemes: tuple[str, ...]) -> str:
    """The address in a variable, or in the file that it names (…_FILE); empty where neither is set."""
    path = os.environ.get(variable + "_FILE")
    try:
        address = (Path(path).read_text() if path else os.environ.get(variable, "")).strip()
    except OSError as error:
        raise SettingsError(f"{variable}_FILE 指的文件读不出来：{error.strerror}。") from None
    if address and address.partition("://")[0] not in schemes:
        raise SettingsError(f"{variable} 应为 {schemes[0]}:// 开头的地址。")
    return address


def _address(value: str) -> str:
    address = value.rstrip("/")
    if address and not re.fullmatch(r"https?://[^\s/?#]+(?:/[^\s?#]*)?", address):
        raise SettingsError(f"address 写的是“{value}”，应为公网地址，如 https://bot.example.cn，没有就留空。")
    return address


def _origins(value: object) -> tuple[str, ...]:
    """Origins as a list in the file, separated by spaces in the environment."""
    given = value.split() if isinstance(value, str) else value
    if not isinstance(given, list):
        raise SettingsError(f"origins 写的是“{value}”，应为列表，如 [https://www.example.cn]。")
    for origin in given:
        if not isinstance(origin, str) or not re.fullmatch(r"https?://[a-z0-9.-]+(?::\d+)?", origin):
            raise SettingsError(
                f"origins 里的“{origin}”不对，应为 https://www.example.cn 这样，没有路径，结尾没有斜杠。"
            )
    return tuple(given)


AS_OF: ContextVar[date | None] = ContextVar("as_of", default=None)


def today() -> date:
    """The day on which terms are judged: the one of the current question where set (AS_OF), else the calendar's."""
    return AS_OF.get() or date.today()
