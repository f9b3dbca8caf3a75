"""Nothing of the print is lost: every character stands in exactly one clause, or in a line of furniture with a reason."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
import yaml

LAYOUT = re.compile(r"^\s*(?:#{1,6}\s+|-\s+)?(?:■\s*)?")  # what Markdown adds in front of a printed line
LINK = re.compile(r"\[([^\]]*)\]\(([^)]*)\)")


def compact(line):
    """A line without white space and Markdown layout."""
    line = LINK.sub(r"\1", LAYOUT.sub("", line)).replace("<", "").replace(">", "")
    return re.sub(r"\s", "", line)


@pytest.fixture(scope="module")
def printed(settings):
    return (settings.knowledge / "source/printed_2022-09.txt").read_text(encoding="utf-8").split("\n")


@pytest.fixture(scope="module")
def furniture(settings):
    return yaml.safe_load((settings.knowledge / "source/furniture.yml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def policy_text(printed, furniture):
    """The compact print without its furniture, and the printed line of each character."""
    left_out = {row["line"] for row in furniture}
    pieces = [(n, compact(line)) for n, line in enumerate(printed, 1) if n not in left_out]
    text = "".join(piece for _, piece in pieces)
    return text, [n for n, piece in pieces for _ in piece]


@pytest.fixture(scope="module")
def intervals(knowledge, policy_text):
    """Where each clause stands in the compact print: behind the clause before it, else the first free place of its brochure."""
    text, _ = policy_text
    taken = bytearray(len(text))
    found, missing, start = {}, [], 0
    for brochure in knowledge.brochures.values():
        cursor = furthest = start
        for id in brochure.clauses:
            words = re.sub(r"\s", "", knowledge.clauses[id].printed)
            at = free(text, words, cursor, taken)
            if at < 0:
                at = free(text, words, start, taken)
            if at < 0:
                missing.append(id)
                continue
            cursor = at + len(words)
            furthest = max(furthest, cursor)
            taken[at:cursor] = b"\1" * len(words)
            found[id] = (at, cursor)
        start = furthest
    return found, missing


def free(text, words, start, taken):
    """The first place of the words at or behind `start` where no clause stands yet; -1 where there is none."""
    at = text.find(words, start)
    while at >= 0 and any(taken[at : at + len(words)]):
        at = text.find(words, at + 1)
    return at


def test_every_clause_is_printed_word_for_word(intervals):
    _, missing = intervals
    assert not missing


def test_no_two_clauses_share_a_character(intervals):
    found, _ = intervals
    rows = sorted((start, end, id) for id, (start, end) in found.items())
    overlaps = [(a[2], b[2]) for a, b in pairwise(rows) if a[1] > b[0]]
    assert not overlaps


def test_every_printed_character_is_in_a_clause_or_in_the_furniture(intervals, policy_text):
    text, lines = policy_text
    covered = bytearray(len(text))
    for start, end in intervals[0].values():
        covered[start:end] = b"\1" * (end - start)
    lost = {}
    for i, mark in enumerate(covered):
        if not mark:
            lost[lines[i]] = lost.get(lines[i], "") + text[i]
    assert not lost


def test_each_brochure_stands_in_one_piece_of_the_print(intervals, knowledge):
    spans = []
    for brochure in knowledge.brochures.values():
        places = [intervals[0][id] for id in brochure.clauses]
        spans.append((min(start for start, _ in places), max(end for _, end in places)))
    assert all(before[1] <= after[0] for before, after in pairwise(spans))


def test_furniture_lines_are_quoted_as_printed(furniture, printed):
    wrong = [row["line"] for row in furniture if row["text"] != printed[row["line"] - 1].strip()]
    assert not wrong


def test_every_furniture_line_says_why_it_is_left_out(furniture):
    assert not [row["line"] for row in furniture if len(row.get("reason", "").strip()) < 5]


def test_no_line_is_furniture_twice(furniture):
    lines = [row["line"] for row in furniture]
    assert len(lines) == len(set(lines))


def test_no_furniture_line_states_a_rule_of_money_or_time(furniture):
    rule = re.compile(r"\d+\s*(?:元|%|％|个月|年以|年内|周岁|日内|次)")
    assert not [row["line"] for row in furniture if rule.search(row["text"])]
