"""The encoder: where it starts from, and that what is served answers as what was trained."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from data.errors import MailDutyError
from models.hts.encoder import StaticEncoder, TransformerEncoder, quantised
from training.encoder_base import base_folder
from training.encoder_static import train_static
from training.encoder_tuned import export_onnx

TEXTS = [
    "women's boho drop earrings",
    "usb c wall charger 20w",
    "silicone baking mat",
    "cotton t-shirt for boys",
]


def test_base_model_is_the_one_with_the_known_sum() -> None:
    assert (base_folder() / "tokenizer.json").exists()


def test_an_altered_base_model_is_refused(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"other weights")
    with pytest.raises(MailDutyError) as caught:
        base_folder(str(tmp_path))
    assert caught.value.code == "ENCODER_ALTERED"


def test_exported_graph_answers_as_the_original(tmp_path: Path) -> None:
    from sentence_transformers import SentenceTransformer

    out = tmp_path / "encoder.onnx"
    table, scale = export_onnx(base_folder(), out)
    tokenizer = (base_folder() / "tokenizer.json").read_text(encoding="utf-8")
    served = TransformerEncoder(tokenizer, table, scale, out.read_bytes())
    original = SentenceTransformer(str(base_folder()), device="cpu").encode(TEXTS, normalize_embeddings=True)
    cosines = (served.encode(TEXTS) * original).sum(axis=1)
    assert cosines.min() > 0.985


def test_int8_table_answers_as_the_floats_do() -> None:
    pairs = [(f"{t} {i}", t) for t in TEXTS for i in range(40)]
    tokenizer, table, scale = train_static(pairs, width=32, epochs=1, start="random")
    served = StaticEncoder(tokenizer, table, scale).encode(TEXTS)
    again = StaticEncoder(*train_static(pairs, width=32, epochs=1, start="random")).encode(TEXTS)
    assert np.array_equal(served, again), "same pairs and seed give the same table"
    assert np.allclose(np.linalg.norm(served, axis=1), 1, atol=1e-5)


def test_quantising_errs_by_half_a_step_at_most() -> None:
    weights = np.random.default_rng(0).normal(size=(50, 16)).astype(np.float32)
    table, scale = quantised(weights)
    assert (np.abs(table * scale[:, None] - weights) <= scale[:, None] * 0.5 + 1e-7).all()
