"""`bot serve`: a supervisor holds the port, a generation loads model and knowledge once, its workers answer.

The supervisor (`python -m bot.server`) imports nothing but the standard library, so this package must stay light at import.
"""
