"""The schemes: an index by who may have them, and each with its conditions, papers, offices and phones."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.answering import Citation, contacts
from bot.eligibility.wording import compact, in_words, occasion
from bot.knowledge import Knowledge, Term
from bot.knowledge.schemes import Audience, Benefit, Scheme

from .site import Page, Site, render
from .structured import service
from .telephone import by_place
from .terms import STATES, notices, state_of

INDEX = ("政策一览", "/schemes")
SERVES = {"person": "个人", "firm": "单位"}


@dataclass(frozen=True)
class Filter:
    """What of the index is shown: for a person or a firm, for one audience, only what is not over; empty is all."""

    serves: str = ""
    group: str = ""
    open_only: bool = False


@dataclass(frozen=True)
class Card:
    """A scheme in the index; `state` is a key of STATES."""

    scheme: Scheme
    audiences: tuple[Audience, ...]
    amounts: tuple[str, ...]
    terms: tuple[Term, ...]
    state: str


@dataclass(frozen=True)
class Shelf:
    """The schemes of one audience: in full those that stand here first, the others by name."""

    name: str
    cards: tuple[Card, ...]
    others: tuple[Card, ...]


def read_filter(knowledge: Knowledge, query: Mapping[str, str]) -> Filter:
    """The filter of an address; a value that is not known counts as none."""
    serves, group = query.get("for", ""), query.get("group", "")
    return Filter(
        serves if serves in SERVES else "", group if group in knowledge.audiences else "", query.get("open") == "1"
    )


def index(site: Site, chosen: Filter) -> Page:
    """All schemes, or those that a filter leaves."""
    cards = [_card(site, scheme) for scheme in site.knowledge.schemes.values()]
    left = [card for card in cards if _fits(card, chosen)]
    about = f"{site.knowledge.county.name}就业创业政策{len(cards)}项：谁能办、能得到什么、多少钱、印的期限到什么时候。"
    return render(
        site,
        "schemes.html",
        (INDEX,),
        about,
        chosen=chosen,
        choices=_choices(site, chosen),
        shelves=_shelves(site, left, chosen),
        shown=len(left),
        total=len(cards),
        states=STATES,
        serves=SERVES,
    )


def scheme(site: Site, id: str) -> Page | None:
    """One scheme; None where there is no such one."""
    found = site.knowledge.schemes.get(id)
    if found is None:
        return None
    knowledge = site.knowledge
    topic = knowledge.topics[found.topic]
    directory = knowledge.directories[topic.directory]
    hotline = knowledge.hotlines[topic.hotline] if topic.hotline else None
    card = _card(site, found)
    path = f"/schemes/{id}"
    labels = [audience.label for audience in card.audiences] or [SERVES[found.serves]]
    area, office = knowledge.county.name, knowledge.county.office
    dates = tuple(id for id in found.period if id not in found.deadline)
    return render(
        site,
        "scheme.html",
        (INDEX, (found.name, path)),
        f"{found.name}：谁能办、条件、能得到什么、要带的材料、去哪里办、咨询电话。",
        (service(found, office, area, labels, site.address + path),),
        scheme=found,
        card=card,
        conditions=compact(in_words(found.conditions)),
        documents=[(d, occasion(d.when, knowledge) if d.when else "") for d in found.documents],
        dates=dates,
        notices=notices(site, card.terms),
        directory=directory,
        hotline=hotline,
        phones=by_place(knowledge, directory.phones.values()),
        hotline_phones=by_place(knowledge, hotline.phones if hotline else ()),
        sources=_sources(knowledge, found),
        states=STATES,
        serves=SERVES,
    )


def _card(site: Site, scheme: Scheme) -> Card:
    terms = site.knowledge.terms_of_scheme(scheme)
    audiences = tuple(site.knowledge.audiences[group] for group in scheme.groups)
    amounts = tuple(_amount(benefit) for benefit in scheme.benefit if benefit.yuan is not None)
    return Card(scheme, audiences, amounts, terms, state_of(site, terms))


def _amount(benefit: Benefit) -> str:
    per = benefit.per if benefit.per.startswith("每") else f"每{benefit.per}"
    return f"{per}{benefit.yuan:n}元" if benefit.per else f"{benefit.yuan:n}元"


def _fits(card: Card, chosen: Filter) -> bool:
    return (
        chosen.serves in ("", card.scheme.serves)
        and (not chosen.group or chosen.group in card.scheme.groups)
        and not (chosen.open_only and card.state in ("over", "future"))
    )


def _shelves(site: Site, cards: Iterable[Card], chosen: Filter) -> list[Shelf]:
    """One shelf for each audience, or one for the chosen one; last those that name no audience."""
    audiences = site.knowledge.audiences
    left = list(cards)
    if chosen.group:
        return [Shelf(audiences[chosen.group].label, tuple(left), ())] if left else []
    shelves = []
    seen: set[str] = set()
    for audience in audiences.values():
        here = [card for card in left if audience.id in card.scheme.groups]
        if here:
            new = tuple(card for card in here if card.scheme.id not in seen)
            shelves.append(Shelf(audience.label, new, tuple(card for card in here if card.scheme.id in seen)))
            seen.update(card.scheme.id for card in new)
    rest = tuple(card for card in left if card.scheme.id not in seen)
    return [*shelves, Shelf("其他情况", rest, ())] if rest else shelves


def _choices(site: Site, chosen: Filter) -> tuple[tuple[str, str, list[tuple[str, str]], str], ...]:
    """The selects of the filter: name in the address, label, (value, text) of the options, the chosen value."""
    groups = [(audience.id, audience.label) for audience in site.knowledge.audiences.values()]
    return (
        ("for", "给谁的", [("", "全部"), *SERVES.items()], chosen.serves),
        ("group", "您的情况", [("", "不限"), *groups], chosen.group),
    )


def _sources(knowledge: Knowledge, scheme: Scheme) -> list[tuple[str, list[Citation]]]:
    """Every clause the page rests on, under brochure and section, in the order the page names them."""
    used = [
        *(leaf.clause for leaf in scheme.leaves()),
        *(benefit.clause for benefit in scheme.benefit),
        *(document.clause for document in scheme.documents),
        *(*scheme.period, *scheme.deadline, *scheme.offices, *scheme.online),
        *(exclusion.clause for exclusion in scheme.excludes),
        *(note.clause for note in scheme.leaves_open),
    ]
    sections: dict[str, list[Citation]] = {}
    for id in dict.fromkeys(used):
        cited = contacts.cite(knowledge, id)
        sections.setdefault(f"《{cited.brochure}》{cited.section}（{cited.issued}）", []).append(cited)
    return list(sections.items())
