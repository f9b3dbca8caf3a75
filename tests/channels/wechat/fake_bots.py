"""Servers with the real WeChat channel and a bot that takes as long as the message says: “等6秒 甲” is answered after six.

Run as a program it reads lines from its standard input, so that the libraries are imported once for all servers:
`start PORT LOG [REDIS]` forks a server and prints its process id; at the end of the input all are ended. LOG gets a line
for every message that the bot sees.
"""

from __future__ import annotations

import asyncio
import os
import re
import signal
import sys
from pathlib import Path
from typing import Any

CONFIG = {
    "token": "spamtest1",
    "app_id": "wx0123456789abcdef",
    "aes_key": "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG",
    "mode": "encrypted",
}
_WAIT = re.compile(r"等([\d.]+)秒")


class SlowBot:
    """What Rasa's agent is to a channel, without Rasa."""

    def __init__(self, log: Path) -> None:
        from rasa.shared.core.domain import Domain

        from bot.conversation.tracker_store import LiveTrackerStore

        self._log = log
        self.tracker_store = LiveTrackerStore(Domain.empty())

    async def handle_message(self, message: Any) -> None:
        """Note the message, wait as long as it says, and repeat it."""
        from bot.conversation.intake import spoken

        with self._log.open("a", encoding="utf-8") as file:  # one short line: appended whole, by several processes too
            file.write(f"{message.sender_id}\t{message.text}\n")
        wait = _WAIT.search(message.text)
        await asyncio.sleep(float(wait[1]) if wait else 0)
        reply = {**spoken("答：" + message.text), "status": "answered"}
        await message.output_channel.send_response(message.sender_id, {"custom": reply})


def serve(port: int, log: Path, redis: str) -> None:
    """One server, until it is killed."""
    import rasa.core.channels.channel
    from sanic import Sanic

    from bot.channels.wechat.channel import WeChatInput
    from bot.channels.wechat.config import WeChatConfig
    from bot.channels.wechat.shared import open_store
    from bot.conversation.redis_link import link_to

    app = Sanic(f"fake_{port}", configure_logging=False)
    app.ctx.agent = SlowBot(log)
    store = open_store(link_to(redis))
    channel = WeChatInput(WeChatConfig(**CONFIG), b"key of the tests", app.ctx.agent, store)
    rasa.core.channels.channel.register([channel], app, route="/")
    app.run(host="127.0.0.1", port=port, access_log=False)


def main() -> None:
    """Fork a server for every line of the input."""
    import bot.channels.wechat.channel  # noqa: F401  (imports all of Rasa, once for all servers)
    from bot.conversation.runtime import kit

    kit()
    print("ready", flush=True)
    children: list[int] = []
    for line in sys.stdin:
        _, port, log, *redis = line.split()
        child = os.fork()
        if child == 0:
            serve(int(port), Path(log), redis[0] if redis else "")
            os._exit(0)
        children.append(child)
        print(child, flush=True)
    for child in children:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


if __name__ == "__main__":
    main()
