"""Names of people, where somebody says that a name comes: 我叫…, 姓名：…, or a name right before a personal number."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from .personal_numbers import Found

NAME = "姓名"

_HINT = re.compile(r"叫|我是|俺是|本人|姓名|名字|人[:：]|户主|〔")
_END = (
    r"(?=$|[\s，,。.；;！!？?、:：“”\"'()（）\[\]【】〔\d+]|身份证|电话|手机|联系|今年|现年|家住|住在|户口|性别|籍贯)"
)
_GOES_ON = r"(?=想|问|请|咨询|我|男|女|是|在|来|要|有|办|的|失业|毕业|今天)"
_SPACE = r"[\s:：,，“\"']{0,2}"
_KIN = (
    "老公|丈夫|爱人|对象|媳妇|妻子|老婆|儿子|女儿|闺女|姑娘|孩子|小孩|爸|爸爸|父亲|妈|妈妈|母亲|弟弟?|妹妹?|哥哥?|姐姐?|"
    "爷爷|奶奶|同事|工友|老乡|老板|工头|经理|邻居|朋友|法人|负责人|户主"
)
_CALLED = rf"(?:我|俺|本人)(?:的)?(?:名字|大名|全名)?就?叫做?|(?<!别)(?:名|名字|大名|本名|原名)(?:就?是|叫做?|为)|(?:{_KIN})(?:名字)?叫"
_LABEL = (
    r"(?:姓名|名字|联系人|申请人|收件人|收款人|户主|法人|经办人|投诉人)(?:\s*(?:是|为|叫))?\s*[:：]|姓名(?:是|为|叫|\s)"
)
_IAM = r"(?:我|俺)是|本人|我的名字"
_OWN_NUMBER = r"(?:的)?(?:身份证件?|证件|电话|手机|联系方式|联系电话|银行卡|卡)?(?:号码?)?(?:是|为)?[\s:：,，]{0,2}〔(?:身份证号|手机号|电话号码|银行卡号|号码)〕"


@dataclass(frozen=True)
class _Patterns:
    """What follows a word that announces a name. `ordinary` are words that only look like one."""

    called: re.Pattern[str]
    i_am: re.Pattern[str]
    numbered: re.Pattern[str]
    ordinary: frozenset[str]
    trades: frozenset[str]


def find_names(text: str) -> Iterator[Found]:
    """The names in a text whose numbers are masked already."""
    if not _HINT.search(text):
        return
    patterns = _patterns()
    for match in patterns.called.finditer(text):
        if match["name"] not in patterns.ordinary:
            yield Found(*match.span("name"), NAME)
    for pattern in (patterns.i_am, patterns.numbered):
        for match in pattern.finditer(text):
            if match["name"] not in patterns.ordinary and match["name"][-1] not in patterns.trades:
                yield Found(*match.span("name"), NAME)


@functools.cache
def _patterns() -> _Patterns:
    data = yaml.safe_load((Path(__file__).parent / "names.yml").read_text(encoding="utf-8"))
    sure, others = ("".join(data[key].split()) for key in ("sure", "others"))
    given = rf"[^\W\d_a-zA-Z{data['particles']}]"
    sounds = data["mongolian"].split()
    any_sound = "|".join(sorted((re.escape(sound) for sound in sounds), key=len, reverse=True))
    whole = "|".join(sound for sound in sounds if len(sound) >= 3)
    starts = "|".join(sound for sound in sounds if len(sound) >= 2)
    mongolian = rf"(?:[{sure}{others}](?=(?:{starts})))?(?:(?:{starts})(?:{any_sound}){{1,2}}|(?:{whole}))"
    double = "|".join(data["double"])
    han = rf"(?:(?:{double}){given}{{1,2}}|[{sure}{others}]{given}{{1,2}})"
    strict = rf"(?:(?:{double}){given}{{1,2}}|[{sure}]{given}{{1,2}})"
    return _Patterns(
        called=re.compile(
            rf"(?:(?:{_CALLED}){_SPACE}(?P<a>)|(?:{_LABEL})\s*)(?P<name>(?:{mongolian}|{han})(?:{_END}|{_GOES_ON}))"
        ),
        i_am=re.compile(rf"(?:{_IAM}){_SPACE}(?P<name>(?:{mongolian}|{strict}){_END})"),
        numbered=re.compile(rf"(?<![\u4e00-\u9fff])(?P<name>{mongolian}|{strict})[\s，,、:：]{{0,2}}{_OWN_NUMBER}"),
        ordinary=frozenset(data["ordinary"].split()),
        trades=frozenset(data["trades"]),
    )
