"""The servers that the tests through the simulator share; they start at the same time, as each takes many seconds to."""

from __future__ import annotations

import pytest

from .servers import FakeBots, RealBot


@pytest.fixture(scope="session")
def _starting(request, tmp_path_factory):
    """The servers that the collected tests want, begun."""
    wanted = {name for item in request.session.items for name in getattr(item, "fixturenames", ())}
    folder = tmp_path_factory.mktemp("wechat")
    servers = {name: kind(folder) for name, kind in (("bots", FakeBots), ("real", RealBot)) if name in wanted}
    yield servers
    for server in servers.values():
        server.close()


@pytest.fixture(scope="session")
def bots(_starting) -> FakeBots:
    """Slow bots, none of them started."""
    _starting["bots"].wait()
    return _starting["bots"]


@pytest.fixture(scope="session")
def real(_starting) -> RealBot:
    """The whole bot, as `bot serve` starts it, with a WeChat account."""
    _starting["real"].wait()
    return _starting["real"]
