"""What several processes share in PostgreSQL: the connection of a process, the tables, sheets and feedback."""

from .connection import Database, OutOfReach

__all__ = ["Database", "OutOfReach"]
