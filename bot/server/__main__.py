"""`python -m bot.server HOST PORT FILE`: the supervisor, as `bot serve` becomes it. FILE is where it leaves its number."""

from __future__ import annotations

import logging
import sys
from pathlib import Path

from .listening import PortTaken, bound
from .notice import Notice
from .say import complain, welcome
from .supervisor import Supervisor, Told, generation_command


def main(host: str, port: int, file: Path, module: str = "bot.server.load") -> int:
    """Serve until told to stop; the exit code. `module` is run as the generation."""
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    try:
        listening = bound(host, port)
    except PortTaken as error:
        complain(str(error))
        return 1
    notice = Notice(file)
    begun = False

    def changed(told: Told | None) -> None:
        nonlocal begun
        notice.write(told)
        if told and not begun:
            begun = True
            welcome(host, port)
        elif told:
            logging.getLogger("bot.server").info("serving knowledge %s", told["knowledge"])

    try:
        return Supervisor(listening, generation_command(module), changed).run()
    finally:
        notice.close()


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])))
