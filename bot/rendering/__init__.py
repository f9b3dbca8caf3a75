"""Replies made into what a channel shows."""

from .data import to_data
from .plain import to_text
from .sheet import sheet_html, sheet_text
from .wechat import WeChatReply, to_wechat

__all__ = ["WeChatReply", "sheet_html", "sheet_text", "to_data", "to_text", "to_wechat"]
