"""The path of a message, as one list. Each step may stop it with a reply; the last one always does."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date

from .reply import Context, Reply
from .steps import (
    accept,
    attach_contacts,
    check,
    choose,
    converse,
    find_contact,
    finish,
    guard,
    locate,
    offer_check,
    own_data,
    quote,
    read,
    resolve,
    retrieve,
    tell_apart,
    urgent,
    validity,
    work_out,
)
from .turn import Kit, Message, Turn

Step = Callable[[Turn], Reply | None]

STEPS: tuple[tuple[str, Step], ...] = (
    ("read", read.run),  # redact, normalise, find places, aspects, quantities
    ("choose", choose.run),  # a tapped button, or a typed number or label of one
    ("own_data", own_data.run),  # what is kept of the asker, and to have it removed
    ("check", check.run),  # an eligibility check that is under way, or asked for
    ("work_out", work_out.run),  # a sum is asked for: worked out from the printed figures
    ("guard", guard.run),  # what cannot be read at all
    ("locate", locate.run),  # a place that is not ours; a bare place
    ("tell_apart", tell_apart.run),  # schemes that sound alike
    ("resolve", resolve.run),  # what a follow-up leans on
    ("retrieve", retrieve.run),  # passages with scores
    ("urgent", urgent.run),  # danger, unpaid wages, abuse
    ("converse", converse.run),  # greetings, thanks, who are you, complaints
    ("find_contact", find_contact.run),  # a phone number is wanted
    ("accept", accept.run),  # answer, ask back or refuse
    ("quote", quote.run),  # first line, clauses, source
    ("validity", validity.run),  # the term on the day; corrections of the print
    ("attach_contacts", attach_contacts.run),  # the phone of the place and business line
    ("offer_check", offer_check.run),  # whether the asker qualifies: the first question, or the verdict
    ("finish", finish.run),  # suggestions and context for the next turn
)


def answer(kit: Kit, message: Message, context: Context, day: date) -> Reply:
    """Run the steps. The same message, context, knowledge and day give the same reply (timings aside)."""
    turn = Turn(kit=kit, message=message, context=context, day=day, place=context.place)
    timings: list[tuple[str, float]] = []
    for name, step in STEPS:
        start = time.perf_counter()
        reply = step(turn)
        timings.append((name, (time.perf_counter() - start) * 1000))
        if reply is not None:
            reply = check.back_to(turn, reply)
            return replace(reply, timings=tuple(timings), stopped_at=name)
    raise AssertionError("the last step always replies")
