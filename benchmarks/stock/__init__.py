"""The bot that one builds with Rasa's own parts, to compare with (README.md)."""
