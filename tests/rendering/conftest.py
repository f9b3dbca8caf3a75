"""What the tests of the rendering share."""

from __future__ import annotations

import pytest


@pytest.fixture(scope="session")
def say(knowledge):
    """The bot's own sentences, without the county's names."""
    return lambda key, **values: knowledge.replies[key].format(**values)
