"""Places: remember the one that is named; ask about one that is not ours; a bare place gets its number."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.answering import choices, contacts
from bot.answering.reply import Paragraph, Reply, Status
from bot.answering.turn import Turn

_FILLERS = re.compile(
    r"我|俺|咱|们|是|在|的|了|哦|噢|嗯|啊|呢|那|就|人|这边|那边|这|住|家|老|户口|说错|说|错|不对|不是|换成|换|改成|改|到|问|要|应该|其实"
    r"|旗|县|市|区|里|边|儿|呀|吧|哈|请|帮|给|查|一下|下|属于|归|地方|这里|那里|上|[,，。.!！?？、 ]"
)
_CURT = 14  # characters; in a longer message a word for telephone may be part of a story
_PHONE_WORDS = re.compile(r"电话|号码|号|联系方式|多少|打|哪个|哪|座机|告诉|咨询")


def is_bare(core: str) -> bool:
    """Whether nothing but filler is left of a message without its place."""
    return len(_FILLERS.sub("", core)) <= 1


def run(turn: Turn) -> Reply | None:
    """Set the place of the turn, and answer a message that is nothing but a place."""
    knowledge = turn.knowledge
    if turn.choice and turn.choice.startswith("place:"):
        return _noted(turn)
    if turn.choice:
        return None
    if turn.read.wrong_place and not turn.read.place:
        bare = is_bare(_PHONE_WORDS.sub("", turn.read.bare))
        if bare or ("phone" in turn.read.aspects and (turn.acts("find_contact") or len(turn.read.core) <= _CURT)):
            offered = choices.place_suggestions(knowledge)
            reply = turn.plain(
                Status.CLARIFICATION_PLACE, "clarify_unknown_place", offered, "place", says=turn.read.wrong_place
            )
            named = contacts.named_directory(knowledge, turn.read.bare) or turn.context.directory
            return replace(reply, context=replace(reply.context, directory=named))
    named = turn.read.place
    if named and (named != knowledge.county.general_place or is_bare(turn.read.core)):
        turn.place = named  # the league itself is often only mentioned; alone it is meant
    if turn.read.place and is_bare(turn.read.core) and not turn.read.topics:
        return _noted(turn)
    return None


def _noted(turn: Turn) -> Reply:
    knowledge = turn.knowledge
    assert turn.place is not None
    place = knowledge.places[turn.place].name
    context = replace(turn.context, place=turn.place, pending=(), pending_kind=None, place_asked=True)
    directory = turn.context.directory
    if directory is None:
        offered = choices.starters(knowledge)
        return Reply(
            Status.SMALLTALK_NOTED,
            (*turn.opening(), Paragraph("lead", turn.kit.say("place_noted_only", place=place))),
            suggestions=offered,
            context=replace(context, pending=offered, pending_kind="topic"),
        )
    phone = knowledge.directories[directory].phones[turn.place]
    name = knowledge.directories[directory].name
    return Reply(
        Status.ANSWERED_CONTACT,
        (
            *turn.opening(),
            Paragraph("lead", turn.kit.say("place_noted", place=place, name=name)),
            Paragraph("contact", contacts.line(turn.kit, phone)),
            *contacts.remarks(turn.kit, phone.clause),
        ),
        citations=(contacts.citation(knowledge, phone),),
        contacts=(phone,),
        context=context,
    )
