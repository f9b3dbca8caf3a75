"""What deploy/ says holds of the bot that it deploys."""
