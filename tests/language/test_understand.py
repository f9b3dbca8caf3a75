"""What a message says on its face: place, aspects, topics, and whether it leans on what went before."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

NOT_OURS = "这里只有兴安盟及所属旗县市的电话"

PLACES = [
    ("我在前旗", "kyqq"),
    ("前旗失业金电话", "kyqq"),
    ("科尔沁右翼前旗", "kyqq"),
    ("科佑前旗的", "kyqq"),
    ("我是中旗的", "kyzq"),
    ("白音胡硕", "kyzq"),
    ("扎旗", "zltq"),
    ("音德尔", "zltq"),
    ("札赉特旗", "zltq"),
    ("突泉失业金", "tqx"),
    ("突 泉", "tqx"),
    ("乌市", "wlht"),
    ("烏蘭浩特", "wlht"),
    ("红城", "wlht"),
    ("阿尔山", "aes"),
    ("盟里电话", "xam"),
    ("兴安盟有啥补贴", "xam"),
    ("失业金怎么领", None),
    ("我的盟友", None),
    ("联盟", None),
]

TRAPS = [
    ("科左中旗", NOT_OURS),
    ("科左后旗", NOT_OURS),
    ("科左中旗失业金电话", NOT_OURS),
    ("察右前旗", NOT_OURS),
    ("察右中旗", NOT_OURS),
    ("乌拉特前旗", NOT_OURS),
    ("乌拉特中旗", NOT_OURS),
    ("扎鲁特旗", NOT_OURS),
    ("扎兰屯", NOT_OURS),
    ("通辽", NOT_OURS),
    ("后旗", "兴安盟没有科右后旗"),
    ("科右后旗失业保险电话", "兴安盟没有科右后旗"),
]

ASPECTS = [
    ("失业登记要带啥", ["documents"]),
    ("去哪办", ["how"]),
    ("补多少钱", ["amount"]),
    ("多久到账", ["period"]),
    ("谁能领", ["who"]),
    ("有什么条件", ["condition"]),
    ("电话号码给我", ["phone"]),
    ("是什么", ["what"]),
    ("不能领的情况", ["exception"]),
    ("能领几个月，带啥", ["period", "documents"]),
    ("你好", []),
]

LEANING = [
    "那要带什么",
    "那中旗呢",
    "它多久",
    "还有呢",
    "再说说",
    "个人贷款呢",
    "换成前旗",
    "要是毕业生",
    "这个怎么办",
    "刚才说的那个",
    "也要材料吗",
]
STANDING = ["失业金怎么领", "创业贷款最高多少", "培训补贴多少", "我想申请公益岗"]
# Words that only begin like a word that leans
FALSE_FRIENDS = ["就业见习怎么报名", "就业困难人员怎么认定", "还款方式是什么", "再就业有补贴吗", "换工作了失业金怎么办"]  # fmt: skip


@pytest.mark.parametrize(("text", "place"), PLACES)
def test_a_place_is_known_by_what_people_call_it(reader, text, place):
    assert reader.read(text).place == place


@pytest.mark.parametrize(("text", "says"), TRAPS)
def test_a_neighbour_with_a_like_name_is_not_taken_for_ours(reader, text, says):
    read = reader.read(text)
    assert (read.place, read.wrong_place) == (None, says)


def test_the_league_named_in_passing_gives_way_to_the_county(reader):
    assert reader.read("我们兴安盟有啥政策，我是突泉的").place == "tqx"


def test_the_place_named_last_counts(reader):
    assert reader.read("从前旗搬到中旗了").place == "kyzq"


def test_a_foreign_place_named_beside_ours_does_not_disturb(reader):
    read = reader.read("我从北京打工回突泉")
    assert (read.place, read.wrong_place) == ("tqx", None)


def test_the_core_is_the_message_without_its_places(reader):
    assert reader.read("前旗失业金电话").core == "失业金电话"


def test_every_alias_of_every_place_is_read_as_that_place(reader, knowledge):
    wrong = [
        (alias, place.id)
        for place in knowledge.places.values()
        for alias in place.aliases
        if reader.read(alias).place != place.id
    ]
    assert not wrong


def test_every_confusable_name_is_read_as_no_place_of_ours(reader, knowledge):
    words = [word for words, _ in knowledge.confusable for word in words]
    assert not [word for word in words if reader.read(word).place or not reader.read(word).wrong_place]


@pytest.mark.parametrize(("text", "aspects"), ASPECTS)
def test_an_aspect_is_known_by_its_cue(reader, text, aspects):
    assert list(reader.read(text).aspects) == aspects


def test_every_topic_word_is_read_as_its_topic(reader, knowledge):
    named = {id: topic.words for id, topic in knowledge.topics.items()}
    wrong = [(id, word) for id, words in named.items() for word in words if id not in reader.read(word).topics]
    assert not [
        (id, word) for id, word in wrong if not any(word in knowledge.topics[t].words for t in named if t != id)
    ]


@pytest.mark.parametrize("text", LEANING)
def test_a_message_that_leans_on_the_last_one_is_known(reader, text):
    assert reader.read(text).leans


@pytest.mark.parametrize("text", STANDING)
def test_a_message_that_stands_alone_does_not_lean(reader, text):
    assert not reader.read(text).leans


@pytest.mark.parametrize("text", FALSE_FRIENDS)
def test_a_word_that_begins_like_a_leaning_one_does_not_lean(reader, text):
    assert not reader.read(text).leans


@given(text=st.text(max_size=80))
def test_reading_never_fails(reader, text):
    read = reader.read(text)
    assert len(read.core) <= len(read.text)
    assert all(read.text[entity.start : entity.end] == entity.text for entity in read.entities)


@given(text=st.text(alphabet="我在前中后旗科左右突泉县市万千百十点年月岁元块零二%0159,.-年半 ", max_size=40))
def test_reading_never_fails_on_figures_and_places(reader, text):
    read = reader.read(text)
    assert all(read.text[entity.start : entity.end] == entity.text for entity in read.entities)


@given(text=st.text(max_size=80))
def test_reading_is_the_same_every_time(reader, text):
    assert reader.read(text) == reader.read(text)
