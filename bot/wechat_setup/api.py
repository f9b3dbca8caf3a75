"""WeChat's own interface: the access token, the menu, and what its refusals mean."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

import httpx

API = "https://api.weixin.qq.com"
_TIMEOUT = 10.0  # seconds; a person waits for it

_WHERE = "微信开发者平台（developers.weixin.qq.com/platform）→ 我的业务 → 公众号/服务号 → 基础信息"
_EXPLAINED: Mapping[int, tuple[str, str]] = {
    -1: ("微信系统忙", "请过几分钟再试。"),
    40001: ("AppSecret 不对，或者和 AppID 不是同一个账号的", f"请到{_WHERE} → 开发密钥核对；重置过就要换成新的。"),
    40002: ("微信不认这个请求", "请升级本程序后再试。"),
    40013: ("AppID 不对", f"请到{_WHERE}复制 AppID（以 wx 开头，18 位）。"),
    40018: ("菜单名称太长", "请在 knowledge/wechat_menu.yml 改短。"),
    40054: ("菜单里的网址不对", "请检查 BOT_ADDRESS，应是群众能打开的 https 地址。"),
    40055: ("菜单里的网址不对", "请检查 BOT_ADDRESS，应是群众能打开的 https 地址。"),
    40125: ("AppSecret 不对", f"请到{_WHERE} → 开发密钥核对；重置过就要换成新的。"),
    40243: ("AppSecret 被冻结了", f"请到{_WHERE} → 开发密钥解冻，约十分钟后生效。"),
    41004: ("没有填 AppSecret", "请填 BOT_WECHAT_APP_SECRET。"),
    45009: ("今天调用的次数用完了", "请明天再试。"),
    45011: ("调用太频繁", "请过一分钟再试。"),
    48001: ("这个账号没有这项接口的权限", "自定义菜单和客服消息要经过微信认证的账号；没有认证也能照常被动回复。"),
    50002: ("账号被限制或冻结", "请登录微信公众平台查看通知。"),
}
_NOT_LISTED = re.compile(r"invalid ip ([0-9a-fA-F.:]+)")


class ApiRefused(Exception):
    """WeChat refused a call; the message says why and what to do next, in Chinese."""

    def __init__(self, code: int, message: str) -> None:
        self.code = code
        super().__init__(explained(code, message))


class ApiUnreachable(Exception):
    """WeChat's interface does not answer; the message says what to do, in Chinese."""


def explained(code: int, message: str) -> str:
    """What an error code of WeChat means and what to do next, in Chinese."""
    if code == 40164:
        found = _NOT_LISTED.search(message)
        ip = found[1] if found else "（见上面的英文说明）"
        return (
            f"错误 40164：本机的公网 IP {ip} 不在 IP 白名单里。请到{_WHERE} → 开发密钥 → API IP 白名单，"
            f"加上 {ip}，几分钟后再试。"
        )
    if code in _EXPLAINED:
        what, todo = _EXPLAINED[code]
        return f"错误 {code}：{what}。{todo}"
    return f"错误 {code}：{message[:120]}。请在微信官方文档的“全局返回码”里查这个编号。"


def open_api(base: str = API) -> httpx.Client:
    """A client for WeChat's interface."""
    return httpx.Client(base_url=base, timeout=_TIMEOUT)


def fetch_token(api: httpx.Client, app_id: str, secret: str) -> tuple[str, httpx.Response]:
    """The stable access token and the whole response. It is not refreshed by force: a running bot keeps the same one."""
    wanted = {"grant_type": "client_credential", "appid": app_id, "secret": secret}
    data, response = _call(api, "/cgi-bin/stable_token", wanted, {})
    if not isinstance(data.get("access_token"), str):
        raise ApiRefused(0, "没有给出 access_token")
    return data["access_token"], response


def push_menu(api: httpx.Client, token: str, menu: Mapping[str, Any]) -> None:
    """Replace the account's menu. Raises ApiRefused and ApiUnreachable."""
    _call(api, "/cgi-bin/menu/create", menu, {"access_token": token})


def _call(
    api: httpx.Client, path: str, body: Mapping[str, Any], query: Mapping[str, str]
) -> tuple[dict[str, Any], httpx.Response]:
    # WeChat shows \u escapes in menu names as they are, so the body is written in plain characters
    content = json.dumps(body, ensure_ascii=False).encode()
    try:
        response = api.post(path, params=query, content=content, headers={"Content-Type": "application/json"})
        data = response.json()
    except httpx.TransportError as error:
        raise ApiUnreachable(f"连不上微信的接口（{type(error).__name__}）。请检查这台机器能不能访问外网。") from None
    except ValueError:
        raise ApiUnreachable(f"微信的接口回了看不懂的内容（状态 {response.status_code}）。请过几分钟再试。") from None
    code = data.get("errcode", 0) if isinstance(data, dict) else -1
    if code:
        raise ApiRefused(code, str(data.get("errmsg", "")) if isinstance(data, dict) else "")
    return data, response
