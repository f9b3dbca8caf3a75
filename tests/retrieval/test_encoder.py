"""The shipped encoder: unit vectors, and clear words when it cannot be read."""

from __future__ import annotations

import shutil

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.retrieval import EncoderError, load_encoder
from bot.retrieval.encoder import UnitEncoder


@pytest.fixture(scope="module")
def toy(segmenter):
    """Three known units in two dimensions; row 0 is the unknown unit."""
    weights = np.array([[9.0, 9.0], [1.0, 0.0], [0.0, 1.0], [0.0, -1.0]], dtype=np.float32)
    return UnitEncoder("toy", ["[UNK]", "失", "业", "金"], weights, segmenter)


def test_a_text_is_the_mean_of_its_units(toy):
    assert np.allclose(toy.encode(["失业"]), [[0.70710677, 0.70710677]])


def test_an_unknown_unit_weighs_nothing(toy):
    assert np.array_equal(toy.encode(["失业某"]), toy.encode(["失业"]))


def test_a_text_without_a_known_unit_is_zero(toy):
    assert toy.encode(["某某", ""]).tolist() == [[0.0, 0.0], [0.0, 0.0]]


def test_units_that_cancel_out_give_no_nan(toy):
    assert np.isfinite(toy.encode(["业金"])).all()


def test_no_texts_give_no_rows(toy):
    assert toy.encode([]).shape == (0, 2)


@given(text=st.text(alphabet="失业保险金怎么领创担贷款证xyz，", max_size=20))
def test_every_vector_has_length_one_or_zero(encoder, text):
    length = float(np.linalg.norm(encoder.encode([text])))
    assert abs(length - 1) < 1e-5 or length == 0


def test_a_vector_does_not_depend_on_its_neighbours(encoder):
    both = encoder.encode(["失业金怎么领", "创业贷款"])
    assert np.array_equal(both[1], encoder.encode(["创业贷款"])[0])


def test_like_questions_are_nearer_than_unlike_ones(encoder):
    one, like, unlike = encoder.encode(["失业金怎么领", "失业保险金咋领", "孵化基地在哪"])
    assert one @ like > one @ unlike + 0.2


@pytest.mark.parametrize("name", ["tokenizer.json", "model.safetensors"])
@pytest.mark.parametrize("left", [0.0, 0.5, None])
def test_a_damaged_encoder_is_told_in_chinese(settings, segmenter, tmp_path, name, left):
    folder = tmp_path / "encoder"
    shutil.copytree(settings.root / settings.encoder, folder)
    content = (folder / name).read_bytes()
    (folder / name).unlink()
    if left is not None:
        (folder / name).write_bytes(content[: int(len(content) * left)])
    with pytest.raises(EncoderError, match=r"缺失或损坏.*bot train --encoder"):
        load_encoder(str(folder), settings.root, segmenter)
