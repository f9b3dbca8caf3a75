"""What a client may send."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.web.errors import Refused
from bot.channels.web.intake import Sent, body_of, label, place, sent, vote

ID = "m-12345678"
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=20)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=8), inner, max_size=3)),
    max_leaves=8,
)


def refusal(call, *args):
    with pytest.raises(Refused) as caught:
        call(*args)
    return caught.value.status, caught.value.code


def test_a_text_is_a_message(kit):
    assert sent({"id": ID, "text": "你好"}, kit) == Sent(ID, "你好")


def test_a_choice_may_bring_its_label(kit):
    assert sent({"id": ID, "choice": "topic:jyfw-3", "text": "失业登记"}, kit).text == "失业登记"


def test_a_choice_without_a_label_is_named_by_the_server(kit):
    assert sent({"id": ID, "choice": "check:hardship_recognition"}, kit).text == "就业困难人员认定，我符合吗"
    assert label("topic:jyfw-3", kit) == kit.knowledge.topics["jyfw-3"].name
    assert label("place:kyqq", kit) == "科右前旗"
    assert label("calculator:overtime_pay", kit) == "加班费"
    assert label("check:nothing", kit) == "check:nothing"
    assert label("calculators", kit) == "算一算"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"text": "你好"}, (400, "bad_message")),
        ({"id": "short", "text": "你好"}, (400, "bad_message")),
        ({"id": "x" * 65, "text": "你好"}, (400, "bad_message")),
        ({"id": "有汉字的编号abc", "text": "你好"}, (400, "bad_message")),
        ({"id": ID}, (400, "bad_message")),
        ({"id": ID, "text": "  \n"}, (400, "bad_message")),
        ({"id": ID, "text": 5}, (400, "bad_message")),
        ({"id": ID, "text": "问" * 501}, (413, "too_long")),
        ({"id": ID, "choice": 5}, (400, "bad_message")),
        ({"id": ID, "choice": "/restart"}, (400, "bad_message")),
        ({"id": ID, "choice": "topic:" + "x" * 101}, (400, "bad_message")),
        ({"id": ID, "choice": "topic:a\nb"}, (400, "bad_message")),
        ({"id": ID, "form": []}, (400, "bad_message")),
        ({"id": ID, "form": {}, "choice": "match"}, (400, "bad_message")),
    ],
)
def test_anything_else_is_refused_with_its_code(kit, body, expected):
    assert refusal(sent, body, kit) == expected


def test_five_hundred_characters_are_read(kit):
    assert len(sent({"id": ID, "text": "问" * 500}, kit).text) == 500


@given(st.dictionaries(st.sampled_from(["id", "text", "choice", "form"]), JSON))
def test_any_json_is_a_message_or_refused(kit, body):
    try:
        assert isinstance(sent(body, kit), Sent)
    except Refused as refused:
        assert refused.status in (400, 413)


@pytest.mark.parametrize("raw", [b"{", b"[]", b"5", b"\xff", b"[" * 3000, b"null"])
def test_a_body_that_is_no_object_is_refused(raw):
    assert refusal(body_of, SimpleNamespace(body=raw)) == (400, "bad_json")


def test_a_vote_is_read():
    given_ = vote({"message": ID, "vote": "down", "reason": "wrong", "comment": "不对"})
    assert (given_.message, given_.vote, given_.reason, given_.comment) == (ID, "down", "wrong", "不对")
    assert vote({"message": ID, "vote": None}).vote is None


@pytest.mark.parametrize(
    "body",
    [
        {"vote": "up"},
        {"message": ID, "vote": "sideways"},
        {"message": ID, "vote": "up", "reason": "drop table"},
        {"message": ID, "vote": "up", "comment": 5},
        {"message": ID, "vote": ["up"]},
    ],
)
def test_another_vote_is_refused(body):
    assert refusal(vote, body) == (400, "bad_message")


def test_a_long_comment_is_refused():
    assert refusal(vote, {"message": ID, "vote": "up", "comment": "长" * 201}) == (413, "too_long")


def test_a_place_that_is_not_ours_counts_as_none(kit):
    assert place({"place": "kyqq"}, kit) == "kyqq"
    assert place({"place": "elsewhere"}, kit) is None
    assert place({"place": ["kyqq"]}, kit) is None
    assert place(json.loads("{}"), kit) is None
