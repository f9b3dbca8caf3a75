"""The generation of a `bot serve`, with a log of every message that reaches the conversation: the file COUNTED."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

from bot.server.load import main


def count(log: Path) -> None:
    """Write down what comes to the agent."""
    from bot.conversation.runtime import quiet_start

    quiet_start()
    from bot.conversation.agent import OrderlyAgent

    handle = OrderlyAgent.handle_message

    async def counted(agent: OrderlyAgent, message: Any) -> Any:
        with log.open("a", encoding="utf-8") as file:
            file.write(f"{message.sender_id}\t{message.text}\n")
        return await handle(agent, message)

    OrderlyAgent.handle_message = counted


if __name__ == "__main__":
    count(Path(os.environ["COUNTED"]))
    main(*map(int, sys.argv[1:]))
