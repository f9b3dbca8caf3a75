"""The kit of the running process, loaded once."""

from __future__ import annotations

import functools
import os

from bot.answering import Kit
from bot.assembly import load_kit
from bot.settings import Settings, load_settings


def quiet_start() -> None:
    """Environment of every process that imports Rasa: no telemetry, no TensorFlow banner, no CUDA search."""
    os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")
    os.environ.setdefault("SQLALCHEMY_SILENCE_UBER_WARNING", "1")


@functools.cache
def settings() -> Settings:
    """The settings of this process."""
    return load_settings()


@functools.cache
def kit() -> Kit:
    """Knowledge, language and index of this process. Raises what load_kit raises."""
    return load_kit(settings())
