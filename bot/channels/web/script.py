"""Replies in traditional characters for those who asked for them; quoted clauses stay as printed."""

from __future__ import annotations

import functools
import re
from typing import Any

from opencc import OpenCC
from sanic.request import Request

_HANT = re.compile(r"zh-(?:hant|tw|hk|mo)", re.IGNORECASE)
_PRINTED = ("quote", "sheet")  # paragraphs that are quoted or printed as they are


@functools.cache
def _converter() -> OpenCC:
    return OpenCC("s2t")


def wanted(request: Request) -> bool:
    """Whether the first language a request names is written in traditional characters."""
    return bool(_HANT.match(request.headers.get("accept-language", "").strip()))


def in_script(text: str, traditional: bool) -> str:
    """A text of ours in the script that is wanted."""
    return _converted(text) if traditional else text


@functools.lru_cache(maxsize=4096)
def _converted(text: str) -> str:
    return str(_converter().convert(text))


def reply_in_script(reply: dict[str, Any], traditional: bool) -> dict[str, Any]:
    """A reply as data in the script that is wanted: sentences, labels and names, not ids, and not what is quoted."""
    if not traditional:
        return reply
    printed = [each["text"] for each in reply["paragraphs"] if each["kind"] in _PRINTED]
    named = {"place": reply["place"], "form": reply["form"]}
    return {
        **reply,
        "text": _except(reply["text"], printed),
        "paragraphs": [
            each if each["kind"] in _PRINTED else {**each, "text": in_script(each["text"], True)}
            for each in reply["paragraphs"]
        ],
        "contacts": [_names(each, ("place", "directory", "office", "hours")) for each in reply["contacts"]],
        "suggestions": [_names(each, ("label",)) for each in reply["suggestions"]],
        "check": reply["check"] and _check(reply["check"]),
        **{key: each and _deep(each) for key, each in named.items()},
    }


def _except(text: str, kept: list[str]) -> str:
    """The text converted, without the pieces that are kept."""
    if not kept:
        return in_script(text, True)
    before, piece, after = text.partition(kept[0])
    return in_script(before, True) + piece + _except(after, kept[1:])


def _check(check: dict[str, Any]) -> dict[str, Any]:
    """What is shown of a check; label and values of the question are sent back and stay."""
    asking = check["asking"] and _names(check["asking"], ("ask", "unit"))
    return {**_names(check, ("name",)), "asking": asking}


def _names(data: dict[str, Any], keys: tuple[str, ...]) -> dict[str, Any]:
    return {key: in_script(each, True) if key in keys and each else each for key, each in data.items()}


def _deep(data: Any) -> Any:
    """Labels, units and names at any depth; what a client sends back stays."""
    if isinstance(data, list):
        return [_deep(each) for each in data]
    if isinstance(data, dict):
        return {
            key: in_script(each, True) if key in ("name", "label", "unit") and _is_shown(data, key) else _deep(each)
            for key, each in data.items()
        }
    return data


def _is_shown(data: dict[str, Any], key: str) -> bool:
    """The `name` of a field is an id; that of a form or a place is shown."""
    return isinstance(data[key], str) and not (key == "name" and "type" in data)
