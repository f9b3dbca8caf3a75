"""The arithmetic on paper: more people need more, never fewer than two machines, and what is full first is said."""

from __future__ import annotations

import pytest

from benchmarks.capacity import STEPS, Cost, peak_of, step, table

COST = Cost(bot_ms=5, database_ms=0.4, redis_ms=0.1, commits=2, commands=7, written=3600, kept=15_000, worker_mb=40)


def test_the_peak_grows_with_the_people():
    assert peak_of(2_000_000) == pytest.approx(2 * peak_of(1_000_000))


def test_one_machine_may_always_fail():
    assert step("a village", 500, COST).machines == 2


def test_cores_are_half_full():
    national = step("all", 1_400_000_000, COST)
    assert national.workers * 0.5 >= national.bot_cores
    assert national.machines * 4 >= national.workers


def test_what_is_full_first_follows_the_costs():
    busy = Cost(
        bot_ms=0.01, database_ms=0.4, redis_ms=0.1, commits=200, commands=7, written=36, kept=15_000, worker_mb=40
    )
    assert "commits" in step("all", 1_400_000_000, busy).first


def test_the_table_has_a_column_for_each_step():
    rows = table([step(name, people, COST) for name, people in STEPS]).splitlines()
    assert len({row.count("|") for row in rows}) == 1
