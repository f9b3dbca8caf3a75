"""What a message leans on: follow-ups, corrections (不是X，是Y), 还有呢, and back to an earlier topic (上一个, 回到刚才那个…)."""

from __future__ import annotations

import pytest

from bot.answering import Context, Status

REGISTERED = "失业登记要带什么证件"  # jyfw-3-3
LOAN = "创业担保贷款个人最高多少"  # cyfw-1-3-1
CARD = "就业创业证要带什么材料"  # jyfw-1-3


def fault(*values, reason):
    return pytest.param(*values, marks=pytest.mark.xfail(strict=True, reason=reason))


@pytest.fixture(scope="module")
def after(ask):
    """The last reply of a conversation: `after("失业金怎么领", "还有呢")`."""

    def run(*texts, acts=None):
        context = Context()
        for text in texts:
            act = (acts or {}).get(text, "")
            reply = ask(text, context=context, act=act, confidence=0.95 if act else 0.0)
            context = reply.context
        return reply

    return run


def cited(reply):
    return [citation.clause for citation in reply.citations]


# --- 不是X，是Y ---


@pytest.mark.parametrize(
    ("first", "said", "topic"),
    [
        (REGISTERED, "不是失业登记，是就业登记", "jyfw-2"),
        (REGISTERED, "说错了，我问的是就业登记", "jyfw-2"),
        (REGISTERED, "我说的是就业登记", "jyfw-2"),
        (REGISTERED, "错了，是就业创业证", "jyfw-1"),
        (LOAN, "不是个人，是公司", "cyfw-2"),
        fault(
            "灵活就业的就业困难人员社保补贴标准",
            "不是灵活就业，是单位招用",
            "jyfw-6",
            reason="the topic stays, because neither word names one",
        ),
    ],
)
def test_a_correction_changes_the_topic_and_keeps_the_question(after, first, said, topic):
    reply = after(first, said)
    assert reply.status is Status.ANSWERED
    assert reply.context.topic == topic


def test_what_is_denied_is_not_answered(after):
    reply = after(REGISTERED, "不是失业登记，是就业登记")
    assert not [id for id in cited(reply) if id.startswith("jyfw-3")]


def test_a_correction_keeps_the_aspect(after, knowledge):
    reply = after(REGISTERED, "不是失业登记，是就业登记")
    assert "documents" in {aspect for id in cited(reply) for aspect in knowledge.clauses[id].aspects}


def test_a_correction_can_come_with_the_first_question(after):
    assert after("不是失业登记，是就业登记要带什么").context.topic == "jyfw-2"


@pytest.mark.xfail(
    strict=True, reason="不是 of 是不是 is read as a denial, and what stands behind it is not searched for"
)
@pytest.mark.parametrize("said", ["失业登记是不是要带身份证", "失业登记是不是得本人去"])
def test_a_question_with_是不是_is_no_correction(after, said):
    reply = after(LOAN, said)
    assert reply.context.topic == "jyfw-3"


def test_after_a_correction_the_talk_goes_on_about_what_was_meant(after):
    assert after(REGISTERED, "不是失业登记，是就业登记", "在哪办").context.topic == "jyfw-2"


# --- 还有呢 ---


@pytest.mark.parametrize("said", ["还有呢", "还有吗", "还有什么", "别的呢", "接着说"])
def test_more_shows_what_was_not_shown(after, said):
    first = after("失业金怎么领")
    second = after("失业金怎么领", said)
    assert second.status is Status.ANSWERED
    assert second.context.topic == first.context.topic
    phones = {phone.clause for phone in second.contacts}
    assert not (set(cited(second)) - phones) & set(cited(first))


def test_more_again_shows_more_again(after):
    replies = [after("失业金怎么领", *["还有呢"] * times) for times in (0, 1, 2)]
    quoted = [set(cited(reply)) - {phone.clause for phone in reply.contacts} for reply in replies]
    assert all(quoted)
    assert not quoted[0] & quoted[1] and not quoted[1] & quoted[2] and not quoted[0] & quoted[2]


def test_what_was_shown_is_forgotten_with_the_next_question(after):
    reply = after("失业金怎么领", "还有呢", "失业金怎么领")
    assert cited(reply)[0].startswith("sybx-6-2")


def test_more_without_anything_before_is_asked_back(after):
    assert after("还有呢").status is Status.CLARIFICATION_VAGUE


@pytest.mark.xfail(strict=True, reason="four characters besides 还有什么 are taken for nothing")
def test_more_of_something_else_is_a_question_of_its_own(after):
    assert after("失业金怎么领", "还有什么创业补贴").context.topic.startswith("cyfw")


def test_more_as_the_nlu_hears_it(after):
    reply = after("失业金怎么领", "嗯呢", acts={"嗯呢": "more"})
    assert reply.context.topic == "sybx-6"


# --- back to what was before ---


@pytest.mark.parametrize(
    "said",
    [
        "上一个",
        "上个",
        "前面那个",
        fault("回到上一个", reason="two words that mean back, one behind the other, are refused"),
        fault("再说回刚才的", reason="two words that mean back, one behind the other, are refused"),
    ],
)
def test_back_shows_the_topic_before(after, said):
    reply = after(CARD, LOAN, said)
    assert (reply.status, reply.context.topic) == (Status.ANSWERED, "jyfw-1")
    assert cited(reply)[0] == "jyfw-1-3"


def test_back_and_back_again_goes_to_and_fro(after):
    assert after(CARD, LOAN, "上一个", "上一个").context.topic == "cyfw-1"


def test_back_by_name(after):
    assert after(CARD, LOAN, "回到刚才那个就业创业证，在哪办").context.topic == "jyfw-1"
    assert after("失业金怎么领", LOAN, "还是说失业金吧，怎么领").context.topic == "sybx-6"


def test_back_with_a_question_answers_it(after):
    reply = after(CARD, LOAN, "回到刚才那个就业创业证，在哪办")
    assert "jyfw-1-2-1" in cited(reply)


@pytest.mark.xfail(strict=True, reason="在哪办 is all filler, so the clause of before is shown again instead")
def test_back_without_a_name_but_with_a_question_answers_it(after):
    assert "jyfw-1-2-1" in cited(after(CARD, LOAN, "刚才那个在哪办"))


def test_back_without_anything_before_shows_what_is_talked_of(after):
    assert after(REGISTERED, "上一个").context.topic == "jyfw-3"


def test_three_topics_are_remembered_in_their_order(after):
    reply = after(CARD, REGISTERED, LOAN)
    assert reply.context.history == ("jyfw-1-3", "jyfw-3-3")
    assert reply.context.main == "cyfw-1-3-1"


def test_a_topic_comes_into_the_history_once(after):
    reply = after(CARD, LOAN, CARD, LOAN)
    assert reply.context.history == ("cyfw-1-3-1", "jyfw-1-3")


def test_the_history_has_an_end(after):
    texts = [CARD, LOAN, REGISTERED, "失业金怎么领", "一次性创业补贴给多少", "公益性岗位补贴标准", "扩岗补助给多少"]
    assert len(after(*texts).context.history) == 5


# --- follow-ups and new subjects ---


@pytest.mark.parametrize("said", ["在哪办", "那在哪办", "网上能办吗", "要多久"])
def test_a_short_question_leans_on_the_topic(after, said):
    assert after(CARD, said).context.topic == "jyfw-1"


@pytest.mark.parametrize(
    "said", ["换个问题，一次性创业补贴给多少", "对了，一次性创业补贴给多少", "另外问一下，一次性创业补贴给多少"]
)
def test_a_new_subject_that_is_announced_leaves_the_old_one(after, said):
    reply = after(REGISTERED, said)
    assert (reply.context.topic, cited(reply)[0]) == ("cyfw-3", "cyfw-3-3-1")


def test_after_a_refusal_the_topic_stays(after):
    reply = after("失业金怎么领", "今天天气怎么样", "在哪领")
    assert reply.context.topic == "sybx-6"
