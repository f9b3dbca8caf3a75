"""A fake WeChat: sends messages to a running bot as WeChat would and shows what the citizen would see.

It shares no code with the channel (only wechatpy's crypto), so that what it accepts is an independent check.
"""

from .account import MODES, Account, Unreadable, checked_echo, echo_query, seal, unseal
from .delivery import OUT_OF_SERVICE, PATIENCE, TRIES, Delivery, Try, deliver, open_client
from .messages import KINDS, Message, compose, new_openid, tap
from .screen import LIMIT, BrokenReply, Link, Screen, read_reply

__all__ = [
    "KINDS",
    "LIMIT",
    "MODES",
    "OUT_OF_SERVICE",
    "PATIENCE",
    "TRIES",
    "Account",
    "BrokenReply",
    "Delivery",
    "Link",
    "Message",
    "Screen",
    "Try",
    "Unreadable",
    "checked_echo",
    "compose",
    "deliver",
    "echo_query",
    "new_openid",
    "open_client",
    "read_reply",
    "seal",
    "tap",
    "unseal",
]
