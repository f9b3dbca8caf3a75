"""The action endpoint of a single process: rasa_sdk's executor, called directly instead of over HTTP."""

from __future__ import annotations

from typing import Any

from rasa.utils.endpoints import EndpointConfig
from rasa_sdk.executor import ActionExecutor


class InProcessEndpoint(EndpointConfig):
    """Runs the actions of the package `actions` where Rasa would send a request."""

    def __init__(self) -> None:
        super().__init__(url="in-process")
        self._executor = ActionExecutor()
        self._executor.register_package("actions")

    async def request(self, method: str = "post", subpath: str | None = None, **kwargs: Any) -> Any:
        """Answer the action call in `json` as the action server would."""
        result = await self._executor.run(kwargs["json"])
        return result or {"events": [], "responses": []}
