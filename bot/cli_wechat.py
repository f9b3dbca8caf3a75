"""bot wechat check, menu, simulate: setting up and trying the WeChat account from the command line."""

from __future__ import annotations

import asyncio
import re
import time
from typing import NoReturn, Optional

import typer
from rich.console import Console

from bot.channels.wechat.config import WeChatConfig, load_wechat
from bot.settings import load_settings
from bot.wechat_setup import check as checks
from bot.wechat_setup.api import ApiRefused, ApiUnreachable, fetch_token, open_api, push_menu
from bot.wechat_setup.menu import load_menu, to_json
from bot.wechat_simulator import KINDS, Account, Delivery, Link, Message, compose, deliver, new_openid, open_client, tap

app = typer.Typer(no_args_is_help=True, help="微信公众号：检查、菜单、模拟")
_out = Console(soft_wrap=True)
_err = Console(stderr=True, soft_wrap=True, highlight=False)
_LEVELS = {"ok": "[green]好[/green]", "note": "[yellow]注意[/yellow]", "fault": "[red]错误[/red]"}
_COMMANDS = {
    "语音": "voice",
    "图片": "image",
    "视频": "video",
    "位置": "location",
    "链接": "link",
    "文件": "file",
    "关注": "subscribe",
    "取关": "unsubscribe",
    "扫码": "scan",
    "菜单": "click",
    "网页": "view",
    "上报": "location_event",
}
_HELP = (
    "直接输入要说的话；2 是回复数字，[2] 是点第 2 个链接；按 Ctrl+D 退出。",
    "别的消息：" + " ".join(f"/{word}" for word in _COMMANDS) + "；如 /关注 kyqq，/位置 46.08,122.09 地名。",
    "要发以“/”开头的话，写两个“/”。",
)
_TAP = re.compile(r"[\[【](\d+)[\]】]")
_POSITION = re.compile(r"(-?\d+(?:\.\d+)?)[,，](-?\d+(?:\.\d+)?)")
_OUTCOMES = {
    "reply": "得到回复",
    "silent": "机器人不回话（success）",
    "lost": "有回复，假装网络丢了",
    "timeout": "超时",
}


def _fail(message: str) -> NoReturn:
    _err.print("[red]错误[/red] " + message.replace("[", "\\["))
    raise typer.Exit(1)


def _config() -> WeChatConfig:
    config = load_wechat(load_settings())
    if not config.enabled:
        _fail("还没有配置微信：请先填 BOT_WECHAT_TOKEN 等，见 docs/wechat.md。")
    return config


def _local() -> str:
    settings = load_settings()
    return f"http://127.0.0.1:{settings.port}{checks.PATH}"


@app.command()
def check() -> None:
    """检查配置、签名、地址和微信接口，逐条说怎么办；有错误时退出码是 1。"""
    config = _config()
    found = checks.configured(config, load_settings().redis)
    found += checks.sealed(config)
    found += asyncio.run(_ask_the_bot(config))
    if config.app_secret:
        with open_api() as api:
            found += checks.token(config, api)
    for one in found:
        _out.print(_LEVELS[one.level], end=" ")
        _out.print(one.says, markup=False, highlight=False)
    faults = sum(one.level == "fault" for one in found)
    if faults:
        _fail(f"有 {faults} 处要改，改好后再运行 bot wechat check。")
    _out.print("都好了。")


async def _ask_the_bot(config: WeChatConfig) -> list[checks.Finding]:
    account = checks.account_of(config)
    async with open_client() as client:
        found = await checks.answers(_local(), account, client, "本机")
        if checks.address(config.address).level == "ok":
            found += await checks.answers(config.address.rstrip("/") + checks.PATH, account, client, "公网")
    return found


@app.command()
def menu(push: bool = typer.Option(False, "--push", help="推送到微信，换掉现在的菜单")) -> None:
    """显示建议的菜单（knowledge/wechat_menu.yml）；--push 推送。"""
    from bot.assembly import read_calculators
    from bot.knowledge import load_knowledge

    settings = load_settings()
    config = load_wechat(settings)
    knowledge = load_knowledge(settings.knowledge)
    groups = load_menu(settings.knowledge, knowledge, read_calculators(settings, knowledge))
    body = to_json(groups, config.address)
    for button in body["button"]:
        _out.print(button["name"], style="bold", markup=False, highlight=False)
        for entry in button["sub_button"]:
            goes = entry.get("url") or entry["key"]
            _out.print(f"  {entry['name']}  {goes}", markup=False, highlight=False)
    if not config.address:
        _err.print("没有填 BOT_ADDRESS，打开网页的几项没有列出。")
    if not push:
        _err.print("只是看看，没有推送。要推送请加 --push。")
        return
    if not (config.app_id and config.app_secret):
        _fail("推送菜单要填 BOT_WECHAT_APP_ID 和 BOT_WECHAT_APP_SECRET。")
    try:
        with open_api() as api:
            push_menu(api, fetch_token(api, config.app_id, config.app_secret)[0], body)
    except (ApiRefused, ApiUnreachable) as error:
        _fail(str(error))
    _out.print("已推送。手机上退出公众号再进去，最迟五分钟后就能看到。")


@app.command()
def simulate(
    url: Optional[str] = typer.Option(None, help="机器人收微信消息的地址，默认是本机"),
    text: Optional[list[str]] = typer.Option(None, "--text", help="要发的话，可以给几次，一句一句地发"),
    kind: str = typer.Option("text", help="消息的种类：" + "、".join(KINDS)),
    at: Optional[str] = typer.Option(None, "--at", help="位置：纬度,经度"),
    interactive: bool = typer.Option(False, "--interactive", help="在终端里一句一句地聊"),
    slow: bool = typer.Option(False, "--slow", help="假装网络不好：前两次的回复都丢了，看第三次"),
) -> None:
    """假装是微信，给运行着的机器人发消息，显示群众会看到什么。"""
    if kind not in KINDS:
        _fail(f"没有“{kind}”这种消息。可用的：" + "、".join(f"{name}（{says}）" for name, says in KINDS.items()))
    position = _position(at) if at is not None else None
    account = checks.account_of(_config())
    target = url or _local()
    if interactive or (kind == "text" and not text):
        asyncio.run(_chat(target, account, slow))
        return
    raise SystemExit(asyncio.run(_send(target, account, kind, text or [""], position, slow)))


def _position(text: str) -> tuple[float, float]:
    found = _POSITION.fullmatch(text.strip())
    if not found:
        _fail(f"位置写的是“{text}”，应为 纬度,经度，如 46.08,122.09。")
    return float(found[1]), float(found[2])


async def _send(
    url: str, account: Account, kind: str, texts: list[str], at: tuple[float, float] | None, slow: bool
) -> int:
    openid = new_openid()
    failed = 0
    async with open_client() as client:
        for said in texts:
            message = compose(kind, openid, said, now=int(time.time()), at=at)
            result = await deliver(client, url, account, message, lost=2 if slow else 0)
            named = KINDS[kind].partition("（")[0]
            _show(said if kind == "text" else f"（{' '.join(filter(None, (named, said)))}）", result)
            failed += result.outcome == "failed"
    if failed:
        _err.print("没有得到回复。运行 bot wechat check 看看错在哪里。")
    return 1 if failed else 0


async def _chat(url: str, account: Account, slow: bool) -> None:
    openid = new_openid()
    links: tuple[Link, ...] = ()
    for line in _HELP:
        _out.print(line, style="dim", markup=False, highlight=False)
    async with open_client() as client:
        while True:
            try:
                typed = (await asyncio.to_thread(input, "您：")).strip()
            except (EOFError, KeyboardInterrupt):
                _out.print("再见。")
                return
            message = message_of(typed, openid, links, int(time.time()))
            if message is None:
                continue
            result = await deliver(client, url, account, message, lost=2 if slow else 0)
            _show(None, result)
            links = result.screen.choices if result.screen else links


def message_of(typed: str, openid: str, links: tuple[Link, ...], now: int) -> Message | None:
    """What a line typed in the chat sends; None where it sends nothing (the reason is printed)."""
    tapped = _TAP.fullmatch(typed)
    if tapped:
        number = int(tapped[1])
        if not 1 <= number <= len(links):
            _err.print(f"上一条回复里没有第 {number} 个链接。")
            return None
        link = links[number - 1]
        return tap(openid, link.label, link.choice or "", now=now)
    if typed.startswith("/") and not typed.startswith("//"):
        word, _, rest = typed[1:].partition(" ")
        kind = _COMMANDS.get(word, word)
        if kind not in KINDS:
            _err.print(f"没有“/{word}”。可用的：" + "、".join(f"/{name}" for name in _COMMANDS))
            return None
        place = _POSITION.match(rest)
        at = (float(place[1]), float(place[2])) if place else None
        return compose(kind, openid, rest[place.end() :].strip() if place else rest.strip(), now=now, at=at)
    return compose("text", openid, typed.removeprefix("/"), now=now) if typed else None


def _show(said: str | None, result: Delivery) -> None:
    if said is not None:
        _out.print(f"您：{said}", style="bold", markup=False, highlight=False)
    for one in result.tries:
        size = f"，{one.size} 字节" if one.size else ""
        what = _OUTCOMES.get(one.outcome, one.why)
        _out.print(f"  第 {one.number} 次：{one.seconds:.2f} 秒，{what}{size}", style="dim", highlight=False)
    if result.shown:
        _out.print("公众号：" + result.shown, markup=False, highlight=False)
