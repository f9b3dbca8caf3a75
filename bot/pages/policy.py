"""The brochures: the list of them, and each as printed, every clause with an address of its own."""

from __future__ import annotations

from dataclasses import dataclass

from bot.knowledge import Brochure, Clause, Correction, Phone
from bot.knowledge.schemes import Scheme

from .site import Page, Site, render
from .structured import booklet
from .telephone import Part, all_phones, linked, tel
from .terms import notices, state_of

INDEX = ("政策册子", "/policy")


@dataclass(frozen=True)
class Entry:
    """A heading or clause as shown: notices stand where a term begins to limit, its state on everything below.

    `today` are the numbers answered today where the print has others, `schemes` those whose conditions a heading is about.
    """

    clause: Clause
    tag: str
    depth: int
    parts: tuple[Part, ...]
    notices: tuple[str, ...]
    state: str
    remarks: tuple[str, ...]
    today: tuple[Phone, ...]
    schemes: tuple[Scheme, ...]


def index(site: Site) -> Page:
    """All brochures with their contents."""
    brochures = tuple(site.knowledge.brochures.values())
    contents = {brochure.id: _headings(site, brochure, 2) for brochure in brochures}
    about = f"{site.knowledge.county.office}印发的{len(brochures)}本就业创业政策册子全文，每一条都有链接。"
    return render(site, "policy.html", (INDEX,), about, brochures=brochures, contents=contents)


def brochure(site: Site, id: str) -> Page | None:
    """One brochure in printed order; None where there is no such one."""
    found = site.knowledge.brochures.get(id)
    if found is None:
        return None
    phones: dict[str, list[Phone]] = {}
    for phone in all_phones(site.knowledge):
        phones.setdefault(phone.clause, []).append(phone)
    schemes: dict[str, list[Scheme]] = {}
    for scheme in site.knowledge.schemes.values():
        schemes.setdefault(scheme.topic, []).append(scheme)
    return render(
        site,
        "brochure.html",
        (INDEX, (found.title, f"/policy/{id}")),
        f"《{found.title}》全文，{found.issuer}，{found.issued_text}。适用：{found.audience}。",
        (booklet(found),),
        brochure=found,
        contents=_headings(site, found, 3),
        entries=[_entry(site, clause, phones, schemes) for clause in found.clauses],
    )


def _headings(site: Site, brochure: Brochure, deepest: int) -> tuple[Clause, ...]:
    clauses = (site.knowledge.clauses[id] for id in brochure.clauses)
    return tuple(clause for clause in clauses if 0 < clause.level <= deepest)


def _entry(site: Site, id: str, phones: dict[str, list[Phone]], schemes: dict[str, list[Scheme]]) -> Entry:
    knowledge = site.knowledge
    clause = knowledge.clauses[id]
    own = phones.get(id, [])
    # A clause that a contact is printed in links only what is answered there today, any other every number we know.
    numbers = own or [phone for listed in phones.values() for phone in listed]
    parts = linked(clause.text, (phone.number for phone in numbers))
    called = {part.tel for part in parts}
    terms = [term for term in knowledge.terms_of(id) if not term.example or id in term.covers]
    begins = [term for term in terms if id in term.covers]
    above = sum(not ancestor.is_heading for ancestor in knowledge.ancestors(id)) - 1
    return Entry(
        clause=clause,
        tag=f"h{clause.level}" if clause.is_heading else "p",
        depth=max(above, 0),
        parts=parts,
        notices=notices(site, begins),
        state="" if begins else state_of(site, terms),
        remarks=tuple(_remark(site, correction) for correction in clause.corrections),
        today=tuple(phone for phone in own if tel(phone.number) not in called),
        schemes=tuple(schemes.get(id, ())),
    )


def _remark(site: Site, correction: Correction) -> str:
    if correction.reading is None:
        return correction.says
    return site.kit.say("differs", printed=correction.printed, reading=correction.reading)
