"""Train what is missing, and say why: the retrieval index and the Rasa model."""

from __future__ import annotations

import contextlib
import io
import json
import logging
import os
import shutil
import warnings
from collections.abc import Callable
from pathlib import Path

from bot.assembly import build_index, index_is_current
from bot.knowledge import Knowledge, load_knowledge
from bot.retrieval.index import file_digest
from bot.settings import Settings

Progress = Callable[[str, int, int], None]
_NEEDED_BYTES = 300 * 2**20  # a Rasa model, an index and the files Rasa unpacks on the way


class TrainingError(Exception):
    """Training cannot be done; the message says why, in Chinese."""


def rasa_fingerprint(settings: Settings) -> str:
    """What the Rasa model is trained from."""
    root = settings.root
    files = [root / "config.yml", *sorted((root / "domain").glob("*.yml")), *sorted((root / "nlu_data").glob("*.yml"))]
    files += [settings.knowledge / "topics.yml", *sorted((settings.knowledge / "lexicon").glob("*"))]
    files += [root / f"bot/conversation/{name}.py" for name in ("classifier", "components")]
    files += [root / f"bot/language/{name}.py" for name in ("normalise", "segment", "extract", "understand")]
    return file_digest(files)


def rasa_is_current(settings: Settings) -> bool:
    """Whether the trained Rasa model was made from what is there now."""
    note = settings.rasa / "fingerprint.json"
    try:
        known = json.loads(note.read_text(encoding="utf-8"))["fingerprint"]
    except (OSError, ValueError, KeyError):
        return False
    return bool(known == rasa_fingerprint(settings) and list(settings.rasa.glob("*.tar.gz")))


def reasons(settings: Settings, knowledge: Knowledge) -> list[str]:
    """Why training is needed, in Chinese; empty when nothing has to be trained."""
    found = []
    if not index_is_current(settings):
        first = not (settings.index / "index.json").exists()
        found.append("还没有检索索引" if first else "知识内容、问法或编码器有改动，重建检索索引")
    if not rasa_is_current(settings):
        first = not list(settings.rasa.glob("*.tar.gz"))
        found.append("还没有对话模型" if first else "对话配置、意图例句或词表有改动，重新训练对话模型")
    return found


def train(settings: Settings, say: Callable[[str], None], progress: Progress) -> bool:
    """Train what is missing. Returns whether anything was trained.

    Raises KnowledgeError for a fault in the knowledge and TrainingError when there is too little room or Rasa fails.
    """
    knowledge = load_knowledge(settings.knowledge)
    why = reasons(settings, knowledge)
    if not why:
        return False
    settings.models.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(settings.models).free
    if free < _NEEDED_BYTES:
        raise TrainingError(
            f"磁盘空间不够：还剩 {free // 2**20} MB，训练至少要 {_NEEDED_BYTES // 2**20} MB。请清出空间再试。"
        )
    for line in why:
        say(line)
    steps = 2
    progress("建立检索索引", 0, steps)
    if not index_is_current(settings):
        build_index(settings, knowledge)
    progress("训练对话模型", 1, steps)
    if not rasa_is_current(settings):
        train_rasa(settings)
    progress("训练完成", 2, steps)
    return True


def train_rasa(settings: Settings) -> None:
    """Train the Rasa model from config.yml, domain/ and nlu_data/; an old one stays until the new one is there."""
    import rasa.model_training

    fingerprint = rasa_fingerprint(settings)
    logging.getLogger("rasa").setLevel(logging.ERROR)
    log = io.StringIO()
    os.environ["TQDM_DISABLE"] = "1"
    with contextlib.redirect_stdout(log), contextlib.redirect_stderr(log), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        result = rasa.model_training.train(
            domain=str(settings.root / "domain"),
            config=str(settings.root / "config.yml"),
            training_files=[str(settings.root / "nlu_data")],
            output=str(settings.rasa),
            fixed_model_name="policy.new",
            force_training=True,
        )
    if result.code != 0 or not result.model:
        raise TrainingError("对话模型没有训练成功：" + log.getvalue().strip()[-300:])
    Path(result.model).replace(settings.rasa / "policy.tar.gz")
    (settings.rasa / "fingerprint.json").write_text(json.dumps({"fingerprint": fingerprint}), encoding="utf-8")
