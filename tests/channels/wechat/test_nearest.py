"""A position that someone sends lies in or near one of the places, or far from all of them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.wechat.nearest import kilometres, nearest

WULANHOT = (46.08, 122.07)  # between the seats of 乌兰浩特市 and 科右前旗, nearer to the first
DEGREES = (st.floats(-90, 90), st.floats(-180, 180))


def test_every_seat_is_nearest_to_itself(knowledge):
    for place, (latitude, longitude) in knowledge.coordinates.items():
        assert nearest(knowledge, latitude, longitude) == place


def test_every_place_but_the_league_has_a_seat(knowledge):
    assert set(knowledge.places) - set(knowledge.coordinates) == {knowledge.county.general_place}


def test_the_nearest_seat_counts_where_nothing_is_written(knowledge):
    assert nearest(knowledge, *WULANHOT) == "wlht"


@pytest.mark.parametrize(
    "label, place",
    [
        ("内蒙古自治区兴安盟科尔沁右翼前旗某路", "kyqq"), ("兴安盟乌兰浩特市", "wlht"), ("兴安盟", "wlht"), ("Home", "wlht"),
        ("科爾沁右翼前旗", "kyqq"),
    ],
)  # fmt: skip
def test_the_written_address_decides_between_seats_close_together(knowledge, label, place):
    assert nearest(knowledge, *WULANHOT, label) == place


@pytest.mark.parametrize(
    "latitude, longitude", [(23.13, 113.36), (39.9, 116.4), (45.75, 126.65), (0.0, 0.0), (90.0, 0.0)]
)
def test_a_far_position_is_nowhere(knowledge, latitude, longitude):
    assert nearest(knowledge, latitude, longitude) is None


def test_a_name_does_not_bring_a_far_position_near(knowledge):
    assert nearest(knowledge, 39.9, 116.4, "突泉县驻京办") is None


@pytest.mark.parametrize(
    "one, other, distance",
    [((46.08, 122.09), (46.08, 122.09), 0), ((0, 0), (0, 90), 10007.5), ((90, 0), (-90, 0), 20015.1), ((45, 0), (46, 0), 111.2)],
)  # fmt: skip
def test_distances_are_those_of_a_sphere(one, other, distance):
    assert kilometres(one, other) == pytest.approx(distance, abs=0.1)


@given(st.tuples(*DEGREES), st.tuples(*DEGREES))
def test_a_distance_is_the_same_both_ways_and_at_most_half_round_the_globe(one, other):
    assert kilometres(one, other) == pytest.approx(kilometres(other, one))
    assert 0 <= kilometres(one, other) <= 20016


@given(*DEGREES)
def test_every_position_has_an_answer(knowledge, latitude, longitude):
    assert nearest(knowledge, latitude, longitude) in {*knowledge.coordinates, None}
