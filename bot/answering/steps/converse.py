"""Small talk: what the NLU hears as a greeting, thanks, a complaint … gets a short fitting sentence."""

from __future__ import annotations

from dataclasses import replace

from bot.answering import choices, contacts
from bot.answering.content import residue
from bot.answering.reply import Paragraph, Reply, Status
from bot.answering.turn import Turn

_SENTENCES = {
    "greet": "greet",
    "thanks": "thanks",
    "goodbye": "goodbye",
    "ask_identity": "identity",
    "ask_capability": "capability",
    "complain": "complain",
    "praise": "praise",
    "stop": "stop",
    "affirm": "affirm",
    "deny": "deny",
    "dont_know": "deny",
}
_LONGEST = 24  # a longer message says more than hello; it goes on to the policy steps
_SHORT_ACTS = ("affirm", "deny", "dont_know", "stop")
_SHORT_LONGEST = 8  # yes, no and enough are short; a longer message that sounds like one is a follow-up
_SURE = 0.55
_CERTAIN = 0.8  # of the NLU, above which a clause must be clearer still
_CLEAR = 0.6
_INSIDE = 0.85
_CONTENT = 2  # characters besides fillers that a policy question has at least
_POLICY = 0.5  # share of the best clause times the probability of being in scope: no small talk, whatever the NLU heard


def run(turn: Turn) -> Reply | None:
    """Answer small talk; pass everything else on."""
    if turn.choice or turn.read.topics or turn.read.place or _is_policy(turn):
        return None
    if turn.acts("ask_human", least=_SURE):
        return human(turn)
    longest = _SHORT_LONGEST if turn.message.act in _SHORT_ACTS else _LONGEST
    if turn.message.act in _SENTENCES and turn.message.confidence >= _SURE and len(turn.read.text) <= longest:
        reply = turn.plain(Status.SMALLTALK, _SENTENCES[turn.message.act])
        if turn.message.act in ("greet", "ask_capability"):
            offered = choices.starters(turn.knowledge)
            context = replace(turn.context, pending=offered, pending_kind="topic")
            reply = replace(reply, suggestions=offered, context=context)
        return reply
    return None


def human(turn: Turn) -> Reply:
    """Whom to call: the line of what is being talked about, in the asker's place; when, where that is known."""
    county, context = turn.knowledge.county, turn.context
    directory = turn.knowledge.directories[context.directory or county.general_directory]
    phone = directory.phones[turn.place or county.general_place]
    lines = (
        *turn.opening(),
        Paragraph("lead", turn.kit.say("human")),
        Paragraph("contact", contacts.line(turn.kit, phone)),
        *([] if directory.hours else [Paragraph("remark", turn.kit.say("hours_unknown"))]),
    )
    cited = (contacts.citation(turn.knowledge, phone),)
    context = replace(context, place=turn.place)
    return Reply(Status.SMALLTALK, lines, citations=cited, contacts=(phone,), context=context)


def _is_policy(turn: Turn) -> bool:
    """Whether a clause is found so surely that the message is no small talk, whatever the NLU heard."""
    best = turn.found.best
    if best is None or turn.leans or len(residue(turn.read)) < _CONTENT:
        return False
    if turn.message.confidence >= _CERTAIN:
        return best.probability >= _CLEAR and turn.found.in_scope >= _INSIDE
    return best.probability * turn.found.in_scope >= _POLICY
