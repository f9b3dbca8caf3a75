"""Three-valued evaluation: small conditions made by hand, and what must hold of every scheme whatever is stated."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.eligibility import State, Verdict, assess, complete, satisfied
from bot.knowledge.schemes import NOT_APPLICABLE, Fact, Group, Leaf, Scheme

from .cases import DAY, FILES, read_cases
from .worlds import World

FACTS = {
    fact.label: fact
    for fact in (
        Fact("甲", "person", "yesno", "甲吗？"),
        Fact("乙", "person", "yesno", "乙吗？"),
        Fact("丙", "person", "yesno", "丙吗？"),
        Fact("年龄", "person", "number", "多大？", least=Decimal(0), most=Decimal(120), may_not_apply=True),
        Fact("类别", "person", "choice", "哪类？", values=("一", "二", "三"), may_not_apply=True),
        Fact("日期", "person", "date", "哪天？"),
        Fact("新人", "firm", "number", "几个新人？", least=Decimal(0), may_not_apply=True),
        Fact("全体", "firm", "number", "一共几个？", least=Decimal(0)),
        Fact("占比", "firm", "number", "占多少？", share=("新人", "全体")),
        Fact("因", "person", "yesno", "因吗？", implies={"是": {"甲": True, "果": True}, "否": {"甲": False}}),
        Fact("果", "person", "yesno", "果吗？", implies={"是": {"乙": True}}),
    )
}
MET, FAILED, UNKNOWN, OPEN = State.MET, State.NOT_MET, State.NOT_STATED, State.OPEN


def leaf(fact, *tests, open_tests=(), says=""):
    return Leaf(
        fact, tests or (("is", True),), "c-1", says or (fact or "期限"), open_tests, "没写明" if open_tests else ""
    )


def group(kind, *parts, name=""):
    return Group(kind, tuple(leaf(part) if isinstance(part, str) else part for part in parts), name)


def scheme(condition):
    whole = condition if isinstance(condition, Group) else group("all", condition)
    return Scheme("s", "某政策", "person", (), "t", (), whole, (), (), (), (), (), (), (), ())


def check(condition, day=DAY, **stated):
    return assess(scheme(condition), stated, FACTS, day)


def state(condition, day=DAY, **stated):
    return satisfied(condition, stated, FACTS, day)


ADULT = leaf("年龄", ("at_least", Decimal(16)), ("at_most", Decimal(60)))
AGES = [(15, FAILED), (16, MET), (17, MET), (59, MET), (60, MET), (61, FAILED), (Decimal("60.1"), FAILED)]


# --- one condition ---


@pytest.mark.parametrize(("age", "expected"), AGES)
def test_both_limits_of_a_range_belong_to_it(age, expected):
    assert state(ADULT, 年龄=Decimal(age)) is expected


@pytest.mark.parametrize(
    ("operator", "below", "at", "above"),
    [
        ("at_least", FAILED, MET, MET),
        ("more_than", FAILED, FAILED, MET),
        ("at_most", MET, MET, FAILED),
        ("less_than", MET, FAILED, FAILED),
        ("is", FAILED, MET, FAILED),
    ],
)
def test_a_number_is_compared_with_its_limit(operator, below, at, above):
    one = leaf("年龄", (operator, Decimal(24)))
    assert [state(one, 年龄=Decimal(age)) for age in (23, 24, 25)] == [below, at, above]


@pytest.mark.parametrize(("value", "expected"), [(True, MET), (False, FAILED)])
def test_yes_or_no(value, expected):
    assert state(leaf("甲"), 甲=value) is expected
    assert state(leaf("甲", ("is", value)), 甲=value) is MET
    assert state(leaf("甲", ("is", not value)), 甲=value) is FAILED


@pytest.mark.parametrize(
    ("tests", "expected"),
    [
        ((("is", "一"),), [MET, FAILED, FAILED]),
        ((("one_of", ("一", "二")),), [MET, MET, FAILED]),
        ((("not_one_of", ("一", "二")),), [FAILED, FAILED, MET]),
    ],
)
def test_a_choice(tests, expected):
    assert [state(leaf("类别", *tests), 类别=value) for value in ("一", "二", "三")] == expected


def test_both_ends_of_a_term_belong_to_it():
    term = leaf("日期", ("from", date(2022, 1, 1)), ("until", date(2022, 12, 31)))
    days = (date(2021, 12, 31), date(2022, 1, 1), date(2022, 12, 31), date(2023, 1, 1))
    assert [state(term, 日期=day) for day in days] == [FAILED, MET, MET, FAILED]


def test_without_a_fact_the_day_itself_is_tested():
    term = leaf(None, ("until", date(2022, 12, 31)))
    assert state(term, date(2022, 12, 31)) is MET
    assert state(term, date(2023, 1, 1)) is FAILED


def test_what_is_not_stated_is_not_no():
    one = check(leaf("甲"))
    assert (one.verdict, one.missing) == (Verdict.UNSETTLED, ("甲",))


def test_a_stated_fact_that_nothing_asks_for_changes_nothing():
    assert check(leaf("甲"), 甲=True, 别的="什么都行").verdict is Verdict.ELIGIBLE


@pytest.mark.parametrize(
    ("tests", "expected"),
    [
        ((("at_least", Decimal(0)),), FAILED),
        ((("at_most", Decimal(120)),), FAILED),
        ((("is", NOT_APPLICABLE),), MET),
        ((("is", Decimal(16)),), FAILED),
        ((("is", NOT_APPLICABLE), ("at_least", Decimal(0))), FAILED),
    ],
)
def test_what_does_not_apply_is_stated_and_fulfils_no_limit(tests, expected):
    assert state(leaf("年龄", *tests), 年龄=NOT_APPLICABLE) is expected


@pytest.mark.parametrize(("tests", "expected"), [((("one_of", ("一",)),), FAILED), ((("not_one_of", ("一",)),), MET)])
def test_a_choice_that_does_not_apply_is_none_of_those_named(tests, expected):
    assert state(leaf("类别", *tests), 类别=NOT_APPLICABLE) is expected


# --- what the text leaves open ---

WITHIN = leaf("年龄", ("at_most", Decimal(24)), open_tests=(("is", Decimal(24)),))
BETWEEN = leaf("年龄", ("at_least", Decimal(15)), open_tests=(("at_least", Decimal(13)), ("less_than", Decimal(15))))


@pytest.mark.parametrize(
    ("one", "expected"),
    [(WITHIN, {23: MET, 24: OPEN, 25: FAILED}), (BETWEEN, {12: FAILED, 13: OPEN, 14: OPEN, 15: MET})],
)
def test_what_is_left_open_is_neither_met_nor_failed(one, expected):
    assert {age: state(one, 年龄=Decimal(age)) for age in expected} == expected


def test_what_does_not_apply_is_not_left_open():
    above = leaf("年龄", ("at_most", Decimal(50)), open_tests=(("more_than", Decimal(50)),))
    assert state(above, 年龄=NOT_APPLICABLE) is FAILED


def test_what_is_left_open_is_said_and_asks_for_nothing():
    one = check(group("all", WITHIN, "甲"), 年龄=Decimal(24), 甲=True)
    assert (one.verdict, one.missing, one.settled) == (Verdict.UNSETTLED, (), True)
    assert [outcome.condition for outcome in one.open()] == [WITHIN]
    assert not one.failed()


def test_what_is_left_open_does_not_keep_a_missing_fact_from_being_asked():
    one = check(group("all", WITHIN, "甲"), 年龄=Decimal(24))
    assert one.missing == ("甲",)
    assert check(group("all", WITHIN, "甲"), 年龄=Decimal(24), 甲=False).verdict is Verdict.NOT_ELIGIBLE


# --- groups ---

TABLE = {
    # kind: outcome for (met, failed), (met, missing), (failed, missing), (met, open), (failed, open), (missing, open)
    "all": [FAILED, UNKNOWN, FAILED, OPEN, FAILED, UNKNOWN],
    "any": [MET, MET, UNKNOWN, MET, OPEN, UNKNOWN],
    "none": [FAILED, FAILED, UNKNOWN, FAILED, OPEN, UNKNOWN],
}
PAIRS = [
    {"甲": True, "乙": False},
    {"甲": True},
    {"甲": False},
    {"甲": True, "年龄": Decimal(24)},
    {"甲": False, "年龄": Decimal(24)},
    {"年龄": Decimal(24)},
]


@pytest.mark.parametrize("kind", TABLE)
def test_a_group_of_two(kind):
    with_second, with_open = group(kind, "甲", "乙"), group(kind, "甲", WITHIN)
    groups = [with_second] * 3 + [with_open] * 3
    assert [state(each, **stated) for each, stated in zip(groups, PAIRS)] == TABLE[kind]
    turned = [group(kind, *reversed(each.parts)) for each in groups]
    assert [state(each, **stated) for each, stated in zip(turned, PAIRS)] == TABLE[kind]


@pytest.mark.parametrize(
    ("kind", "both", "neither"), [("all", MET, FAILED), ("any", MET, FAILED), ("none", FAILED, MET)]
)
def test_a_group_of_two_alike(kind, both, neither):
    assert state(group(kind, "甲", "乙"), 甲=True, 乙=True) is both
    assert state(group(kind, "甲", "乙"), 甲=False, 乙=False) is neither


def test_groups_stand_in_groups():
    nested = group("all", "甲", group("any", "乙", group("none", "丙")))
    assert state(nested, 甲=True, 乙=False, 丙=False) is MET
    assert state(nested, 甲=True, 乙=False, 丙=True) is FAILED
    assert state(nested, 甲=True, 丙=True) is UNKNOWN
    assert state(nested, 甲=False) is FAILED


# --- what is missing ---


def test_facts_that_can_no_longer_matter_are_not_asked():
    assert check(group("all", "甲", "乙"), 甲=False).missing == ()
    assert check(group("any", "甲", "乙"), 甲=True).missing == ()
    assert check(group("none", "甲", "乙"), 甲=True).missing == ()


def test_missing_facts_come_in_printed_order():
    assert check(group("all", "丙", "甲", "乙")).missing == ("丙", "甲", "乙")


def test_what_decides_alone_comes_before_one_of_several_ways():
    assert check(group("all", group("any", "甲", "乙"), "丙")).missing == ("丙", "甲", "乙")


def test_what_several_conditions_wait_for_comes_first():
    assert check(group("all", "甲", group("all", "乙", "乙"))).missing == ("乙", "甲")


def test_a_way_that_is_ruled_out_makes_the_others_weigh_more():
    ways = group("all", group("any", "乙", "丙", "因"), group("any", "甲", "丙"))
    assert check(ways).missing == ("丙", "甲", "乙", "因")
    assert check(ways, 丙=False, 乙=False).missing == ("因", "甲")


def test_only_the_missing_part_of_a_way_is_asked():
    assert check(group("any", group("all", "甲", "乙"), "丙"), 甲=True, 丙=False).missing == ("乙",)


# --- reasons ---


def test_the_reason_is_the_failed_condition():
    one = check(group("all", "甲", "乙", "丙"), 甲=True, 乙=False, 丙=False)
    assert [outcome.condition.fact for outcome in one.failed()] == ["乙", "丙"]


def test_of_several_ways_all_failed_the_reason_is_the_whole():
    ways = group("any", "甲", "乙", name="某类人员")
    one = check(group("all", ways, "丙"), 甲=False, 乙=False, 丙=True)
    assert [outcome.condition for outcome in one.failed()] == [ways]


def test_the_reason_of_what_must_not_be_is_what_is():
    one = check(group("all", group("none", "甲", "乙")), 甲=True, 乙=False)
    assert [outcome.condition.fact for outcome in one.failed()] == ["甲"]


def test_what_carries_a_yes_is_one_way_and_all_that_is_demanded():
    one = check(group("all", "丙", group("any", "甲", "乙")), 甲=False, 乙=True, 丙=True)
    assert [outcome.condition.fact for outcome in one.met()] == ["丙", "乙"]


def test_a_yes_has_no_reasons_against_it_and_a_no_none_for_it():
    yes, no = check(leaf("甲"), 甲=True), check(leaf("甲"), 甲=False)
    assert (yes.failed(), no.met(), yes.open(), no.open()) == ((), (), (), ())


def test_the_outcome_keeps_the_stated_value_and_the_order():
    one = check(group("all", "甲", group("any", ADULT, "乙")), 甲=True, 年龄=Decimal(40))
    assert [(each.condition.fact, each.value, each.missing) for each in one.outcome.leaves()] == [
        ("甲", True, ()),
        ("年龄", Decimal(40), ()),
        ("乙", None, ("乙",)),
    ]


# --- what follows from what is stated ---


def test_what_follows_is_known_too():
    assert complete({"因": True}, FACTS) == {"因": True, "甲": True, "果": True, "乙": True}
    assert complete({"因": False}, FACTS) == {"因": False, "甲": False}


def test_what_is_stated_is_never_overruled():
    assert complete({"因": True, "甲": False}, FACTS)["甲"] is False


def test_what_follows_is_not_asked():
    assert check(group("all", "因", "甲", "乙"), 因=True).verdict is Verdict.ELIGIBLE


def test_what_is_stated_stays_as_it_was():
    stated = {"因": True}
    complete(stated, FACTS)
    assert stated == {"因": True}


def test_what_follows_from_a_choice_or_a_number_is_found_by_its_value():
    facts = {**FACTS, "类别": Fact("类别", "person", "choice", "", values=("一",), implies={"一": {"甲": True}})}
    assert complete({"类别": "一"}, facts)["甲"] is True
    assert "甲" not in complete({"类别": "二"}, facts)


def test_implications_in_a_circle_come_to_an_end():
    facts = {
        "甲": Fact("甲", "person", "yesno", "", implies={"是": {"乙": True}}),
        "乙": Fact("乙", "person", "yesno", "", implies={"是": {"甲": True}}),
    }
    assert complete({"甲": True}, facts) == {"甲": True, "乙": True}


# --- shares ---

FIFTEEN = leaf("占比", ("at_least", Decimal(15)))


@pytest.mark.parametrize(
    ("part", "whole", "expected"), [(3, 20, MET), (15, 100, MET), (14, 100, FAILED), (0, 5, FAILED)]
)
def test_a_share_is_worked_out_from_its_parts(part, whole, expected):
    assert state(FIFTEEN, 新人=Decimal(part), 全体=Decimal(whole)) is expected


def test_a_share_is_not_rounded():
    assert state(FIFTEEN, 新人=Decimal(2999), 全体=Decimal(20000)) is FAILED
    assert state(leaf("占比", ("at_least", Decimal(100) / 3)), 新人=Decimal(1), 全体=Decimal(3)) is MET


def test_for_a_share_its_parts_are_asked():
    assert check(FIFTEEN).missing == ("新人", "全体")
    assert check(FIFTEEN, 新人=Decimal(3)).missing == ("全体",)


def test_a_share_can_be_stated_itself():
    assert state(FIFTEEN, 占比=Decimal(15)) is MET


def test_a_share_of_nothing_does_not_apply():
    assert state(FIFTEEN, 新人=Decimal(0), 全体=Decimal(0)) is FAILED
    assert state(FIFTEEN, 新人=NOT_APPLICABLE, 全体=Decimal(9)) is FAILED


# --- every scheme, whatever is stated ---


@pytest.fixture(scope="module")
def worlds(knowledge):
    """What can be true, for every scheme; the values of its written cases are among it."""
    found = {}
    for path in FILES:
        tried = {}
        for case in read_cases(path, knowledge.facts):
            for label, value in case.stated.items():
                tried.setdefault(label, set()).add(value)
        found[path.stem] = World.of(knowledge.schemes[path.stem], knowledge.facts, tried)
    return found


def told_step_by_step(world, random):
    """What is stated, from nothing to everything, without contradiction, in any order."""
    stated = {}
    yield dict(stated)
    labels = list(world.values)
    random.shuffle(labels)
    for label in labels:
        fitting = world.open_values(stated, label)
        if label not in complete(stated, world.facts) and fitting:
            stated[label] = random.choice(fitting)
            yield dict(stated)


schemes = st.sampled_from([path.stem for path in FILES])
randoms = st.randoms(use_true_random=False)
days = st.sampled_from([date(2020, 6, 1), DAY, date(2026, 11, 23)])


@settings(max_examples=250)
@given(id=schemes, random=randoms, day=days)
def test_what_is_settled_stays_whatever_else_is_stated(worlds, id, random, day):
    world = worlds[id]
    settled = None
    for stated in told_step_by_step(world, random):
        one = assess(world.scheme, stated, world.facts, day)
        if settled is not None:
            assert (one.verdict, one.missing) == (settled, ()), stated
        elif one.settled:
            settled = one.verdict


@settings(max_examples=250)
@given(id=schemes, random=randoms, day=days)
def test_a_yes_or_no_is_settled_and_asks_for_nothing(worlds, id, random, day):
    world = worlds[id]
    for stated in told_step_by_step(world, random):
        one = assess(world.scheme, stated, world.facts, day)
        assert one.settled or one.verdict is Verdict.UNSETTLED, stated


@settings(max_examples=150)
@given(id=schemes, random=randoms)
def test_when_everything_is_stated_nothing_is_asked(worlds, id, random):
    world = worlds[id]
    *_, everything = told_step_by_step(world, random)
    one = assess(world.scheme, everything, world.facts, DAY)
    assert one.settled
    assert one.verdict is not Verdict.UNSETTLED or one.open()


@settings(max_examples=250)
@given(id=schemes, random=randoms)
def test_only_facts_that_are_not_known_are_asked(worlds, id, random):
    world = worlds[id]
    for stated in told_step_by_step(world, random):
        missing = assess(world.scheme, stated, world.facts, DAY).missing
        assert not set(missing) & set(complete(stated, world.facts)), stated
        assert set(missing) <= set(world.values)
        assert len(set(missing)) == len(missing)


@settings(max_examples=250)
@given(id=schemes, random=randoms)
def test_the_next_question_can_change_the_verdict(worlds, id, random):
    """With something else besides, two answers to it lead to two verdicts that nothing changes any more."""
    world = worlds[id]
    told = list(told_step_by_step(world, random))
    stated = random.choice(told)
    missing = assess(world.scheme, stated, world.facts, DAY).missing
    if missing:
        assert world.witness(stated, missing[0], DAY) is not None, (missing[0], stated)


@settings(max_examples=150)
@given(id=schemes, random=randoms, day=days)
def test_a_verdict_is_explained(worlds, id, random, day):
    world = worlds[id]
    for stated in told_step_by_step(world, random):
        one = assess(world.scheme, stated, world.facts, day)
        assert bool(one.failed()) == (one.verdict is Verdict.NOT_ELIGIBLE)
        assert bool(one.met()) == (one.verdict is Verdict.ELIGIBLE)
        if one.settled and one.verdict is Verdict.UNSETTLED:
            assert all(outcome.condition.open_says for outcome in one.open()) and one.open()


@settings(max_examples=100)
@given(id=schemes, random=randoms)
def test_the_order_in_which_facts_are_stated_does_not_matter(worlds, id, random):
    world = worlds[id]
    stated = random.choice(list(told_step_by_step(world, random)))
    turned = dict(reversed(stated.items()))
    assert assess(world.scheme, stated, world.facts, DAY) == assess(world.scheme, turned, world.facts, DAY)
