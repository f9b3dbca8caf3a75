"""Lines for whoever started the server, on standard error."""

from __future__ import annotations

import os
import sys

_RED, _GREEN = 31, 32


def say(line: str) -> None:
    """One line."""
    print(line, file=sys.stderr, flush=True)


def complain(line: str) -> None:
    """One line that says what is wrong."""
    say(f"{_coloured('错误', _RED)} {line}")


def welcome(host: str, port: int) -> None:
    """What to do next, once the first message can be answered."""
    shown = f"[{host}]" if ":" in host else host
    say("")
    say(f"{_coloured('已启动', _GREEN)} http://{shown}:{port}")
    say(f"  打开网页：在浏览器里打开 http://{shown}:{port}")
    say("  终端对话：另开一个终端，运行 .venv/bin/bot shell")
    say("  改了知识库：另开一个终端，运行 .venv/bin/bot reload")
    say("  停止：按 Ctrl+C")
    say("")


def _coloured(word: str, colour: int) -> str:
    plain = not sys.stderr.isatty() or "NO_COLOR" in os.environ
    return word if plain else f"\033[{colour}m{word}\033[0m"
