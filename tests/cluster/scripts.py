"""What people say in the load: conversations that only come out right where nothing of them is lost, doubled or mixed up.

Each is said once calmly, and what was answered then is what must be answered whenever it is said again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

Body = dict[str, Any]


@dataclass(frozen=True)
class Line:
    """A message and what is answered to it: text, status, buttons, whose numbers, and where a check stands."""

    body: Body
    answer: tuple[Any, ...]


@dataclass(frozen=True)
class Script:
    """A conversation, its greeting left out."""

    name: str
    lines: tuple[Line, ...]


# What to say after a reply, None at the end; the number counts the messages said.
Next = Callable[[int, dict[str, Any]], Body | None]


def answer_of(reply: dict[str, Any]) -> tuple[Any, ...]:
    """What must be the same each time."""
    check = reply["check"]
    stands = check and (
        check["scheme"],
        check["verdict"],
        check["asked"],
        check["left"],
        tuple(map(str, check["stated"])),
    )
    choices = tuple(each["choice"] for each in reply["suggestions"])
    numbers = tuple((each["place_id"], each["phone"]) for each in reply["contacts"])
    return reply["text"], reply["status"], choices, numbers, stands


def follow_ups(place: str, questions: Sequence[str]) -> Next:
    """Somebody of a place who asks on: their numbers are those of the place, and the topic is the one before."""

    def say(said: int, reply: dict[str, Any]) -> Body | None:
        if said == 0:
            return {"choice": f"place:{place}"}
        return {"text": questions[said - 1]} if said <= len(questions) else None

    return say


def check(scheme: str, most: int = 12) -> Next:
    """Somebody who is asked question after question; in the middle they ask something else."""

    def say(said: int, reply: dict[str, Any]) -> Body | None:
        if said == 0:
            return {"choice": f"check:{scheme}"}
        if said == 3:
            return {"text": "失业登记要带什么"}
        asking = (reply["check"] or {}).get("asking")
        if said > most or (asking is None and said > 4):
            return None
        return {"text": "继续"} if asking is None else {"text": _answer(asking, said)}

    return say


def _answer(asking: dict[str, Any], said: int) -> str:
    if asking["type"] == "number":
        least, most = asking["least"] or 0, asking["most"] or 60
        return str(round((least + min(most, least + 60)) / 2))
    if asking["type"] == "choice":
        return str(asking["values"][0])
    if asking["type"] == "date":
        return "2024年7月1日"
    return "是" if said % 4 else "不是"


SPOKEN: dict[str, Next] = {
    **{
        f"phones of {place}": follow_ups(
            place, ("失业登记要带什么", "电话多少", "那就业登记呢", "要带啥", "电话", "还有呢", "办公电话是多少")
        )
        for place in ("wlht", "aes", "kyqq", "kyzq", "zltq", "tqx")
    },
    **{
        f"check of {scheme}": check(scheme)
        for scheme in ("hardship_recognition", "personal_loan", "unemployment_benefit", "startup_grant")
    },
    "overtime pay": follow_ups(
        "kyqq", ("加班工资怎么算", "我一个月4000", "周末加了8小时班", "电话多少", "那国庆节加班呢")
    ),
}
