"""Conversations with the whole bot, written as transcripts in tests/conversations/ (its README.md explains the form).

Those in known_faults/ say what would be right where the bot is still wrong; when one of them passes, it moves up a folder.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).parent / "conversations"
DAY = date(2022, 10, 15)  # where a scenario names no day: most printed terms run on it

Reply = dict[str, Any]
Check = Callable[[Reply], bool]


class TranscriptError(Exception):
    """A transcript cannot be read; the message names the file and the line."""


@dataclass(frozen=True)
class Turn:
    """What the citizen does, and what is expected of the answer: the written words with the check they stand for."""

    said: str
    tapped: bool
    expected: tuple[tuple[str, Check], ...]


@dataclass(frozen=True)
class Scenario:
    """One conversation. `note` says what is wrong today, in known_faults/."""

    file: str
    name: str
    day: date
    note: str
    turns: tuple[Turn, ...]


def _cited(reply: Reply) -> list[str]:
    return [citation["clause"] for citation in reply["citations"]]


def _first_line(reply: Reply) -> str:
    """The first paragraph that answers, after what is said about personal data and dates."""
    return next((p["text"] for p in reply["paragraphs"] if p["kind"] in ("lead", "ask", "contact")), "")


def _labels(reply: Reply) -> list[str]:
    return [suggestion["label"] for suggestion in reply["suggestions"]]


# Each takes the reply and one word of the transcript; 或 between words means that one of them is enough.
CHECKS: dict[str, Callable[[Reply, str], bool]] = {
    "引用": lambda reply, id: id in _cited(reply),
    "先引用": lambda reply, id: _cited(reply)[:1] == [id],
    "不引用": lambda reply, id: id not in _cited(reply),
    "有": lambda reply, text: text in reply["text"],
    "没有": lambda reply, text: text not in reply["text"],
    "开头": lambda reply, text: reply["text"].startswith(text),
    "首句": lambda reply, text: text in _first_line(reply),
    "首句没有": lambda reply, text: text not in _first_line(reply),
    "建议": lambda reply, label: label in _labels(reply),
    "没有建议": lambda reply, label: label not in _labels(reply),
}


def _has_status(reply: Reply, status: str) -> bool:
    return reply["status"].startswith(status[:-1]) if status.endswith("*") else reply["status"] == status


def _check(part: str, first: bool) -> Check | None:
    """The check that a part of an answer line stands for; the first one is the status."""
    if first:
        statuses = part.split("或")
        if all(re.fullmatch(r"[a-z_]+\*?", status.strip()) for status in statuses):
            return lambda reply: any(_has_status(reply, status.strip()) for status in statuses)
        return None
    word, _, rest = part.partition(" ")
    wanted = [each.strip() for each in rest.split(" 或 ")]
    if word not in CHECKS or not all(wanted):
        return None
    check = CHECKS[word]
    return lambda reply: any(check(reply, each) for each in wanted)


def read_transcript(text: str, file: str) -> list[Scenario]:
    """The scenarios of a file. Raises TranscriptError."""
    scenarios: list[Scenario] = []
    name, day, note, turns = "", DAY, "", list[Turn]()
    open_turn: tuple[int, str, bool] | None = None

    def close(line: int) -> None:
        nonlocal turns, note, day
        if open_turn:
            raise TranscriptError(f"{file} 第 {open_turn[0]} 行：这一句后面没有“答：”。")
        if name and not turns:
            raise TranscriptError(f"{file} 第 {line} 行：场景“{name}”里没有对话。")
        if name:
            scenarios.append(Scenario(file, name, day, note, tuple(turns)))
        day, note, turns = DAY, "", []

    for number, raw in enumerate([*text.splitlines(), "场景："], 1):
        line = raw.strip()
        where = f"{file} 第 {number} 行"
        if not line or line.startswith("#"):
            continue
        key, _colon, rest = line.partition("：")
        rest = rest.strip()
        if key == "场景":
            close(number)
            name = rest
            if not name and number <= len(text.splitlines()):
                raise TranscriptError(f"{where}：“场景：”后面没有名字。")
        elif not name:
            raise TranscriptError(f"{where}：应先有一行“场景：名字”。")
        elif key == "日期" and not turns:
            try:
                day = date.fromisoformat(rest)
            except ValueError:
                raise TranscriptError(f"{where}：日期写的是“{rest}”，应为年-月-日，如 2022-10-15。") from None
        elif key == "说明":
            note = f"{note} {rest}".strip()
        elif key in ("您", "点") and rest:
            if open_turn:
                raise TranscriptError(f"{where}：上一句（第 {open_turn[0]} 行）还没有“答：”。")
            open_turn = (number, rest, key == "点")
        elif key == "答" and rest:
            if not open_turn:
                raise TranscriptError(f"{where}：“答：”前面没有“您：”或“点：”。")
            expected = []
            for i, part in enumerate(piece.strip() for piece in rest.split("；")):
                check = _check(part, first=i == 0)
                if check is None:
                    known = "状态名" if i == 0 else "、".join(f"“{word} …”" for word in CHECKS)
                    raise TranscriptError(f"{where}：看不懂“{part}”，这里应为{known}。")
                expected.append((part, check))
            turns.append(Turn(open_turn[1], open_turn[2], tuple(expected)))
            open_turn = None
        else:
            raise TranscriptError(
                f"{where}：看不懂“{line}”，一行应以 场景：、日期：、说明：、您：、点： 或 答： 开头。"
            )
    return scenarios


def _scenarios() -> Iterator[Any]:
    for path in sorted(FOLDER.rglob("*.txt")):
        file = path.relative_to(FOLDER).as_posix()
        known = path.parent.name == "known_faults"
        for scenario in read_transcript(path.read_text(encoding="utf-8"), file):
            marks = [pytest.mark.rasa]
            if known:
                marks.append(pytest.mark.xfail(raises=AssertionError, strict=True, reason=scenario.note or "还没有改"))
            yield pytest.param(scenario, id=f"{path.stem}-{scenario.name}", marks=marks)


async def hold(agent: Any, scenario: Scenario) -> tuple[list[str], list[str]]:
    """Hold a conversation: the transcript as it went, and what was not as expected."""
    from bot.conversation.agent import Conversation
    from bot.settings import AS_OF

    token = AS_OF.set(scenario.day)
    conversation = Conversation(agent, "test")
    went, wrong = [f"场景：{scenario.name}", f"日期：{scenario.day}"], []
    try:
        for turn in scenario.turns:
            choice = None
            went.append(f"{'点' if turn.tapped else '您'}：{turn.said}")
            if turn.tapped:
                offered = {s["label"]: s["choice"] for s in conversation.pending}
                choice = offered.get(turn.said, turn.said)
                if choice not in offered.values():
                    went.append(f"  ✗ 上一句回答没有这个按钮，有的是：{'、'.join(offered) or '无'}")
                    wrong.append(f"{turn.said}：没有这个按钮")
                    break
            reply = await conversation.say("" if choice else turn.said, choice)
            went.append(f"答：[{reply['status']}] 引用 {'、'.join(_cited(reply)) or '无'}")
            went += [f"    {line}" for line in reply["text"].splitlines()]
            went.append(f"    建议：{'、'.join(_labels(reply)) or '无'}")
            missed = [words for words, check in turn.expected if not check(reply)]
            went += [f"  ✗ 应为：{words}" for words in missed]
            wrong += [f"{turn.said}：{words}" for words in missed]
    finally:
        AS_OF.reset(token)
    return went, wrong


@pytest.mark.parametrize("scenario", _scenarios())
def test_conversation_goes_as_written(scenario: Scenario, agent: Any, loop: asyncio.AbstractEventLoop) -> None:
    went, wrong = loop.run_until_complete(hold(agent, scenario))
    assert not wrong, "\n".join([f"{scenario.file}：{len(wrong)} 处不符", *went])


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("您：你好", 1, "应先有一行"),
        ("场景：\n您：你好", 1, "没有名字"),
        ("场景：一\n日期：十月\n", 2, "日期写的是“十月”"),
        ("场景：一\n您：你好\n您：在吗", 3, "还没有“答：”"),
        ("场景：一\n您：你好", 2, "后面没有“答：”"),
        ("场景：一\n答：answered", 2, "前面没有"),
        ("场景：一\n您：你好\n答：已答", 3, "看不懂“已答”"),
        ("场景：一\n您：你好\n答：answered；引文 a", 3, "看不懂“引文 a”"),
        ("场景：一\n您：你好\n答：answered；引用", 3, "看不懂“引用”"),
        ("场景：一\n你：你好", 2, "一行应以"),
        ("场景：一\n\n场景：二\n您：你好\n答：answered", 3, "场景“一”里没有对话"),
    ],
)
def test_a_wrong_line_is_named_with_its_file(text: str, line: int, says: str) -> None:
    with pytest.raises(TranscriptError, match=rf"^坏\.txt 第 {line} 行：.*{says}"):
        read_transcript(text, "坏.txt")


def test_a_transcript_is_read_as_it_is_written() -> None:
    text = "场景：一\n日期：2026-11-23\n您：a\n答：answered或refused_*；引用 x 或 y；没有 谢谢\n点：place:xam\n答：error_internal\n场景：二\n您：b\n答：smalltalk"
    one, two = read_transcript(text, "好.txt")
    assert (one.name, one.day, len(one.turns), one.turns[1].tapped) == ("一", date(2026, 11, 23), 2, True)
    assert (two.name, two.day) == ("二", DAY)
    reply = {"status": "refused_unsure", "text": "好", "citations": [{"clause": "y"}]}
    assert all(check(reply) for _, check in one.turns[0].expected)
