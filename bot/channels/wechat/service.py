"""客服消息: what a verified account sends of itself, for the answers that come late.

https://developers.weixin.qq.com/doc/subscription/api/customer/message/api_sendcustommessage.html
"""

from __future__ import annotations

import asyncio
import json
import logging
import secrets
from typing import Any

import httpx

from .config import WeChatConfig
from .store import Store

logger = logging.getLogger(__name__)
logging.getLogger("httpx").setLevel(logging.WARNING)  # it would log addresses, and the access token stands in them

API = "https://api.weixin.qq.com"
_TIMEOUT = httpx.Timeout(5.0, connect=3.0)
_EARLY = 300  # seconds before its end that a token is given up; WeChat has the next one ready then
_LOCK = 15.0  # seconds that one process may take to fetch a token
_POLL = 0.05
_DAY = 86_400
_AFTER_MESSAGE = (5, 2 * _DAY)  # messages, and within how many seconds
_AFTER_EVENT = (3, 60)
_OPENING_EVENTS = ("click", "subscribe", "scan")

TOKEN_FAULTS = (40001, 40014, 42001)  # a token that is wrong or over: another one is fetched
_NO_ROOM = (45015, 45047)  # 48 hours are over or the person has left; enough messages were sent
_PAUSES = {
    48001: 3600.0,
    40164: 600.0,
    40013: 3600.0,
    40125: 3600.0,
}  # seconds without another try: people must act first
_WHERE = "微信开发者平台“基础信息”"
_HINTS = {
    40164: f"这台服务器的IP不在公众号的IP白名单里，请到{_WHERE}的“开发密钥 → API IP 白名单”加上",
    48001: "这个公众号没有客服消息的权限（要认证），请把 customer_service 改成 no",
    40013: f"AppID 不对，请对照{_WHERE}",
    40125: f"AppSecret 不对，请对照{_WHERE}的“开发密钥”，重置过就要换新的",
}


class ServiceError(Exception):
    """WeChat refused a call or was not reached. `code` is its errcode, 0 where there was none; the message has no secret."""

    def __init__(self, code: int, reason: str) -> None:
        self.code = code
        super().__init__(_HINTS.get(code) or reason)


class AccessToken:
    """The token for WeChat's interfaces. Whoever finds none fetches it; the others, in other processes too, wait for it."""

    def __init__(self, config: WeChatConfig, store: Store, client: httpx.AsyncClient) -> None:
        self._config = config
        self._store = store
        self._client = client
        self._key = f"token:{config.app_id}"  # several accounts may share a store
        self._lock = f"token_lock:{config.app_id}"

    async def get(self) -> str:
        """The token. Raises ServiceError."""
        owner = secrets.token_hex(8)
        for _ in range(round(_LOCK / _POLL)):
            token = await self._store.get(self._key)
            if token:
                return token
            if await self._store.add(self._lock, owner, _LOCK):
                try:
                    return await self._fetch()
                finally:
                    await self._store.release(self._lock, owner)  # it may have run out, and be another's now
            await asyncio.sleep(_POLL)
        raise ServiceError(0, "no access token in time")

    async def give_up(self, token: str) -> None:
        """Forget a token that WeChat no longer takes, unless another one has come already."""
        await self._store.release(self._key, token)

    async def _fetch(self) -> str:
        wanted = {
            "grant_type": "client_credential",
            "appid": self._config.app_id,
            "secret": self._config.app_secret,
            "force_refresh": False,
        }
        data = await _post(self._client, "/cgi-bin/stable_token", {}, wanted)
        token, seconds = data.get("access_token"), data.get("expires_in")
        if not isinstance(token, str) or not isinstance(seconds, int):
            raise ServiceError(0, "an answer without access token")
        await self._store.put(self._key, token, max(60, seconds - _EARLY))
        return token


class CustomerService:
    """Sends texts within the quota that WeChat gives after each sign of life of a person."""

    def __init__(self, config: WeChatConfig, store: Store, client: httpx.AsyncClient | None = None) -> None:
        self._store = store
        self._client = client or open_client()
        self._token = AccessToken(config, store, self._client)
        self._pause = f"service_pause:{config.app_id}"

    async def heard(self, sender: str, kind: str, event: str) -> None:
        """Note a sign of life: a message opens room for five within two days, a tap in the menu for three in a minute."""
        if kind != "event":
            most, seconds = _AFTER_MESSAGE
            await self._store.put(_room(sender), str(most), seconds)
            await self._store.drop(_sent(sender))
        elif event in _OPENING_EVENTS:
            most, seconds = _AFTER_EVENT
            if await self._store.add(_room(sender), str(most), seconds):
                await self._store.drop(_sent(sender))

    async def may_send(self, sender: str) -> bool:
        """Whether there is room, and WeChat has not said that this account may not."""
        room, sent = await self._store.get(_room(sender)), await self._store.get(_sent(sender))
        return int(sent or 0) < int(room or 0) and await self._store.get(self._pause) is None

    async def send(self, openid: str, sender: str, text: str) -> bool:
        """Send a text of at most 2048 bytes. Whether WeChat took it; why not stands in the log."""
        if not await self.may_send(sender):
            return False
        # counted before it is compared: of several that send at once, in other processes too, only as many as there is room for
        sent = await self._store.count(_sent(sender), _AFTER_MESSAGE[1])
        if sent > int(await self._store.get(_room(sender)) or 0):
            return False
        try:
            await self._post_message(openid, text)
        except ServiceError as error:
            logger.error("wechat: 客服消息没有发出（%s）：%s", error.code or "网络", error)
            if error.code in _NO_ROOM:
                await self._store.drop(_room(sender))
            elif error.code in _PAUSES:
                await self._store.put(self._pause, str(error.code), _PAUSES[error.code])
            return False
        return True

    async def forget(self, sender: str) -> None:
        """Forget what was noted of a person."""
        await self._store.drop(_room(sender), _sent(sender))

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def _post_message(self, openid: str, text: str) -> None:
        message = {
            "touser": openid,
            "msgtype": "text",
            "text": {"content": text},
            "aimsgcontext": {"is_ai_msg": 1},  # WeChat writes below it that a machine made it
        }
        for again in (True, False):
            token = await self._token.get()
            try:
                await _post(self._client, "/cgi-bin/message/custom/send", {"access_token": token}, message)
                return
            except ServiceError as error:
                if error.code not in TOKEN_FAULTS or not again:
                    raise
                await self._token.give_up(token)


def open_client(api: str = API) -> httpx.AsyncClient:
    """A client for WeChat's interfaces at `api`, with time limits."""
    return httpx.AsyncClient(base_url=api, timeout=_TIMEOUT)


async def _post(client: httpx.AsyncClient, path: str, query: dict[str, str], body: object) -> dict[str, Any]:
    """Call an interface. Raises ServiceError."""
    content = json.dumps(body, ensure_ascii=False).encode()  # WeChat shows \\u escapes as they are
    try:
        answer = await client.post(path, params=query, content=content, headers={"Content-Type": "application/json"})
        data = json.loads(answer.content)
    except httpx.HTTPError as error:
        raise ServiceError(0, f"not reached: {type(error).__name__}") from None
    except ValueError:
        raise ServiceError(0, f"status {answer.status_code}, no JSON") from None
    if not isinstance(data, dict):
        raise ServiceError(0, "no JSON object")
    if data.get("errcode"):
        raise ServiceError(int(data["errcode"]), str(data.get("errmsg", ""))[:200])
    return data


def _room(sender: str) -> str:
    return f"room:{sender}"


def _sent(sender: str) -> str:
    return f"sent:{sender}"
