"""The settings of the WeChat account, from environment variables or from wechat.yml, which git ignores."""

from __future__ import annotations

import base64
import binascii
import logging
import os
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from bot.settings import Settings, SettingsError

logger = logging.getLogger(__name__)

MODES = ("plain", "compatible", "encrypted")
_FILE = "wechat.yml"
_VARIABLES = {
    "app_id": "BOT_WECHAT_APP_ID",
    "token": "BOT_WECHAT_TOKEN",
    "aes_key": "BOT_WECHAT_AES_KEY",
    "mode": "BOT_WECHAT_MODE",
    "app_secret": "BOT_WECHAT_APP_SECRET",
    "customer_service": "BOT_WECHAT_CUSTOMER_SERVICE",
}
_SECRETS = ("token", "aes_key", "app_secret")
_YES_NO = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False, "": False}


@dataclass(frozen=True)
class WeChatConfig:
    """One account. `mode` is that of 消息加解密方式: plain, compatible or encrypted; `aes_key` has 43 characters.

    `app_secret` is needed for what the bot sends of itself (客服消息, the menu). `address` is the bot's own public address or
    empty. What is secret is not shown by repr.
    """

    token: str = field(default="", repr=False)
    app_id: str = ""
    aes_key: str = field(default="", repr=False)
    mode: str = "plain"
    app_secret: str = field(default="", repr=False)
    customer_service: bool = False
    address: str = ""

    @property
    def enabled(self) -> bool:
        """Whether an account is configured."""
        return bool(self.token)


def load_wechat(settings: Settings, environment: Mapping[str, str] = os.environ) -> WeChatConfig:
    """Read the account's settings; a variable wins over the file, a value over a file that holds it (…_FILE).

    Without any setting the account is not enabled. Raises SettingsError with one Chinese sentence for the first fault.
    """
    path = settings.root / _FILE
    written = _written(path)
    given = {key: _value(key, written, environment, settings.root) for key in _VARIABLES}
    values = {key: value or "" for key, value in given.items()}
    if given["token"] is None and not any(values.values()):
        return WeChatConfig(address=settings.address)
    config = WeChatConfig(
        token=values["token"],
        app_id=values["app_id"],
        aes_key=values["aes_key"],
        mode=values["mode"].lower() or ("encrypted" if values["aes_key"] else "plain"),
        app_secret=values["app_secret"],
        customer_service=_yes(values["customer_service"]),
        address=settings.address,
    )
    fault = _fault(config)
    if fault:
        raise SettingsError("微信公众号的设置不对：" + fault)
    return config


def _named(key: str) -> str:
    return f"{_VARIABLES[key]}（{_FILE} 里是 {key}）"


def _fault(config: WeChatConfig) -> str:
    """What is wrong, in Chinese, or nothing."""
    encrypts = config.mode in ("compatible", "encrypted")
    if config.mode not in MODES:
        return f"{_named('mode')}写的是“{config.mode}”，应为 {'、'.join(MODES)} 之一。"
    if not config.token:
        return f"{_named('token')}是空的，请填微信后台“消息推送”里的 Token；不用微信就把这一项删掉。"
    if not re.fullmatch(r"[A-Za-z0-9]{3,32}", config.token):
        return f"{_named('token')}应为3到32个英文字母或数字，和公众平台上填的一样。"
    if encrypts and not config.aes_key:
        return f"{_named('aes_key')}是空的，{config.mode} 模式要填 EncodingAESKey。"
    if config.aes_key and not _is_aes_key(config.aes_key):
        return f"{_named('aes_key')}应为43个字符的 EncodingAESKey，现在有{len(config.aes_key)}个字符或有别的符号。"
    if config.app_id and not re.fullmatch(r"wx[0-9a-z]{16}", config.app_id):
        return f"{_named('app_id')}写的是“{config.app_id}”，应为 wx 开头、共18位的小写字母和数字（gh_ 开头的是原始 ID，不是 AppID）。"
    if encrypts and not config.app_id:
        return f"{_named('app_id')}是空的，{config.mode} 模式要填 AppID。"
    if config.customer_service and not (config.app_id and config.app_secret):
        return f"用客服消息要填{_named('app_id')}和{_named('app_secret')}。"
    return ""


def _is_aes_key(key: str) -> bool:
    if not re.fullmatch(r"[A-Za-z0-9+/]{43}", key):
        return False
    try:
        return len(base64.b64decode(key + "=")) == 32
    except binascii.Error:
        return False


def _yes(value: str) -> bool:
    if value.lower() not in _YES_NO:
        raise SettingsError(f"微信公众号的设置不对：{_named('customer_service')}写的是“{value}”，应为 yes 或 no。")
    return _YES_NO[value.lower()]


def _written(path: Path) -> dict[str, str]:
    """What wechat.yml says, as text; nothing where there is no such file."""
    if not path.exists():
        return {}
    _warn_if_open(path)
    try:
        data = yaml.load(path.read_text(encoding="utf-8"), yaml.BaseLoader)  # all text: a token of digits stays one
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise SettingsError(f"{_FILE} 读不出来：{type(error).__name__}，请检查文件权限、编码和冒号后的空格。") from None
    known = (*_VARIABLES, *(f"{key}_file" for key in _SECRETS))
    if data in (None, ""):
        return {}
    if not isinstance(data, dict) or not all(isinstance(value, str) for value in data.values()):
        raise SettingsError(f"{_FILE} 每行应写成“键: 值”，可用的键是：{'、'.join(known)}。")
    for key in data:
        if key not in known:
            raise SettingsError(f"{_FILE} 里不认识的键 {key}，可用的是：{'、'.join(known)}。")
    return data


def _value(key: str, written: Mapping[str, str], environment: Mapping[str, str], root: Path) -> str | None:
    """The first value that is there, or None."""
    variable = _VARIABLES[key]
    sources = ((environment, variable, f"{variable}_FILE"), (written, key, f"{key}_file"))
    for source, name, file in sources:
        if _present(key, source, name):
            return source[name].strip()
        if key in _SECRETS and _present(key, source, file):
            return _secret(root / source[file].strip(), file)
    return None


def _present(key: str, source: Mapping[str, str], name: str) -> bool:
    """Whether a value is there. A blank one is none; a blank token is one, to be refused: it would close the account unseen."""
    return name in source if key == "token" else bool(source.get(name, "").strip())


def _secret(path: Path, name: str) -> str:
    try:
        text = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        raise SettingsError(f"{name} 指向的文件 {path} 读不出来，请检查路径和权限。") from None
    _warn_if_open(path)
    return text


def _warn_if_open(path: Path) -> None:
    if os.name == "posix" and path.stat().st_mode & stat.S_IROTH:
        logger.warning("%s 里有密钥，别的用户也能读，请运行 chmod 600 %s", path.name, path)
