"""Pages over the shipped knowledge, with no index behind them: they need none."""

from __future__ import annotations

from datetime import date

import pytest

from bot.answering import Kit
from bot.pages import Accuracy, Figure, Site, page_at
from bot.pages.addresses import addresses
from tests.pages.html import tree

TODAY = date(2026, 7, 1)


def site_of(knowledge, day=TODAY, accuracy=None, address=""):
    """Pages need the knowledge and the sentences of a kit, nothing else of it."""
    return Site(Kit(knowledge, None, None, None, {}), day, accuracy, address)


@pytest.fixture(scope="session")
def site(knowledge):
    return site_of(knowledge)


@pytest.fixture(scope="session")
def card(knowledge):
    return Accuracy(TODAY, knowledge.version, "试问对话", 50, (Figure("政策问题", 39, 40), Figure("电话", 10, 10)))


@pytest.fixture(scope="session")
def open_page(site):
    """An address of the shipped site as a tree: `open_page("/policy/jyfw")`."""

    def run(path, **query):
        return tree(page_at(site, path, query).html)

    return run


@pytest.fixture(scope="session")
def pages(site, knowledge):
    """Every page of the shipped site, as a tree by address."""
    return {path: tree(page_at(site, path, {}).html) for path in addresses(knowledge)}
