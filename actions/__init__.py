"""Rasa's custom actions: a few lines each, from tracker to bot.answering to events."""
