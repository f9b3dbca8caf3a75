"""Printed terms on the day of the request: what is over, what has not begun."""

from __future__ import annotations

from collections.abc import Iterable

from bot.knowledge import Term

from .site import Site

STATES = {"over": "已过期", "future": "尚未开始", "current": "印的期限内", "none": "册子没有印期限"}


def notices(site: Site, terms: Iterable[Term]) -> tuple[str, ...]:
    """What to say about terms that do not run on the day, in the bot's own sentences."""
    said = []
    for term in terms:
        state = term.state(site.day)
        if state == "current":
            continue
        if term.example:
            said.append(site.kit.say("example_old", says=term.says))
        else:
            said.append(site.kit.say("expired" if state == "over" else "future", name=term.name, says=term.says))
    return tuple(said)


def state_of(site: Site, terms: Iterable[Term]) -> str:
    """The key in STATES of what several terms limit: while one of them runs, it is in its term."""
    states = {term.state(site.day) for term in terms if not term.example}
    return next((state for state in ("current", "over", "future") if state in states), "none")
