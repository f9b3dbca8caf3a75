"""Errors of the API: a code, a sentence in Chinese and an incident number, which the log has too."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable

from sanic import Sanic, response
from sanic.exceptions import (
    InvalidUsage,
    MethodNotSupported,
    NotFound,
    PayloadTooLarge,
    RequestTimeout,
    SanicException,
    ServiceUnavailable,
)
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.conversation.runtime import kit

from .script import in_script, wanted

logger = logging.getLogger(__name__)


class Refused(Exception):
    """A request that is not served: the status and code of docs/api.md and a sentence for the citizen.

    `again` is in how many seconds to come again, 0 where that changes nothing.
    """

    def __init__(self, status: int, code: str, says: str, again: int = 0) -> None:
        super().__init__(f"{status} {code}")
        self.status = status
        self.code = code
        self.says = says
        self.again = again


def failure(request: Request, refused: Refused, trace: BaseException | None = None) -> HTTPResponse:
    """The answer to a request that failed; one line in the log, with a trace where something broke."""
    incident = secrets.token_hex(4)
    level = logging.ERROR if trace else logging.WARNING
    where = f"/{request.route.path}" if request.route else "an unknown address"  # what was typed may hold anything
    logger.log(level, "%s %s: %s, incident %s", request.method, where, refused, incident, exc_info=trace)
    says = refused.says or kit().say("error", incident=incident)
    body = {"error": {"code": refused.code, "message": in_script(says, wanted(request)), "incident": incident}}
    headers = {"Cache-Control": "no-store", **({"Retry-After": str(refused.again)} if refused.again else {})}
    return response.json(body, status=refused.status, ensure_ascii=False, headers=headers)


_KNOWN: tuple[tuple[type[SanicException], Refused], ...] = (
    (NotFound, Refused(404, "not_found", "没有这个地址。")),
    (MethodNotSupported, Refused(405, "wrong_method", "这个地址不能这样用。")),
    (RequestTimeout, Refused(408, "timeout", "网络太慢，没有收全，请再发一次。")),
    (ServiceUnavailable, Refused(503, "timeout", "网络太慢，没有收全，请再发一次。")),
    (PayloadTooLarge, Refused(413, "too_large", "发来的内容太大了。")),
    (InvalidUsage, Refused(400, "bad_message", "发来的内容读不懂。")),
)


def answer_errors(app: Sanic, not_found: Callable[[Request], HTTPResponse]) -> None:
    """Every error of the application in the form of the API; what is unknown is an incident with its trace in the log.

    `not_found` is the page for an address that is neither the API's nor any other of ours.
    """

    async def handle(request: Request, error: Exception) -> HTTPResponse:
        if isinstance(error, Refused):
            return failure(request, error)
        if isinstance(error, ServiceUnavailable) and request.transport.is_closing():
            return response.empty(503)  # who asked has gone (WeChat does after five seconds); nobody reads this
        if isinstance(error, PayloadTooLarge) and request.path == "/wechat":
            logger.warning("wechat: refused, body too large")  # as the channel refuses what it gets to see
            return response.text("", status=403, headers={"Cache-Control": "no-store"})
        if isinstance(error, NotFound) and not request.path.startswith("/api/"):
            return not_found(request)
        for kind, refused in _KNOWN:
            if isinstance(error, kind):
                return failure(request, refused)
        return failure(request, Refused(500, "internal", ""), error)

    app.error_handler.add(Exception, handle)
