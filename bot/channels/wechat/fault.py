"""A request that is refused."""

from __future__ import annotations


class BadRequest(Exception):
    """Not WeChat, or not what WeChat sends. The message is a short reason for the log, without anything of the request."""
