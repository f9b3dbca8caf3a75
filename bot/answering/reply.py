"""What the bot says: a status from a closed list, paragraphs, citations, contacts, suggestions, timings."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.calculators import Form
from bot.knowledge import Phone


class Status(str, enum.Enum):
    """Why the bot said what it said. "Did not answer" is never one bucket."""

    ANSWERED = "answered"
    ANSWERED_EXPIRED = "answered_expired"
    ANSWERED_NOT_YET = "answered_not_yet_in_force"
    ANSWERED_CONTACT = "answered_contact"
    CLARIFICATION_SCHEME = "clarification_which_scheme"
    CLARIFICATION_BUSINESS = "clarification_which_business_line"
    CLARIFICATION_PLACE = "clarification_which_place"
    CLARIFICATION_VAGUE = "clarification_vague"
    REFUSED_OUT_OF_SCOPE = "refused_out_of_scope"
    REFUSED_NOT_COVERED = "refused_not_covered"
    REFUSED_DETAIL = "refused_detail_not_printed"
    REFUSED_UNSURE = "refused_nothing_found"
    REFUSED_UNREADABLE = "refused_unreadable"
    CHECK_ASKING = "check_asking"
    CHECK_ELIGIBLE = "check_eligible"
    CHECK_NOT_ELIGIBLE = "check_not_eligible"
    CHECK_UNSETTLED = "check_unsettled"
    MATCH_RESULT = "match_result"
    SHEET = "sheet"
    CALCULATED = "calculated"
    CALCULATION_ASKING = "calculation_asking"
    SMALLTALK = "smalltalk"
    SMALLTALK_NOTED = "smalltalk_noted"
    FORGOTTEN = "forgotten"
    ERROR = "error_internal"


@dataclass(frozen=True)
class Paragraph:
    """One block of a reply. `kind` is notice, lead, quote, source, remark, contact, ask or sheet; channels may fold by kind.

    `part` says which part of a verdict or of a match a remark is (reasons, documents, fits …), `scheme` what it is about.
    """

    kind: str
    text: str
    part: str = ""
    scheme: str = ""


@dataclass(frozen=True)
class Citation:
    """A stored clause that the reply quotes."""

    clause: str
    brochure: str
    section: str
    issued: str
    quote: str


@dataclass(frozen=True)
class Suggestion:
    """A button: what it shows, and the choice the bot reads when it comes back."""

    label: str
    choice: str


@dataclass(frozen=True)
class Context:
    """What a conversation remembers between turns: ids, and the last question (redacted) that a follow-up completes.

    `main` is the clause last answered with, `history` those of earlier topics, latest last; `pending` the choices last offered;
    `shown` the clauses quoted for the last question, 还有呢 included; `check` an eligibility check (Interview.to_data),
    `calculation` the numbers told for a calculator.
    """

    place: str | None = None
    topic: str | None = None
    main: str | None = None
    shown: tuple[str, ...] = ()
    history: tuple[str, ...] = ()
    directory: str | None = None
    pending: tuple[Suggestion, ...] = ()
    pending_kind: str | None = None
    question: str = ""
    place_asked: bool = False
    check: Mapping[str, Any] | None = None
    calculation: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Reply:
    """One answer. `form` is a calculator to fill in, `sheet` the code of a printable result; `timings` are milliseconds by
    step."""

    status: Status
    paragraphs: tuple[Paragraph, ...]
    citations: tuple[Citation, ...] = ()
    contacts: tuple[Phone, ...] = ()
    suggestions: tuple[Suggestion, ...] = ()
    form: Form | None = None
    sheet: str = ""
    context: Context = field(default_factory=Context)
    timings: tuple[tuple[str, float], ...] = ()
    stopped_at: str = ""
