"""Where a person lives: from the street, the village or the estate on. The place before it (旗, 县, 市, 镇, 苏木) stays, since
answers depend on it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from .personal_numbers import Found

ADDRESS = "住址"

_N = r"[\d０-９一二三四五六七八九十百零〇A-Za-z]{1,5}"
_WHERE = r"大街|街道?|路|大道|巷|胡同|弄|里弄"
_ESTATE = r"小区|花园|家园|公寓|新村|新城|华府|名苑|苑|嘉园|府邸|家属院|家属楼|平房|住宅楼?|棚户区"
_VILLAGE = r"嘎查|村|屯|艾里|独贵龙|分场|连队"
_PARTS = rf"(?:\s*[-－—,，]?\s*第?{_N}\s*(?:号楼|号院|号|栋|幢|座|单元|门洞|门|楼|层|室|户|组|排|小组|社|段))"
_DOOR = re.compile(
    # 3单元501室; 5栋2单元; 12号楼501室: nobody but who lives there has such a number
    rf"(?:第?{_N}\s*(?:号楼|栋|幢|座|楼)\s*[-－—,，]?\s*)?第?{_N}\s*单元(?:\s*[-－—,，]?\s*{_N}\s*(?:室|号|户|门)?)?"
    rf"|{_N}\s*(?:号楼|栋|幢|座)\s*[-－—,，]?\s*{_N}\s*(?:室|户)"
)
_VILLAGE_HOUSE = re.compile(
    rf"(?P<kind>{_VILLAGE})(?:第?{_N}\s*(?:组|社|小组|队))?\s*(?:门牌)?\s*{_N}\s*号(?!楼|院|文|开|停|线|工|前|后|下|上|左|以|到|之|起|那|、)"
)
_LIVES = re.compile(
    r"(?:家?住(?:在|址)?(?:是|为)?|家在|(?:家庭|现|详细|通讯|联系|收货|邮寄|户籍|户口|居住)(?:住|所在|居住)?(?:地址|住址)(?:是|为)?|我(?:家)?的?地址(?:是|为)?"
    r"|户[口籍](?:地|所在地)?(?:在|是)|居住(?:在|地是?)|(?:邮|寄|送)(?:到|给))[\s:：,，]{0,2}(?P<rest>[^。！？!?；;]{2,60})"
)
_DETAIL = re.compile(
    rf"(?:{_WHERE}|{_ESTATE}|{_VILLAGE})[东西南北中]{{0,2}}(?:段|侧|头)?{_PARTS}+|(?:{_ESTATE}){_PARTS}+|{_N}\s*号楼{_PARTS}*"
)
_STOPS = frozenset("省市盟旗县区镇乡场木，,。.；;、:：！!？? \t在住是到给于从往去来我你他她俺咱家址〔〕“”\"'()（）")
_NOT_A_NAME = (
    "我们",
    "咱们",
    "你们",
    "他们",
    "本",
    "全",
    "每",
    "各",
    "哪个",
    "这个",
    "那个",
    "一个",
    "农",
    "同",
    "外",
    "邻",
    "该",
)
_FARTHEST = 10  # characters of a street's or a village's name


def find_addresses(text: str, printed: Collection[str]) -> Iterator[Found]:
    """Addresses of people. `printed` holds those that everybody may know, without blanks."""
    if not any(sign in text for sign in ("号", "单元", "室", "栋", "幢", "楼")):
        return
    for match in _DOOR.finditer(text):
        yield from _from_its_street(text, match, printed)
    for match in _VILLAGE_HOUSE.finditer(text):
        name = text[_begin(text, match.start()) : match.start()]
        if name and not name.startswith(_NOT_A_NAME):
            yield from _unless_printed(text, _begin(text, match.start()), match.end(), printed)
    for lives in _LIVES.finditer(text):
        for match in _DETAIL.finditer(text, *lives.span("rest")):
            yield from _unless_printed(
                text, max(_begin(text, match.start()), lives.start("rest")), match.end(), printed
            )


def _from_its_street(text: str, match: re.Match[str], printed: Collection[str]) -> Iterator[Found]:
    """A door with what stands right before it: street and number, or an estate."""
    before = re.compile(rf"(?:(?:{_WHERE}|{_ESTATE}|{_VILLAGE}){_PARTS}*\s*)$").search(text[: match.start()])
    start = _begin(text, before.start()) if before else match.start()
    yield from _unless_printed(text, start, match.end(), printed)


def _begin(text: str, end: int) -> int:
    """Where the name that ends before a kind of street begins: behind the place it lies in."""
    start = end
    while start > 0 and end - start < _FARTHEST and text[start - 1] not in _STOPS:
        start -= 1
    return start


def _unless_printed(text: str, start: int, end: int, printed: Collection[str]) -> Iterator[Found]:
    said = re.sub(r"\s", "", text[start:end])
    if not any(said in address for address in printed):
        yield Found(start, end, ADDRESS)
