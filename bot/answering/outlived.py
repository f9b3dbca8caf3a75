"""A conversation may outlive the knowledge that it was held with: what it remembers is held against what there is now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

from bot.eligibility.interview import WHO, Interview

from .reply import Context
from .turn import Kit

_REMEMBERED = {field.name for field in fields(Interview)}


def still_known(context: Context, kit: Kit) -> Context:
    """The context without places, topics, clauses and directories that are gone. A check whose scheme, or one of whose facts, is
    gone is dropped as a whole, with its buttons."""
    knowledge = kit.knowledge
    check = context.check if context.check is None or _is_known(context.check, kit) else None
    topic = context.topic if context.topic in knowledge.topics else None
    return replace(
        context,
        place=context.place if context.place in knowledge.places else None,
        topic=topic,
        main=context.main if topic and context.main in knowledge.clauses else None,
        shown=tuple(id for id in context.shown if id in knowledge.clauses),
        history=tuple(id for id in context.history if id in knowledge.clauses),
        directory=context.directory if context.directory in knowledge.directories else None,
        pending=context.pending if check is context.check else (),
        pending_kind=context.pending_kind if check is context.check else None,
        check=check,
    )


def _is_known(check: Mapping[str, Any], kit: Kit) -> bool:
    schemes, facts = kit.knowledge.schemes, {*kit.knowledge.facts, WHO, None}
    named = {check.get("asking"), check.get("last"), *check.get("unknown", ())}
    return set(check) == _REMEMBERED and check["scheme"] in {*schemes, None} and named <= facts
