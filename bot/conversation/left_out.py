"""What Rasa imports and this bot never runs, kept out of the process: TensorFlow's components, other services' channels.

Rasa imports all its components and channels wherever one is used, TensorFlow among them: half of the start and most of the
memory. Here their modules are stand-ins, whose classes say so when somebody uses one (docs/decisions/0013).
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any, NoReturn

import yaml

COMPONENTS = {
    "rasa.nlu.classifiers.diet_classifier": "DIETClassifier",
    "rasa.nlu.selectors.response_selector": "ResponseSelector",
    "rasa.nlu.featurizers.dense_featurizer.convert_featurizer": "ConveRTFeaturizer",
    "rasa.nlu.featurizers.dense_featurizer.lm_featurizer": "LanguageModelFeaturizer",
    "rasa.core.policies.ted_policy": "TEDPolicy",
    "rasa.core.policies.unexpected_intent_policy": "UnexpecTEDIntentPolicy",
}
"""Modules that need TensorFlow, with the component that each is there for."""

OF_COMPONENTS = (
    "rasa.utils.tensorflow.callback",
    "rasa.utils.tensorflow.data_generator",
    "rasa.utils.tensorflow.model_data",  # scikit-learn
    "rasa.utils.plotting",  # matplotlib
)
"""What these components use, and `rasa test`; imported by every policy and extractor."""

CHANNELS = tuple(
    f"rasa.core.channels.{name}"
    for name in (
        "botframework",
        "console",
        "facebook",
        "hangouts",
        "mattermost",
        "rocketchat",
        "slack",
        "socketio",
        "telegram",
        "twilio",
        "twilio_voice",
        "webexteams",
    )
)
"""Channels of other services, each of which brings its client library."""


class LeftOut(Exception):
    """Something was used that was left out of this process; the message says what to do, in Chinese."""


class _StandIn(type):
    """The type of all stand-ins: can be named, imported, registered and compared, not subclassed or made."""

    def __new__(cls, name: str, bases: tuple[type, ...], members: dict[str, Any]) -> _StandIn:
        if bases:
            _refuse(bases[0])
        return super().__new__(cls, name, bases, members)

    def __call__(cls, *args: Any, **kwargs: Any) -> NoReturn:
        _refuse(cls)

    def name(cls) -> str:
        """As a channel is asked for its name."""
        return cls.__module__


def _refuse(what: type) -> NoReturn:
    raise LeftOut(
        f"{what.__module__}.{what.__name__} 没有装入这个进程：config.yml 里没有用到需要 TensorFlow 的组件。"
        "要用的话，请在 config.yml 里写上它再启动。"
    )


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Gives a stand-in for each of the named modules that is not imported yet."""

    def __init__(self, names: frozenset[str]) -> None:
        self._names = names

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """The stand-in's, for the names that are left out."""
        return importlib.machinery.ModuleSpec(fullname, self) if fullname in self._names else None

    def exec_module(self, module: ModuleType) -> None:
        """Any class that is imported from the module exists, as a stand-in."""

        def stand_in(name: str) -> type:
            if name.startswith("__"):
                raise AttributeError(name)
            made = _StandIn(name, (), {"__module__": module.__name__})
            setattr(module, name, made)
            return made

        module.__getattr__ = stand_in  # type: ignore[method-assign]


def needs_tensorflow(config: Path) -> bool:
    """Whether a Rasa configuration names a component that needs TensorFlow; a file that cannot be read is left to Rasa."""
    try:
        told = yaml.safe_load(config.read_text(encoding="utf-8")) or {}
        named = {str(each["name"]).rpartition(".")[2] for part in ("pipeline", "policies") for each in told[part]}
    except (OSError, yaml.YAMLError, KeyError, TypeError):
        return True
    return not named.isdisjoint(COMPONENTS.values())


def leave_out(config: Path) -> None:
    """Keep out what the bot of this configuration never runs. Called before Rasa is imported; what is there already stays."""
    sys.modules.setdefault("jax", None)  # type: ignore[arg-type]  # bm25s would take it for something that is not used here
    names = set(CHANNELS)
    if not needs_tensorflow(config):
        names.update(COMPONENTS, OF_COMPONENTS)
    if not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder(frozenset(names)))
