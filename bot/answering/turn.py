"""One message on its way through the steps: what came in, what was understood, what has been found so far."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Any

from bot.calculators import Calculator
from bot.eligibility import Interview
from bot.eligibility.sheets import SheetStore
from bot.knowledge import Knowledge
from bot.knowledge.printed import printed_addresses, printed_phones
from bot.knowledge.urgent import Urgent
from bot.language import Reader, Redactor, Understanding
from bot.retrieval import Hits, Retriever

from .reply import Citation, Context, Paragraph, Reply, Status, Suggestion


@dataclass(frozen=True)
class Kit:
    """What every step may use. Frozen, shared by all conversations. `retention_days` is how long anything is kept."""

    knowledge: Knowledge
    reader: Reader
    retriever: Retriever
    sheets: SheetStore
    calculators: Mapping[str, Calculator]
    retention_days: int = 90

    @cached_property
    def redactor(self) -> Redactor:
        """Masks what is personal; what the brochures print is nobody's own."""
        return Redactor(printed_phones(self.knowledge), printed_addresses(self.knowledge))

    def say(self, key: str, **values: str) -> str:
        """A sentence of replies.yml with the county's own names filled in."""
        county = self.knowledge.county
        general = {"bot": county.bot, "office": county.office, "phone": self.knowledge.general_phone().number}
        return self.knowledge.replies[key].format(**{**general, **values})


@dataclass(frozen=True)
class Message:
    """What a channel hands over. `act` is the dialogue act that the NLU heard, `choice` the id of a tapped button, `form` a
    filled form as the client sent it: {"calculator": id, "values": {name: text}}, nothing of it to be trusted; `number` is the
    conversation's own, by which staff find it."""

    text: str
    act: str = ""
    confidence: float = 0.0
    choice: str | None = None
    form: Mapping[str, Any] | None = None
    number: str = ""


@dataclass
class Turn:
    """The working state of one turn; steps fill it in and the last one turns it into a Reply."""

    kit: Kit
    message: Message
    context: Context
    day: date
    text: str = ""
    redacted: tuple[str, ...] = ()
    understanding: Understanding | None = None
    urgent: tuple[Urgent, ...] = ()
    choice: str | None = None
    place: str | None = None
    leans: bool = False
    corrects: bool = False
    more: bool = False
    back: bool = False
    hits: Hits | None = None
    main: tuple[str, ...] = ()
    status: Status = Status.ANSWERED
    interview: Interview | None = None
    verdict: tuple[Paragraph, ...] = ()
    question: tuple[Paragraph, ...] = ()
    offered: tuple[Suggestion, ...] = ()
    notices: list[Paragraph] = field(default_factory=list)
    body: list[Paragraph] = field(default_factory=list)
    remarks: list[Paragraph] = field(default_factory=list)
    citations: list[Citation] = field(default_factory=list)

    @property
    def knowledge(self) -> Knowledge:
        """Shorthand for the knowledge of the kit."""
        return self.kit.knowledge

    @property
    def read(self) -> Understanding:
        """The message as read; the read step has run."""
        assert self.understanding is not None
        return self.understanding

    @property
    def found(self) -> Hits:
        """The search result; the retrieve step has run."""
        assert self.hits is not None
        return self.hits

    def acts(self, *names: str, least: float = 0.5) -> bool:
        """Whether the NLU heard one of these dialogue acts with enough confidence."""
        return self.message.act in names and self.message.confidence >= least

    def plain(
        self,
        status: Status,
        key: str,
        suggestions: tuple[Suggestion, ...] = (),
        pending_kind: str | None = None,
        **values: str,
    ) -> Reply:
        """A reply of one sentence."""
        return self.ask(status, self.kit.say(key, **values), suggestions, pending_kind)

    def ask(
        self, status: Status, text: str, suggestions: tuple[Suggestion, ...] = (), pending_kind: str | None = None
    ) -> Reply:
        """A reply of one paragraph, with choices to tap."""
        kind = "ask" if suggestions else "lead"
        context = replace(self.context, place=self.place, pending=suggestions, pending_kind=pending_kind)
        return Reply(status, (*self.opening(), Paragraph(kind, text)), suggestions=suggestions, context=context)

    def opening(self) -> tuple[Paragraph, ...]:
        """What is said before anything else: where to turn in need, and that personal data was not kept."""
        first = [self.kit.say(each.says) for each in self.urgent if each.comes_first]
        if self.redacted:
            first.append(self.kit.say("redacted", kinds="、".join(self.redacted)))
        return tuple(Paragraph("notice", text) for text in first)
