"""A conversation that outlives its knowledge: ids that it remembers may be gone with the next version."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.answering import Context, Suggestion
from bot.answering.outlived import still_known
from bot.eligibility import Interview


def check(scheme, **values):
    return Interview(scheme).to_data() | {"asked": 1} | values


GONE = {
    "topic": Context(topic="gone-1"),
    "clause": Context(topic="gone-1", main="gone-1-1", shown=("gone-1-1",), question="失业登记要带什么"),
    "earlier topics": Context(topic="jyfw-3", history=("gone-1-1", "gone-2")),
    "place": Context(place="gone"),
    "directory": Context(directory="gone"),
    "button": Context(pending=(Suggestion("旧按钮", "topic:gone-1"),), pending_kind="aspects"),
    "scheme": Context(check=check("gone", asking="年龄"), pending_kind="check"),
    "fact asked": Context(check=check("living_aid", asking="没有"), pending_kind="check"),
    "fact stated": Context(check=check("living_aid", stated={"没有": 1}, last="没有")),
    "fact not known": Context(check=check("living_aid", unknown=["没有"], paused=True)),
    "check of another version": Context(check={**check("living_aid"), "later": 1}),
    "calculator": Context(calculation={"calculator": "gone"}, pending_kind="calculation"),
}
SAID = (
    "那公司呢",
    "还有呢",
    "上一个",
    "1",
    "电话",
    "能",
    "不知道",
    "失业登记要带什么",
    "回到刚才那个",
    "我在前旗",
    "35岁",
    "3000元",
)
TAPPED = ("resume", "sheet", "topic:gone-1", "calculator:gone", "check:gone", "place:gone", "directory:gone", "match")


@pytest.mark.parametrize("what", GONE)
def test_what_is_gone_stops_no_conversation(ask, kit, what):
    context, broken = still_known(GONE[what], kit), {}
    for text, choice in [*((text, None) for text in SAID), *(("", choice) for choice in TAPPED)]:
        try:
            ask(text, choice=choice, context=context)
        except Exception as error:
            broken[text or choice] = repr(error)
    assert not broken


def test_what_is_there_is_remembered(kit):
    context = Context(
        place="kyqq",
        topic="jyfw-3",
        main="jyfw-3-3",
        shown=("jyfw-3-3",),
        history=("cyfw-1-2",),
        directory=kit.knowledge.county.general_directory,
        pending=(Suggestion("办理材料", "topic:jyfw-3"),),
        pending_kind="check",
        question="失业登记要带什么",
        check=check("living_aid", asking=next(iter(kit.knowledge.facts))),
        calculation={"calculator": next(iter(kit.calculators))},
    )
    assert still_known(context, kit) == context
    assert still_known(replace(context, check=check(None, asking="*who")), kit).check
    assert still_known(Context(), kit) == Context()
