"""What is kept of the asker: what it is, the number of the conversation, and to have it removed."""

from __future__ import annotations

import re

from bot.answering.reply import Context, Paragraph, Reply, Status, Suggestion
from bot.answering.turn import Turn

FORGET, FORGET_NOW, FORGET_KEEP = "forget", "forget:now", "forget:keep"
_LONGEST = 30  # characters; a longer message tells of something else
_NUMBER = re.compile(r"(?:我的|这个|本次)?(?:对话|会话|聊天)(?:的)?(?:编号|号码|序号)")
_REMOVE = r"删除|删掉|删了|删|清除|清空|清掉|抹掉|消除|销毁|撤回|注销"
_MINE = r"我的?(?:所有的?|全部的?)?(?:个人)?(?:信息|资料|数据|隐私|聊天记录|对话记录|对话|记录|聊天内容)(?!表)"
_CHAT = r"(?:聊天|对话|问答)(?:的)?(?:记录|历史|内容)|(?:刚才|以前)(?:说|问|发)的(?:话|内容|信息)"
_FORGET = re.compile(
    rf"(?:{_REMOVE})(?:一下|掉)?(?:{_MINE}|{_CHAT})|(?:把)(?:{_MINE}|{_CHAT})(?:都|全|给我)?(?:{_REMOVE})"
    rf"|(?:{_MINE}|{_CHAT})(?:能|可以|怎么|咋|要|想)?(?:不能|不可以)?(?:给我|帮我)?(?:都|全)?(?:{_REMOVE})|^(?:请)?(?:忘了|忘掉)我(?:吧)?$|被遗忘权"
)
_ELSEWHERE = re.compile(r"微信|抖音|快手|手机里|找回|恢复")
_KEPT = re.compile(
    r"隐私(?:说明|政策|声明|条款|协议|保护)|(?:你|你们|机器人|这里|这儿)(?:会|能|有没有|是不是|都|到底)?(?:不会)?(?:保存|留存|存|留|记录|记|收集|泄露|偷看)(?:了|下|着)?"
    r"(?:我|俺|咱)?(?:的|们的)?(?:哪些|什么|啥|个人)?(?:信息|资料|数据|隐私|聊天|对话|身份证|手机号|电话)"
    r"|(?:我|俺)(?:的)?(?:聊天|对话|问的话|说的话)(?:记录|内容)?(?:会|能)?(?:不会)?(?:被)?(?:保存|泄露|谁看|别人看|公开)"
)


def run(turn: Turn) -> Reply | None:
    """Tell what is kept, or ask once more before it is removed; that it is removed the channel sees by the status."""
    choice, text = turn.choice, turn.read.text
    if choice == "privacy":
        return _told(turn)
    if choice == FORGET_KEEP:
        return turn.plain(Status.SMALLTALK, "forget_kept")
    if choice == FORGET_NOW and any(each.choice == FORGET_NOW for each in turn.context.pending):
        return Reply(Status.FORGOTTEN, (Paragraph("lead", turn.kit.say("forget_done")),), context=Context())
    if choice and choice.partition(":")[0] == FORGET:
        return _sure(turn)
    if choice or len(text) > _LONGEST or _ELSEWHERE.search(text):
        return None
    if _FORGET.search(text):
        return _sure(turn)
    return _told(turn) if _NUMBER.search(text) or _KEPT.search(text) else None


def _told(turn: Turn) -> Reply:
    button = Suggestion(turn.kit.say("button_forget"), FORGET)
    said = turn.ask(Status.SMALLTALK, turn.kit.say("privacy_number", number=turn.message.number), (button,), "forget")
    what = Paragraph("lead", turn.kit.say("privacy", days=str(turn.kit.retention_days)))
    opening = len(turn.opening())
    paragraphs = (*said.paragraphs[:opening], what, *said.paragraphs[opening:])
    return Reply(said.status, paragraphs, suggestions=said.suggestions, context=said.context)


def _sure(turn: Turn) -> Reply:
    buttons = (
        Suggestion(turn.kit.say("button_forget_now"), FORGET_NOW),
        Suggestion(turn.kit.say("button_forget_keep"), FORGET_KEEP),
    )
    return turn.ask(Status.SMALLTALK, turn.kit.say("forget_sure"), buttons, "forget")
