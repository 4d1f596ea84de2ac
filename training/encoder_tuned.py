"""Fine-tunes all-MiniLM-L6-v2 contrastively and exports it as an ONNX graph with int8 weights.

The other counterparts of a batch (``training/pairs_hts.py``) are the wrong answers, but for those of the same kind.
"""

from __future__ import annotations

import logging
import random
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from data.catalogue import Goods
from models.hts.encoder import quantised
from training.encoder_base import base_folder, set_seed
from training.pairs_hts import Counterparts, Example

FROZEN = 2  # lowest of the six layers, kept as they are beside the word pieces
LONGEST = 32  # word pieces of a text in training
RATE, WARM_UP, SHARPNESS = 2e-4, 100, 25.0


def fine_tune(
    examples: Sequence[Example],
    goods: Sequence[Goods],
    lines: Mapping[str, str],
    out: Path,
    steps: int,
    batch: int = 128,
    threads: int = 2,
    seed: int = 0,
    base: str | None = None,
) -> Path:
    """MiniLM after ``steps`` batches, saved to ``out`` as a sentence-transformers folder. Uses a GPU where there is one."""
    import torch
    from sentence_transformers import SentenceTransformer

    set_seed(seed, threads)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    model = SentenceTransformer(str(base_folder(base)), device=device)
    first: Any = model[0]
    network = first.auto_model
    for part in (network.embeddings, *network.encoder.layer[:FROZEN]):
        part.requires_grad_(False)
    moved = [p for p in network.parameters() if p.requires_grad]
    optimiser = torch.optim.AdamW(moved, lr=RATE, weight_decay=0.01)
    chance = random.Random(seed)
    other = Counterparts(goods, lines, chance)
    network.train()
    for step, part in zip(range(steps), _batches(examples, batch, chance), strict=False):
        for group in optimiser.param_groups:
            group["lr"] = RATE * min(1.0, step / WARM_UP) * (1 - step / steps)
        with torch.autocast(device, dtype=torch.bfloat16):
            texts = _embedded(model.tokenizer, network, [e.text for e in part], device)
            words = _embedded(model.tokenizer, network, [other.of(e) for e in part], device)
        near = SHARPNESS * texts @ words.T
        kinds = torch.tensor([e.kind for e in part], device=device)
        own = torch.eye(len(part), dtype=torch.bool, device=device)
        near = near.masked_fill((kinds[:, None] == kinds[None, :]) & ~own, -1e4)
        right = torch.arange(len(part), device=device)
        loss = torch.nn.functional.cross_entropy
        ((loss(near, right) + loss(near.T, right)) / 2).backward()
        torch.nn.utils.clip_grad_norm_(moved, 1.0)
        optimiser.step()
        optimiser.zero_grad()
        if step % 50 == 0:
            logging.getLogger(__name__).info("step %d of %d", step, steps)
    model.save(str(out))
    return out


def _batches(examples: Sequence[Example], batch: int, chance: random.Random) -> Iterator[list[Example]]:
    """Batches without end, each round in another order."""
    mixed = list(examples)
    while True:
        chance.shuffle(mixed)
        for start in range(0, max(1, len(mixed) - batch + 1), batch):
            yield mixed[start : start + batch]


def _embedded(tokenizer: Any, network: Any, texts: Sequence[str], device: str) -> Any:
    """Mean-pooled vectors of length one. Short and long texts go apart, so that little is padded."""
    import torch

    order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
    found: list[Any] = [None] * len(texts)
    middle = (len(order) + 1) // 2
    for part in filter(None, (order[:middle], order[middle:])):
        fed = tokenizer(
            [texts[i] for i in part], padding=True, truncation=True, max_length=LONGEST, return_tensors="pt"
        ).to(device)
        hidden = network(**fed).last_hidden_state
        mask = fed["attention_mask"].unsqueeze(-1).to(hidden.dtype)
        vectors = torch.nn.functional.normalize(((hidden * mask).sum(1) / mask.sum(1)).float(), dim=-1)
        for row, i in enumerate(part):
            found[i] = vectors[row]
    return torch.stack(found)


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
    return quantised(pieces)
