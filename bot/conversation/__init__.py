"""The Rasa side: graph components, in-process actions, the agent, training and serving."""
