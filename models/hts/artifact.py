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
from models.hts.encoder import Encoder, KindVectors, StaticEncoder, TransformerEncoder, kind_text
from models.hts.precedents import Precedents
from models.hts.ranker import Ranker
from models.hts.suggester import Suggester

NAME = "hts"
TEXT_VERSION = f"{TOKENS_VERSION}.{CLEANER_VERSION}"  # how words are cut and cleaned


def text_sum(text: str) -> str:
    """A short sum by which a kind's vector is known to belong to its words."""
    return sha256(text.encode()).hexdigest()[:16]


def put_static(draft: Draft, tokenizer: str, table: NDArray[np.int8], scale: NDArray[np.float32]) -> None:
    draft.text("tokenizer.json", tokenizer)
    draft.arrays("encoder.npz", table=table, scale=scale)
    draft.about["encoder"] = "static"


def put_transformer(
    draft: Draft, tokenizer: str, table: NDArray[np.int8], scale: NDArray[np.float32], graph: bytes
) -> None:
    put_static(draft, tokenizer, table, scale)
    draft.files["encoder.onnx"] = graph
    draft.about["encoder"] = "transformer"


def put_again(draft: Draft, artifact: Artifact) -> None:
    """The encoder of an earlier model, as it is."""
    for name in ("tokenizer.json", "encoder.npz", "encoder.onnx"):
        if name in artifact.files:
            draft.files[name] = artifact.files[name]
    draft.about["encoder"] = artifact.about["encoder"]
    draft.about["encoder_of"] = artifact.version


def put_kinds(draft: Draft, goods: Sequence[Goods], vectors: NDArray[np.float32]) -> None:
    """Kind vectors as half floats, known by the sum of the words they stand for."""
    draft.arrays(
        "kinds.npz",
        sums=np.array([text_sum(kind_text(g)) for g in goods]),
        vectors=vectors.astype(np.float16),
    )


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


def encoder_of(artifact: Artifact) -> Encoder:
    held = artifact.arrays("encoder.npz")
    pieces = artifact.text("tokenizer.json"), held["table"], held["scale"]
    if artifact.about["encoder"] == "static":
        return StaticEncoder(*pieces)
    return TransformerEncoder(*pieces, artifact.files["encoder.onnx"])


def finder_of(artifact: Artifact, catalogue: Catalogue) -> CandidateFinder:
    """The candidate finder over today's catalogue: kinds whose words changed since training are encoded anew."""
    encoder = encoder_of(artifact)
    held = artifact.arrays("kinds.npz")
    known = {str(s): i for i, s in enumerate(held["sums"])}
    texts = [kind_text(g) for g in catalogue.goods]
    places = [known.get(text_sum(t), -1) for t in texts]
    new = [t for t, place in zip(texts, places, strict=True) if place < 0]
    fresh = iter(encoder.encode(new)) if new else iter(())
    vectors = np.stack([held["vectors"][p].astype(np.float32) if p >= 0 else next(fresh) for p in places])
    return CandidateFinder(catalogue.goods, KindVectors(encoder, catalogue.goods, vectors))


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
    if "rulings.npz" in artifact.files and isinstance(finder.encoder, KindVectors):
        held = artifact.arrays("rulings.npz")
        rulings = Precedents(
            finder.encoder.encoder,
            [str(x) for x in held["numbers"]],
            [str(x) for x in held["dates"]],
            [str(x) for x in held["codes"]],
            held["vectors"].astype(np.float32),
        )
    return Suggester(
        catalogue,
        finder,
        Ranker(artifact.text("ranker.txt"), float(learned["temperature"])),
        knots,
        leaves,
        rulings,
        {"model": f"hts {artifact.version}", **versions},
    )
