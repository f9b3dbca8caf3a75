"""What may keep the bot from starting, in the lines that are shown for it."""

from __future__ import annotations

import sys

# By name: an error of a module that was never imported cannot have been raised, and importing them all takes seconds.
_KNOWN = (
    ("bot.settings", "SettingsError"),
    ("bot.server.listening", "PortTaken"),
    ("bot.pages", "AccuracyError"),
    ("bot.retrieval", "EncoderError"),
    ("bot.retrieval", "FusionFault"),
    ("bot.retrieval", "IndexFault"),
    ("bot.conversation.agent", "NoModel"),
)


def explained(error: BaseException) -> list[str] | None:
    """The lines for a known fault, in Chinese; None for one that deserves its trace."""
    if _is(error, "bot.knowledge", "KnowledgeError"):
        faults = [str(fault) for fault in error.faults]  # type: ignore[attr-defined]
        return [*faults, f"知识库有 {len(faults)} 处错误，没有装入。改好后再试。"]
    return [str(error)] if any(_is(error, module, name) for module, name in _KNOWN) else None


def _is(error: BaseException, module: str, name: str) -> bool:
    loaded = sys.modules.get(module)
    return loaded is not None and isinstance(error, getattr(loaded, name))
