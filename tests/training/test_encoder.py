"""The encoder: where it starts from, and that what is served answers as what was trained."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest

from data.catalogue import Catalogue
from data.errors import MailDutyError
from models.hts.encoder import StaticEncoder, TransformerEncoder, kind_text, quantised
from training.encoder_base import base_folder
from training.encoder_static import train_static
from training.encoder_tuned import export_onnx, fine_tune
from training.pairs_hts import Counterparts, Example

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


def test_counterparts_leave_out_what_the_text_says(small_catalogue: Catalogue) -> None:
    goods = small_catalogue.goods
    place = next(i for i, g in enumerate(goods) if len(g.kind.names) >= 4)
    said = goods[place].kind.names[0]
    other = Counterparts(goods, {}, random.Random(1))
    drawn = [other.of(Example(f"new {said} for sale", place, goods[place].rows[0].hts)) for _ in range(200)]
    without = sum(said not in text.split(", ") for text in drawn)
    assert without > 200 * 0.6 * 0.8, "mostly by words that the text lacks"
    assert len(set(drawn)) > 10


def test_counterparts_are_at_times_the_tariffs_own_words(small_catalogue: Catalogue) -> None:
    goods = small_catalogue.goods
    code = goods[0].rows[0].hts
    other = Counterparts(goods, {code: "words of the line"}, random.Random(1))
    drawn = [other.of(Example("a text", 0, code[:6])) for _ in range(400)]
    assert 0.18 < drawn.count("words of the line") / 400 < 0.32
    assert "words of the line" not in {other.of(Example("a text", 0, code, line=True)) for _ in range(50)}


def test_fine_tuning_brings_pairs_together(small_catalogue: Catalogue, tmp_path: Path) -> None:
    from sentence_transformers import SentenceTransformer

    goods = small_catalogue.goods[:12]
    examples = [
        Example(f"{name} 2pcs new", i, g.rows[0].hts)
        for i, g in enumerate(goods)
        for name in g.kind.names[:4]
    ]
    tuned = fine_tune(examples, goods, {}, tmp_path / "tuned", steps=6, batch=24, threads=1)
    texts, kinds = [e.text for e in examples], [kind_text(goods[e.kind]) for e in examples]

    def margin(folder: Path) -> float:
        model = SentenceTransformer(str(folder), device="cpu")
        near = (
            model.encode(texts, normalize_embeddings=True) @ model.encode(kinds, normalize_embeddings=True).T
        )
        same = np.array([[a.kind == b.kind for b in examples] for a in examples])
        return float(near[same].mean() - near[~same].mean())

    assert margin(tuned) > margin(base_folder())
