"""The suggester's folder: encoder, kind vectors, ranker, calibration, rulings; put together and taken apart."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from hashlib import sha256
from typing import Any

import numpy as np
from numpy.typing import NDArray

from data.catalogue import Catalogue, Goods
from data.descriptions import CLEANER_VERSION
from data.errors import MailDutyError
from data.tokens import TOKENS_VERSION
from models.artifact import Artifact, Draft
from models.calibration import Knots
from models.hts.candidates import CandidateFinder
from models.hts.confidence import Confidence
from models.hts.encoder import KindVectors, StaticEncoder, TransformerEncoder, kind_text, quantised
from models.hts.official import Lines
from models.hts.precedents import Precedents
from models.hts.ranker import Ranker
from models.hts.suggester import Suggester

NAME = "hts"
ENCODERS = ("tokenizer.json", "table.npz", "pieces.npz", "encoder.onnx")
TEXT_VERSION = f"{TOKENS_VERSION}.{CLEANER_VERSION}"  # how words are cut and cleaned


def text_sum(text: str) -> str:
    """A short sum by which a kind's vector is known to belong to its words."""
    return sha256(text.encode()).hexdigest()[:16]


def put_table(draft: Draft, tokenizer: str, table: NDArray[np.int8], scale: NDArray[np.float32]) -> None:
    """A static encoder."""
    draft.text("tokenizer.json", tokenizer)
    draft.arrays("table.npz", table=table, scale=scale)


def put_transformer(draft: Draft, pieces: NDArray[np.int8], scale: NDArray[np.float32], graph: bytes) -> None:
    """A transformer beside the static encoder, over the same word pieces."""
    draft.arrays("pieces.npz", table=pieces, scale=scale)
    draft.files["encoder.onnx"] = graph


def put_again(draft: Draft, artifact: Artifact) -> None:
    """The encoders of an earlier model, as they are."""
    for name in ENCODERS:
        if name in artifact.files:
            draft.files[name] = artifact.files[name]
    draft.about["encoder_of"] = artifact.version


def put_kinds(draft: Draft, goods: Sequence[Goods], vectors: NDArray[np.float32]) -> None:
    """Kind vectors of the transformer as bytes, known by the sum of the words they stand for."""
    table, scale = quantised(vectors)
    sums = np.array([text_sum(kind_text(g)) for g in goods])
    draft.arrays("kinds.npz", sums=sums, table=table, scale=scale)


def put_lines(draft: Draft, lines: Lines) -> None:
    """Vectors of the tariff's lines, as bytes: their places of a hundredth are enough."""
    table, scale = quantised(lines.vectors)
    draft.arrays("lines.npz", codes=np.array(lines.codes), table=table, scale=scale)


def _lines_of(artifact: Artifact) -> Lines | None:
    if "lines.npz" not in artifact.files:
        return None
    held = artifact.arrays("lines.npz")
    vectors = held["table"].astype(np.float32) * held["scale"][:, None]
    return Lines(tuple(str(code) for code in held["codes"]), vectors)


def put_rulings(
    draft: Draft,
    numbers: Sequence[str],
    dates: Sequence[str],
    codes: Sequence[str],
    vectors: NDArray[np.float32],
) -> None:
    draft.arrays(
        "rulings.npz",
        numbers=np.array(numbers),
        dates=np.array(dates),
        codes=np.array(codes),
        vectors=vectors.astype(np.float16),
    )


def put_ranker(draft: Draft, booster: str, temperature: float, knots: dict[int, Knots]) -> None:
    draft.text("ranker.txt", booster)
    draft.json(
        "calibration.json",
        {
            "temperature": temperature,
            "levels": {str(n): {"x": list(k.x), "y": list(k.y)} for n, k in knots.items()},
        },
    )
    draft.about["text"] = TEXT_VERSION


def table_of(artifact: Artifact) -> StaticEncoder:
    """The static encoder; every model has one."""
    held = artifact.arrays("table.npz")
    return StaticEncoder(artifact.text("tokenizer.json"), held["table"], held["scale"])


def transformer_of(artifact: Artifact) -> TransformerEncoder | None:
    """The transformer, None where the model was trained without."""
    if "encoder.onnx" not in artifact.files:
        return None
    held = artifact.arrays("pieces.npz")
    tokenizer, graph = artifact.text("tokenizer.json"), artifact.files["encoder.onnx"]
    return TransformerEncoder(tokenizer, held["table"], held["scale"], graph)


def finder_of(artifact: Artifact, catalogue: Catalogue) -> CandidateFinder:
    """The candidate finder over today's catalogue: kinds whose words changed since training are encoded anew."""
    table = KindVectors(table_of(artifact), catalogue.goods)  # quick enough to make each time
    transformer = transformer_of(artifact)
    if transformer is None:
        return CandidateFinder(catalogue.goods, None, table)
    held = artifact.arrays("kinds.npz")
    known = {str(s): i for i, s in enumerate(held["sums"])}
    texts = [kind_text(g) for g in catalogue.goods]
    places = [known.get(text_sum(t), -1) for t in texts]
    new = [t for t, place in zip(texts, places, strict=True) if place < 0]
    vectors = held["table"][places].astype(np.float32) * held["scale"][places, None]
    if new:
        vectors[[n for n, place in enumerate(places) if place < 0]] = transformer.encode(new)
    encoder = KindVectors(transformer, catalogue.goods, vectors, _lines_of(artifact))
    return CandidateFinder(catalogue.goods, encoder, table)


def suggester_of(
    artifact: Artifact, catalogue: Catalogue, leaves: Collection[str], /, **versions: str
) -> Suggester:
    """A suggester over a catalogue for the numbers in force on a day. Raises MODEL_STALE on another cutter."""
    if artifact.about.get("text") != TEXT_VERSION:
        raise MailDutyError(
            "MODEL_STALE",
            f"the model was trained on text version {artifact.about.get('text')}, this is {TEXT_VERSION}",
            "Training and serving clean and cut text the same way",
            "Train the model again",
        )
    finder = finder_of(artifact, catalogue)
    learned: dict[str, Any] = artifact.json("calibration.json")
    knots = {int(n): Knots(tuple(k["x"]), tuple(k["y"])) for n, k in learned["levels"].items()}
    rulings = None
    if "rulings.npz" in artifact.files and isinstance(finder.table, KindVectors):
        held = artifact.arrays("rulings.npz")
        rulings = Precedents(
            finder.table.encoder,
            [str(x) for x in held["numbers"]],
            [str(x) for x in held["dates"]],
            [str(x) for x in held["codes"]],
            held["vectors"].astype(np.float32),
        )
    return Suggester(
        catalogue,
        finder,
        Ranker(artifact.text("ranker.txt"), float(learned["temperature"])),
        Confidence(knots),
        leaves,
        rulings,
        {"model": f"hts {artifact.version}", **versions},
    )
