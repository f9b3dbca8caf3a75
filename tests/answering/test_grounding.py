"""Nothing invented: every figure that the bot says stands in what it cites."""

from __future__ import annotations

import re

from bot.answering import Status

UNITS = "年|个月|天|次|元|周岁|岁|倍|成|万|日"
FIGURE = re.compile(
    r"0\d{2,3}-\d{7,8}"  # a telephone number
    r"|\d+(?:\.\d+)?[%％]"
    r"|\d+(?:[./:]\d+)*"  # a number, a share, a time, the parts of a date
    rf"|第?[一二两三四五六七八九十百千万半]+(?:{UNITS})"
)
REFUSED = (Status.REFUSED_NOT_COVERED, Status.REFUSED_DETAIL)


def figures(text):
    return set(FIGURE.findall(text))


def sources(knowledge, reply):
    """All that a figure may be taken from: what is cited, its headings and terms, the contacts, the bot's own sentences."""
    texts = [knowledge.general_phone().number, *knowledge.replies.values()]
    texts += [phone.number for phone in reply.contacts]
    for citation in reply.citations:
        clause = knowledge.clauses[citation.clause]
        texts += [clause.text, clause.printed, citation.issued]
        texts += [heading.text for heading in knowledge.path(clause.id)]
        texts += [term.says for term in knowledge.terms_of(clause.id)]
    return texts


def loose(knowledge, answered):
    """The figures of a reply that stand in none of its sources, with the paragraph."""
    known = figures("\n".join(sources(knowledge, answered.reply)))
    found = []
    for paragraph in answered.reply.paragraphs:
        if paragraph.kind == "ask":
            continue  # a question, and what the asker said: no statement
        if left := figures(paragraph.text) - known:
            found.append((answered.asked, paragraph.kind, paragraph.text, left))
    return found


def summary(knowledge, text):
    """Whether a first line sums up what stands below it, and so may name clauses that are not quoted."""
    return any(line == text and knowledge.clauses[id].children for id, line in knowledge.answers.items())


def unfounded(knowledge, answered):
    """Loose figures, but for those of a line that sums up a heading and of who answers a near topic (tested below)."""
    if answered.reply.status in REFUSED:
        return []
    return [row for row in loose(knowledge, answered) if not (row[1] == "lead" and summary(knowledge, row[2]))]


def test_the_sample_is_large_enough(answered):
    assert len({row.asked for row in answered}) >= 300


def test_every_figure_in_a_reply_stands_in_what_it_cites(knowledge, answered):
    assert not [found for row in answered for found in unfounded(knowledge, row)]


def test_every_figure_behind_a_button_stands_in_what_it_cites(knowledge, tapped):
    assert not [found for row in tapped for found in unfounded(knowledge, row)]


def test_a_refusal_states_no_figure_but_of_whom_to_ask_and_what_it_cites(knowledge, answered):
    wrong = []
    for row in answered:
        if row.reply.status not in REFUSED:
            continue
        near = [u for u in knowledge.uncovered.values() if any(f"“{u.name}”" in p.text for p in row.reply.paragraphs)]
        known = figures("".join(u.name + u.who for u in near))
        known |= figures("".join(c.text for u in near for id in u.related for c in knowledge.below(id)))
        wrong += [found for found in loose(knowledge, row) if found[3] - known]
    assert not wrong


def test_every_figure_of_a_summary_stands_in_what_the_reply_cites(knowledge, tapped):
    assert not [found for row in tapped for found in loose(knowledge, row) if row.reply.status not in REFUSED]


def test_every_number_to_call_is_one_of_the_contacts(knowledge, answered, tapped):
    known = {knowledge.general_phone().number}
    for row in [*answered, *tapped]:
        printed = {number for c in row.reply.citations for number in re.findall(r"0482-\d{7}", c.quote)}
        said = {n for p in row.reply.paragraphs for n in re.findall(r"0482-\d{7}", p.text)}
        assert said <= known | printed | {phone.number for phone in row.reply.contacts}


def test_a_contact_is_said_and_cited(knowledge, answered):
    for row in answered:
        text = "\n".join(paragraph.text for paragraph in row.reply.paragraphs)
        for phone in row.reply.contacts:
            assert phone.number in text
            assert phone.clause in {citation.clause for citation in row.reply.citations}


def test_the_day_changes_nothing_but_what_is_said_about_the_term(answered):
    by_question = {}
    for row in answered:
        if row.reply.context.check is None:  # a verdict depends on the day
            by_question.setdefault(row.asked, []).append(row.reply)
    several = [replies for replies in by_question.values() if len(replies) > 1]
    assert several
    for replies in several:
        assert (
            len({tuple(p for p in reply.paragraphs if p.kind in ("lead", "quote", "source")) for reply in replies}) == 1
        )
