"""What needs torch or Rasa's command line: the encoder against sentence-transformers itself, and Rasa's own validation."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parent.parent
TEXTS = ["失业登记要带什么材料", "厂子黄了上哪报到", "月工资4000周日加班8小时", "syb 培训几天", "〇"]


@pytest.mark.rasa
def test_the_shipped_encoder_equals_sentence_transformers(settings, encoder, segmenter):
    from sentence_transformers import SentenceTransformer

    from bot.retrieval.units import units

    model = SentenceTransformer(str(settings.root / settings.encoder), device="cpu")
    theirs = model.encode([" ".join(units(text, segmenter)) for text in TEXTS[:4]])
    assert np.abs(encoder.encode(TEXTS[:4]) - theirs).max() < 2e-3  # the weights are kept in half precision


@pytest.mark.rasa
def test_any_other_sentence_transformers_folder_can_stand_in(tmp_path, settings, segmenter):
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import StaticEmbedding
    from tokenizers import Tokenizer
    from tokenizers.models import WordLevel
    from tokenizers.pre_tokenizers import Split

    from bot.retrieval import Index, load_encoder
    from bot.retrieval.corpus import Passage

    characters = sorted({character for text in TEXTS for character in text})
    tokenizer = Tokenizer(WordLevel({c: i for i, c in enumerate(["[UNK]", *characters])}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = Split("", "isolated")
    SentenceTransformer(modules=[StaticEmbedding(tokenizer, embedding_dim=16)], device="cpu").save(
        str(tmp_path / "other")
    )
    other = load_encoder(str(tmp_path / "other"), settings.root, segmenter)
    passages = [Passage(str(i), "clause", text, ()) for i, text in enumerate(TEXTS[:4])]
    index = Index.build(passages, other, segmenter, "")
    assert other.dimension == 16
    assert int((index.vectors @ other.encode([TEXTS[1]])[0]).argmax()) == 1


@pytest.mark.rasa
def test_rasa_finds_nothing_to_warn_about_in_the_training_data():
    result = subprocess.run(
        [
            Path(sys.executable).parent / "rasa",
            "data",
            "validate",
            "--fail-on-warnings",
            "--domain",
            "domain",
            "--data",
            "nlu_data",
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert result.returncode == 0, result.stdout[-2000:] + result.stderr[-2000:]
    assert "UserWarning" not in result.stderr
