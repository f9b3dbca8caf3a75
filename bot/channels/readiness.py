"""Whether this process should be sent citizens: `/ready`, for load balancers. `/health` only says that it lives."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

if TYPE_CHECKING:
    from bot.answering import Kit


@dataclass
class Readiness:
    """`draining`: the process ends and takes nobody new. `parts` says in a word how each server behind us is, for staff to
    read; one that is away makes nobody unready: the bot goes on without it, and all machines would be taken out at once."""

    draining: bool = False
    parts: dict[str, Callable[[], str]] = field(default_factory=dict)


def readiness(state: Readiness, kit: Callable[[], Kit]) -> Blueprint:
    """The address. A process answers once model and knowledge are loaded, so what is left to tell is whether it drains."""
    ready = Blueprint("readiness")

    @ready.route("/ready", methods=("GET", "HEAD"))
    async def show(request: Request) -> HTTPResponse:
        told = {
            "status": "draining" if state.draining else "ready",
            "knowledge": kit().knowledge.version,
            **{name: part() for name, part in state.parts.items()},
        }
        return response.json(told, status=503 if state.draining else 200, headers={"Cache-Control": "no-store"})

    return ready
