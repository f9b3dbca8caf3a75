"""The kit of the running process, loaded once; light to import, so that what is left out can be named before the rest is."""

from __future__ import annotations

import functools
import logging
import os
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.settings import ROOT, Settings, load_settings

from .left_out import leave_out

if TYPE_CHECKING:
    from bot.answering import Kit
    from bot.database import Database
    from bot.eligibility.sheets import SheetStore
    from bot.knowledge import Knowledge
    from bot.language import Reader


def quiet_start(whole_rasa: bool = False) -> None:
    """Set up a process that imports Rasa: no telemetry, no banners, no CUDA search; logs go to standard error.

    Of Rasa, what config.yml does not use is left out, unless `whole_rasa` asks for it.
    """
    if not whole_rasa:
        leave_out(ROOT / "config.yml")
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
def database() -> Database | None:
    """The database of this process, not connected yet; None where the settings name none."""
    address = settings().database
    if not address:
        return None
    from bot.database import Database  # not where it is not used: a tenth of a second

    return Database(address)


@functools.cache
def sheets() -> SheetStore:
    """Where the results of checks are kept."""
    shared = database()
    if shared is None:
        from bot.eligibility.sheets import SheetFolder

        return SheetFolder(settings().sheets)
    from bot.database.sheets import SharedSheets

    return SharedSheets(shared)


@functools.cache
def knowledge() -> Knowledge:
    """The knowledge of this process. Raises KnowledgeError."""
    from bot.knowledge import load_knowledge

    return load_knowledge(settings().knowledge)


@functools.cache
def reader() -> Reader:
    """What reads messages in this process, for the NLU and for the answering steps."""
    from bot.language import Reader

    return Reader.of(knowledge(), settings().knowledge)


@functools.cache
def kit() -> Kit:
    """Knowledge, language and index of this process. Raises what load_kit raises."""
    from bot.assembly import load_kit

    return replace(load_kit(settings(), sheets(), knowledge()), reader=reader())
