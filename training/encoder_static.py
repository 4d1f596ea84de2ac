"""Trains a static encoder: a table of word-piece vectors, int8, that needs no torch when served."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from models.hts.encoder import quantised
from training.encoder_base import base_folder, set_seed

Pair = tuple[str, str]


def train_static(
    pairs: Sequence[Pair],
    width: int = 256,
    epochs: float = 3,
    seed: int = 0,
    base: str | None = None,
    start: str = "minilm",
) -> tuple[str, np.ndarray, np.ndarray]:
    """A static table over MiniLM's word pieces. Returns tokenizer JSON, int8 table (pieces x width), scales.

    ``start``: ``minilm`` begins with each piece as the transformer embeds it alone, ``random`` with noise.
    """
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import StaticEmbedding
    from tokenizers import Tokenizer

    set_seed(seed, 1)  # one thread: the same bits every time
    folder = base_folder(base)
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    if start == "random":
        first = (
            np.random.default_rng(seed).normal(0, 0.1, (tokenizer.get_vocab_size(), width)).astype(np.float32)
        )
    else:
        first = _piece_vectors(folder, tokenizer, width)
    model = SentenceTransformer(modules=[StaticEmbedding(tokenizer, embedding_weights=first)], device="cpu")
    _contrast(model, pairs, epochs=epochs, batch=512, rate=2e-2, seed=seed)
    static: Any = model[0]
    weights = static.embedding.weight.detach().cpu().numpy()
    table, scale = quantised(weights)
    return tokenizer.to_str(), table, scale


def _piece_vectors(folder: Path, tokenizer: Any, width: int) -> np.ndarray:
    """Each word piece as the transformer embeds it alone, narrowed by principal components, rare ones louder."""
    import torch
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(folder), device="cpu")
    pieces = [tokenizer.id_to_token(i) or "" for i in range(tokenizer.get_vocab_size())]
    texts = [p[2:] if p.startswith("##") else p for p in pieces]
    with torch.inference_mode():
        vectors = model.encode(texts, batch_size=512, show_progress_bar=False, convert_to_numpy=True)
    vectors = vectors - vectors.mean(axis=0)
    _, _, axes = np.linalg.svd(vectors[:: max(1, len(vectors) // 8000)], full_matrices=False)
    narrow = vectors @ axes[:width].T
    # Zipf: a vocabulary is ordered by frequency, so the place stands for rarity (as in SIF weighting).
    rarity = np.log(1 + np.arange(len(pieces)))
    return (narrow * rarity[:, None] / rarity.max()).astype(np.float32)


def _contrast(model: Any, pairs: Sequence[Pair], epochs: float, batch: int, rate: float, seed: int) -> None:
    import torch
    from datasets import Dataset
    from sentence_transformers import SentenceTransformerTrainer, SentenceTransformerTrainingArguments
    from sentence_transformers.sentence_transformer.losses import MultipleNegativesRankingLoss

    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    cuda = torch.cuda.is_available()
    with tempfile.TemporaryDirectory() as folder:
        arguments = SentenceTransformerTrainingArguments(
            output_dir=folder,
            num_train_epochs=epochs,
            per_device_train_batch_size=batch,
            learning_rate=rate,
            warmup_steps=0.06,
            bf16=True,
            use_cpu=not cuda,
            report_to="none",
            save_strategy="no",
            logging_steps=100,
            disable_tqdm=True,
            batch_sampler="no_duplicates",
            seed=seed,
        )
        data = Dataset.from_dict({"anchor": [a for a, _ in pairs], "positive": [b for _, b in pairs]})
        SentenceTransformerTrainer(
            model=model, args=arguments, train_dataset=data, loss=MultipleNegativesRankingLoss(model)
        ).train()
