"""Schemes that sound alike are asked apart; a choice can be tapped or typed; a wrong one is answered politely."""

from __future__ import annotations

import pytest

from bot.answering import Context, Status, choices
from bot.language import normalise

ACTIONS = ("topic:", "clause:", "aspect:", "place:", "directory:", "check:")  # and match: at any time
IN_A_CHECK = ("fact:", "why:", "who:")  # and result, resume, sheet: under what asked or found
BARE = {"match": True, "result": False, "resume": False, "sheet": False}


def twins_cases(knowledge):
    return [(twins, word) for twins in knowledge.twins for word in twins.words]


def test_the_bare_name_of_several_schemes_is_asked_apart(ask, knowledge):
    for twins, word in twins_cases(knowledge):
        reply = ask(word)
        assert reply.status is Status.CLARIFICATION_SCHEME, word
        assert reply.paragraphs[-1].text == twins.ask
        assert [s.choice for s in reply.suggestions] == [f"topic:{choice.topic}" for choice in twins.choices]


@pytest.mark.parametrize("text", ["我想问一下贷款", "贷款？", "想贷款呢", "貸款"])
def test_filler_around_the_bare_name_changes_nothing(ask, text):
    assert ask(text).status is Status.CLARIFICATION_SCHEME


@pytest.mark.parametrize(("typed", "topic"), [("1", "cyfw-1"), ("２", "cyfw-2"), ("2。", "cyfw-2"), (" 1 ", "cyfw-1")])
def test_a_typed_number_picks_the_suggestion(ask, typed, topic):
    reply = ask(typed, context=ask("贷款").context)
    assert (reply.status, reply.context.topic) == (Status.ANSWERED, topic)


def test_a_typed_label_picks_the_suggestion(ask):
    first = ask("贷款")
    for suggestion in first.suggestions:
        assert ask(suggestion.label, context=first.context).context.topic == suggestion.choice.partition(":")[2]


@pytest.mark.parametrize("typed", ["0", "3", "99", "-1"])
def test_a_number_that_is_not_offered_picks_nothing(ask, typed):
    assert ask(typed, context=ask("贷款").context).status not in (Status.ANSWERED, Status.ANSWERED_EXPIRED)


def test_a_tapped_choice_counts_whatever_the_text_says(ask):
    assert ask("随便什么字", choice="topic:cyfw-2").context.topic == "cyfw-2"


def test_a_tapped_place_is_remembered(ask):
    assert ask(choice="place:aes").context.place == "aes"


def test_a_tapped_place_gets_the_number_of_the_line_talked_about(ask, knowledge):
    reply = ask(choice="place:aes", context=ask("失业金电话").context)
    assert reply.contacts == (knowledge.directories["insurance"].phones["aes"],)


def test_a_tapped_business_line_gives_its_table(ask, knowledge):
    reply = ask(choice="directory:gig")
    assert list(reply.contacts) == list(knowledge.directories["gig"].phones.values())


def test_a_tapped_aspect_quotes_the_clauses_of_that_aspect(ask):
    assert "jyfw-1-3" in [c.clause for c in ask(choice="aspect:jyfw-1:documents").citations]


def test_every_offered_choice_can_be_tapped(ask, knowledge, answered, tapped):
    offered = {s.choice: row.reply.context for row in [*answered, *tapped] for s in row.reply.suggestions}
    for twins in knowledge.twins:
        offered |= {f"topic:{choice.topic}": Context() for choice in twins.choices}
    assert len(offered) > 100
    for choice, context in sorted(offered.items()):
        assert choice.startswith((*ACTIONS, *IN_A_CHECK)) or choice in BARE
        assert ask(choice=choice, context=context).status in answers_to(choice), choice
        if choice.startswith(ACTIONS) or BARE.get(choice):
            assert ask(choice=choice).status in answers_to(choice), choice


def test_every_choice_offered_in_a_check_can_be_tapped(ask, knowledge):
    """From each first question: its answers, not knowing, and why; from a verdict: what can be done next."""
    offered = set()
    for scheme in knowledge.schemes:
        first = ask(choice=f"check:{scheme}")
        for suggestion in first.suggestions:
            reply = ask(choice=suggestion.choice, context=first.context)
            assert reply.status in answers_to(suggestion.choice), suggestion.choice
            for further in reply.suggestions:
                assert ask(choice=further.choice, context=reply.context).status in answers_to(further.choice), further
                offered.add(further.choice.partition(":")[0])
    assert {"fact", "why", "aspect", "match", "sheet"} <= offered


def test_every_choice_offered_in_a_match_can_be_tapped(ask, knowledge):
    first = ask(choice="match")
    for suggestion in first.suggestions:
        reply = ask(choice=suggestion.choice, context=first.context)
        for further in reply.suggestions:
            assert ask(choice=further.choice, context=reply.context).status in answers_to(further.choice), further
        result = ask("够了", context=reply.context)
        for further in result.suggestions:
            assert ask(choice=further.choice, context=result.context).status in answers_to(further.choice), further


CHECKED = (Status.CHECK_ASKING, Status.CHECK_ELIGIBLE, Status.CHECK_NOT_ELIGIBLE, Status.CHECK_UNSETTLED)


def answers_to(choice):
    """The statuses that a tapped choice may get."""
    if choice in BARE or choice.startswith(("check:", *IN_A_CHECK)):
        return (*CHECKED, Status.MATCH_RESULT, Status.SHEET)
    return (Status.ANSWERED, Status.ANSWERED_CONTACT, Status.SMALLTALK_NOTED, Status.ANSWERED_EXPIRED)


def test_no_label_is_offered_twice_in_one_reply(answered, tapped):
    for row in [*answered, *tapped]:
        labels = [suggestion.label for suggestion in row.reply.suggestions]
        assert len(labels) == len(set(labels)), row.asked


@pytest.mark.parametrize(
    "choice",
    [
        "",
        ":",
        "zzz",
        "topic:",
        "topic:zzz",
        "clause:",
        "clause:jyfw-99",
        "place:zz",
        "directory:zz",
        "{bot}",
        "<script>",
        "/restart",
        "topic:" + "x" * 5000,
    ],
)
def test_a_wrong_choice_is_answered_politely(ask, choice):
    reply = ask("x", choice=choice)
    assert reply.status is Status.CLARIFICATION_VAGUE
    assert reply.suggestions


@pytest.mark.parametrize(
    "choice", ["aspect:", "aspect:jyfw-1", "aspect:jyfw-1:zzz", "aspect:jyfw-1:exception", "aspect:zzz:who"]
)
def test_a_wrong_aspect_is_answered_politely(ask, choice):
    assert ask("x", choice=choice).status is Status.CLARIFICATION_VAGUE


def test_the_starters_are_those_of_the_county(knowledge):
    offered = [suggestion.choice.partition(":")[2] for suggestion in choices.starters(knowledge)]
    assert offered == list(knowledge.county.starters)
    assert set(offered) <= set(knowledge.topics)


def test_labels_of_one_question_differ_when_normalised(knowledge):
    for twins in knowledge.twins:
        labels = [normalise(choice.label) for choice in twins.choices]
        assert len(labels) == len(set(labels))


def test_an_aspect_of_a_topic_is_offered_only_where_it_has_clauses(knowledge):
    for topic in knowledge.topics:
        for aspect in choices.aspects_of(knowledge, topic):
            assert choices.with_aspect(knowledge, topic, aspect)


def test_a_pending_choice_is_forgotten_once_another_question_is_answered(ask):
    first = ask("贷款")
    second = ask("失业登记要带什么证件", context=first.context)
    assert second.context.topic == "jyfw-3"
    assert not [s for s in second.context.pending if s.choice in ("topic:cyfw-1", "topic:cyfw-2")]


def test_a_follow_up_takes_the_topic_of_the_talk(ask):
    first = ask("就业创业证要带什么材料")
    second = ask("网上能办吗", context=first.context)
    assert second.context.topic == "jyfw-1"


def test_a_new_subject_is_not_held_back_by_the_old_one(ask):
    context = ask("就业创业证要带什么材料", context=Context(place="kyqq")).context
    assert ask("创业担保贷款个人最高多少", context=context).context.topic == "cyfw-1"


def test_earlier_topics_are_kept_in_order(ask):
    context = Context()
    for text in ("就业创业证要带什么材料", "失业登记要带什么证件", "创业担保贷款个人最高多少"):
        context = ask(text, context=context).context
    assert context.history == ("jyfw-1-3", "jyfw-3-3")  # the clauses that were answered with, to show them again
