"""A phone number is wanted: of an incubator, a hotline, or a business line in a place."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import replace

from bot.answering import choices, contacts
from bot.answering.content import residue
from bot.answering.reply import Paragraph, Reply, Status
from bot.answering.turn import Turn
from bot.knowledge import Incubator, Phone
from bot.language import normalise_word

_PARK = re.compile(r"孵化|创业园|产业园|园区|园子|双创|基地|创业广场")
_NUMBER = re.compile(r"(?<!\d)(?:0482[- ]?)?\d{7}(?!\d)")
_LIST = re.compile(r"有哪些|哪些|哪个|哪家|有没有|在哪|电话|联系|号码|名单|目录|咋找|怎么找|几个|都有")
_SHORT = 10  # characters; a short message that names a park is after the park itself
_ASKING = 16  # characters; in a longer message a word for telephone may be part of a story
_SURE = 0.35  # share of the passages' probability that a business line needs
_TABLES = 0.35
_CERTAIN = 0.8  # a passage that is itself a hotline, before a park of the same name
_NEAR = 0.5
_ALL_PARKS = re.compile(
    r"(孵化基地|创业园|孵化园|产业园|双创基地|园区)(都|一共|总共|全盟|咱盟|我们盟|兴安盟)*(有哪些|有几个|有多少|名单|目录)"
)
_CLEAR = 0.3  # a clause found with this share is what is asked for, unless a word for telephone is said


def run(turn: Turn) -> Reply | None:
    """Answer with numbers when numbers are what is asked for."""
    if turn.choice:
        if turn.choice.startswith("directory:"):
            return _directory(turn, turn.choice.partition(":")[2], ())
        return None
    best = turn.found.best
    parks = [] if best and best.probability >= _CERTAIN and _hotline(turn, True) else _incubators(turn)
    if parks:
        return _numbers(turn, [park.phone for park in parks], _park_lines(turn, parks), "startup")
    if _is_near(turn):
        return None
    owners = _whose(turn)
    if owners:
        return _numbers(turn, owners, [contacts.line(turn.kit, phone) for phone in owners], owners[0].directory)
    clear = best is not None and best.probability >= _CLEAR
    said = "phone" in turn.read.aspects and (len(turn.read.core) <= _ASKING or turn.acts("find_contact"))
    wants = said or (turn.acts("find_contact", least=0.85) and not clear)
    tables = {directory.heading: directory.id for directory in turn.knowledge.directories.values()}
    if best and best.id in tables and best.probability >= _TABLES:
        wants = True
    if wants and not residue(turn.read) and not turn.context.directory and not turn.read.topics:
        return _which_line(turn)
    hotline = _hotline(turn, wants)
    if hotline:
        return hotline
    if not wants:
        return None
    directory = _business_line(turn, tables)
    if directory is None:
        return turn.plain(
            Status.CLARIFICATION_BUSINESS,
            "clarify_business",
            choices.directory_suggestions(turn.knowledge),
            "directory",
        )
    return _directory(turn, directory, _topic_hotline(turn))


def _is_near(turn: Turn) -> bool:
    """Whether a near topic is so likely that no number of ours answers (the printed address of a county office)."""
    near = turn.found.by_kind("uncovered")
    return bool(near) and near[0].probability >= _NEAR and "phone" not in turn.read.aspects


def _which_line(turn: Turn) -> Reply:
    offered = choices.directory_suggestions(turn.knowledge)
    return turn.plain(Status.CLARIFICATION_BUSINESS, "clarify_business", offered, "directory")


def _whose(turn: Turn) -> list[Phone]:
    """The entries of a number of ours that the message names."""
    digits = {re.sub(r"\D", "", found)[-7:] for found in _NUMBER.findall(turn.read.text)}
    if not digits:
        return []
    tables = [phone for directory in turn.knowledge.directories.values() for phone in directory.phones.values()]
    tables += [phone for hotline in turn.knowledge.hotlines.values() for phone in hotline.phones]
    return [phone for phone in tables if re.sub(r"\D", "", phone.number)[-7:] in digits][:3]


def _incubators(turn: Turn) -> list[Incubator]:
    text = turn.read.text
    asks = bool(_PARK.search(text))
    scored: list[tuple[int, Incubator]] = []
    for park in turn.knowledge.incubators:
        words = [normalise_word(word) for word in park.words]
        matched = max((len(word) for word in words if word in text), default=0)
        kind = normalise_word(park.kind).removesuffix("类")
        here = turn.read.place == park.phone.place
        if not matched and asks and kind != "综合" and kind in text:
            matched = 2
        if matched:
            scored.append((matched * 2 + here + asks, park))
    wants = "phone" in turn.read.aspects or turn.acts("find_contact", least=0.85)
    short = asks and len(text) <= _SHORT
    if scored and (wants or asks):
        top = max(score for score, _ in scored)
        named = [park for score, park in scored if score == top]
        return named if wants or short or _LIST.search(text) else []
    county = turn.knowledge.county.general_place
    if not turn.read.place and _ALL_PARKS.search(text):
        return list(turn.knowledge.incubators)
    place = turn.read.place if turn.read.place != county else None
    if (
        asks
        and place
        and (wants or short or _LIST.search(text))
        and not re.search(r"条件|入驻|补贴|租金|认定|申请|科室", text)
    ):
        return [park for park in turn.knowledge.incubators if park.phone.place == place]
    return []


def _park_lines(turn: Turn, parks: list[Incubator]) -> list[str]:
    return [f"{park.name}（{park.kind}）{park.phone.number}" for park in parks]


def _hotline(turn: Turn, wants: bool) -> Reply | None:
    """A passage that is itself a hotline: the fair, the training centre, the parcel with archives, 招商."""
    best = turn.found.best
    if best is None or best.probability < _TABLES:
        return None
    for hotline in turn.knowledge.hotlines.values():
        clause = turn.knowledge.clauses[hotline.phones[0].clause]
        if best.id == clause.id or (wants and best.id == clause.parent):
            directory = turn.knowledge.topic_of(best.id).directory
            phones = list(hotline.phones)
            if turn.place and turn.place != hotline.phones[0].place:
                phones.append(turn.knowledge.directories[directory].phones[turn.place])
            return _numbers(turn, phones, [contacts.line(turn.kit, phone) for phone in phones], directory)
    return None


def _topic_hotline(turn: Turn) -> tuple[Phone, ...]:
    best = turn.found.best
    if best is None or best.probability < _TABLES:
        return ()
    topic = turn.knowledge.topic_of(best.id)
    return turn.knowledge.hotlines[topic.hotline].phones if topic.hotline else ()


def _business_line(turn: Turn, tables: dict[str, str]) -> str | None:
    knowledge = turn.knowledge
    share: dict[str, float] = defaultdict(float)
    for hit in turn.found.by_kind("clause"):
        share[tables.get(hit.id) or knowledge.topic_of(hit.id).directory] += hit.probability
    text = turn.read.core
    for directory in knowledge.directories.values():
        longest = max((len(word) for word in directory.words if normalise_word(word) in text), default=0)
        share[directory.id] += 0.12 * longest
    named = bool(turn.read.topics) or any(
        normalise_word(w) in text for d in knowledge.directories.values() for w in d.words
    )
    if turn.context.directory and turn.leans and not named:
        return turn.context.directory
    if not share:
        return turn.context.directory
    line, best = max(share.items(), key=lambda pair: pair[1])
    if best < _SURE or (not named and not residue(turn.read)):
        return turn.context.directory
    return line


def _directory(turn: Turn, directory: str, hotline: tuple[Phone, ...]) -> Reply:
    knowledge = turn.knowledge
    table = knowledge.directories[directory]
    if turn.place:
        places = turn.read.places if len(turn.read.places) > 1 else (turn.place,)
        phones = [*hotline, *(table.phones[place] for place in places)]
        return _numbers(turn, phones, [contacts.line(turn.kit, phone) for phone in phones], directory)
    lines = [f"{phone.office} {phone.number}" for phone in hotline]
    lines += [f"{knowledge.places[place].name} {phone.number}" for place, phone in table.phones.items()]
    reply = _numbers(turn, [*hotline, *table.phones.values()], lines, directory)
    offered = choices.place_suggestions(knowledge)
    head = Paragraph("lead", turn.kit.say("all_places", directory=table.name))
    paragraphs = (
        *turn.opening(),
        head,
        *reply.paragraphs[len(turn.opening()) :],
        Paragraph("ask", turn.kit.say("clarify_place")),
    )
    return replace(
        reply,
        paragraphs=paragraphs,
        suggestions=offered,
        context=replace(reply.context, pending=offered, pending_kind="place", place_asked=True),
    )


def _numbers(turn: Turn, phones: list[Phone], lines: list[str], directory: str) -> Reply:
    knowledge = turn.knowledge
    best = turn.found.best if turn.hits else None
    topic = knowledge.clauses[best.id].topic if best and best.probability >= _TABLES else turn.context.topic
    cited = tuple(dict.fromkeys(contacts.citation(knowledge, phone) for phone in phones))
    remarks = [remark for phone in phones if turn.place for remark in contacts.remarks(turn.kit, phone.clause)]
    brochure = cited[0].brochure
    source = Paragraph("source", f"《{brochure}》{cited[0].section}（{cited[0].issued}）")
    return Reply(
        Status.ANSWERED_CONTACT,
        (*turn.opening(), *(Paragraph("contact", line) for line in lines), *remarks, source),
        citations=cited,
        contacts=tuple(phones),
        context=replace(
            turn.context,
            place=turn.place,
            directory=directory,
            topic=topic,
            question=turn.read.core,
            pending=(),
            pending_kind=None,
        ),
    )
