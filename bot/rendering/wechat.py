"""A reply for WeChat: pages of at most 2048 bytes, links, and buttons that can be tapped or typed by their number."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from .split import split

MORE = "继续"  # what is sent for the next page
LIMIT = 2048  # bytes of UTF-8 that a passive text reply may have
_LEAST = 256  # bytes of a page
_BUTTONS = 8  # always offered; further ones where there is room
_LABEL = 120  # bytes of a label that are shown
_NO_CHOICE = "0"  # the id of a link that stands for a word and not for a choice
_CHOICE = 100  # bytes of a choice that is sent as the id of a link; a longer one is offered by its number only
_NEVER = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff"  # not allowed in XML 1.0, or controls
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]"  # would turn the direction of the text round
)
_ENTITY = re.compile(r"&(?=#?\w{1,32};)")
_NUMBER = r"0\d{2,3}-\d{7,8}|1\d{10}|(?<=[打线话])\d{3,5}"
_AT_END = re.compile(rf"(?<=[^\n\d-])({_NUMBER})$", re.MULTILINE)
_ZONES = {"notice": 0, "contact": 2, "ask": 3}
_AFTER_CONTACT = ("remark", "source")
_TIGHT = ("notice", "lead", "remark", "contact")  # one under another without an empty line between them

Say = Callable[..., str]


@dataclass(frozen=True)
class WeChatReply:
    """What is sent at once and what follows on 继续; none where there is nothing to say.

    `buttons` are (label, choice) in the order of the numbers shown on the last page; empty where a typed number is itself the
    answer to what is asked there, `asks_number`.
    """

    pages: tuple[str, ...]
    buttons: tuple[tuple[str, str], ...]
    asks_number: bool = False


@dataclass(frozen=True)
class _Line:
    """A button as it can be typed and, where it can be, tapped."""

    plain: str
    link: str


def to_wechat(data: Mapping[str, Any], address: str, say: Say, limit: int = LIMIT) -> WeChatReply:
    """Render a reply as data (docs/api.md).

    `address` is the bot's own public address (https://…) or empty, which leaves out links to its pages. `say` gives the
    sentences of knowledge/replies.yml. No page has more than `limit` bytes of UTF-8. Raises ValueError for a limit below 256,
    where a hint and a button might not fit.
    """
    if limit < _LEAST:
        raise ValueError(f"pages of {limit} bytes are too small")
    numbered = not _number_is_answer(data)
    buttons = tuple((_label(each["label"]), str(each["choice"])) for each in data["suggestions"])
    lines = [_line(label, choice, n if numbered else None) for n, (label, choice) in enumerate(buttons, 1)]
    head = clean(say("wechat_number")) + "\n" if numbered else ""
    body, question = _text(data, address, say)
    hint = _tap(MORE, _NO_CHOICE, clean(say("wechat_more")))
    pages, shown = _pages(body, question, lines, head, hint, limit)
    return WeChatReply(pages, buttons[:shown] if numbered else (), not numbered)


def clean(text: str) -> str:
    """Text that neither XML, CDATA nor WeChat takes for markup: no controls, no `<` or `>`, no entities; NFC."""
    text = re.sub("\r\n|[\r\u2028\u2029]", "\n", text).replace("\t", " ")
    text = unicodedata.normalize("NFC", _NEVER.sub("", text))
    return _ENTITY.sub("＆", text.replace("<", "＜").replace(">", "＞"))


def _text(data: Mapping[str, Any], address: str, say: Say) -> tuple[str, str]:
    """The reply without its buttons: all but the question that is asked last, and that question."""
    ordered = _ordered(data["paragraphs"])
    phones = [clean(str(contact["phone"])) for contact in data["contacts"]]
    alone = set(phones)
    body = question = ""
    for i, paragraph in enumerate(ordered):
        kind, text = paragraph["kind"], clean(paragraph["text"])
        if kind == "quote":
            text = clean(say("wechat_quote", says=text))
            if [each["kind"] for each in ordered[i + 1 : i + 2]] != ["source"]:
                text += _link_to(data, address, say, paragraph["text"], "")
        elif kind == "source":
            quoted = "".join(each["text"] for each in ordered[max(i - 1, 0) : i] if each["kind"] == "quote")
            text = clean(say("wechat_source", says=text)) + _link_to(data, address, say, quoted, paragraph["text"])
        elif kind == "contact":
            text = _apart(text, phones)
        elif kind == "sheet":
            text = _AT_END.sub(r"\n\1", text)
        elif data.get("sheet") and data["sheet"]["code"] in text:
            text = _sheet(data["sheet"], address, say)
        elif kind in ("notice", "lead", "ask"):
            said = dict.fromkeys(number for number in _numbers(text) if number not in alone)
            alone.update(said)
            text = "\n".join((text, *said))
        if not text.strip():
            continue
        if kind == "ask" and i + 1 == len(ordered):
            question = text
        else:
            body += (_between(ordered[i - 1], paragraph) if body else "") + text
    return body + ("\n\n" if body and question else ""), question


def _ordered(paragraphs: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Notices first, whom to call behind what is said, questions last, with the words that lead back to one; else as given."""
    placed = []
    zone = 1
    for i, paragraph in enumerate(paragraphs):
        kinds = [each["kind"] for each in paragraphs[i:]]
        if kinds == ["lead", "ask"]:
            zone = 3
        elif zone != 2 or kinds[0] not in _AFTER_CONTACT:
            zone = _ZONES.get(kinds[0], 1)
        placed.append((zone, paragraph))
    return [paragraph for _, paragraph in sorted(placed, key=lambda each: each[0])]


def _between(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    """The line ends between two paragraphs."""
    same = (before["kind"], before.get("part")) == (after["kind"], after.get("part"))
    tight = (same and after["kind"] in _TIGHT) or (before["kind"], after["kind"]) == ("quote", "source")
    return "\n" if tight else "\n\n"


def _numbers(text: str, known: Sequence[str] = ()) -> list[str]:
    """The telephone numbers of a text: those known, and what has the form of one."""
    either = "|".join([*map(re.escape, filter(None, known)), _NUMBER])
    return re.findall(rf"(?<![\d-])(?:{either})(?![\d-])", text)


def _apart(text: str, phones: Sequence[str]) -> str:
    """A contact with each number on a line of its own, so that the phone dials it."""
    found = _numbers(text, phones)
    for number in found:
        text = text.replace(number, "", 1)
    return "\n".join(part for part in (text.strip(" ：:/"), *found) if part)


def _link_to(data: Mapping[str, Any], address: str, say: Say, quoted: str, source: str) -> str:
    """A link to the clause that is quoted, else to the one whose source is named; empty where there is none."""
    place = source.partition("》")[2].rpartition("（")[0].strip()
    matching = [each for each in data["citations"] if not source or each["brochure"] in source]
    found = [each for each in matching if each["quote"] and each["quote"] in quoted]
    found += [each for each in matching if place and (place in each["section"] or each["section"] in place)]
    if not found or not address:
        return ""
    return ("" if source else "\n") + _link(address, found[0]["url"], say("wechat_open"))


def _sheet(sheet: Mapping[str, str], address: str, say: Say) -> str:
    """Under which code a result is kept, and the page that prints it."""
    text = clean(say("wechat_sheet", code=sheet["code"]))
    return f"{text}\n{_link(address, sheet['url'], say('wechat_print'))}" if address else text


def _link(address: str, path: str, label: str) -> str:
    return f'<a href="{quote(address.rstrip("/") + path, safe="/:?#@!$&()*+,;=%~")}">{clean(label)}</a>'


def _number_is_answer(data: Mapping[str, Any]) -> bool:
    """Whether a number is asked for, so that a typed one must not pick a button."""
    asking = (data.get("check") or {}).get("asking")
    fields = [field for field in (data.get("form") or {}).get("fields", ()) if field["asked"]]
    return any(each["type"] in ("number", "date") for each in (*fields, *([asking] if asking else [])))


def _label(text: str) -> str:
    return (*split(clean(text).replace("\n", " ").strip(), _LABEL), "")[0]


def _line(label: str, choice: str, number: int | None) -> _Line:
    """A button; the link sends its label, and the choice as its id."""
    plain = label if number is None else f"{number}. {label}"
    if not label or clean(choice) != choice or not 0 < len(choice.encode()) <= _CHOICE:
        return _Line(plain, plain)
    return _Line(plain, _tap(label, choice, plain))


def _tap(message: str, id: str, shown: str) -> str:
    """A link that sends a message with an id beside it."""
    sent = f"msgmenucontent={quote(message, safe='')}&msgmenuid={quote(id, safe=':')}"
    return f'<a href="weixin://bizmsgmenu?{sent}">{shown}</a>'


def _pages(
    body: str, question: str, lines: Sequence[_Line], head: str, hint: str, limit: int
) -> tuple[tuple[str, ...], int]:
    """The pages, and how many buttons the last one shows.

    Buttons become numbers to type before they cost the reader another page; where they need one, the question goes with them.
    """
    text = body + question
    least = _size("\n\n" + head + "\n".join(line.plain for line in lines[:_BUTTONS])) if lines else 0
    pieces = [text]
    if _size(text) + least > limit:
        pieces = list(split(text, limit - _size(hint) - 1)) or [""]
        last = pieces[-1]
        if _size(last) + least > limit:
            along = question if last.endswith(question) and _size(question) + least <= limit else ""
            pieces[-1:] = [last[: len(last) - len(along)], along]
    *earlier, last = pieces
    block, shown = _fitted(lines, ("\n\n" if last else "") + head, limit - _size(last))
    pages = [piece + ("" if piece.endswith("\n") else "\n") + hint for piece in earlier if piece]
    return (*pages, *filter(None, [last + block])), shown


def _fitted(lines: Sequence[_Line], head: str, room: int) -> tuple[str, int]:
    """The buttons that fit into `room` bytes, as many as links as fit, and their number."""
    taken = [line.plain for line in lines]
    while taken and _size(head + "\n".join(taken)) > room:
        taken.pop()
    if not taken:
        return "", 0
    left = room - _size(head + "\n".join(taken))
    for i, line in enumerate(lines[: len(taken)]):
        more = _size(line.link) - _size(line.plain)
        if more <= left:
            taken[i] = line.link
            left -= more
    return head + "\n".join(taken), len(taken)


def _size(text: str) -> int:
    return len(text.encode())
