"""Which sites may call the API: our own, and the exact list of bot.yml; and what a browser must be told about it."""

from __future__ import annotations

import enum

from sanic.request import Request
from sanic.response import HTTPResponse

from .errors import Refused

_ALLOWED = {
    "Access-Control-Allow-Methods": "GET, POST",
    "Access-Control-Allow-Headers": "Authorization, Content-Type, Accept-Language",
    "Access-Control-Max-Age": "600",
}


class Site(enum.Enum):
    """Where a request comes from."""

    OWN = "own"
    OTHER = "other"
    UNKNOWN = "unknown"


class Origins:
    """The sites that may show the widget, besides our own."""

    def __init__(self, allowed: tuple[str, ...]) -> None:
        self._allowed = frozenset(allowed)

    def site(self, request: Request) -> Site:
        """A request without an Origin is no script of another site; one whose Origin is the host it calls is our own."""
        origin = request.headers.get("origin")
        host = request.headers.get("host")
        if origin is None or origin in (f"https://{host}", f"http://{host}"):
            return Site.OWN
        return Site.OTHER if origin in self._allowed else Site.UNKNOWN

    def check(self, request: Request) -> None:
        """Raises Refused for a site that is not listed."""
        if self.site(request) is Site.UNKNOWN:
            raise Refused(403, "origin_not_allowed", "这个网站没有登记，不能使用对话。")

    def mark(self, request: Request, answer: HTTPResponse) -> None:
        """Let a listed site read the answer."""
        answer.headers["Vary"] = ", ".join(filter(None, (answer.headers.get("Vary"), "Origin")))
        if self.site(request) is Site.OTHER:
            answer.headers.update({"Access-Control-Allow-Origin": request.headers["origin"], **_ALLOWED})
