"""`bot` with its arguments, as staff start it, and a log of every message that reaches the conversation.

`python -m tests.channels.wechat.counted_bot LOG serve`
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from bot.conversation.agent import OrderlyAgent


def main() -> None:
    """Run the command line."""
    log = Path(sys.argv.pop(1))
    handle = OrderlyAgent.handle_message

    async def counted(agent: OrderlyAgent, message: Any) -> Any:
        with log.open("a", encoding="utf-8") as file:
            file.write(f"{message.sender_id}\t{message.text}\n")
        return await handle(agent, message)

    OrderlyAgent.handle_message = counted

    from bot.cli import app

    app()


if __name__ == "__main__":
    main()
