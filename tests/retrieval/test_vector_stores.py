"""What every store of vectors must do, whichever engine is behind it; then what is one engine's own."""

from __future__ import annotations

import dataclasses
import socket
import time
from concurrent.futures import ThreadPoolExecutor

import faiss
import numpy as np
import psycopg2
import pytest

from bot.assembly import build_index, index_is_current, load_kit
from bot.retrieval import Index, IndexFault, Retriever
from bot.retrieval.vectors import FaissStore, faiss_store, inner_products, pgvector_store
from bot.retrieval.vectors.pgvector_store import PgVectorStore, fill

from .conftest import empty_database

FEW, MANY, WIDTH = 400, 3_000, 32
COMPARED = 1_000  # up to so many are compared one by one here: a graph of as many as in earnest takes seconds to build


def unit(count, seed=0, width=WIDTH):
    """Unit vectors in a few dozen bunches, as questions for the same clause are."""
    draw = np.random.default_rng(seed)
    centres = np.random.default_rng(1).normal(size=(60, width))
    rows = centres[draw.integers(60, size=count)] + 0.7 * draw.normal(size=(count, width))
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def exact(vectors, asked, k):
    return np.argsort(-(asked @ vectors.T), axis=1, kind="stable")[:, :k]


class InFiles:
    """FAISS: a version is a file."""

    def __init__(self, folder):
        self.folder = folder

    def make(self, version, vectors):
        FaissStore.build(vectors).save(self.folder / version)
        return self.open(version)

    def open(self, version):
        return FaissStore.load(self.folder / version)


class InDatabase:
    """pgvector: a version is a table."""

    def __init__(self, address):
        self.address = address

    def make(self, version, vectors):
        fill(self.address, version, vectors)
        return self.open(version)

    def open(self, version):
        return PgVectorStore(self.address, version)


ENGINES = ["faiss", "pgvector"]


@pytest.fixture(scope="module", autouse=True)
def sooner():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(faiss_store, "_COMPARED", COMPARED)
        patch.setattr(pgvector_store, "_COMPARED", COMPARED)
        yield


@pytest.fixture(params=ENGINES)
def engine(request, tmp_path):
    return InFiles(tmp_path) if request.param == "faiss" else InDatabase(request.getfixturevalue("database"))


@pytest.fixture(scope="module", params=ENGINES)
def large(request, tmp_path_factory):
    """An engine that has MANY vectors as version a."""
    if request.param == "faiss":
        made = InFiles(tmp_path_factory.mktemp("large"))
    else:
        made = InDatabase(empty_database(request.getfixturevalue("pgvector"), "large"))
    made.make("a", unit(MANY))
    return made


def test_the_nearest_of_few_are_the_exact_ones_best_first(engine):
    vectors, asked = unit(FEW), unit(20, seed=2)
    scores, rows = engine.make("a", vectors).search(asked, 10)
    assert rows.tolist() == exact(vectors, asked, 10).tolist()
    assert np.allclose(scores, np.take_along_axis(asked @ vectors.T, rows, axis=1), atol=1e-6)
    assert (scores.dtype, rows.dtype) == (np.float32, np.int64)


def test_nearly_all_of_the_nearest_of_many_are_found(large):
    asked = unit(20, seed=2)
    _, rows = large.open("a").search(asked, 100)
    right = exact(unit(MANY), asked, 100)
    assert np.mean([len(set(a) & set(b)) for a, b in zip(rows.tolist(), right.tolist())]) > 97


def test_cosines_of_many_are_exact(large):
    vectors, asked = unit(MANY), unit(5, seed=2)
    scores, rows = large.open("a").search(asked, 100)
    assert np.allclose(scores, np.take_along_axis(asked @ vectors.T, rows, axis=1), atol=1e-6)


def as_bytes(found):
    return [part.tobytes() for part in found]


def test_the_same_question_gives_the_same_bytes(large):
    store, asked = large.open("a"), unit(5, seed=2)
    assert as_bytes(store.search(asked, 50)) == as_bytes(store.search(asked, 50))


def test_several_questions_at_once_are_answered_as_each_alone(large):
    store, asked = large.open("a"), unit(3, seed=2)
    scores, rows = store.search(asked, 50)
    for i in range(3):
        assert as_bytes(store.search(asked[i : i + 1], 50)) == [scores[i].tobytes(), rows[i].tobytes()]


def test_equal_vectors_come_by_number(engine):
    vectors = np.repeat(unit(8), 5, axis=0)
    _, rows = engine.make("a", vectors).search(vectors[15:16], 5)
    assert rows.tolist() == [[15, 16, 17, 18, 19]]


def test_a_vector_that_is_equally_far_from_all_finds_the_first(large):
    _, rows = large.open("a").search(np.zeros((1, WIDTH), np.float32), 3)
    assert rows.tolist() == [[0, 1, 2]]


@pytest.mark.parametrize("k", [FEW, FEW + 1, 5000])
def test_more_than_there_are_gives_all(engine, k):
    vectors, asked = unit(FEW), unit(2, seed=2)
    _, rows = engine.make("a", vectors).search(asked, k)
    assert rows.tolist() == exact(vectors, asked, FEW).tolist()


def test_more_than_a_graph_keeps_in_view_is_found_all_the_same(large):
    asked = unit(1, seed=2)
    _, rows = large.open("a").search(asked, 1500)
    assert len(set(rows[0].tolist()) & set(exact(unit(MANY), asked, 1500)[0].tolist())) > 1485


def test_an_empty_store_finds_nothing(engine):
    store = engine.make("a", np.zeros((0, WIDTH), np.float32))
    scores, rows = store.search(unit(2), 5)
    assert (store.size, scores.shape, rows.shape) == (0, (2, 0), (2, 0))


def test_no_question_finds_nothing(engine):
    _, rows = engine.make("a", unit(FEW)).search(np.zeros((0, WIDTH), np.float32), 5)
    assert rows.shape == (0, 5)


def test_vectors_of_another_dimension_are_refused_with_both_figures(engine):
    store = engine.make("a", unit(FEW))
    with pytest.raises(IndexFault, match=r"32 维.*16 维"):
        store.search(unit(1, width=16), 5)


def test_versions_do_not_mix(engine):
    first, second = unit(FEW), unit(FEW, seed=5, width=16)
    one, other = engine.make("a", first), engine.make("b", second)
    assert one.search(first[7:8], 1)[1].tolist() == other.search(second[7:8], 1)[1].tolist() == [[7]]
    assert (one.dimension, other.dimension) == (WIDTH, 16)


def test_what_is_opened_again_gives_the_same_bytes(large):
    asked = unit(5, seed=2)
    assert as_bytes(large.open("a").search(asked, 50)) == as_bytes(large.open("a").search(asked, 50))


def test_building_a_version_again_changes_nothing(large):
    asked = unit(5, seed=2)
    before = as_bytes(large.open("a").search(asked, 50))
    assert as_bytes(large.make("a", unit(MANY)).search(asked, 50)) == before


def test_building_an_index_with_codes_twice_gives_the_same_file(tmp_path):
    for name in ("a", "b"):
        FaissStore.build(unit(MANY)).save(tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_all_vectors_are_given_back_as_they_were(tmp_path):
    for count in (FEW, MANY):
        FaissStore.build(unit(count)).save(tmp_path / "a")
        assert np.array_equal(FaissStore.load(tmp_path / "a").vectors(), unit(count))


def test_the_product_with_every_row_is_numpys():
    table = unit(FEW)
    assert np.allclose(inner_products(table, table[3]), table @ table[3], atol=1e-6)


def test_the_product_with_a_vector_of_another_length_is_refused():
    with pytest.raises(ValueError, match="16"):
        inner_products(unit(FEW), unit(1, width=16)[0])


def tables(address):
    connection = psycopg2.connect(address)
    with connection, connection.cursor() as cursor:
        cursor.execute("select count(*) from pg_tables where tablename like 'vectors\\_%'")
        found = cursor.fetchone()[0]
    connection.close()
    return found


def test_a_version_that_is_there_is_not_filled_again(database):
    first = unit(FEW)
    fill(database, "a", first)
    fill(database, "a", unit(FEW, seed=9))
    assert PgVectorStore(database, "a").search(first[7:8], 1)[1].tolist() == [[7]]
    assert tables(database) == 1


def test_two_that_fill_a_version_at_once_make_it_once(database):
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda _: fill(database, "a", unit(FEW)), range(2)))
    assert tables(database) == 1


def test_a_version_is_complete_or_not_there(database, monkeypatch):
    def broken(vectors):
        yield next(pgvector_batches(vectors))
        raise RuntimeError("killed in the middle")

    pgvector_batches = pgvector_store._batches
    monkeypatch.setattr(pgvector_store, "_batches", broken)
    with pytest.raises(RuntimeError):
        fill(database, "a", unit(FEW))
    assert not pgvector_store.is_filled(database, "a")
    assert tables(database) == 0


def test_the_last_three_versions_are_kept(database):
    for version in ("a", "b", "c", "d"):
        fill(database, version, unit(FEW))
    assert [pgvector_store.is_filled(database, version) for version in ("a", "b", "c", "d")] == [
        False,
        True,
        True,
        True,
    ]
    assert tables(database) == 3


def test_a_version_that_is_not_there_is_told_in_chinese(database):
    with pytest.raises(IndexFault, match="没有这一版知识的向量，请运行 make train"):
        PgVectorStore(database, "a")


def test_a_database_without_pgvector_is_told_in_chinese(database):
    connection = psycopg2.connect(database)
    with connection, connection.cursor() as cursor:
        cursor.execute("drop role if exists plain")
        cursor.execute("create role plain login")
    connection.close()
    with pytest.raises(IndexFault, match="create extension vector"):
        fill(database.replace("//postgres:", "//plain:"), "a", unit(FEW))


def test_no_server_is_told_in_chinese():
    with pytest.raises(IndexFault, match="连不上"):
        PgVectorStore("postgresql://127.0.0.1:1/none", "a")


@pytest.fixture()
def way(pgvector, database, tmp_path):
    """A folder that leads to the server's socket until it is led elsewhere, and the address through it."""
    link = tmp_path / "way"
    link.symlink_to(pgvector.pgdata)
    return link, f"postgresql://postgres:@/vectors?host={link}"


def cut(address):
    connection = psycopg2.connect(address)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where datname = 'vectors' and pid <> pg_backend_pid()"
        )
    connection.close()


def test_a_connection_that_broke_between_two_messages_is_made_anew(database):
    vectors = unit(FEW)
    store = InDatabase(database).make("a", vectors)
    store.search(vectors[:1], 5)
    cut(database)
    assert store.search(vectors[7:8], 1)[1].tolist() == [[7]]


def test_a_server_that_is_gone_is_one_clear_error_and_its_return_ends_it(way, database):
    link, address = way
    vectors = unit(FEW)
    store = InDatabase(address).make("a", vectors)
    store.search(vectors[:1], 5)
    where = link.readlink()
    link.unlink()
    cut(database)
    with pytest.raises(IndexFault, match="连不上，或没有按时回答"):
        store.search(vectors[:1], 5)
    link.symlink_to(where)
    assert store.search(vectors[7:8], 1)[1].tolist() == [[7]]


def test_a_server_that_never_answers_is_not_waited_for(way, database, tmp_path, monkeypatch):
    link, address = way
    store = InDatabase(address).make("a", unit(FEW))
    monkeypatch.setattr(pgvector_store, "_DEADLINE", 0.2)
    link.unlink()
    link.mkdir()
    with socket.socket(socket.AF_UNIX) as silent:
        silent.bind(str(link / ".s.PGSQL.5432"))
        silent.listen()
        start = time.monotonic()
        with pytest.raises(IndexFault, match="没有按时回答"):
            store.search(unit(1), 5)
        assert time.monotonic() - start < 5  # connecting as psycopg2 does it by itself has no end


@pytest.fixture(scope="module")
def asked(questions):
    from bot.language import normalise

    chosen = np.random.default_rng(5).choice(len(questions), 40, replace=False)
    return [normalise(questions[i].text) for i in sorted(chosen)]


def hits(retriever, texts):
    return [retriever.search(text, joined=f"失业金 {text}", weight=0.3) for text in texts]


def close(one, two):
    """Whether the same passages are accepted, and every figure is the same to a thousandth."""
    figures = [
        (hits.in_scope, hits.uncovered, hits.far, *(hit.probability for hit in hits.accepted)) for hits in (one, two)
    ]
    same = [hit.id for hit in one.accepted] == [hit.id for hit in two.accepted]
    return same and figures[0] == pytest.approx(figures[1], abs=1e-3)


def test_the_bot_finds_the_same_with_its_questions_in_postgresql(kit, small_settings, database, asked, monkeypatch):
    """The same passages, every figure to a thousandth, where PostgreSQL compares them all; its graph is drawn by chance."""
    monkeypatch.setattr(pgvector_store, "_COMPARED", 100_000)
    there = dataclasses.replace(small_settings, vectors=database)
    assert not index_is_current(there)
    build_index(there, kit.knowledge)
    assert index_is_current(there)
    other = load_kit(there).retriever
    assert isinstance(other.index.questions, PgVectorStore)
    assert all(close(one, two) for one, two in zip(hits(kit.retriever, asked), hits(other, asked)))


def test_codes_change_nothing_that_an_answer_is_made_of(kit, asked):
    """The index of the tests is large enough for codes; beside it the same questions, all compared."""
    index = kit.retriever.index
    assert faiss_store.description(index.questions.size, index.questions.dimension) != "Flat"
    plain = faiss.IndexFlatIP(index.questions.dimension)
    plain.add(index.questions.vectors())
    rows = list(zip(index.ids, index.kinds))
    parts = (index.owners.tolist(), index.lexical, index.seen, index.fingerprint)
    compared = Index(rows, index.vectors, FaissStore(plain), *parts)
    other = Retriever(compared, kit.retriever.encoder, kit.retriever.fusion)
    assert all(close(one, two) for one, two in zip(hits(kit.retriever, asked), hits(other, asked)))
