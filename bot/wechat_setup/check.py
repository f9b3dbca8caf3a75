"""The checks of `bot wechat check`: is the configuration right, does the bot answer as WeChat wants, does WeChat know us."""

from __future__ import annotations

import asyncio
import ipaddress
import re
import secrets
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import httpx

from bot.channels.wechat.config import WeChatConfig
from bot.channels.wechat.fault import BadRequest
from bot.channels.wechat.protocol import WINDOW, open_message, read_query, write_reply
from bot.conversation.redis_link import check_redis
from bot.settings import SettingsError
from bot.wechat_simulator import (
    Account,
    BrokenReply,
    checked_echo,
    compose,
    deliver,
    echo_query,
    new_openid,
    read_reply,
    seal,
)

from .api import ApiRefused, ApiUnreachable, fetch_token

PATH = "/wechat"
_CLOCK_OFF = 60  # seconds; a clock this far off is on its way out of the window
_MODES = {"plain": "明文模式", "compatible": "兼容模式", "encrypted": "安全模式"}
_TIMEOUT = 5.0  # seconds, as WeChat waits


@dataclass(frozen=True)
class Finding:
    """One line of the report. `level`: ok, note (works, could be better), fault."""

    level: str
    says: str


def account_of(config: WeChatConfig) -> Account:
    """The account as the simulator needs it."""
    return Account(config.app_id, config.token, config.aes_key, config.mode)


def configured(config: WeChatConfig, redis: str = "") -> list[Finding]:
    """What is set and what is not, without a secret. A config that could be loaded has no fault by itself; `redis` is where the
    processes of the bot meet, or empty."""
    found = [
        Finding("ok", f"模式：{_MODES[config.mode]}"),
        Finding("ok", f"Token：已填，{len(config.token)} 个字符"),
    ]
    if config.mode == "plain":
        found.append(
            Finding("note", "明文模式下消息在网上不加密，正式使用请改为安全模式（BOT_WECHAT_MODE=encrypted）。")
        )
    if config.app_id:
        found.append(Finding("ok", f"AppID：{config.app_id}"))
    if config.aes_key:
        found.append(Finding("ok", "EncodingAESKey：已填，43 个字符"))
    if config.app_secret:
        found.append(_app_secret(config.app_secret))
    elif config.customer_service:
        found.append(Finding("fault", "开了客服消息（BOT_WECHAT_CUSTOMER_SERVICE），却没有填 BOT_WECHAT_APP_SECRET。"))
    else:
        found.append(Finding("note", "AppSecret 没有填：能照常回复；推送菜单、发客服消息时才要填。"))
    found.append(address(config.address))
    try:
        check_redis(redis)
    except SettingsError as error:
        found.append(Finding("fault", str(error)))
    return found


def _app_secret(secret: str) -> Finding:
    if re.fullmatch(r"[0-9a-f]{32}", secret):
        return Finding("ok", "AppSecret：已填，32 个字符")
    return Finding("fault", f"AppSecret 应为 32 位小写字母和数字，现在有 {len(secret)} 个字符或有别的符号。")


def address(given: str) -> Finding:
    """Whether WeChat can call the public address, as far as the address itself tells."""
    if not given:
        return Finding("note", "BOT_ADDRESS 没有填：回复里不带网页链接，下面也只能查本机。")
    wrong = f"BOT_ADDRESS 写的是“{given}”，"
    parts = urlsplit(given)
    if parts.scheme != "https" or not parts.hostname:
        return Finding("fault", wrong + "应为 https:// 开头的公网地址。")
    try:
        port = parts.port
    except ValueError:
        port = -1
    if port not in (None, 443):
        return Finding("fault", wrong + "微信只连 80 和 443 端口，请去掉端口。")
    if _is_private(parts.hostname):
        return Finding("fault", wrong + "这是内网地址，微信连不到。")
    return Finding("ok", f"公网地址：{given}")


def _is_private(host: str) -> bool:
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return host == "localhost" or "." not in host


async def answers(url: str, account: Account, client: httpx.AsyncClient, where: str) -> list[Finding]:
    """Ask a running bot what WeChat asks: the GET check, a wrong signature, a sealed event."""
    echo = str(secrets.randbelow(10**18))
    query = echo_query(account, int(time.time()), echo)
    good = await _asked(url, query, client, where)
    if isinstance(good, Finding):
        return [good]
    why = checked_echo(echo, good.status_code, good.text)
    if why:
        return [Finding("fault", f"{where} {url} 没有通过微信的验证：{why}。{_remedy(good.status_code)}")]
    found = [Finding("ok", f"{where} {url} 通过了微信的验证（GET）")]
    forged = await _asked(url, {**query, "signature": "0" * 40}, client, where)
    if isinstance(forged, Finding):
        return [*found, forged]
    if forged.status_code == 200:
        found.append(Finding("fault", f"{where} {url} 连签名不对的请求也接受了，后面的不是本机器人。"))
    result = await deliver(client, url, account, compose("view", new_openid(), url, now=int(time.time())))
    if result.outcome == "failed":
        found.append(Finding("fault", f"{where} {url} 收不了微信的消息：{result.tries[-1].why}。{_remedy(403)}"))
    else:
        found.append(Finding("ok", f"{where} {url} 收得了微信的消息（POST，{_MODES[account.mode]}）"))
    return found


async def _asked(url: str, query: dict[str, str], client: httpx.AsyncClient, where: str) -> httpx.Response | Finding:
    """What the bot answers to a GET, or why it does not."""
    try:
        return await asyncio.wait_for(client.get(url, params=query), _TIMEOUT)
    except asyncio.TimeoutError:
        return Finding("fault", f"{where} {url} 五秒内没有回应，请检查防火墙和 nginx。")
    except httpx.RequestError as error:
        return Finding("fault", f"{where} {url} {_unreachable(error)}")


def _unreachable(error: httpx.RequestError) -> str:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLError):
            return (
                f"的证书有问题：{getattr(cause, 'verify_message', '') or cause}。请检查证书是否过期、证书链是否完整。"
            )
        cause = cause.__cause__ or cause.__context__
    return "连不上。请看机器人启动了没有（bot serve），公网地址还要看域名解析、防火墙和 nginx。"


def _remedy(status: int) -> str:
    remedies = {
        403: "请核对 Token、EncodingAESKey、AppID 和模式与微信后台一字不差；改了配置要重新启动机器人。",
        404: "请看 nginx 有没有把 /wechat 转给机器人，机器人启动时有没有这份配置。",
        502: "nginx 后面的机器人没有启动，请运行 bot serve。",
        504: "nginx 后面的机器人没有回应。",
    }
    return remedies.get(status, "这个地址后面可能不是本机器人。")


def token(config: WeChatConfig, api: httpx.Client, now: Callable[[], float] = time.time) -> list[Finding]:
    """Fetch an access token, which tells whether AppID, AppSecret and the IP list are right, and whether the clock is."""
    try:
        _, response = fetch_token(api, config.app_id, config.app_secret)
    except (ApiRefused, ApiUnreachable) as error:
        return [Finding("fault", str(error))]
    found = [Finding("ok", "拿到了 access_token：AppID、AppSecret、IP 白名单都对")]
    date = response.headers.get("Date")
    if date:
        off = int(now() - parsedate_to_datetime(date).timestamp())
        if abs(off) > _CLOCK_OFF:
            level = "fault" if abs(off) > WINDOW else "note"
            says = f"这台机器的时钟{'快' if off > 0 else '慢'}了 {abs(off)} 秒，请打开自动对时（差五分钟以上消息会被拒绝）。"
            found.append(Finding(level, says))
    return found


def sealed(config: WeChatConfig) -> list[Finding]:
    """Whether the channel reads what was signed and sealed elsewhere with these settings, and its reply can be opened."""
    account, openid, now = account_of(config), new_openid(), time.time()
    message = compose("text", openid, "自检", now=int(now))
    query, body = seal(account, message.xml(account.original_id), openid, int(now))
    try:
        incoming = open_message(config, read_query(query), body, now)
        screen = read_reply(account, message, write_reply(config, incoming, incoming.text, now).encode())
    except (BadRequest, BrokenReply) as error:
        return [Finding("fault", f"签名和加解密自检没有通过：{error}")]
    if screen is None or screen.text != "自检":
        return [Finding("fault", "签名和加解密自检没有通过：读出的不是发出的。")]
    return [Finding("ok", "签名和加解密自检通过")]
