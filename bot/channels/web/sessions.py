"""Signed sessions: what a client holds, and the sender the server makes of it."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from collections.abc import Callable
from datetime import datetime, timedelta

KEPT = timedelta(days=90)


class Sessions:
    """Makes and reads tokens `id.issued.signature`, good for as long as `kept`. `clock` gives seconds since 1970."""

    def __init__(self, key: bytes, clock: Callable[[], float] = time.time, kept: timedelta = KEPT) -> None:
        self._key = key
        self._clock = clock
        self.kept = kept

    def new(self) -> str:
        """A token of its own for somebody who has none."""
        body = f"{secrets.token_urlsafe(18)}.{int(self._clock())}"
        return f"{body}.{self._sign('session:' + body)}"

    def sender(self, token: str | None) -> str | None:
        """The sender of a token: 32 hexadecimal digits; None for a token that is not ours or too old."""
        id, _, rest = (token or "").partition(".")
        issued, _, signature = rest.partition(".")
        if not id or not issued.isascii() or not issued.isdecimal():
            return None
        good = self._sign(f"session:{id}.{issued}")
        if not hmac.compare_digest(signature.encode(errors="replace"), good.encode()):
            return None
        if self._clock() - int(issued) > self.kept.total_seconds():
            return None
        return self._sign("sender:" + id)[:32]

    def expires(self, token: str) -> str:
        """When a token of ours ends, as an ISO time."""
        issued = int(token.split(".")[1])
        return (datetime.fromtimestamp(issued).astimezone() + self.kept).isoformat(timespec="seconds")

    def _sign(self, text: str) -> str:
        return hmac.new(self._key, text.encode(), hashlib.sha256).hexdigest()
