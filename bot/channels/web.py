"""The website's channel: one page, one JSON address, a sender that the server makes and signs."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import logging
import secrets
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from rasa.core.channels.channel import InputChannel, UserMessage
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.conversation.agent import joined
from bot.conversation.intake import Collector, user_message
from bot.conversation.runtime import kit
from bot.language import MAX_CHARACTERS
from bot.rendering import sheet_html

logger = logging.getLogger(__name__)

COOKIE = "policy_bot_session"
TIMEOUT = 4.0  # seconds; WeChat gives five, and nobody waits longer at a website
_PAGES = Path(__file__).resolve().parent.parent / "web"
_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; frame-ancestors 'self'; base-uri 'none'; form-action 'self'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
_FILES = {
    "chat.js": "text/javascript; charset=utf-8",
    "chat.css": "text/css; charset=utf-8",
    "sheet.css": "text/css; charset=utf-8",
}


class WebInput(InputChannel):
    """`GET /` is the page; `POST /api/v1/messages` takes {"text": …} or {"choice": …} and returns one reply;
    `GET /sheet/<code>` is the printable result of a check."""

    @classmethod
    def name(cls) -> str:
        """The name of the channel in trackers."""
        return "web"

    def __init__(self, key: bytes) -> None:
        self._key = key

    def url_prefix(self) -> str:
        """From the root, not below /webhooks."""
        return "/"

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """The addresses of the channel."""
        web = Blueprint("web")

        @web.get("/")
        async def page(request: Request) -> HTTPResponse:
            text = (_PAGES / "chat.html").read_text(encoding="utf-8")
            return response.html(text.replace("{{bot}}", kit().knowledge.county.bot), headers=_HEADERS)

        @web.get("/static/<name:str>")
        async def static(request: Request, name: str) -> HTTPResponse:
            if name not in _FILES:
                return _error(404, "not_found", "没有这个文件。")
            return response.raw((_PAGES / name).read_bytes(), content_type=_FILES[name], headers=_HEADERS)

        @web.get("/sheet/<code:str>")
        async def sheet(request: Request, code: str) -> HTTPResponse:
            found = kit().sheets.load(code)
            if found is None:
                return _error(404, "no_sheet", "没有这张告知单，或已超过90天。")
            headers = {**_HEADERS, "Cache-Control": "private, no-store", "X-Robots-Tag": "noindex"}
            return response.html(sheet_html(found), headers=headers)

        @web.get("/health")
        async def health(request: Request) -> HTTPResponse:
            return response.json({"status": "live", "knowledge": kit().knowledge.version})

        @web.post("/api/v1/messages")
        async def messages(request: Request) -> HTTPResponse:
            try:
                body = json.loads(request.body)
            except ValueError:
                return _error(400, "bad_json", "发来的内容读不懂。")
            text = body.get("text") if isinstance(body, dict) else None
            choice = body.get("choice") if isinstance(body, dict) else None
            if not isinstance(text, str) or not (choice is None or isinstance(choice, str)):
                return _error(400, "bad_message", "缺少要问的话。")
            if len(text) > MAX_CHARACTERS or (choice and len(choice) > 100):
                return _error(413, "too_long", f"最多{MAX_CHARACTERS}个字，请说短一点。")
            sender, cookie = self._sender(request.cookies.get(COOKIE))
            output = Collector()
            try:
                message = user_message(text, sender, output, self.name(), choice)
                await asyncio.wait_for(on_new_message(message), TIMEOUT)
            except Exception:  # the citizen gets an apology, the log the trace
                incident = secrets.token_hex(4)
                logger.exception("message failed, incident %s", incident)
                said = kit().say("error", incident=incident)
                return _error(500, "internal", said, incident)
            result = response.json(joined(output.replies), ensure_ascii=False, headers={"Cache-Control": "no-store"})
            if cookie:
                result.cookies[COOKIE] = cookie
                result.cookies[COOKIE]["httponly"] = True
                result.cookies[COOKIE]["samesite"] = "Lax"
                result.cookies[COOKIE]["path"] = "/"
            return result

        return web

    def _sign(self, id: str) -> str:
        return hmac.new(self._key, id.encode(), hashlib.sha256).hexdigest()

    def _sender(self, cookie: str | None) -> tuple[str, str | None]:
        """The sender of a request, and the cookie to set when it had no valid one."""
        id, _, signature = (cookie or "").partition(".")
        if id and hmac.compare_digest(signature.encode(), self._sign(id).encode()):
            return self._sign("sender:" + id)[:32], None
        id = secrets.token_urlsafe(18)
        return self._sign("sender:" + id)[:32], f"{id}.{self._sign(id)}"


def _error(status: int, code: str, message: str, incident: str | None = None) -> HTTPResponse:
    body = {"error": {"code": code, "message": message, **({"incident": incident} if incident else {})}}
    return response.json(body, status=status, ensure_ascii=False)
