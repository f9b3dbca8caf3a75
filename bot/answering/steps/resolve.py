"""Whether the message leans on what went before: a follow-up, a correction, 还有呢, or back to an earlier topic."""

from __future__ import annotations

import re

from bot.answering.content import residue, without_fillers
from bot.answering.reply import Reply
from bot.answering.turn import Turn

_SHORT = 7  # a message of so few characters that names no topic is read as a follow-up
_SWITCH = re.compile(r"^(换个|再问个别|问个别|另外|顺便|对了|还有个事|再问一|问别的|不说这个)")
_CORRECTS = re.compile(r"^(不对|不是|错了|说错|搞错|弄错|我说的|我问的|俺说的|俺问的|我是说|我是问|我指的|是说)")
_MORE = re.compile(
    r"^(还有呢|还有吗|还有啥|还有什么|还有别的|还有没有|别的呢|其他的?呢|继续|接着说|往下说|下一条|再说说|就这些)"
)
_BACK = re.compile(
    r"^(?:那|我)?(?:再|还是)?(?:回到|返回|退回|回头(?:说|讲|问)|(?:说|讲)回|上一个|上个|前一个|前[面边头]的?那?个?|刚才(?:那|的|说|问)|还是(?:说|问|刚才))"
    r"|^还是.{2,8}[吧那]|^.{2,5}那个(?:事|的话)?(?:[,，]|$)"
)
_NOT_MEANT = re.compile(r"(?:[,，。 ]|^|(?<=.))不是[^,，。]{1,12}(?=[,，。]|$)[,，。]?")
_LEFT = 3  # characters of a correction besides what it denies
_BARE = 4  # characters besides fillers that 还有呢 or 上一个 may have and still ask for nothing of its own


def run(turn: Turn) -> Reply | None:
    """Set `leans`, `corrects`, `more` and `back`; a bare 上一个 shows again what was answered before."""
    if turn.choice or not turn.context.topic:
        return None
    read = turn.read
    if _SWITCH.search(read.text):
        return None
    bare = len(residue(read)) <= _BARE
    more = _MORE.search(read.text) or (turn.acts("more", least=0.8) and not residue(read))
    turn.more = bare and bool(more) and bool(turn.context.question)
    back = _BACK.search(read.text)
    turn.back = bool(turn.context.history) and bool(back or turn.acts("go_back", least=0.8))
    rest = read.text[back.end() :] if back else read.text
    if turn.back and not turn.more and len(without_fillers(rest, read)) <= 1:
        turn.main = (turn.context.history[-1],)
        turn.choice = f"clause:{turn.main[0]}"
        return None
    turn.corrects = bool(_CORRECTS.search(read.text) or _NOT_MEANT.search(read.text))
    if turn.corrects:
        meant = _NOT_MEANT.sub("", read.text)
        if len(meant) >= _LEFT:  # 不是失业，是就业登记: what is denied must not be searched for
            turn.understanding = read = turn.kit.reader.read(meant)
    named = [topic for topic in read.topics if topic != turn.context.topic]
    turn.leans = not turn.back and (
        turn.more
        or turn.corrects
        or (not named and (read.leans or len(read.core) <= _SHORT or turn.acts("vague", least=0.6)))
    )
    return None
