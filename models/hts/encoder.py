"""Text as vectors without torch: a static table of word pieces, or a small transformer run by ONNX Runtime.

Both are trained in ``training/encoder_*.py`` and hold what ``models/artifact.py`` gives them. Vectors have
length one, so a dot product is a cosine.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from data.catalogue import Goods
from models.hts.evidence import ItemText
from models.hts.official import Lines

LONGEST = 24  # word pieces a transformer reads of one text
LONGEST_IN_TABLE = 256
BATCH = 32
SIMILARITY_DIGITS = 4


class Encoder(Protocol):
    """Texts to vectors of length one: texts x width."""

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]: ...


def item_text(item: ItemText) -> str:
    """What the encoder reads of an item: description, the deepest category levels, attribute values."""
    parts = [item.goods, *item.category[-2:], *item.attributes.values()]
    return " ".join(p for p in parts if p)


def kind_text(goods: Goods) -> str:
    """What the encoder reads of a kind: its names, then what sellers add."""
    kind = goods.kind
    return ", ".join([*kind.names, *kind.cn22[:2], *kind.translated[:2], *kind.features[:6]])


def _unit(vectors: NDArray[Any]) -> NDArray[np.float32]:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    found: NDArray[np.float32] = (vectors / np.maximum(lengths, 1e-9)).astype(np.float32)
    return found


def quantised(vectors: NDArray[np.float32]) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """int8 with one scale per row; the largest error is half a step of the row."""
    scale = np.maximum(np.abs(vectors).max(axis=1), 1e-9) / 127.0
    return np.round(vectors / scale[:, None]).astype(np.int8), scale.astype(np.float32)


class StaticEncoder:
    """The mean of word-piece vectors. ``table`` is int8 (pieces x width), ``scale`` one float per piece."""

    def __init__(self, tokenizer_json: str, table: NDArray[np.int8], scale: NDArray[np.float32]) -> None:
        self.tokenizer = Tokenizer.from_str(tokenizer_json)
        self.tokenizer.no_padding()
        self.tokenizer.enable_truncation(LONGEST_IN_TABLE)
        self.table = table.astype(np.float32) * scale[:, None]

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        vectors = np.zeros((len(texts), self.table.shape[1]), dtype=np.float32)
        for i, encoding in enumerate(self.tokenizer.encode_batch(list(texts), add_special_tokens=False)):
            if encoding.ids:
                vectors[i] = self.table[encoding.ids].mean(axis=0)
        return _unit(vectors)


class TransformerEncoder:
    """A sentence transformer: word-piece vectors from an int8 table, the rest as an ONNX graph.

    The graph takes ``embeddings`` (texts x pieces x width) and ``attention_mask`` and gives mean-pooled vectors.
    The table stands outside it because a scale for each piece keeps what one scale for all would lose.
    """

    def __init__(
        self,
        tokenizer_json: str,
        table: NDArray[np.int8],
        scale: NDArray[np.float32],
        graph: bytes,
        threads: int = 1,
    ) -> None:
        import onnxruntime as ort

        self.table, self.scale = table, scale

        settings = ort.SessionOptions()
        settings.intra_op_num_threads = threads
        settings.inter_op_num_threads = 1
        settings.enable_cpu_mem_arena = False  # it keeps the memory of the largest batch for good
        self.session = ort.InferenceSession(graph, settings, providers=["CPUExecutionProvider"])
        self.tokenizer = Tokenizer.from_str(tokenizer_json)
        self.tokenizer.no_padding()
        self.tokenizer.enable_truncation(LONGEST)

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        encodings = self.tokenizer.encode_batch(list(texts))
        order = sorted(range(len(texts)), key=lambda i: len(encodings[i].ids))
        found: list[NDArray[np.float32] | None] = [None] * len(texts)
        for start in range(0, len(order), BATCH):
            part = order[start : start + BATCH]
            longest = max(len(encodings[i].ids) for i in part)
            ids = np.zeros((len(part), longest), dtype=np.int64)
            mask = np.zeros_like(ids)
            for row, i in enumerate(part):
                length = len(encodings[i].ids)
                ids[row, :length] = encodings[i].ids
                mask[row, :length] = 1
            pieces = self.table[ids].astype(np.float32) * self.scale[ids][..., None]
            vectors = self.session.run(None, {"embeddings": pieces, "attention_mask": mask})[0]
            for row, i in enumerate(part):
                found[i] = vectors[row]
        if not found:
            return np.zeros((0, 0), dtype=np.float32)
        return _unit(np.stack([v for v in found if v is not None]))


class KindVectors:
    """Kinds of goods as vectors of an encoder, and the tariff's lines where they are known.

    Answers how near items are to both; an item is encoded once.
    """

    def __init__(
        self,
        encoder: Encoder,
        goods: Sequence[Goods],
        vectors: NDArray[np.float32] | None = None,
        lines: Lines | None = None,
    ) -> None:
        self.encoder = encoder
        self.vectors = encoder.encode([kind_text(g) for g in goods]) if vectors is None else vectors
        self.lines = lines

    def near(self, items: Sequence[ItemText]) -> tuple[NDArray[np.float32], NDArray[np.float32] | None]:
        """Similarities of items to kinds (items x kinds) and to lines (items x lines; None without lines)."""
        found = self.encoder.encode([item_text(i) for i in items])
        # The last digits depend on how many items are multiplied at once; a batch must answer as its items do.
        kinds: NDArray[np.float32] = np.round(found @ self.vectors.T, SIMILARITY_DIGITS)
        if self.lines is None:
            return kinds, None
        return kinds, np.round(found @ self.lines.vectors.T, SIMILARITY_DIGITS)
