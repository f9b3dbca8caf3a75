"""The command `bot forget`: remove all that is kept of one person, for staff."""

from __future__ import annotations

import asyncio

import typer
from rich.console import Console

from bot.settings import Settings, SettingsError, load_settings

_out = Console(soft_wrap=True, highlight=False)


class NotForgotten(SettingsError):
    """Nobody, or more than one person, was meant; the message says what to do, in Chinese."""


def forget(
    who: str = typer.Argument(help="对话编号（当事人对机器人说“我的对话编号”就能看到），或反馈表里的 sender"),
) -> None:
    """删除一个人的对话、评价和打印过的告知单。"""
    settings = load_settings()
    for line in asyncio.run(_forget(settings, who)):
        _out.print(line, markup=False)


async def _forget(settings: Settings, who: str) -> list[str]:
    """What was done, as lines. Raises NotForgotten."""
    return await (_in_database(settings, who) if settings.database else _in_files(settings, who))


async def _in_files(settings: Settings, who: str) -> list[str]:
    """Conversations are in the memory of the running bot, where only their own people can have them removed."""
    from bot.conversation.forget import senders_of
    from bot.feedback import FeedbackFile

    feedback = FeedbackFile(settings.feedback)
    voters = sorted({vote.sender for vote in await feedback.all()}) if settings.feedback.exists() else []
    found = senders_of(who, voters)
    votes = 0
    for sender in found:
        for message in await feedback.votes(sender):
            await feedback.withdraw(sender, message)
            votes += 1
    return [
        f"已删除评价 {votes} 条。" if found else "这个编号没有评价。",
        "没有设置 BOT_DATABASE：对话只在运行中的程序的内存里，这个命令够不着。"
        "请当事人对机器人说“删除我的信息”（打印过的告知单也会一起删），或重启程序，所有对话都会清空。",
    ]


async def _in_database(settings: Settings, who: str) -> list[str]:
    from rasa.shared.core.domain import Domain

    from bot.conversation.forget import forget, senders_of
    from bot.conversation.redis_link import link_to
    from bot.conversation.redis_lock import open_lock_store
    from bot.conversation.shadow import Shadows
    from bot.conversation.shared_tracker_store import SharedTrackerStore
    from bot.database import Database
    from bot.database.feedback import SharedFeedback
    from bot.database.schema import check_schema
    from bot.database.sheets import SharedSheets

    check_schema(settings.database)
    database = Database(settings.database)
    link = link_to(settings.redis)
    shadows = Shadows(link) if link else None
    conversations = SharedTrackerStore(Domain.empty(), database, open_lock_store(link).lock, shadows=shadows)
    feedback = SharedFeedback(database)
    try:
        known = {*await conversations.keys(), *(vote.sender for vote in await feedback.all())}
        found = senders_of(who, sorted(known))
        if len(found) != 1:
            raise NotForgotten(
                f"没有编号是 {who} 的对话，可能已经删除。"
                if not found
                else f"有 {len(found)} 个对话是这个编号，请用反馈表里的 sender：{'、'.join(found)}"
            )
        sheets = await forget(found[0], conversations, feedback, SharedSheets(database))
    except ConnectionError:
        raise NotForgotten("数据库没有回答，没有删成，请过一会儿再试。") from None
    finally:
        await database.close()
        if link:
            await link.close()
    return [f"已删除：对话、评价和 {sheets} 份告知单。"]
