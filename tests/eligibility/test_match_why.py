"""After a result: why the rest does not fit, and how it was in another year."""

from __future__ import annotations

from datetime import date

from bot.answering import Context, Status


def test_why_not_names_schemes_and_the_condition_that_fails(ask):
    context = ask("我62岁男的，下岗了，我能享受哪些政策", context=Context(place="xam", place_asked=True)).context
    result = ask("够了", context=context)
    assert result.status is Status.MATCH_RESULT
    reply = ask("别的为什么不行", context=result.context)
    assert reply.status is Status.MATCH_RESULT
    said = [paragraph.text for paragraph in reply.paragraphs]
    assert any(text.startswith("不符合：") and "没有达到的条件：" in text for text in said)


def test_a_check_can_be_judged_on_another_day(ask):
    today = date(2023, 10, 15)
    context = Context(place="xam", place_asked=True)
    for text in ("领着失业金呢，刚拿到初级证，网上能查到，技能提升补贴我能申请吗",):
        first = ask(text, context=context, day=today)
    assert first.status is Status.CHECK_NOT_ELIGIBLE
    reply = ask("去年符合吗", context=first.context, day=today)
    assert "2022-10-15" in reply.paragraphs[0].text
    assert reply.status is not Status.CHECK_NOT_ELIGIBLE
