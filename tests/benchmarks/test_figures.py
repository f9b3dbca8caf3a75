"""The arithmetic of the measurements."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.load import Sample
from benchmarks.performance.figures import medians, milliseconds, of_load, paired


def sample(seconds: float, ended: float, answered: bool = True) -> Sample:
    return Sample("policy", seconds, ended, answered)


def test_percentiles_are_interpolated_and_in_milliseconds():
    found = milliseconds([i / 1000 for i in range(101)])
    assert found == pytest.approx({"p50_ms": 50, "p95_ms": 95, "p99_ms": 99})


def test_percentiles_of_nothing_are_refused():
    with pytest.raises(ValueError):
        milliseconds([])


@given(st.lists(st.floats(0, 100), min_size=1))
def test_percentiles_rise_and_stay_within_what_was_measured(seconds):
    found = milliseconds(seconds)
    slack = 1e-6
    assert min(seconds) * 1000 - slack <= found["p50_ms"] <= found["p95_ms"] + slack
    assert found["p95_ms"] <= found["p99_ms"] + slack <= max(seconds) * 1000 + 2 * slack


def test_an_answer_after_the_end_counts_for_the_percentiles_and_not_for_the_throughput():
    found = of_load([sample(0.1, ended=9.0), sample(0.3, ended=10.5)], end=10.0, seconds=2.0)
    assert found["per_second"] == 0.5
    assert found["p50_ms"] == pytest.approx(200)


def test_a_message_without_an_answer_is_counted_as_failed_only():
    found = of_load([sample(0.1, 1.0), sample(5.0, 1.0, answered=False)], end=2.0, seconds=1.0)
    assert (found["failed"], found["messages"], found["per_second"]) == (1, 2, 1)
    assert found["p99_ms"] == pytest.approx(100)


def test_the_median_of_a_figure_is_over_the_rounds_that_have_it():
    assert medians([{"a": 1.0}, {"a": 5.0, "b": 7.0}, {"a": 3.0}]) == {"a": 3.0, "b": 7.0}


def test_a_ratio_is_of_the_medians_and_left_out_where_stock_has_nothing():
    found = paired([{"a": 2.0, "b": 1.0, "c": 1.0}, {"a": 4.0}], [{"a": 6.0, "b": 0.0}])
    assert found["ratio"] == {"a": 0.5}
    assert found["rounds"]["ours"][1] == {"a": 4.0}
