"""Put the parts together from the settings: knowledge, language, index, and what has to be built first."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path

from bot.answering import Kit
from bot.calculators import Calculator, load_calculators
from bot.eligibility.sheets import SheetFolder, SheetStore
from bot.knowledge import Fault, Knowledge, KnowledgeError, load_knowledge
from bot.knowledge.questions import equivalents, load_questions
from bot.language import Reader, Segmenter
from bot.language.segment import domain_words
from bot.retrieval import Fusion, Index, IndexFault, Retriever, load_encoder
from bot.retrieval.calibration import calibrate, folds_by_author, held_out_scores
from bot.retrieval.corpus import build_passages
from bot.retrieval.index import QUESTIONS, file_digest, is_whole
from bot.retrieval.training import EncoderSettings, train_encoder
from bot.retrieval.vectors import FaissStore, VectorStore
from bot.settings import Settings

Progress = Callable[[str, int, int], None]


def index_fingerprint(settings: Settings) -> str:
    """What the index is built from: clauses, near topics, questions, the lexicon, the encoder, the code that cuts texts."""
    folder = Path(settings.root / settings.encoder)
    files = [
        path for part in ("brochures", "questions", "lexicon") for path in sorted((settings.knowledge / part).glob("*"))
    ]
    files += [settings.knowledge / f"{name}.yml" for name in ("contacts", "errata", "not_covered", "topics", "twins")]
    files += [folder / "tokenizer.json", folder / "model.safetensors"]
    files += [
        settings.root / f"bot/retrieval/{name}.py"
        for name in ("corpus", "units", "lexical", "index", "vectors/faiss_store")
    ]
    files += [settings.root / f"bot/language/{name}.py" for name in ("normalise", "segment")]
    return f"{file_digest(files)}-{settings.encoder}"


def load_segmenter(settings: Settings, knowledge: Knowledge) -> Segmenter:
    """jieba with the words of the knowledge."""
    return _segmenter(tuple(domain_words(knowledge, settings.knowledge)))


@functools.lru_cache(maxsize=1)
def _segmenter(words: tuple[str, ...]) -> Segmenter:
    """One for the same words: each holds the whole dictionary, 70 MB."""
    return Segmenter(words)


def build_index(settings: Settings, knowledge: Knowledge) -> None:
    """Embed and index all passages into settings.index, and put the vectors of the questions into settings.vectors."""
    fingerprint = index_fingerprint(settings)
    if not is_whole(settings.index, fingerprint):
        segmenter = load_segmenter(settings, knowledge)
        encoder = load_encoder(settings.encoder, settings.root, segmenter)
        passages = build_passages(knowledge, load_questions(settings.knowledge, knowledge))
        settings.models.mkdir(parents=True, exist_ok=True)
        Index.build(passages, encoder, segmenter, fingerprint).save(settings.index)
    if settings.vectors:
        from bot.retrieval.vectors import pgvector_store

        pgvector_store.fill(settings.vectors, fingerprint, FaissStore.load(settings.index / QUESTIONS).vectors())


def index_is_current(settings: Settings) -> bool:
    """Whether the index on disk is whole and was built from what is there now, and settings.vectors has its questions.

    Raises IndexFault when settings.vectors does not answer.
    """
    fingerprint = index_fingerprint(settings)
    whole = is_whole(settings.index, fingerprint)
    if not whole or not settings.vectors:
        return whole
    from bot.retrieval.vectors import pgvector_store

    return pgvector_store.is_filled(settings.vectors, fingerprint)


def build_encoder(settings: Settings, knowledge: Knowledge, progress: Progress) -> None:
    """Train the shipped encoder from scratch and fit its fusion: a few minutes on two cores."""
    questions = load_questions(settings.knowledge, knowledge)
    segmenter = load_segmenter(settings, knowledge)
    trained = train_encoder(build_passages(knowledge, questions), segmenter, EncoderSettings(), progress)
    trained.save(settings.root / settings.encoder)
    calibrate_fusion(settings, knowledge, progress)


def calibrate_fusion(settings: Settings, knowledge: Knowledge, progress: Progress) -> None:
    """Fit fusion and acceptance by cross-validation over the authored questions and write them to the knowledge folder."""
    questions = load_questions(settings.knowledge, knowledge)
    segmenter = load_segmenter(settings, knowledge)
    folds = folds_by_author(questions)
    passages, rows = held_out_scores(knowledge, questions, folds, segmenter, EncoderSettings(), progress=progress)
    calibrate(passages, rows, equivalents(knowledge)).save(settings.fusion)


def read_calculators(settings: Settings, knowledge: Knowledge) -> dict[str, Calculator]:
    """The calculators of the knowledge folder. Raises KnowledgeError with every fault found."""
    faults: list[Fault] = []
    calculators = load_calculators(settings.knowledge, knowledge.clauses, faults)
    if faults:
        raise KnowledgeError(faults)
    return calculators


def _questions(settings: Settings, fingerprint: str) -> VectorStore | None:
    """The store of the questions' vectors where it is not the file of the index. psycopg2 is imported where it is used."""
    if not settings.vectors:
        return None
    from bot.retrieval.vectors.pgvector_store import PgVectorStore

    return PgVectorStore(settings.vectors, fingerprint)


def load_kit(settings: Settings, sheets: SheetStore | None = None, knowledge: Knowledge | None = None) -> Kit:
    """Everything the answering steps use; sheets stand in the folder of the settings where no other store is given, and the
    knowledge is loaded where it is not.

    Raises KnowledgeError, EncoderError or IndexFault, each with a message to show; never a half-loaded kit.
    """
    knowledge = knowledge or load_knowledge(settings.knowledge)
    segmenter = load_segmenter(settings, knowledge)
    encoder = load_encoder(settings.encoder, settings.root, segmenter)
    fingerprint = index_fingerprint(settings)
    index = Index.load(settings.index, segmenter, fingerprint, _questions(settings, fingerprint))
    if index.vectors.shape[1] != encoder.dimension:
        raise IndexFault("检索索引与句向量模型的维数不同，请运行 make train。")
    return Kit(
        knowledge,
        Reader.of(knowledge, settings.knowledge),
        Retriever(index, encoder, Fusion.load(settings.fusion)),
        sheets or SheetFolder(settings.sheets),
        read_calculators(settings, knowledge),
        settings.retention_days,
    )
