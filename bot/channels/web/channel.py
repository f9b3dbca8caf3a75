"""The website's channel: sessions, messages, history, feedback (docs/api.md)."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import logging
import secrets
import sqlite3
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

from rasa.core.channels.channel import InputChannel, UserMessage
from sanic import Blueprint, Sanic, response
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.answering import Status
from bot.conversation.forget import forget, forget_votes
from bot.conversation.intake import Collector, spoken, user_message
from bot.conversation.runtime import kit
from bot.conversation.tracker_store import LiveTrackerStore
from bot.feedback import REASONS, Feedback, FeedbackStore
from bot.language import MAX_CHARACTERS, clean

from ..address import address_of
from ..limits import Limiter, Refusal
from .errors import Refused
from .intake import Sent, body_of, place, sent, vote
from .origins import Origins, Site
from .recent import Recent, TooMany
from .script import in_script, reply_in_script, wanted
from .sessions import KEPT, Sessions

logger = logging.getLogger(__name__)

COOKIE = "policy_bot_session"
TIMEOUT = 4.0  # seconds; a message that takes longer is worked on, and the same id sent again gets its reply
_DAY = 24 * 3600  # seconds
_PRIVATE = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}

Handle = Callable[[UserMessage], Awaitable[Any]]


class WebInput(InputChannel):
    """The addresses of docs/api.md."""

    @classmethod
    def name(cls) -> str:
        """The name of the channel in trackers."""
        return "web"

    def __init__(
        self,
        key: bytes,
        origins: tuple[str, ...],
        feedback: FeedbackStore,
        timeout: float = TIMEOUT,
        limiter: Limiter | None = None,
        proxies: int = 0,
        kept: timedelta = KEPT,
    ) -> None:
        self._sessions = Sessions(key, kept=kept)
        self._origins = Origins(origins)
        self._feedback = feedback
        self._recent = Recent()
        self._timeout = timeout
        self._limiter = limiter or Limiter()
        self._proxies = proxies

    def url_prefix(self) -> str:
        """Not below /webhooks, and with the version."""
        return "/api/v1"

    def blueprint(self, on_new_message: Handle) -> Blueprint:
        """The addresses of the channel."""
        api = Blueprint("api")

        @api.middleware("request")
        async def only_known_sites(request: Request) -> None:
            self._origins.check(request)

        @api.middleware("response")
        async def tell_other_sites(request: Request, answer: HTTPResponse) -> None:
            self._origins.mark(request, answer)

        async def preflight(request: Request) -> HTTPResponse:
            return response.empty()

        for path in ("/bot", "/sessions", "/messages", "/feedback"):
            api.add_route(preflight, path, methods=["OPTIONS"], name="preflight" + path.replace("/", "_"))

        @api.get("/bot")
        async def about(request: Request) -> HTTPResponse:
            return _about(request)

        @api.post("/sessions")
        async def sessions(request: Request) -> HTTPResponse:
            _let_in(await self._limiter.opened(address_of(request, self._proxies)))
            body = body_of(request)
            token = self._token(request)
            sender = self._sessions.sender(token)
            if sender and body.get("new") is True:
                # nobody who still holds the cookie reads it
                await request.app.ctx.agent.tracker_store.forget(sender)
            elif sender:
                with contextlib.suppress(
                    asyncio.TimeoutError
                ):  # a message under way is to be shown, but not waited for long
                    await asyncio.wait_for(request.app.ctx.agent.tracker_store.refresh(sender), self._timeout)
            found = await self._history(request, sender) if sender else []
            new = not found
            if new:
                if sender is None or body.get("new") is True or not request.app.ctx.agent.tracker_store.is_away:
                    token = self._sessions.new()  # else what was said before is to be found again later
                at = place(body, kit())
                hello = Sent(f"start-{secrets.token_hex(4)}", "", f"start:{at}" if at else "start")
                sender = self._sessions.sender(token)
                assert sender is not None
                found = [await self._reply(request, on_new_message, sender, hello)]
            assert token is not None
            data = {"new": new, "expires": self._sessions.expires(token), "messages": _shown(request, found)}
            if self._origins.site(request) is Site.OTHER:
                return _json({**data, "token": token}, 201 if new else 200)
            answer = _json(data, 201 if new else 200)
            if new:
                _set_cookie(request, answer, token, self._sessions.kept)
            return answer

        @api.post("/messages")
        async def messages(request: Request) -> HTTPResponse:
            sender = self._sender(request)
            said = sent(body_of(request), kit())
            if self._recent.known((sender, said.id)) is None:  # else it is sent again
                _let_in(await self._limiter.message(sender, address_of(request, self._proxies)))
            return _json(_shown(request, [await self._reply(request, on_new_message, sender, said)])[0])

        @api.get("/messages")
        async def history(request: Request) -> HTTPResponse:
            sender = self._sessions.sender(self._token(request))
            found = await self._history(request, sender) if sender else []
            return _json({"messages": _shown(request, found)})

        @api.post("/feedback")
        async def feedback(request: Request) -> HTTPResponse:
            sender = self._sender(request)
            _let_in(await self._limiter.message(sender, address_of(request, self._proxies)))
            given = vote(body_of(request))
            on = next((each for each in await self._history(request, sender) if each["id"] == given.message), None)
            if on is None:
                raise Refused(404, "not_found", "没有找到这条回答。")
            if given.vote is None:
                await _written(self._feedback.withdraw(sender, given.message))
                return _json({"saved": True})
            comment, _ = kit().redactor.redact(clean(given.comment))
            kept = Feedback(
                sender=sender,
                message=given.message,
                at=datetime.now().astimezone().isoformat(timespec="seconds"),
                vote=given.vote,
                reason=given.reason,
                comment=comment,
                question=on["text"] or "",
                status=on["reply"]["status"],
                clauses=tuple(citation["clause"] for citation in on["reply"]["citations"]),
                knowledge=kit().knowledge.version,
            )
            await _written(self._feedback.save(kept))
            return _json({"saved": True})

        @api.listener("after_server_start")
        async def forget_daily(app: Sanic, loop: object) -> None:
            app.add_task(self._forget_daily())

        return api

    async def _forget_daily(self) -> None:
        """Remove votes that are as old as sessions get."""
        while True:
            try:
                await forget_votes(self._feedback, datetime.now().astimezone() - self._sessions.kept)
            except (sqlite3.Error, OSError):
                logger.exception("old votes could not be removed; tomorrow again")
            await asyncio.sleep(_DAY)

    def _token(self, request: Request) -> str | None:
        """The bearer token of another site; the cookie of our own."""
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        if kind.lower() == "bearer":
            return str(token).strip()
        if self._origins.site(request) is Site.OTHER:
            return None  # a cookie may come along, but it is not what another site was given
        cookie: str | None = request.cookies.get(COOKIE)
        return cookie

    def _sender(self, request: Request) -> str:
        sender = self._sessions.sender(self._token(request))
        if sender is None:
            raise Refused(401, "no_session", "对话已过期，请重新开始。")
        return sender

    async def _history(self, request: Request, sender: str) -> list[dict[str, Any]]:
        found = await request.app.ctx.agent.tracker_store.history(sender)
        try:
            votes = await self._feedback.votes(sender) if found else {}
        except (sqlite3.Error, OSError):  # what people think of a reply is not worth the conversation
            logger.exception("the feedback cannot be read")
            votes = {}
        return [{**each, "vote": votes.get(each["id"])} for each in found]

    async def _answer(self, store: LiveTrackerStore, heard: Handle, sender: str, said: Sent) -> dict[str, Any]:
        """The exchange of a message. Who asked to be forgotten is, before they are told so."""
        found = await _answer(heard, sender, said, self.name())
        if found["reply"]["status"] != Status.FORGOTTEN.value:
            return found
        try:
            await forget(sender, store, self._feedback, kit().sheets)
        except (sqlite3.Error, OSError):
            logger.exception("a person could not be forgotten")
            return {**found, "reply": spoken(kit().say("forget_failed"))}
        return found

    async def _reply(self, request: Request, on_new_message: Handle, sender: str, said: Sent) -> dict[str, Any]:
        """The exchange of a message. The same id again waits for the same one, and later gets it from the conversation."""
        key = (sender, said.id)
        task = self._recent.known(key)
        if task is None:
            try:
                store = request.app.ctx.agent.tracker_store
                task = self._recent.start(key, lambda: self._answer(store, on_new_message, sender, said))
            except TooMany:
                raise Refused(429, "too_many", "您问得太快了，请等上一条答完。", 1) from None
        try:
            return await asyncio.wait_for(asyncio.shield(task), self._timeout)
        except asyncio.TimeoutError:
            raise Refused(504, "timeout", "这次有点慢，请再发一次。") from None


def _let_in(refusal: Refusal | None) -> None:
    if refusal:
        says = kit().say(refusal.says, seconds=str(refusal.seconds))
        raise Refused(429, "too_many", says, refusal.seconds)


async def _written(writing: Awaitable[None]) -> None:
    try:
        await writing
    except (sqlite3.Error, OSError):
        logger.exception("feedback was not kept")
        raise Refused(503, "unavailable", "现在记不下来，请过一会儿再点。") from None


async def _answer(on_new_message: Handle, sender: str, said: Sent, channel: str) -> dict[str, Any]:
    output = Collector()
    message = user_message(said.text, sender, output, channel, said.choice, said.form, said.id)
    await on_new_message(message)
    if output.exchange is None:
        raise RuntimeError("an action ended without a reply; its trace stands above")
    return output.exchange


def _shown(request: Request, found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    traditional = wanted(request)
    return [{**each, "reply": reply_in_script(each["reply"], traditional)} for each in found]


def _json(data: dict[str, Any], status: int = 200) -> HTTPResponse:
    return response.json(data, status=status, ensure_ascii=False, headers=_PRIVATE)


def _set_cookie(request: Request, answer: HTTPResponse, token: str, kept: timedelta) -> None:
    answer.cookies[COOKIE] = token
    cookie = answer.cookies[COOKIE]
    cookie["httponly"] = True
    cookie["samesite"] = "Lax"
    cookie["path"] = "/"
    cookie["max-age"] = int(kept.total_seconds())
    scheme = request.headers.get("x-forwarded-proto", request.scheme).partition(",")[0]
    if scheme.strip().lower() == "https":
        cookie["secure"] = True


def _about(request: Request) -> HTTPResponse:
    """What does not depend on the conversation."""
    knowledge, traditional = kit().knowledge, wanted(request)
    data = {
        "bot": in_script(knowledge.county.bot, traditional),
        "office": in_script(knowledge.county.office, traditional),
        "characters": MAX_CHARACTERS,
        "knowledge": knowledge.version,
        "places": [{"id": p.id, "name": in_script(p.name, traditional)} for p in knowledge.places.values()],
        "calculators": [{"id": c.id, "name": in_script(c.name, traditional)} for c in kit().calculators.values()],
        "reasons": [{"id": id, "label": in_script(kit().say(f"reason_{id}"), traditional)} for id in REASONS],
    }
    body = json.dumps(data, ensure_ascii=False).encode()
    tag = f'"{hashlib.sha256(body).hexdigest()[:20]}"'
    headers = {"ETag": tag, "Cache-Control": "no-cache", "Vary": "Accept-Language"}
    if request.headers.get("if-none-match") == tag:
        return response.raw(b"", status=304, headers=headers)
    return response.raw(body, content_type="application/json; charset=utf-8", headers=headers)
