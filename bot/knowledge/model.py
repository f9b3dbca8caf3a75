"""What the bot knows, as frozen objects: clauses, brochures, contacts, terms, corrections, topics, places."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .privacy import Privacy
    from .schemes import Audience, Fact, Scheme
    from .urgent import Urgent

ASPECTS = {
    "who": "对象",
    "condition": "条件",
    "documents": "材料",
    "how": "怎么办",
    "amount": "标准",
    "period": "期限",
    "exception": "例外",
    "phone": "电话",
    "what": "内容",
}


@dataclass(frozen=True)
class Correction:
    """A fault of the print in one clause: the printed words, the reading and why.

    `reading` is None where the print is unclear and no reading is safe (`kind` open); `says` is then the notice.
    """

    clause: str
    printed: str
    reading: str | None
    kind: str
    evidence: str
    says: str = ""


@dataclass(frozen=True)
class Clause:
    """The smallest unit that one quotes, or the heading (level 1-6) it stands under (level 0 is a clause)."""

    id: str
    brochure: str
    text: str
    printed: str
    aspects: tuple[str, ...]
    level: int
    together: bool
    parent: str | None
    children: tuple[str, ...]
    topic: str
    line: int
    corrections: tuple[Correction, ...] = ()

    @property
    def is_heading(self) -> bool:
        """Whether this is a heading, which names what stands below it and is not quoted alone."""
        return self.level > 0


@dataclass(frozen=True)
class Brochure:
    """One printed brochure: front matter and the ids of its clauses in order.

    `cues` are the words by which its readers are known, empty where it is for everyone.
    """

    id: str
    title: str
    issuer: str
    issued: str
    audience: str
    cues: tuple[str, ...]
    clauses: tuple[str, ...]

    @property
    def issued_text(self) -> str:
        """The month of issue as printed: 2022年9月."""
        year, month = self.issued.split("-")
        return f"{int(year)}年{int(month)}月"


@dataclass(frozen=True)
class Topic:
    """A subject a citizen can be talking about: the heading, a short name, whom to call, what people call it."""

    id: str
    name: str
    directory: str
    audience: str
    words: tuple[str, ...]
    hotline: str | None = None


@dataclass(frozen=True)
class Phone:
    """One number with the office it belongs to, its business line and the clause it is printed in."""

    number: str
    office: str
    place: str
    directory: str
    clause: str
    checked: date


@dataclass(frozen=True)
class Directory:
    """A business line with one number for each place. `hours`: when someone answers, empty where nobody has said so."""

    id: str
    name: str
    serves: str
    words: tuple[str, ...]
    heading: str
    phones: Mapping[str, Phone]
    hours: str = ""


@dataclass(frozen=True)
class Hotline:
    """Numbers of one service that belong to no place table."""

    id: str
    name: str
    words: tuple[str, ...]
    phones: tuple[Phone, ...]


@dataclass(frozen=True)
class Incubator:
    """One incubator of the printed directory."""

    name: str
    kind: str
    words: tuple[str, ...]
    phone: Phone


@dataclass(frozen=True)
class Address:
    """A printed address of an office or a place."""

    id: str
    name: str
    text: str
    clause: str


@dataclass(frozen=True)
class OnlineService:
    """A website, app, mini-program or account, as named in a clause."""

    id: str
    kind: str
    name: str
    address: str
    clause: str


@dataclass(frozen=True)
class Place:
    """One of the places of the county, with what people call it."""

    id: str
    name: str
    office: str
    aliases: tuple[str, ...]


@dataclass(frozen=True)
class Term:
    """The days between which a policy holds. Both days belong to it (《民法典》第一千二百五十九条)."""

    id: str
    name: str
    covers: tuple[str, ...]
    start: date | None
    until: date | None
    clause: str
    says: str
    example: bool = False

    def state(self, day: date) -> str:
        """`future`, `current` or `over` on the day."""
        if self.start and day < self.start:
            return "future"
        if self.until and day > self.until:
            return "over"
        return "current"


@dataclass(frozen=True)
class Uncovered:
    """A near topic that the brochures do not answer, who does, and what the text does say about it, if anything.

    `foreign_place`: it is meant only where a place is named that is not ours.
    """

    id: str
    name: str
    who: str
    related: tuple[str, ...] = ()
    says: str = ""
    foreign_place: bool = False


@dataclass(frozen=True)
class County:
    """Whose knowledge this is."""

    name: str
    office: str
    bot: str
    general_directory: str
    general_place: str
    starters: tuple[str, ...]


@dataclass(frozen=True)
class Knowledge:
    """All that the bot knows, validated as a whole."""

    version: str
    county: County
    brochures: Mapping[str, Brochure]
    clauses: Mapping[str, Clause]
    topics: Mapping[str, Topic]
    directories: Mapping[str, Directory]
    hotlines: Mapping[str, Hotline]
    incubators: tuple[Incubator, ...]
    addresses: Mapping[str, Address]
    online: Mapping[str, OnlineService]
    places: Mapping[str, Place]
    confusable: tuple[tuple[tuple[str, ...], str], ...]
    terms: tuple[Term, ...]
    uncovered: Mapping[str, Uncovered]
    answers: Mapping[str, str]
    replies: Mapping[str, str]
    privacy: Privacy
    twins: tuple[Twins, ...] = ()
    same_facts: tuple[tuple[str, ...], ...] = ()
    facts: Mapping[str, Fact] = field(default_factory=dict)
    audiences: Mapping[str, Audience] = field(default_factory=dict)
    schemes: Mapping[str, Scheme] = field(default_factory=dict)
    coordinates: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    urgent: Mapping[str, Urgent] = field(default_factory=dict)
    _terms_by_clause: Mapping[str, tuple[Term, ...]] = field(default_factory=dict)

    def path(self, clause_id: str) -> list[Clause]:
        """The headings above a clause, outermost first, the clause itself not included."""
        result: list[Clause] = []
        parent = self.clauses[clause_id].parent
        while parent:
            clause = self.clauses[parent]
            if clause.is_heading:
                result.append(clause)
            parent = clause.parent
        return result[::-1]

    def below(self, clause_id: str) -> Iterator[Clause]:
        """The clause and everything below it, in printed order."""
        clause = self.clauses[clause_id]
        yield clause
        for child in clause.children:
            yield from self.below(child)

    def ancestors(self, clause_id: str) -> Iterator[Clause]:
        """The clause and everything above it, innermost first."""
        current: str | None = clause_id
        while current:
            clause = self.clauses[current]
            yield clause
            current = clause.parent

    def terms_of(self, clause_id: str) -> tuple[Term, ...]:
        """The terms that limit a clause."""
        return self._terms_by_clause.get(clause_id, ())

    def terms_of_scheme(self, scheme: Scheme) -> tuple[Term, ...]:
        """The terms of what a scheme brings and of its own dates; those of schemes that its conditions name are not its own."""
        clauses = (*(benefit.clause for benefit in scheme.benefit), *scheme.period, *scheme.deadline)
        found = dict.fromkeys(term for id in clauses for term in self.terms_of(id))
        return tuple(term for term in found if not term.example)

    @cached_property
    def clauses_of_schemes(self) -> Mapping[str, tuple[str, ...]]:
        """By scheme, sorted: the clauses below its topic, those its conditions stand in, and those that state the same facts."""
        found = {}
        for scheme in self.schemes.values():
            ids = {clause.id for clause in self.below(scheme.topic)} | {leaf.clause for leaf in scheme.leaves()}
            ids |= {id for group in self.same_facts if ids & set(group) for id in group}
            found[scheme.id] = tuple(sorted(ids))
        return found

    def topic_of(self, clause_id: str) -> Topic:
        """The topic a clause belongs to."""
        return self.topics[self.clauses[clause_id].topic]

    def general_phone(self) -> Phone:
        """The line given where no business line fits."""
        return self.directories[self.county.general_directory].phones[self.county.general_place]


@dataclass(frozen=True)
class Choice:
    """One of several schemes that sound alike: its label, its topic, and the words that mean it."""

    label: str
    topic: str
    words: tuple[str, ...]


@dataclass(frozen=True)
class Twins:
    """Schemes that sound alike, and the question that tells them apart. `default` is meant where no word speaks for another.

    Without choices, what people ask most is offered; `business_line`: it is a telephone number that was asked for.
    """

    id: str
    ask: str
    choices: tuple[Choice, ...]
    words: tuple[str, ...] = ()
    default: str | None = None
    business_line: bool = False
