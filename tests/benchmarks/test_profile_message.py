"""Shares of a profile."""

from __future__ import annotations

from benchmarks.profile_message import inclusive

STACKS = (
    "run (app.py:1);handle_message (agent.py:5);save (store.py:7) 3",
    "run (app.py:1);handle_message (agent.py:9);parse (nlu.py:2);parse (nlu.py:4) 5",
    "run (app.py:1);accept (http.py:3) 90",
)


def test_only_what_belongs_to_a_message_counts():
    total, found = inclusive(STACKS)
    assert total == 8
    assert "accept (http.py)" not in found and "run (app.py)" not in found


def test_lines_of_a_function_and_its_calls_of_itself_count_once():
    _, found = inclusive(STACKS)
    assert found == {"handle_message (agent.py)": 8, "save (store.py)": 3, "parse (nlu.py)": 5}
