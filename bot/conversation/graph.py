"""Rasa's graphs, run without a scheduler, and its model, read without what only training needs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import rasa.shared.utils.io
from rasa.core.agent import Agent
from rasa.core.processor import MessageProcessor
from rasa.engine.exceptions import GraphRunError
from rasa.engine.loader import load_predict_graph_runner
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.engine.storage.local_model_storage import MODEL_ARCHIVE_METADATA_FILE, LocalModelStorage
from rasa.engine.storage.storage import ModelMetadata
from rasa.utils.common import TempDirectoryPath, get_temp_dir_name

from .shortcuts import take_shortcuts


class OrderedRunner(DaskGraphRunner):
    """Runs the nodes one after the other in an order found once. Dask finds it anew for each run, and starts a scheduler for it:
    that costs more than the nodes themselves."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._orders: dict[tuple[str, ...], list[tuple[str, tuple[str, ...]]]] = {}

    def run(self, inputs: dict[str, Any] | None = None, targets: list[str] | None = None) -> dict[str, Any]:
        """Outputs by target, as Rasa's own runner gives them."""
        wanted = tuple(targets or self._graph_schema.target_names)
        if wanted not in self._orders:
            self._orders[wanted] = self._order(wanted)
        known: dict[str, Any] = {name: (name, value) for name, value in (inputs or {}).items()}
        try:
            for name, needs in self._orders[wanted]:
                known[name] = self._instantiated_nodes[name](*(known.get(need, need) for need in needs))
        except RuntimeError as error:
            raise GraphRunError("Error running runner.") from error
        return {name: known[name][1] for name in wanted}

    def _order(self, targets: tuple[str, ...]) -> list[tuple[str, tuple[str, ...]]]:
        """The nodes that the targets need, each behind those it needs itself. Placeholders of inputs are no nodes."""
        nodes = self._graph_schema.minimal_graph_schema(list(targets)).nodes
        found: dict[str, tuple[str, ...]] = {}

        def add(name: str) -> None:
            if name in nodes and name not in found:
                needs = tuple(nodes[name].needs.values())
                for need in needs:
                    add(need)
                found[name] = needs

        for target in targets:
            add(target)
        return list(found.items())


class ServingStorage(LocalModelStorage):
    """A model without the graph that trained it, whose components bring plotting, cross-validation and their libraries."""

    @staticmethod
    def _load_metadata(directory: Path) -> ModelMetadata:
        stored = rasa.shared.utils.io.read_json_file(directory / MODEL_ARCHIVE_METADATA_FILE)
        return ModelMetadata.from_dict({**stored, "train_schema": {"nodes": {}}})


class ServingProcessor(MessageProcessor):
    """Rasa's processor on an ordered graph."""

    @staticmethod
    def _load_model(model_path: str | Path) -> tuple[str, ModelMetadata, OrderedRunner]:
        take_shortcuts()
        with TempDirectoryPath(get_temp_dir_name()) as folder:
            metadata, runner = load_predict_graph_runner(Path(folder), Path(model_path), ServingStorage, OrderedRunner)
        return Path(model_path).name, metadata, runner

    def _check_for_unseen_features(self, parse_data: dict[str, Any]) -> None:
        """Nothing: our acts and entities are checked against the domain when it is trained, not with each message."""


class ServingAgent(Agent):
    """Rasa's agent with this processor."""

    def load_model(self, model_path: str | Path, fingerprint: str | None = None) -> None:
        """As Rasa's own."""
        self.processor = ServingProcessor(
            model_path=model_path,
            tracker_store=self.tracker_store,
            lock_store=self.lock_store,
            action_endpoint=self.action_endpoint,
            generator=self.nlg,
        )
        self.domain = self.processor.domain
        self._set_fingerprint(fingerprint)
        self.tracker_store.domain = self.domain
        self.nlg.responses = self.domain.responses
