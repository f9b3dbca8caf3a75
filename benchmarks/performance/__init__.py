"""How fast the bot is, beside a stock Rasa in the same run (docs/performance.md)."""
