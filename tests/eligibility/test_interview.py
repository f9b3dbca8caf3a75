"""A check as a conversation, through the answering steps: how it starts, what is asked, what is understood, how it ends."""

from __future__ import annotations

import json
import re
from datetime import date

import pytest

from bot.answering import Context, Status, Suggestion
from bot.eligibility import Interview, assess, one_step_away
from bot.eligibility.interview import WHO
from bot.knowledge.schemes import Leaf

from .cases import DAY, FILES, FOLDER, read_cases
from .citizen import in_words

LATER = date(2026, 11, 23)  # every printed term is over
LEFT = re.compile(r"（大约还有(\d+)个问题）")
VERDICTS = {
    "符合": Status.CHECK_ELIGIBLE,
    "不符合": Status.CHECK_NOT_ELIGIBLE,
    "待核实": Status.CHECK_UNSETTLED,
}
OF_AGE = "大龄女45岁"
AUDIENCES = ["unemployed", "graduate", "herder", "hardship", "founder", "flexible", "employer", "employee"]
FIRST = "非因本人意愿中断就业"  # what a check of 失业保险金 asks first


@pytest.fixture()
def benefit(talk):
    """A check of 失业保险金 that has asked its first question."""
    going = talk()
    going.tap("check:unemployment_benefit")
    return going


def answered(talk, fact, value):
    """Say a value as the scripted citizen does."""
    return talk.say(in_words({"label": fact.label, "unit": fact.unit}, {fact.label: value}))


def plain(value):
    """A parsed value as it stands in a case file."""
    return float(value) if hasattr(value, "is_finite") else value.isoformat() if isinstance(value, date) else value


# --- how it starts ---


def test_the_button_under_an_answer_starts_the_check_of_its_scheme(talk, kit, knowledge):
    going = talk()
    going.say("失业金怎么领")
    going.tap(kit.say("button_check"))
    assert going.reply.status is Status.CHECK_ASKING
    assert going.reply.paragraphs[0].text == kit.say("check_start", name="失业保险金")
    assert going.question.startswith(knowledge.facts[FIRST].ask)
    assert going.state["scheme"] == "unemployment_benefit"


def test_typing_it_is_the_same_as_tapping_it(talk):
    tapped, typed = talk(), talk()
    for going in (tapped, typed):
        going.say("失业金怎么领")
    tapped.tap("check:unemployment_benefit")
    typed.say("我符合吗")
    assert typed.reply.paragraphs == tapped.reply.paragraphs
    assert typed.reply.suggestions == tapped.reply.suggestions


def test_a_scheme_that_is_named_needs_no_talk_before(talk):
    going = talk()
    going.say("一次性创业补贴我符合吗")
    assert (going.reply.status, going.state["scheme"]) == (Status.CHECK_ASKING, "startup_grant")


def test_a_subject_that_is_named_is_meant_rather_than_the_one_talked_about(talk):
    going = talk()
    going.say("失业登记要带什么")
    going.say("我符合就业困难人员吗")
    assert going.state["scheme"] == "hardship_recognition"


def test_without_a_scheme_it_is_no_check(talk):
    going = talk()
    going.say("我符合吗")
    assert not going.state


def test_every_check_starts_with_the_most_decisive_question_or_ends_at_once(talk, knowledge):
    for day in (DAY, LATER):
        for scheme in knowledge.schemes.values():
            going = talk(day)
            going.tap(f"check:{scheme.id}")
            one = assess(scheme, {}, knowledge.facts, day)
            if one.missing:
                assert going.reply.status is Status.CHECK_ASKING
                assert going.question.startswith(knowledge.facts[one.missing[0]].ask)
                assert scheme.name in going.reply.paragraphs[0].text
            else:
                assert going.reply.status is VERDICTS[one.verdict.value]


def test_an_opening_with_facts_gets_the_clause_and_then_the_first_question(talk, knowledge, kit):
    going = talk()
    going.say("我交了两年失业险，被辞退了，能领失业金吗")
    assert going.reply.status is Status.ANSWERED
    kinds = [paragraph.kind for paragraph in going.reply.paragraphs]
    assert kinds.index("quote") < len(kinds) - 1 and kinds[-1] == "ask"
    assert going.cited[0].startswith("sybx-6-1")
    assert going.stated == {FIRST: True, "失业保险缴费月数": 24}
    scheme = knowledge.schemes["unemployment_benefit"]
    interview = Interview.from_data(going.state, knowledge.facts)
    missing = assess(scheme, interview.stated, knowledge.facts, DAY).missing
    assert going.state["asking"] == missing[0]
    assert knowledge.facts[missing[0]].ask in going.question
    assert going.labels[:2] == [kit.say("button_yes"), kit.say("button_no")]


def test_what_was_understood_is_said_back(talk):
    going = talk()
    going.say("我交了两年失业险，被辞退了，能领失业金吗")
    assert "失业保险缴费月数：24个月" in going.question
    assert f"{FIRST}：是" in going.question


def test_an_opening_that_settles_it_gets_the_verdict_first_and_the_clause_after(talk, kit):
    going = talk()
    going.say("我没办过失业登记，能认定就业困难人员吗")
    assert going.reply.status is Status.CHECK_NOT_ELIGIBLE
    assert going.reply.paragraphs[0].text == kit.say("check_not", name="就业困难人员认定")
    assert "quote" in [paragraph.kind for paragraph in going.reply.paragraphs]
    assert going.state["paused"]


@pytest.mark.parametrize(
    "text",
    ["失业登记要带什么", "失业金怎么领", "创业担保贷款最多贷多少", "认定就业困难人员要什么条件", "扩岗补助给多少"],
)
def test_a_question_about_the_rule_starts_no_check(talk, text):
    going = talk()
    going.say(text)
    assert not going.state
    assert going.reply.status in (Status.ANSWERED, Status.ANSWERED_EXPIRED)


@pytest.mark.parametrize(
    ("text", "scheme"),
    [
        ("我能领失业金吗", "unemployment_benefit"),
        ("我能办失业登记吗", "unemployment_registration"),
        ("我能申请创业担保贷款吗", "personal_loan"),
        ("我能认定就业困难人员吗", "hardship_recognition"),
        pytest.param(
            "我能领灵活就业社保补贴吗",
            "hardship_flexible_insurance",
            marks=pytest.mark.xfail(
                strict=True, reason="灵活就业社保补贴 is no word of the scheme; 是灵活就业 is heard"
            ),
        ),
    ],
)
def test_the_name_of_the_scheme_says_nothing_about_the_asker(talk, text, scheme):
    going = talk()
    going.say(text)
    assert (going.state["scheme"], going.stated) == (scheme, {})


# --- the questions ---


def test_a_question_has_its_answers_as_buttons(talk, knowledge, kit):
    """Yes and no, the values of a choice, 不适用 where it can be stated; always 不清楚 and why."""
    last = [kit.say("button_unknown"), kit.say("button_why")]
    wanted = {"yesno": [kit.say("button_yes"), kit.say("button_no")], "number": [], "date": []}
    seen = set()
    for scheme in knowledge.schemes.values():
        going = talk(date(2022, 6, 1))
        going.tap(f"check:{scheme.id}")
        while going.reply.status is Status.CHECK_ASKING:
            fact = knowledge.facts[going.state["asking"]]
            not_applicable = ["不适用"] if fact.may_not_apply else []
            assert going.labels == [*wanted.get(fact.type, fact.values), *not_applicable, *last]
            seen.add(fact.type)
            going.tap(kit.say("button_unknown"))
    assert seen == {"yesno", "number", "choice", "date"}


def test_labels_can_be_typed_and_numbered(talk):
    for said in ("是", "1", "１"):
        going = talk()
        going.tap("check:unemployment_benefit")
        going.say(said)
        assert going.stated == {FIRST: True}, said


@pytest.mark.parametrize(("said", "value"), [("1", 1), ("2", 2), ("3", 3)])
def test_a_figure_answers_a_question_for_a_number_and_picks_no_button(talk, said, value):
    label = "家庭户口内共同生活成员人数"
    pending = (Suggestion("不清楚", f"fact:{label}:unknown"), Suggestion("为什么问这个", f"why:{label}"))
    check = Interview("hardship_recognition", asking=label).to_data()
    going = talk(context=Context(check=check, pending=pending, pending_kind="check"))
    going.say(said)
    assert going.stated == {label: value}


def test_the_number_of_questions_left_goes_down(benefit, kit):
    counts = []
    while benefit.reply.status is Status.CHECK_ASKING:
        counts.append(int(LEFT.search(benefit.question)[1]))
        fact = benefit.state["asking"]
        if fact == "失业保险缴费月数":
            benefit.say("三年")
        else:
            benefit.tap(f"fact:{fact}:是")
    assert counts == sorted(set(counts), reverse=True)
    assert counts[-1] == 1
    assert len(counts) == counts[0]
    assert benefit.reply.status is Status.CHECK_ELIGIBLE


def test_an_answer_leads_to_the_next_question(benefit, knowledge):
    asked = []
    for _ in range(3):
        asked.append(benefit.state["asking"])
        benefit.tap(f"fact:{asked[-1]}:是") if asked[-1] != "失业保险缴费月数" else benefit.say("两年")
    assert len(set(asked)) == 3
    assert set(benefit.stated) == set(asked)


def test_more_than_was_asked_is_noted_and_said_back(benefit):
    benefit.say("是，失业险交了三年")
    assert benefit.stated == {FIRST: True, "失业保险缴费月数": 36}
    assert benefit.reply.paragraphs[0].text == "记下了：失业保险缴费月数：36个月。"


def test_the_answer_to_the_question_itself_is_not_said_back(benefit):
    benefit.say("是")
    assert "记下了" not in benefit.text


def test_what_was_volunteered_is_not_asked(benefit):
    benefit.say("被辞退的，交了三年失业险，办了失业登记")
    asked = set()
    while benefit.reply.status is Status.CHECK_ASKING:
        asked.add(benefit.state["asking"])
        benefit.tap(f"fact:{benefit.state['asking']}:是")
    assert not asked & {FIRST, "失业保险缴费月数", "已办失业登记"}


@pytest.mark.parametrize("text", ["嘎嘎", "女", "哈哈哈"])
def test_an_answer_that_is_not_understood_is_said_so_and_asked_again(benefit, kit, text):
    before = benefit.question
    benefit.say(text)
    assert benefit.reply.paragraphs[0].text == kit.say("check_unheard")
    assert benefit.question == before
    assert not benefit.stated


# --- not knowing ---


def test_who_does_not_know_is_told_where_to_find_out_and_asked_on(talk, knowledge, kit):
    going = talk()
    going.tap("check:hardship_recognition")
    going.say("40岁")
    assert going.state["asking"] == "已办失业登记"
    going.tap(kit.say("button_unknown"))
    assert knowledge.facts["已办失业登记"].hint in going.text
    assert going.state["asking"] != "已办失业登记"
    assert going.state["unknown"] == ["已办失业登记"]


@pytest.mark.parametrize("said", ["不清楚", "忘了", "这个说不准", "记不清了"])
def test_not_knowing_can_be_typed(benefit, said):
    benefit.say(said)
    assert (benefit.state["unknown"], benefit.stated) == ([FIRST], {})


@pytest.mark.parametrize(
    "said",
    [
        "不知道",
        "不太清楚",
        "不清楚啊",
        "没注意",
    ],
)
def test_not_knowing_is_not_no(benefit, said):
    benefit.say(said)
    assert (benefit.state["unknown"], benefit.stated) == ([FIRST], {})


def test_what_is_not_known_is_not_asked_again_and_named_in_the_verdict(benefit, kit):
    asked = []
    while benefit.reply.status is Status.CHECK_ASKING:
        asked.append(benefit.state["asking"])
        benefit.tap(kit.say("button_unknown"))
    assert len(set(asked)) == len(asked)
    assert benefit.reply.status is Status.CHECK_UNSETTLED
    assert kit.say("check_missing", facts="、".join(asked)) in benefit.text or all(
        each in benefit.text for each in asked
    )


def test_what_was_not_known_can_be_told_later(benefit, kit):
    benefit.tap(kit.say("button_unknown"))
    benefit.say("我是被辞退的")
    assert benefit.state["unknown"] == []
    assert benefit.stated[FIRST] is True


# --- why ---


@pytest.mark.parametrize("said", ["为什么问这个", "问这个干啥", "为啥问这"])
def test_why_is_answered_with_the_clause_and_the_same_question(benefit, knowledge, kit, said):
    before, buttons = benefit.question, benefit.reply.suggestions
    benefit.say(said)
    assert benefit.reply.status is Status.CHECK_ASKING
    assert [p.text for p in benefit.reply.paragraphs if p.kind == "quote"] == [knowledge.clauses["sybx-6-1-2"].text]
    assert benefit.question == before
    assert benefit.reply.suggestions == buttons


def test_every_first_question_can_say_why(talk, knowledge, kit):
    for scheme in knowledge.schemes.values():
        going = talk(date(2022, 6, 1))
        going.tap(f"check:{scheme.id}")
        if going.reply.status is not Status.CHECK_ASKING:
            continue
        label = going.state["asking"]
        of_fact = [
            knowledge.clauses[leaf.clause].text
            for leaf in scheme.leaves()
            if leaf.fact and label in (leaf.fact, *(knowledge.facts[leaf.fact].share or ()))
        ]
        going.tap(kit.say("button_why"))
        quoted = [p.text for p in going.reply.paragraphs if p.kind == "quote"]
        assert quoted and quoted[0] in of_fact
        assert going.state["asking"] == label


# --- changing an answer ---


@pytest.mark.parametrize(("sent", "value"), [("45", 45), ("45.5", 45.5)])
def test_a_number_can_be_sent_from_a_field(talk, sent, value):
    going = talk()
    going.tap("check:hardship_recognition")
    going.tap(f"fact:年龄:{sent}")
    assert going.stated == {"年龄": value}


@pytest.mark.parametrize("sent", ["121", "-1", "1e3", "四十", "NaN"])
def test_a_number_that_cannot_be_is_asked_again(talk, sent):
    going = talk()
    going.tap("check:hardship_recognition")
    going.tap(f"fact:年龄:{sent}")
    assert going.stated == {}
    assert (going.reply.status, going.state["asking"]) == (Status.CHECK_ASKING, "年龄")


def test_an_earlier_answer_can_be_changed_while_asked(talk):
    going = talk()
    going.tap("check:hardship_recognition")
    going.say("40岁")
    asking = going.state["asking"]
    going.say("说错了，我42岁")
    assert going.stated == {"年龄": 42}
    assert going.reply.paragraphs[0].text == "记下了：年龄：42岁。"
    assert going.state["asking"] == asking


def test_an_earlier_button_still_counts(benefit):
    benefit.tap(f"fact:{FIRST}:是")
    benefit.say("三年")
    benefit.tap(f"fact:{FIRST}:否")
    assert benefit.stated[FIRST] is False
    assert benefit.reply.status is Status.CHECK_NOT_ELIGIBLE


def test_changing_one_answer_keeps_the_others(benefit):
    benefit.tap(f"fact:{FIRST}:是")
    benefit.say("交了三年")
    before = benefit.stated
    benefit.say("说错了，我失业险交了两年")
    assert benefit.stated == {**before, "失业保险缴费月数": 24}


@pytest.mark.parametrize(
    "said",
    [
        "不对，失业险交了两年",
        *(
            pytest.param(text, marks=pytest.mark.xfail(strict=True, reason="the denial also answers what is open"))
            for text in ("不是三年，失业险交了两年", "没有三年，失业险交了两年")
        ),
    ],
)
def test_what_is_said_of_another_fact_does_not_answer_the_question(benefit, said):
    benefit.tap(f"fact:{FIRST}:是")
    benefit.say("交了三年")
    assert benefit.state["asking"] == "已办失业登记"
    benefit.say(said)
    assert benefit.stated == {FIRST: True, "失业保险缴费月数": 24}


def test_after_the_verdict_a_correction_changes_it(benefit):
    benefit.tap(f"fact:{FIRST}:否")
    assert benefit.reply.status is Status.CHECK_NOT_ELIGIBLE
    benefit.say("说错了，我是被辞退的")
    assert benefit.stated[FIRST] is True
    assert benefit.reply.status is Status.CHECK_ASKING


def test_a_correction_without_a_name_means_the_last_answer(talk):
    going = talk()
    going.tap("check:hardship_recognition")
    going.say("40岁")
    going.say("不对，是四十二")
    assert going.stated["年龄"] == 42


# --- a question in the middle ---


def test_a_question_in_the_middle_is_answered_and_the_check_comes_back(benefit, kit):
    before, buttons, check = benefit.question, benefit.reply.suggestions, benefit.state
    benefit.say("创业担保贷款最多贷多少")
    assert benefit.reply.status is Status.ANSWERED
    assert benefit.cited[0].startswith("cyfw-1")
    texts = [paragraph.text for paragraph in benefit.reply.paragraphs]
    assert texts[-2:] == [kit.say("check_back", name="失业保险金"), before]
    assert benefit.reply.suggestions == buttons
    assert {**benefit.state, "interrupted": 0} == check


def test_after_it_an_answer_counts(benefit):
    benefit.say("创业担保贷款最多贷多少")
    benefit.say("是")
    assert benefit.stated == {FIRST: True}
    assert benefit.state["interrupted"] == 0


def test_a_telephone_number_can_be_asked_for_in_the_middle(benefit, knowledge):
    benefit.say("前旗失业金电话")
    assert benefit.reply.status is Status.ANSWERED_CONTACT
    assert benefit.reply.contacts == (knowledge.directories["insurance"].phones["kyqq"],)
    assert benefit.state["asking"] == FIRST
    assert FIRST in benefit.reply.suggestions[0].choice


def test_after_three_questions_in_a_row_the_check_is_silent_until_asked_for(benefit, kit):
    for _ in range(2):
        benefit.say("创业担保贷款最多贷多少")
        assert kit.say("check_back", name="失业保险金") in benefit.text
    benefit.say("失业登记要带什么")
    assert kit.say("check_back", name="失业保险金") not in benefit.text
    assert benefit.state["paused"]
    benefit.say("接着核对")
    assert (benefit.reply.status, benefit.state["asking"]) == (Status.CHECK_ASKING, FIRST)


# --- stopping and going on ---


@pytest.mark.parametrize("said", ["不查了", "算了", "不问了", "先不查了"])
def test_a_check_can_be_stopped(benefit, kit, said):
    benefit.say(said)
    assert benefit.reply.status is Status.SMALLTALK_NOTED
    assert benefit.text == kit.say("check_stopped")
    assert benefit.state["paused"]


def test_after_a_stop_nothing_is_asked_until_it_is_taken_up_again(benefit, kit):
    benefit.say("是")
    asking, stated = benefit.state["asking"], benefit.stated
    benefit.say("不查了")
    benefit.say("创业担保贷款最多贷多少")
    assert kit.say("check_back", name="失业保险金") not in benefit.text
    benefit.say("接着核对")
    assert (benefit.state["asking"], benefit.stated) == (asking, stated)
    assert benefit.reply.status is Status.CHECK_ASKING


def test_a_paused_check_does_not_swallow_an_ordinary_question(benefit):
    benefit.say("不查了")
    for text in ("没有工作怎么办失业登记", "失业登记要带什么"):
        assert benefit.say(text).status is Status.ANSWERED


def test_another_check_keeps_what_both_ask(benefit):
    benefit.say("被辞退的，办了失业登记")
    benefit.tap("check:hardship_recognition")
    assert benefit.state["scheme"] == "hardship_recognition"
    assert benefit.stated == {"已办失业登记": True}


# --- whole conversations: the written cases, answered as the scripted citizen does ---


@pytest.fixture(scope="module")
def held(talk, knowledge):
    """For each scheme the first case of every verdict, held as a conversation: (scheme, case, talk, facts asked for)."""
    rows = []
    for path in FILES:
        scheme = knowledge.schemes[path.stem]
        first = {}
        for case in read_cases(path, knowledge.facts):
            first.setdefault(case.verdict, case)
        for case in first.values():
            stated = {label: plain(value) for label, value in case.stated.items()}
            going, asked = talk(case.day), []
            going.tap(f"check:{scheme.id}")
            while going.reply.status is Status.CHECK_ASKING and len(asked) < 40:
                fact = knowledge.facts[going.state["asking"]]
                asked.append(fact.label)
                value = stated.get(fact.label)
                answered(going, fact, int(value) if isinstance(value, float) and value.is_integer() else value)
            rows.append((scheme, case, going, asked))
    return rows


def test_a_conversation_comes_to_the_verdict_of_its_case(held):
    wrong = [
        f"{scheme.id}, {case.name}: {going.reply.status.value}, should be {case.verdict}; asked {asked}"
        for scheme, case, going, asked in held
        if going.reply.status is not VERDICTS[case.verdict]
    ]
    assert not wrong, "\n".join(wrong)


def test_nothing_is_asked_twice_and_nothing_else_is_asked(held, knowledge):
    for scheme, case, _, asked in held:
        assert len(set(asked)) == len(asked), (scheme.id, case.name, asked)
        assert set(asked) <= set(scheme.facts(knowledge.facts))


def test_the_last_question_was_needed(held, knowledge):
    """Questions stop as soon as nothing can change the verdict."""
    for scheme, case, going, asked in held:
        before = {label: value for label, value in going.stated.items() if label not in asked[-1:]}
        interview = Interview.from_data({**going.state, "stated": before}, knowledge.facts)
        one = assess(scheme, interview.stated, knowledge.facts, case.day)
        assert not asked or asked[-1] in one.missing, (scheme.id, case.name)


# --- the verdict ---


def test_every_verdict_is_preliminary_and_names_the_scheme(held):
    for scheme, _, going, _ in held:
        first = next(p.text for p in going.reply.paragraphs if p.kind != "notice")
        assert first.startswith("初步判断：") and first.endswith("以经办机构审核为准。")
        assert f"“{scheme.name}”" in first


def test_every_verdict_names_a_phone(held, knowledge):
    for scheme, _, going, _ in held:
        assert going.reply.contacts, scheme.id
        assert all(phone.number in going.text for phone in going.reply.contacts)


def test_a_no_gives_its_reasons_with_their_clauses(held, knowledge):
    for scheme, _, going, _ in held:
        if going.reply.status is not Status.CHECK_NOT_ELIGIBLE:
            continue
        interview = Interview.from_data(going.state, knowledge.facts)
        one = assess(scheme, interview.stated, knowledge.facts, going.day)
        quoted = "\n".join(p.text for p in going.reply.paragraphs if p.kind == "quote")
        assert quoted and going.cited
        for outcome in one.failed():
            leaves = [each.condition for each in outcome.leaves()]
            said = outcome.condition.says if isinstance(outcome.condition, Leaf) else outcome.condition.name
            assert f"没有达到的条件：{said}" in going.text
            assert {leaf.clause for leaf in leaves} <= set(going.cited)
        assert knowledge.clauses[going.cited[0]].text in quoted


def test_a_no_promises_nothing(held):
    for _, _, going, _ in held:
        if going.reply.status is Status.CHECK_NOT_ELIGIBLE:
            assert "能得到" not in going.text and "要带" not in going.text


def test_a_yes_says_what_it_brings_and_cites_its_conditions(held, knowledge):
    for scheme, _, going, _ in held:
        if going.reply.status is not Status.CHECK_ELIGIBLE:
            continue
        for benefit in scheme.benefit:
            assert benefit.says in going.text
            assert benefit.clause in going.cited
        for id in (*scheme.offices, *scheme.online, *scheme.deadline):
            assert knowledge.clauses[id].text in going.text
        for document in scheme.documents:
            assert document.when or document.item in going.text
        assert any(leaf.clause in going.cited for leaf in scheme.leaves())


def test_an_unsettled_verdict_says_what_is_open_or_not_known(held, knowledge):
    seen = set()
    for scheme, _, going, _ in held:
        if going.reply.status is not Status.CHECK_UNSETTLED:
            continue
        interview = Interview.from_data(going.state, knowledge.facts)
        one = assess(scheme, interview.stated, knowledge.facts, going.day)
        assert all(outcome.condition.open_says in going.text for outcome in one.open())
        assert all(label in going.text for label in one.missing)
        seen |= {"open"} if one.open() else {"missing"}
    assert "missing" in seen


def test_what_the_text_leaves_open_is_to_be_asked_at_the_office(talk, knowledge):
    """离校正好24个月: neither yes nor no, and nothing is asked any more that would not help."""
    going = talk()
    going.tap("check:graduate_training_subsidy")
    while going.reply.status is Status.CHECK_ASKING:
        label = going.state["asking"]
        going.say("两年整") if label == "离校月数" else going.tap(
            f"fact:{label}:{'否' if label == '是毕业年度' else '是'}"
        )
    assert going.reply.status is Status.CHECK_UNSETTLED
    assert "要向经办机构问清的：离校正好满2年" in going.text


def test_what_can_be_had_first_is_named_as_the_next_step(talk, knowledge, kit):
    for fact in knowledge.facts.values():
        for scheme in knowledge.schemes.values():
            decides = [leaf for leaf in scheme.conditions.parts if isinstance(leaf, Leaf) and leaf.fact == fact.label]
            if not fact.gained_by or not decides or decides[0].tests != (("is", True),):
                continue
            going = talk(date(2022, 6, 1))
            going.tap(f"check:{scheme.id}")
            going.tap(f"fact:{fact.label}:否")
            one = assess(scheme, {fact.label: False}, knowledge.facts, date(2022, 6, 1))
            step = kit.say("check_step", name=knowledge.schemes[fact.gained_by].name)
            assert (step in going.text) == bool(one_step_away(one, knowledge.facts)), (scheme.id, fact.label)
    assert step


def test_a_no_for_good_names_no_next_step(benefit, kit):
    benefit.tap(f"fact:{FIRST}:否")
    assert "可以先办" not in benefit.text


def test_documents_that_are_ruled_out_are_not_listed_and_others_are(talk, knowledge):
    scheme = knowledge.schemes["hardship_recognition"]
    (case,) = [each for each in read_cases(FOLDER / f"{scheme.id}.yml", knowledge.facts) if each.name == OF_AGE]
    data = Interview(scheme.id, case.stated, asking="年龄").to_data()
    for disabled in (True, False):
        going = talk(context=Context(check={**data, "stated": {**data["stated"], "持有残疾人证": disabled}}))
        going.say("45岁")
        assert going.reply.status is Status.CHECK_ELIGIBLE
        documents = next(p.text for p in going.reply.paragraphs if p.text.startswith("要带："))
        assert "基本身份类证明" in documents
        assert ("；残疾人证" in documents) is disabled


def test_a_term_that_is_over_is_the_reason(talk):
    going = talk(LATER)
    going.tap("check:expansion_subsidy")
    assert going.reply.status is Status.CHECK_NOT_ELIGIBLE
    assert "实施期限到2022年底" in going.text


def test_the_phone_is_that_of_the_place(talk, knowledge):
    going = talk(context=Context(place="aes"))
    going.tap("check:unemployment_benefit")
    going.tap(f"fact:{FIRST}:否")
    assert going.reply.contacts == (knowledge.directories["insurance"].phones["aes"],)


def test_after_a_verdict_the_scheme_is_what_is_talked_of(benefit):
    benefit.tap(f"fact:{FIRST}:否")
    benefit.say("要带什么")
    assert benefit.reply.context.topic.startswith("sybx-6")


def test_what_the_conversation_remembers_of_a_check_is_json(held):
    for _, _, going, _ in held:
        assert json.loads(json.dumps(going.state, ensure_ascii=False)) == going.state


# --- what fits me: many schemes at once ---


@pytest.fixture()
def match(talk):
    """A match that has asked who is asking."""
    going = talk()
    going.say("我能享受哪些政策")
    return going


def test_a_match_asks_first_who_is_asking(match, knowledge, kit):
    assert match.reply.status is Status.CHECK_ASKING
    assert match.question == kit.say("match_who")
    assert [s.choice for s in match.reply.suggestions] == [f"who:{id}" for id in knowledge.audiences]
    assert match.state["asking"] == WHO


def test_who_says_who_is_asking_is_not_asked(talk):
    going = talk()
    going.say("我是大学生，能享受哪些政策")
    assert going.state["audience"] == "graduate"
    assert going.state["asking"] != WHO


@pytest.mark.parametrize(
    ("said", "audience"), [("下岗了", "unemployed"), ("我是农民", "herder"), ("开店的", "founder")]
)
def test_the_audience_can_be_typed(match, said, audience):
    match.say(said)
    assert match.state["audience"] == audience


@pytest.mark.parametrize("id", AUDIENCES)
def test_every_audience_is_asked_something_and_gets_a_result(talk, knowledge, kit, id):
    audience = knowledge.audiences[id]
    going = talk()
    going.say("我能享受哪些政策")
    going.tap(audience.label)
    asked = []
    while going.reply.status is Status.CHECK_ASKING:
        asked.append(going.state["asking"])
        going.tap(kit.say("button_unknown"))
    assert going.reply.status is Status.MATCH_RESULT
    assert len(set(asked)) == len(asked) <= 8
    assert asked


def test_every_audience_is_tried(knowledge):
    assert {each if isinstance(each, str) else each.values[0] for each in AUDIENCES} == set(knowledge.audiences)


def test_what_follows_from_who_is_asking_is_not_asked(talk, knowledge):
    going = talk()
    going.say("我能享受哪些政策")
    going.tap("who:unemployed")
    assert going.stated == {"目前未就业": True, "处于无业状态": True, "是企业在职职工": False}


@pytest.mark.parametrize("said", ["够了", "就这些", "直接看结果"])
def test_a_match_can_be_cut_short(match, said):
    match.tap("who:graduate")
    match.say(said)
    assert match.reply.status is Status.MATCH_RESULT


def test_a_result_says_on_what_it_rests_and_that_it_is_preliminary(match, kit):
    match.tap("who:graduate")
    match.say("23岁")
    match.say("够了")
    assert "年龄：23岁" in match.reply.paragraphs[0].text
    assert kit.say("preliminary") in match.text
    assert match.reply.contacts


def test_a_result_offers_to_go_on_where_there_is_more_to_ask(match, kit):
    match.tap("who:graduate")
    match.say("够了")
    match.tap(kit.say("button_resume"))
    assert match.reply.status is Status.CHECK_ASKING
    assert match.state["audience"] == "graduate"


def test_what_fits_is_named_with_what_it_brings_and_cited(match, knowledge):
    match.tap("who:hardship")
    match.tap("fact:已认定为就业困难人员:是")
    match.say("够了")
    scheme = knowledge.schemes["public_post"]
    assert f"符合：{scheme.name}。{scheme.benefit[0].says}" in match.text
    assert scheme.benefit[0].clause in match.cited


def test_what_is_one_step_away_names_the_step(match, knowledge):
    match.tap("who:hardship")
    match.tap("fact:已认定为就业困难人员:否")
    match.say("够了")
    assert "差一步：公益性岗位安置，先办“就业困难人员认定”。" in match.text


def test_what_is_not_settled_is_listed(match):
    match.tap("who:founder")
    match.say("够了")
    (unsettled,) = [p.text for p in match.reply.paragraphs if p.text.startswith("待核实：")]
    assert "一次性创业补贴" in unsettled


def test_terms_that_are_over_are_listed_apart_and_as_nothing_else(talk, knowledge):
    going = talk(LATER)
    going.tap("match")
    going.tap("who:unemployed")
    going.say("够了")
    (over,) = [p.text for p in going.reply.paragraphs if p.text.startswith("印的期限已过")]
    assert "失业补助金" in over
    rest = "\n".join(p.text for p in going.reply.paragraphs if p.text != over)
    assert "失业补助金" not in rest


def test_within_their_term_none_is_listed_as_over(match):
    match.tap("who:employer")
    match.say("够了")
    assert "印的期限已过" not in match.text


HIRED = {
    "单位类型": "企业",
    "企业规模": "小型",
    "招用人员是高校毕业生": "是",
    "招用的是毕业年度高校毕业生": "是",
    "已签订劳动合同": "是",
    "已参加失业保险": "是",
    "已就该人领取一次性吸纳就业补贴": "否",
    "已就该人领取一次性扩岗补助": "否",
}


@pytest.fixture()
def hired(talk):
    """A small firm that fits 扩岗补助 as well as 吸纳补贴."""
    stated = {label: {"是": True, "否": False}.get(value, value) for label, value in HIRED.items()}
    stated |= {"招用人员毕业年份": 2022, "招用日期": "2022-07-10", "劳动合同期限月数": 12}
    data = {
        **Interview(None, asking="企业规模", asked=1, audience="employer", serves="firm").to_data(),
        "stated": stated,
    }
    going = talk(context=Context(check=data))
    going.say("够了")
    return going


def test_of_two_that_exclude_each_other_only_one_is_said_to_fit(hired, kit):
    fits = [p.text for p in hired.reply.paragraphs if p.text.startswith("符合：")]
    named = [text for text in fits if "一次性扩岗补助" in text or "企业一次性吸纳就业补贴" in text]
    assert len(named) == 1
    pairs = [("一次性扩岗补助", "企业一次性吸纳就业补贴"), ("企业一次性吸纳就业补贴", "一次性扩岗补助")]
    assert any(kit.say("match_excludes", name=name, other=other) in hired.text for name, other in pairs)


def test_the_clause_of_an_exclusion_is_cited(hired):
    assert "sybx-5-1-1" in hired.cited


def test_a_match_stops_by_itself_after_eight_questions(talk, knowledge, kit):
    going = talk()
    going.tap("match")
    going.tap("who:employer")
    asked = 0
    while going.reply.status is Status.CHECK_ASKING:
        asked += 1
        fact = knowledge.facts[going.state["asking"]]
        going.tap(f"fact:{fact.label}:是") if fact.type == "yesno" else going.tap(kit.say("button_unknown"))
    assert going.reply.status is Status.MATCH_RESULT
    assert asked <= 8


def test_a_match_after_a_check_keeps_what_was_stated(benefit, kit):
    benefit.say("被辞退的，办了失业登记，交了三年失业险")
    while benefit.reply.status is Status.CHECK_ASKING:
        benefit.tap(f"fact:{benefit.state['asking']}:是")
    stated = benefit.stated
    benefit.tap(kit.say("button_match"))
    benefit.tap("who:unemployed")
    assert set(stated) <= set(benefit.stated)


# --- choices that no button has ---


@pytest.mark.parametrize(
    "choice",
    [
        "fact:年龄:abc",
        "fact:年龄:",
        "fact:年龄:不适用",
        "fact:性别:zzz",
        "fact:已办失业登记:zzz",
        "fact:没有:是",
        "fact::",
        "who:zzz",
        "check:zzz",
        "check:",
    ],
)
def test_a_wrong_choice_in_a_check_is_answered_politely(talk, choice):
    going = talk()
    going.tap("check:hardship_recognition")
    assert going.tap(choice).paragraphs


@pytest.mark.parametrize(
    "choice", ["fact:年龄:unknown", "fact:已办失业登记:是", "why:年龄", "who:graduate", "result", "resume"]
)
def test_an_old_button_without_a_check_is_answered_politely(talk, choice):
    assert talk().tap(choice).paragraphs


@pytest.mark.parametrize("choice", ["why:zzz", "resume", "result"])
def test_a_choice_that_fits_nowhere_changes_nothing(benefit, choice):
    stated = benefit.stated
    benefit.tap(choice)
    assert benefit.stated == stated


def test_who_still_fits_after_the_term_is_told_first_that_it_is_over(talk, kit, knowledge):
    stated = {
        "正在领取临时生活补助": True,
        "是农牧民": True,
        "目前未就业": True,
        "失业保险缴费月数": 6,
        "停保日期": "2022-03-01",
    }
    check = Interview("living_aid", stated=stated, paused=True)
    going = talk(context=Context(check=check.to_data()), day=date(2026, 11, 23))
    going.tap("result")
    assert going.reply.status is Status.CHECK_ELIGIBLE
    assert going.reply.paragraphs[0].kind == "notice" and "已经过期" in going.reply.paragraphs[0].text
    (term,) = knowledge.terms_of_scheme(knowledge.schemes["living_aid"])
    assert term.name in going.reply.paragraphs[0].text
