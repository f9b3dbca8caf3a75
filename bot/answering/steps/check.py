"""Eligibility: goes on with a check that is under way, or starts one."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal

from rapidfuzz import fuzz

from bot.answering import checking, choices, contacts
from bot.answering.reply import Paragraph, Reply, Status, Suggestion
from bot.answering.turn import Turn
from bot.eligibility import Interview, assess, gather, hear, is_unknown
from bot.eligibility.interview import WHO
from bot.knowledge.schemes import Fact, Scheme, Value, ValueFault, leaves, parse_value
from bot.language import normalise_word

_WHY = re.compile(r"为什么(?:要)?问|为啥(?:要)?问|问这个干|问这干|干嘛问|干啥问|有啥用|凭啥问")
_WHY_NOT = re.compile(
    r"(?:别的|其他的?|其它的?)?(?:为什么|为啥|咋|怎么)(?:别的|其他的?|其它的?)?(?:都|就)?(?:不行|不能|不符合|没有|不给|没我)|哪些不(?:行|符合|能)"
)
_ANOTHER_YEAR = re.compile(r"(去年|前年|(20\d\d)年).{0,8}(?:符合|能领|能办|能申请|行吗|行不|够不够|呢)")
_STOP = re.compile(r"不查了|不问了|算了|停(?:下|止)?$|退出|不核对|不想答|先不|取消")
_RESUME = re.compile(r"接着(?:核对|查|问)|继续(?:核对|查|问|$)")
_ENOUGH = re.compile(r"够了|就这些|就这样|直接(?:出|看|告诉)|看结果|先看|出结果|别问了")
_QUESTION = re.compile(
    r"[?？]|吗$|算不算|行不行|能不能|可不可以|够不够|呢$|怎么|咋|多少|哪|什么|啥|几年|几个月|多久|谁"
)
_MAY_I = re.compile(
    r"能|可以|行不|行吗|够不够|够格|符合|资格|有没有(?:我|俺|咱)|有我|中不|成不|给不|给补|领不|申请|条件|办不|贷不|想.{0,6}(?:申请|领|办|贷|参加|认定|报名)|有吗|没有"
)
_YES_OR_NO = re.compile(
    r"(?:吗|不|么|没|呗|吧)[?？。!！]*$|行不行|能不能|可不可以|够不够|有没有(?:我|俺|咱)|有我|是不是|(?:能|可以|给).{0,8}[?？]$|想.{0,6}(?:申请|领|认定|贷款?)|看够"
)
_PERSONAL = re.compile(r"我|俺|咱|本人|本公司|我司|我单位|单位|公司|厂|店|媳妇|老公|孩子|闺女|儿子|爸|妈")
_EXPLICIT = re.compile(r"我符合|符合(?:条件|不符合|吗|不)|够不够(?:条件|格)|够条件|有资格|帮我(?:看看|核对|查)|核对")
_MATCH = re.compile(
    r"(?:能|可以)?(?:享受|领|拿|申请|办).{0,4}(?:哪些|什么|啥)(?:政策|补贴|补助|好处|待遇|钱)|(?:有|给).{0,3}(?:哪些|什么|啥)(?:政策|补贴|补助).{0,4}(?:我|俺|能|适合)|政策找人|适合我"
)
_CORRECTS = re.compile(r"我?说错了?|不对|错了|弄错了?|搞错了?|应该是|其实是?|改一下|更正")
_MATCH_AGAIN = re.compile(
    r"政策找人|适合我|(?:我|俺|我们)(?:还|都|一共|到底)?(?:能|可以)(?:享受|领|拿).{0,4}(?:哪些|什么|啥)(?:政策|补贴|补助|好处)"
)
_LEAST = 0.4  # what a scheme must score to be checked unasked
_FOUND = 0.15
_WORD = 0.12  # for each character of the longest word that names it
_SAID = 0.15  # for each of its facts that the message states
_RULED_OUT = 0.25  # against a scheme that what was said rules out: its sister is meant
_NAMED_LAST = 0.3
_TYPED = 4  # characters of a word that is recognised with one of them mistyped
_ALIKE = 75
_MISTYPED = 0.6
_SERVES = 0.3  # for or against, as the message speaks of a firm or a person
_ALONE = re.compile(r"岁|男的|女的|下岗|失业了|辞退|黄了|倒闭|我毕业|我刚毕业|我\d\d")
_CURT_QUESTION = 14
_CURT = 6  # characters; a shorter message that is no question was meant as an answer
_BUTTONS = ("check", "why", "who", "fact", "sheet", "result", "resume")
_FIRM = re.compile(r"公司|企业|单位|厂|我们店|招了|招的|招个|员工|法人|我司")
_NUMBER = re.compile(r"\d{1,12}(?:\.\d{1,4})?")
_LEAST_WORD = 2  # characters of the words that name a scheme


def run(turn: Turn) -> Reply | None:
    """Take the message as part of a check, where there is one; else see whether it starts one."""
    interview = _current(turn)
    choice = turn.choice or ""
    kind, _, rest = choice.partition(":")
    if kind == "check" and rest in turn.knowledge.schemes:
        return _go_on(turn, started(turn, rest), "check_start")
    if kind == "match":
        return _go_on(turn, _who(turn, Interview(None)), "")
    if kind in _BUTTONS:
        done = _pressed(turn, interview, kind, rest) if interview else None
        return done or turn.plain(
            Status.CLARIFICATION_VAGUE, "clarify_vague", choices.starters(turn.knowledge), "topic"
        )
    if turn.choice:
        return None
    if interview is None:
        return _start_match(turn) or _start_check(turn)
    return _heard(turn, interview)


def _pressed(turn: Turn, interview: Interview, kind: str, rest: str) -> Reply | None:
    """A button of the check; None for one that belongs to nothing that is asked now."""
    if kind == "why":
        return _explain(turn, interview, rest)
    if kind == "who" and rest in turn.knowledge.audiences:
        return _go_on(turn, _audience(turn, interview, rest), "")
    if kind == "fact":
        return _tapped(turn, interview, rest)
    if kind == "sheet" and interview.scheme:
        return _sheet(turn, interview)
    if kind == "result":
        return _result(turn, interview)
    return _go_on(turn, replace(interview, asked=0), "") if kind == "resume" else None


def _current(turn: Turn) -> Interview | None:
    return Interview.from_data(turn.context.check, turn.knowledge.facts) if turn.context.check else None


def started(turn: Turn, scheme: str) -> Interview:
    """A new check; what was stated in an earlier one counts."""
    earlier = _current(turn)
    labels = turn.knowledge.schemes[scheme].facts(turn.knowledge.facts)
    known = {label: value for label, value in earlier.stated.items() if label in labels} if earlier else {}
    return Interview(scheme, {**known, **_volunteered(turn, turn.knowledge.schemes[scheme])})


def _volunteered(turn: Turn, scheme: Scheme) -> dict[str, Value]:
    """What a message says about the asker; the scheme's own name (失业登记) says nothing."""
    text = turn.read.text
    for word in sorted(map(normalise_word, scheme.words), key=len, reverse=True):
        text = text.replace(word, "，")
    facts = turn.knowledge.facts
    return gather((facts[label] for label in scheme.facts(facts)), text, turn.day)


def _heard(turn: Turn, interview: Interview) -> Reply | None:
    """A message in the middle of a check: an answer, a correction, 不清楚, why, stop, or a question of its own."""
    text = turn.read.text
    if interview.paused:
        if interview.scheme is None and interview.serves and _WHY_NOT.search(text):
            return _reply(turn, interview, Status.MATCH_RESULT, checking.why_not(turn, interview), ())
        day = _day_meant(text, turn.day) if interview.scheme else None
        if day:
            turn.day = day  # 去年符合吗: the same facts, judged on that day
            reply = _result(turn, interview)
            said = Paragraph("lead", turn.kit.say("check_day", day=day.isoformat()))
            return replace(reply, paragraphs=(said, *reply.paragraphs))
        if _RESUME.search(text):
            return _go_on(turn, replace(interview, asked=0), "")
        return _start_match(turn) or _start_check(turn) or _corrected(turn, interview)
    if _WHY.search(text) and interview.asking:
        return _explain(turn, interview, interview.asking)
    if _STOP.search(text) or turn.acts("stop", least=0.8):
        stopped = replace(interview, paused=True)
        return _reply(turn, stopped, Status.SMALLTALK_NOTED, [Paragraph("lead", turn.kit.say("check_stopped"))], ())
    if interview.scheme is None and _ENOUGH.search(text):
        return _result(turn, interview)
    if interview.asking == WHO:
        named = [
            a.id for a in turn.knowledge.audiences.values() if any(normalise_word(word) in text for word in a.words)
        ]
        return _go_on(turn, _audience(turn, interview, named[0]), "") if named else None
    label = interview.asking
    facts = turn.knowledge.facts
    found: dict[str, Value] = gather(_open_facts(turn, interview), text, turn.day)
    asks = bool(_QUESTION.search(text))
    if _CORRECTS.search(text) and interview.last and not found:
        value = hear(facts[interview.last], _CORRECTS.sub("", text), turn.day)
        if value is not None:
            found[interview.last] = value
    elif label and label not in found and not asks and not (_CORRECTS.search(text) and found):
        value = hear(facts[label], text, turn.day)
        if value is not None:
            found[label] = value
    if found and not (asks and label not in found):
        return _go_on(turn, interview.with_facts(found), "", found)
    if is_unknown(text) and label:
        return _skipped(turn, interview, label)
    if turn.read.place:
        return None  # where the asker is, said in between
    if label and not asks and len(text) <= _CURT:
        return _go_on(turn, interview, "", said=turn.kit.say("check_unheard"))
    return None


def _day_meant(text: str, day: date) -> date | None:
    """The day that a question about another year means (去年符合吗, 2022年呢), or None."""
    match = _ANOTHER_YEAR.search(text)
    if not match:
        return None
    year = int(match[2]) if match[2] else day.year - {"去年": 1, "前年": 2}[match[1]]
    return date(year, day.month, min(day.day, 28))


def _corrected(turn: Turn, interview: Interview) -> Reply | None:
    """After the verdict: 说错了，我52岁 changes what was stated, and the verdict with it."""
    if not _CORRECTS.search(turn.read.text):
        return None
    found = gather(_open_facts(turn, interview), turn.read.text, turn.day)
    if not found and interview.last:
        value = hear(turn.knowledge.facts[interview.last], _CORRECTS.sub("", turn.read.text), turn.day)
        found = {} if value is None else {interview.last: value}
    return _go_on(turn, interview.with_facts(found), "", found) if found else None


def _open_facts(turn: Turn, interview: Interview) -> list[Fact]:
    facts = turn.knowledge.facts
    if interview.scheme:
        return [facts[label] for label in turn.knowledge.schemes[interview.scheme].facts(facts)]
    serving = [scheme for scheme in turn.knowledge.schemes.values() if scheme.serves == interview.serves]
    return [facts[label] for label in dict.fromkeys(each for scheme in serving for each in scheme.facts(facts))]


def _tapped(turn: Turn, interview: Interview, rest: str) -> Reply | None:
    label, _, said = rest.rpartition(":")
    fact = turn.knowledge.facts.get(label)
    if fact is None:
        return None
    if said == checking.UNKNOWN:
        return _skipped(turn, interview, label)
    try:
        return _go_on(turn, interview.with_facts({label: parse_value(fact, _value(fact, said))}), "")
    except ValueFault as fault:
        return _go_on(turn, interview, "", said=str(fault)) if interview.asking == label else None


def _value(fact: Fact, said: str) -> object:
    """What a button or a field of the widget says, in the type of the fact."""
    if fact.type == "yesno":
        return {"是": True, "否": False}.get(said, said)
    if fact.type == "number" and _NUMBER.fullmatch(said):
        return Decimal(said)
    return said


def _skipped(turn: Turn, interview: Interview, label: str) -> Reply:
    hint = turn.knowledge.facts[label].hint if label in turn.knowledge.facts else ""
    skipped = replace(interview, unknown=tuple(dict.fromkeys((*interview.unknown, label))))
    return _go_on(turn, skipped, "", said=turn.kit.say("check_skipped", hint=hint))


def _explain(turn: Turn, interview: Interview, label: str) -> Reply | None:
    said = list(checking.why(turn, interview, label))
    asked = checking.ask_next(turn, interview)
    if asked is None:
        return None
    going, question, offered = asked
    return _reply(turn, going, Status.CHECK_ASKING, [*said, question], offered)


def _go_on(
    turn: Turn, interview: Interview, opening: str, found: dict[str, Value] | None = None, said: str = ""
) -> Reply:
    """The next question, or the outcome."""
    asked = None if checking.enough(interview) else checking.ask_next(turn, interview)
    if asked is None:
        return _result(turn, interview)
    going, question, offered = asked
    lines = []
    if opening and interview.scheme:
        lines.append(turn.kit.say(opening, name=turn.knowledge.schemes[interview.scheme].name))
    noted = interview.stated.items() if opening else [(k, v) for k, v in (found or {}).items() if k != interview.asking]
    lines += [line for line in (said, checking.noted(turn.kit, noted)) if line]
    paragraphs = [Paragraph("lead", line) for line in lines]
    return _reply(turn, going, Status.CHECK_ASKING, [*paragraphs, question], offered)


def _result(turn: Turn, interview: Interview) -> Reply:
    """The verdict of a check, or what a match has found."""
    knowledge = turn.knowledge
    if interview.scheme is None:
        lines, citations = checking.match_result(turn, interview)
        status, topic = Status.MATCH_RESULT, knowledge.county.starters[0]
        more = checking.ask_next(turn, interview) is not None
        offered = [Suggestion(turn.kit.say("button_resume"), "resume")] if more else []
    else:
        status, lines, citations = checking.verdict(turn, interview)
        scheme = knowledge.schemes[interview.scheme]
        topic = scheme.topic
        if status is not Status.CHECK_NOT_ELIGIBLE:
            lines = (*checking.notices(turn, scheme), *lines)
        offered = [
            Suggestion(turn.kit.say("button_sheet"), "sheet"),
            *choices.aspect_suggestions(knowledge, topic, frozenset(), 3),
            Suggestion(turn.kit.say("button_match"), "match"),
        ]
    phones = contacts.of_topic(knowledge, topic, turn.place)
    said = [*lines, *(Paragraph("contact", contacts.line(turn.kit, phone)) for phone in phones)]
    done = replace(interview, asking=None, paused=True)
    reply = _reply(turn, done, status, said, tuple(offered))
    context = replace(reply.context, topic=topic, directory=knowledge.topics[topic].directory)
    cited = (*citations, *(contacts.citation(knowledge, phone) for phone in phones))
    return replace(reply, citations=tuple(dict.fromkeys(cited)), contacts=phones, context=context)


def _sheet(turn: Turn, interview: Interview) -> Reply:
    """Keep the result as one page and say under which code."""
    made = checking.sheet(turn, interview)
    turn.kit.sheets.save(made)
    said = [Paragraph("lead", turn.kit.say("sheet_made", code=made.code))]
    said += [Paragraph("sheet", "\n".join((made.head, made.note)))]
    said += [Paragraph("sheet", "\n".join((section.title, *section.rows))) for section in made.sections]
    return replace(_reply(turn, interview, Status.SHEET, said, ()), sheet=made.code)


def _reply(
    turn: Turn, interview: Interview, status: Status, said: list[Paragraph], offered: tuple[Suggestion, ...]
) -> Reply:
    context = replace(
        turn.context,
        place=turn.place,
        check=interview.to_data(),
        pending=offered,
        pending_kind="check",
    )
    return Reply(status, (*turn.opening(), *said), suggestions=offered, context=context)


def _start_match(turn: Turn) -> Reply | None:
    """我能享受哪些政策: who is asking first, unless it was said."""
    text = turn.read.text
    if not _MATCH.search(text) or not _PERSONAL.search(text) or scheme_named(turn):
        return None
    if turn.context.topic and not _MATCH_AGAIN.search(text):
        return None  # 学完还能申请啥钱 is about what was talked of
    interview = _who(turn, Interview(None))
    implied = turn.knowledge.audiences[interview.audience].facts if interview.audience else {}
    said = {label: value for label, value in interview.stated.items() if label not in implied}
    return _go_on(turn, interview, "", said)


def _start_check(turn: Turn) -> Reply | None:
    """我符合吗 and no more: about the scheme or the subject named, or the one talked about."""
    if not _EXPLICIT.search(turn.read.text) or len(turn.read.text) > _CURT_QUESTION:
        return None  # a longer one gets the clause as well, see offer_check
    named = turn.read.topics[0] if len(turn.read.topics) == 1 else None
    scheme = scheme_named(turn) or of_topic(turn, named or turn.context.topic)
    return _go_on(turn, started(turn, scheme.id), "check_start") if scheme else None


def of_topic(turn: Turn, topic: str | None) -> Scheme | None:
    """The scheme of a topic or of a topic around it, for a person or a firm as the message says; of several the one whose
    conditions stand in the clause answered last, else the first."""
    if topic is None:
        return None
    above = [clause.id for clause in turn.knowledge.ancestors(topic)]
    firm = _is_firm(turn.read.text)
    for id in above:
        found = [scheme for scheme in turn.knowledge.schemes.values() if scheme.topic == id]
        suited = [scheme for scheme in found if (scheme.serves == "firm") == firm] or found
        if found:
            main = turn.main[0] if turn.main else turn.context.main
            return next((s for s in suited if any(leaf.clause == main for leaf in s.leaves())), suited[0])
    return None


def _who(turn: Turn, interview: Interview) -> Interview:
    earlier = _current(turn)
    if earlier and earlier.serves:
        return replace(interview, serves=earlier.serves, audience=earlier.audience, stated=earlier.stated)
    if earlier:
        interview = replace(interview, stated=earlier.stated)
    text = turn.read.text
    serves = "firm" if _is_firm(text) else "person"
    named = [
        audience
        for audience in turn.knowledge.audiences.values()
        if audience.serves == serves and any(normalise_word(word) in text for word in audience.words)
    ]
    return _audience(turn, interview, named[0].id) if named else interview


def _audience(turn: Turn, interview: Interview, id: str) -> Interview:
    audience = turn.knowledge.audiences[id]
    going = replace(interview, audience=id, serves=audience.serves)
    found = {} if turn.choice else gather(_open_facts(turn, going), turn.read.text, turn.day)
    return replace(going, stated={**interview.stated, **audience.facts, **found})


def scheme_named(turn: Turn) -> Scheme | None:
    """The scheme whose words a message says: the longest word decides."""
    text = turn.read.text
    sizes = {
        scheme.id: max((len(word) for word in map(normalise_word, scheme.words) if word in text), default=0)
        for scheme in turn.knowledge.schemes.values()
    }
    best = max(sizes.values(), default=0)
    named = [id for id, size in sizes.items() if size == best and size >= _LEAST_WORD]
    return turn.knowledge.schemes[named[0]] if len(named) == 1 else None


def wanted(turn: Turn) -> Scheme | None:
    """The scheme that a message asks about for someone of its own (我…能领…吗): named, or found by the clauses that match,
    for a person or a firm as the message says, and by how much it says about that scheme's conditions."""
    text = turn.read.text
    if turn.choice or turn.leans or not _MAY_I.search(text) or not asks_whether(turn):
        return None
    hits = {hit.id: hit.probability for hit in (*turn.found.accepted, *turn.found.rejected) if hit.kind == "clause"}
    firm = _is_firm(text)
    best: tuple[float, Scheme | None] = (_LEAST, None)
    for scheme in turn.knowledge.schemes.values():
        share = sum(hits.get(id, 0.0) for id in turn.knowledge.clauses_of_schemes[scheme.id])
        word = _word(text, scheme)
        if not word and share < _FOUND:
            continue
        said = _volunteered(turn, scheme)
        if not said and not _PERSONAL.search(text):
            continue
        score = share + _WORD * word + _SAID * len(said) + (_SERVES if (scheme.serves == "firm") == firm else -_SERVES)
        score += _NAMED_LAST * (_last(text, scheme) / len(text))
        if said and _ruled_out(turn, scheme, said):
            score -= _RULED_OUT
        if score > best[0]:
            best = (score, scheme)
    return best[1]


def _word(text: str, scheme: Scheme) -> float:
    """Characters of the longest word of a scheme that a message says, a little less where one of them is mistyped."""
    found = 0.0
    for word in map(normalise_word, scheme.words):
        if word in text:
            found = max(found, len(word))
        elif len(word) >= _TYPED and fuzz.partial_ratio(word, text, score_cutoff=_ALIKE):
            found = max(found, len(word) * _MISTYPED)
    return found


def _last(text: str, scheme: Scheme) -> int:
    """Where a message names a scheme for the last time: what is asked for comes last, what was had before it first."""
    return max(text.rfind(normalise_word(word)) for word in scheme.words) + 1 if scheme.words else 0


def _ruled_out(turn: Turn, scheme: Scheme, said: dict[str, Value]) -> bool:
    """Whether what was said fails a condition, the day left aside."""
    failed = assess(scheme, said, turn.knowledge.facts, turn.day).failed()
    return any(leaf.fact for outcome in failed for leaf in leaves(outcome.condition))


def _is_firm(text: str) -> bool:
    """Whether a message speaks for a firm; one who was dismissed by a firm does not."""
    return bool(_FIRM.search(text)) and not _ALONE.search(text)


def speaks_for_someone(turn: Turn) -> bool:
    """Whether a message is about the asker, their family or their firm."""
    return bool(_PERSONAL.search(turn.read.text) or _ALONE.search(turn.read.text))


def related(turn: Turn, scheme: Scheme) -> str:
    """The likeliest clause of a scheme for a message, else that of its first condition."""
    ids = turn.knowledge.clauses_of_schemes[scheme.id]
    found = (hit.id for hit in turn.found.by_kind("clause") if hit.id in ids)
    return next(found, next(scheme.leaves()).clause)


def asks_whether(turn: Turn) -> bool:
    """Whether a message wants yes or no."""
    if _YES_OR_NO.search(turn.read.text) or _EXPLICIT.search(turn.read.text):
        return True
    return turn.acts("check_eligibility", least=0.5) and not set(turn.read.aspects) & {"documents", "how"}


_OF_CHECKS = (
    Status.CHECK_ASKING,
    Status.CHECK_ELIGIBLE,
    Status.CHECK_NOT_ELIGIBLE,
    Status.CHECK_UNSETTLED,
    Status.MATCH_RESULT,
)


def back_to(turn: Turn, reply: Reply) -> Reply:
    """After a question in the middle of a check: its question again, with its buttons; after two in a row, silence."""
    interview = Interview.from_data(reply.context.check, turn.knowledge.facts) if reply.context.check else None
    if (
        interview is None
        or reply.context.check != turn.context.check
        or interview.paused
        or interview.asking is None
        or reply.status in _OF_CHECKS
    ):
        return reply
    if interview.interrupted >= 2:
        paused = replace(interview, paused=True).to_data()
        return replace(reply, context=replace(reply.context, check=paused))
    asked = checking.ask_next(turn, interview)
    if asked is None:
        return reply
    going, question, offered = asked
    going = replace(going, interrupted=interview.interrupted + 1)
    name = turn.knowledge.schemes[interview.scheme].name if interview.scheme else turn.kit.say("match_name")
    lead = Paragraph("lead", turn.kit.say("check_back", name=name))
    context = replace(reply.context, check=going.to_data(), pending=offered, pending_kind="check")
    return replace(reply, paragraphs=(*reply.paragraphs, lead, question), suggestions=offered, context=context)
