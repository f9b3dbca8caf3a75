"""Channels: what verifies a message, gives it a sender and renders the reply."""
