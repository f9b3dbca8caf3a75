"""The kit of the running process, loaded once."""

from __future__ import annotations

import functools
import logging
import os
import sys

from bot.answering import Kit
from bot.assembly import load_kit
from bot.settings import Settings, load_settings


def quiet_start() -> None:
    """Set up a process that imports Rasa: no telemetry, no banners, no CUDA search; logs go to standard error."""
    os.environ["RASA_TELEMETRY_ENABLED"] = "false"
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    os.environ["CUDA_VISIBLE_DEVICES"] = ""
    os.environ["SQLALCHEMY_SILENCE_UBER_WARNING"] = "1"
    os.environ["LOG_LEVEL_LIBRARIES"] = "ERROR"
    logging.basicConfig(
        stream=sys.stderr, level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s"
    )
    logging.captureWarnings(True)
    logging.getLogger("py.warnings").setLevel(logging.ERROR)
    logging.getLogger("bm25s").setLevel(logging.WARNING)


@functools.cache
def settings() -> Settings:
    """The settings of this process."""
    return load_settings()


@functools.cache
def kit() -> Kit:
    """Knowledge, language and index of this process. Raises what load_kit raises."""
    return load_kit(settings())
