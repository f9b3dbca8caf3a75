"""What the tests share: the knowledge as shipped, and a kit over a small index that is built once per run."""

from __future__ import annotations

import dataclasses
import gc
import shutil
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from bot.conversation.left_out import leave_out

from .redis_process import redis_server  # noqa: F401  (fixture)
from .servers import _migrated, migrated_postgres, postgres, postgres_server  # noqa: F401  (fixtures)

leave_out(Path(__file__).parent.parent / "config.yml")  # before a test imports Rasa: TensorFlow alone takes ten seconds

SHARE = 4  # one question in four is indexed, for each clause: the index builds in two seconds instead of nine
DAY = date(2022, 10, 15)  # a day on which most printed terms run


hypothesis_settings.register_profile(
    "same every run",
    derandomize=True,
    database=None,
    deadline=None,
    max_examples=40,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
hypothesis_settings.load_profile("same every run")


def pytest_configure(config: pytest.Config) -> None:
    """Short tracebacks unless others are asked for: the long ones print the whole knowledge with every failure."""
    if config.option.tbstyle == "auto":
        config.option.tbstyle = "short"


def pytest_collection_finish() -> None:
    """Leave what the imports made out of every later garbage collection; it takes a fifth of the time otherwise."""
    gc.freeze()


@pytest.fixture(scope="session")
def settings():
    from bot.settings import load_settings

    return load_settings()


@pytest.fixture(scope="session")
def knowledge(settings):
    from bot.knowledge import load_knowledge

    return load_knowledge(settings.knowledge)


@pytest.fixture(scope="session")
def questions(settings, knowledge):
    """Every authored question, those that the small index has not seen included."""
    from bot.knowledge.questions import load_questions

    return load_questions(settings.knowledge, knowledge)


@pytest.fixture(scope="session")
def small_settings(settings, tmp_path_factory):
    """The shipped settings with a copy of the knowledge with a quarter of the questions, and models of its own."""
    folder = tmp_path_factory.mktemp("small")
    shutil.copytree(
        settings.knowledge, folder / "knowledge", ignore=shutil.ignore_patterns("encoder", "source", "*.jsonl")
    )
    for path in sorted((folder / "knowledge/questions").glob("*.yml")):
        path.write_text("".join(thinned(path)), encoding="utf-8")
    return dataclasses.replace(settings, knowledge=folder / "knowledge", models=folder / "models")


def thinned(path: Path) -> Iterator[str]:
    """The lines of a file of questions with the first of every SHARE questions of each label."""
    count = 0
    for line in path.read_text(encoding="utf-8").splitlines(keepends=True):
        if not line.startswith("    - "):
            count = 0
        elif count % SHARE:
            count += 1
            continue
        else:
            count += 1
        yield line


@pytest.fixture(scope="session")
def words(settings, knowledge):
    """The words that jieba must not cut."""
    from bot.language.segment import domain_words

    return domain_words(knowledge, settings.knowledge)


@pytest.fixture(scope="session")
def segmenter(words):
    from bot.language import Segmenter

    return Segmenter(words)


@pytest.fixture(scope="session")
def encoder(settings, segmenter):
    from bot.retrieval import load_encoder

    return load_encoder(settings.encoder, settings.root, segmenter)


@pytest.fixture(scope="session")
def reader(settings, knowledge):
    from bot.language import Reader

    return Reader.of(knowledge, settings.knowledge)


@pytest.fixture(scope="session")
def kit(small_settings, knowledge, segmenter, encoder, reader):
    """Everything the answering steps use, over the small index, which is also saved where `small_settings` says.

    Put together from the parts as bot.assembly does; test_assembly.py loads the same through load_kit.
    """
    from bot.answering import Kit
    from bot.assembly import index_fingerprint, read_calculators
    from bot.eligibility.sheets import SheetFolder
    from bot.knowledge.questions import load_questions
    from bot.retrieval import Fusion, Index, Retriever
    from bot.retrieval.corpus import build_passages

    passages = build_passages(knowledge, load_questions(small_settings.knowledge, knowledge))
    index = Index.build(passages, encoder, segmenter, index_fingerprint(small_settings))
    small_settings.models.mkdir(parents=True)
    index.save(small_settings.index)
    sheets = SheetFolder(small_settings.sheets)
    return Kit(
        knowledge,
        reader,
        Retriever(index, encoder, Fusion.load(small_settings.fusion)),
        sheets,
        read_calculators(small_settings, knowledge),
    )


@pytest.fixture(scope="session")
def ask(kit) -> Callable:
    """One message to the answering steps: `ask("失业金怎么领", context=…, day=…)`."""
    from bot.answering import Context, Message, answer

    def run(text="", *, context=None, day=DAY, choice=None, act="", confidence=0.0):
        return answer(kit, Message(text, act, confidence, choice), context or Context(), day)

    return run


@pytest.fixture()
def folder(settings, tmp_path) -> Path:
    """A copy of the knowledge folder to break; questions, encoder and source are left out, loading does not read them."""
    target = tmp_path / "knowledge"
    shutil.copytree(settings.knowledge, target, ignore=shutil.ignore_patterns("questions", "encoder", "source"))
    return target


@pytest.fixture(scope="session")
def trained(settings):
    """What `make train` makes, trained once per run where it is missing or out of date."""
    from bot.conversation.runtime import quiet_start

    quiet_start()
    from bot.conversation.training import train

    train(settings, print, lambda *_: None)


@pytest.fixture(scope="session")
def loop():
    """One event loop for all conversations of a run: the agent's locks belong to it."""
    import asyncio

    own = asyncio.new_event_loop()
    yield own
    own.close()


@pytest.fixture(scope="session")
def agent(trained, settings, loop):
    """The whole bot, loaded once."""
    from bot.conversation.agent import load_agent, warm_up

    loaded = load_agent(settings.rasa)
    loop.run_until_complete(warm_up(loaded))
    return loaded
