"""The processes of `bot serve`, with a small application in place of the bot: a start takes a second instead of twenty."""
