"""The event broker of endpoints.yml, as Rasa knows it, checked when the bot starts: Rasa would go on without one."""

from __future__ import annotations

import inspect
import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.settings import SettingsError

from .events import EventPublisher

if TYPE_CHECKING:
    from rasa.core.brokers.broker import EventBroker
    from rasa.utils.endpoints import EndpointConfig

_FILE = "endpoints.yml"
# Rasa's class, and what its url is called there; where it has none, the settings are not checked.
_KNOWN = {
    "sql": ("rasa.core.brokers.sql.SQLEventBroker", "host"),
    "pika": ("rasa.core.brokers.pika.PikaEventBroker", "host"),
    "kafka": ("rasa.core.brokers.kafka.KafkaEventBroker", "url"),
    "file": ("rasa.core.brokers.file.FileEventBroker", ""),
}


def open_publisher(root: Path) -> EventPublisher | None:
    """The publisher of the broker that endpoints.yml below `root` names, not yet started; None where it names none.

    Raises SettingsError for a broker that does not exist or settings that it does not know.
    """
    config = _config(root / _FILE)
    if config is None:
        return None
    kind = _kind(config)
    return EventPublisher(lambda: _connected(kind, config))


def _config(path: Path) -> EndpointConfig | None:
    from rasa.utils.endpoints import read_endpoint_config

    try:
        return read_endpoint_config(str(path), "event_broker")
    except Exception as error:  # each of Rasa's readers has its own
        raise SettingsError(f"{_FILE} 读不出来：{type(error).__name__}。") from None


def _kind(config: EndpointConfig) -> Any:
    from rasa.shared.utils.common import class_from_module_path

    name = config.type or ""
    path, url = _KNOWN.get(name.lower(), (name, ""))
    try:
        kind = class_from_module_path(path)
        kind.from_endpoint_config  # noqa: B018  (whether it is there)
    except Exception:  # importing it may fail in any way
        raise SettingsError(
            f"{_FILE} 里 event_broker 的 type 写的是“{name}”，没有这种 broker；"
            f"可以写 {'、'.join(_KNOWN)}，或一个能导入的类（包名.模块名.类名）。"
        ) from None
    if url:
        if url != "url" and url in config.kwargs:
            raise SettingsError(f"{_FILE} 里 event_broker 的 {url} 请写成 url。")
        try:
            inspect.signature(kind).bind(**{url: config.url, **config.kwargs})
        except TypeError as error:
            raise SettingsError(f"{_FILE} 里 event_broker 的设置不对：{error}。") from None
    return kind


async def _connected(kind: Any, config: EndpointConfig) -> EventBroker:
    """A broker that was reached. Raises whatever its library does where it was not."""
    known = (config.type or "").lower()
    if known == "pika":
        # Its own 20 would say after 100 seconds that nobody answers; and it has a line for each event that failed, with the
        # text, and one every five seconds for the connection. What there is to say, the publisher says.
        config.kwargs.setdefault("connection_attempts", 1)
        logging.getLogger(kind.__module__).setLevel(logging.CRITICAL)
        logging.getLogger("aio_pika").setLevel(logging.ERROR)
    broker: EventBroker = await kind.from_endpoint_config(config)
    if known == "kafka":  # unless it was reached before, it loses the first event without a word
        broker.producer = broker._create_producer()
        broker._check_kafka_connection()
    return broker
