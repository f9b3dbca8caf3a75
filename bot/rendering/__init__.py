"""Replies made into what a channel shows."""

from .data import to_data
from .plain import to_text

__all__ = ["to_data", "to_text"]
