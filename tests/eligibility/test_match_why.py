"""After a match, on request: why the rest does not fit."""

from __future__ import annotations

from bot.answering import Context, Status


def test_why_not_names_schemes_and_the_condition_that_fails(ask):
    context = ask("我62岁男的，下岗了，我能享受哪些政策", context=Context(place="xam", place_asked=True)).context
    result = ask("够了", context=context)
    assert result.status is Status.MATCH_RESULT
    reply = ask("别的为什么不行", context=result.context)
    assert reply.status is Status.MATCH_RESULT
    said = [paragraph.text for paragraph in reply.paragraphs]
    assert any(text.startswith("不符合：") and "没有达到的条件：" in text for text in said)
