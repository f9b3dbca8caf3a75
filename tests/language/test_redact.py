"""Personal data is masked before anything else sees the message, and nothing else is."""

from __future__ import annotations

import re
import time
from datetime import date
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bot.knowledge.printed import printed_addresses, printed_phones
from bot.language import Redactor
from bot.language.personal_numbers import is_card_number, is_identity_number

CASES = yaml.safe_load(Path(__file__).with_name("personal.yml").read_text(encoding="utf-8"))
VALID = "11010519491231002X"  # the example of GB 11643-1999
SPOKEN = str.maketrans("0123456789", "零一二三四五六七八九")
WIDE = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")
GAPS = ["", " ", "-", "·", " - ", "　"]

around = st.text(alphabet="我的电话是，。 失业金abc/", max_size=12)
mobiles = st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True)
spellings = st.sampled_from([str, lambda digits: digits.translate(SPOKEN), lambda digits: digits.translate(WIDE)])
pieces = st.lists(
    st.sampled_from(
        [
            *(
                "我叫",
                "我是",
                "姓名：",
                "本人",
                "王",
                "强",
                "李娜",
                "巴特尔",
                "，",
                " ",
                "。",
                "住",
                "路",
                "号",
                "3号楼",
                "村",
            ),
            *(
                "嘎查",
                "单元",
                "5",
                "0482",
                "-",
                "8231990",
                "138",
                "1234",
                "5678",
                "6222",
                "一",
                "零",
                "X",
                "@",
                "qq.com",
            ),
            *("微信", "蒙F", "12345", "身份证", "电话", "〔手机号〕", "〔", "〕", "／", "\u200b", VALID),
        ]
    ),
    max_size=14,
).map("".join)


@pytest.fixture(scope="module")
def redactor(knowledge):
    return Redactor(printed_phones(knowledge), printed_addresses(knowledge))


@st.composite
def identities(draw):
    """An identity number with a right checksum and a day of birth."""
    area = draw(st.sampled_from(["152201", "152221", "110105", "230102", "659001"]))
    born = draw(st.dates(date(1930, 1, 1), date(2020, 12, 31))).strftime("%Y%m%d")
    first = area + born[:8] + draw(st.from_regex(r"[0-9]{3}", fullmatch=True))
    return next(first + last for last in "0123456789X" if is_identity_number(first + last))


@st.composite
def cards(draw):
    """A card number of 16 to 19 digits that is right by Luhn."""
    first = draw(st.sampled_from(["62", "4", "5", "60", "35"]))
    size = draw(st.integers(15, 18)) - len(first)
    first += draw(st.from_regex(rf"[0-9]{{{size}}}", fullmatch=True))
    return next(first + last for last in "0123456789" if is_card_number(first + last))


@pytest.mark.parametrize(("typed", "kept"), CASES["masked"].items())
def test_what_is_personal_is_masked(redactor, typed, kept):
    masked, kinds = redactor.redact(typed)
    assert masked == kept
    assert kinds == tuple(dict.fromkeys(re.findall("〔(.*?)〕", kept))) or typed == kept


@pytest.mark.parametrize("typed", CASES["left"])
def test_everything_else_is_returned_as_it_came(redactor, typed):
    assert redactor.redact(typed) == (typed, ())


def test_no_authored_question_is_changed_but_the_one_that_names_a_child(redactor, questions):
    changed = {question.text: redactor.redact(question.text) for question in questions}
    assert [kinds for _, kinds in changed.values() if kinds] == [("姓名",)]
    assert [text for text, (_, kinds) in changed.items() if kinds and "名字叫巴特尔" not in text] == []


def test_nothing_that_the_brochures_print_is_changed(redactor, knowledge):
    texts = [*(clause.text for clause in knowledge.clauses.values()), *knowledge.answers.values()]
    assert [text for text in texts if redactor.redact(text)[1]] == []


def test_every_number_of_the_contacts_may_be_asked_about(redactor, knowledge):
    phones = [phone.number for each in knowledge.directories.values() for phone in each.phones.values()]
    phones += [incubator.phone.number for incubator in knowledge.incubators]
    ways = [phone for number in phones for phone in (number, number.replace("-", ""), number.replace("-", " "))]
    assert [phone for phone in ways if redactor.redact(f"{phone}打不通")[1]] == []


def test_without_knowledge_every_telephone_number_is_somebodys():
    assert Redactor().redact("18614820020") == ("〔手机号〕", ("手机号",))


def test_what_a_channel_masked_is_still_known_to_be_masked(redactor):
    assert redactor.redact("打我〔手机号〕") == ("打我〔手机号〕", ("手机号",))


def test_the_kinds_are_named_once_each_in_the_order_of_the_text(redactor):
    assert redactor.redact(f"13812345678，{VALID}，13912345678")[1] == ("手机号", "身份证号")


@given(before=around, number=mobiles, after=around, spell=spellings)
def test_no_mobile_number_is_left(redactor, before, number, after, spell):
    masked, kinds = redactor.redact(before + spell(number) + after)
    assert kinds and spell(number) not in masked


@given(before=around, number=identities(), after=around, spell=spellings)
def test_no_identity_number_is_left(redactor, before, number, after, spell):
    assert redactor.redact(before + spell(number) + after)[0] == before + "〔身份证号〕" + after


@given(number=identities(), cuts=st.sets(st.integers(1, 17)), gap=st.sampled_from(GAPS), before=around)
def test_no_identity_number_is_left_wherever_it_is_cut(redactor, number, cuts, gap, before):
    written = "".join(gap * (i in cuts) + digit for i, digit in enumerate(number))
    masked = redactor.redact(before + written)[0]
    assert not re.search(r"\d{4}", masked), masked


@given(number=cards(), before=around, after=around)
def test_no_card_number_is_left(redactor, number, before, after):
    masked, kinds = redactor.redact(before + number + after)
    assert kinds and not re.search(r"\d{5}", masked)


@given(number=cards(), gap=st.sampled_from(GAPS))
def test_no_card_number_is_left_in_groups_of_four(redactor, number, gap):
    groups = [number[i : i + 4] for i in range(0, len(number), 4)]
    written = gap.join(groups)
    amounts = sum(part.endswith(("00", "50")) or part.startswith(("19", "20")) for part in groups)
    if amounts * 2 < len(groups):
        assert not re.search(r"\d", redactor.redact(written)[0])


@given(digits=st.from_regex(r"[0-9]{15,40}", fullmatch=True), before=around, after=around)
def test_no_run_of_fifteen_digits_is_left(redactor, digits, before, after):
    assert not re.search(r"\d{15}", redactor.redact(before + digits + after)[0])


@given(
    numbers=st.lists(st.integers(0, 999_999), max_size=6), unit=st.sampled_from(["元", "年", "岁", "个月", "万", "%"])
)
def test_no_amount_is_masked(redactor, numbers, unit):
    text = "，".join(f"工资{number}{unit}" for number in numbers)
    assert redactor.redact(text) == (text, ())


@given(text=st.one_of(st.text(max_size=60), pieces))
def test_masking_twice_changes_nothing_more(redactor, text):
    once, kinds = redactor.redact(text)
    assert redactor.redact(once) == (once, kinds)


@given(text=st.one_of(st.text(max_size=60), pieces))
def test_a_text_without_a_mask_is_returned_as_it_came(redactor, text):
    masked, kinds = redactor.redact(text)
    assert kinds or masked == text


@pytest.mark.parametrize(
    "piece", ["1 ", "我叫王", "村3组", "住在路3", "a.b@", "一", "3号楼", "姓名：王", "0482-", "微信a", "单元"]
)
def test_the_cost_of_a_hostile_text_grows_no_worse_than_its_square(redactor, piece):
    def seconds(text):
        start = time.process_time()
        redactor.redact(text)
        return time.process_time() - start

    text = piece * 500
    short, long = (min(seconds(text[:size]) for _ in range(5)) for size in (125, 500))
    assert long < 32 * short
