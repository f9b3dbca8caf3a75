"""The action endpoint of a single process: rasa_sdk's executor, called directly instead of over HTTP."""

from __future__ import annotations

from typing import Any

from rasa.core.actions.action import RemoteAction
from rasa.utils.endpoints import EndpointConfig
from rasa_sdk.executor import ActionExecutor


class InProcessEndpoint(EndpointConfig):
    """Runs the actions of the package `actions` where Rasa would send a request."""

    def __init__(self) -> None:
        super().__init__(url="in-process", selective_domain=True)
        self._executor = ActionExecutor()
        self._executor.register_package("actions")

    async def request(self, method: str = "post", subpath: str | None = None, **kwargs: Any) -> Any:
        """Answer the action call in `json` as the action server would."""
        result = await self._executor.run(kwargs["json"])
        return result or {"events": [], "responses": []}


def trust_own_actions() -> None:
    """Spare the answers of our own actions the check that Rasa makes of a strange server's.

    It compiles its JSON schema anew for each call, 70 % of the time of a message (upstream #11717). What comes from another
    process is checked as before.
    """
    check = RemoteAction._validate_action_result
    if getattr(check, "trusts_own_actions", False):
        return

    def validate(self: RemoteAction, result: dict[str, Any]) -> bool:
        return True if isinstance(self.action_endpoint, InProcessEndpoint) else bool(check(self, result))

    validate.trusts_own_actions = True  # type: ignore[attr-defined]
    RemoteAction._validate_action_result = validate
