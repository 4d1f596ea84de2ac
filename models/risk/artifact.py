"""The risk model as a folder: boosters as LightGBM text, everything else as JSON and plain arrays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from scipy import sparse

from data.errors import MailDutyError
from models.artifact import Artifact, Draft
from models.calibration import Knots
from models.risk.bands import Bands
from models.risk.features import FEATURES_VERSION, NAMES, Reading
from models.risk.scorer import Model, Scorer, columns_of
from models.risk.wording import Wording

NAME = "mailduty-risk"


def put_models(draft: Draft, models: Mapping[str, Model]) -> None:
    """Each booster as text, each calibration as knots."""
    for name, model in models.items():
        draft.text(f"{name}.txt", model.booster.model_to_string())
    draft.json("knots.json", {name: {"x": m.knots.x, "y": m.knots.y} for name, m in models.items()})
    draft.json("features.json", {"version": FEATURES_VERSION, "names": NAMES})


def put_bands(draft: Draft, bands: Bands) -> None:
    draft.json("bands.json", bands.as_json())


def put_wording(
    draft: Draft, words: Mapping[str, int], numbers: Sequence[str], counts: Any, met: Any
) -> None:
    """Counts of words by number, as small integers."""
    held = counts.tocsr()
    draft.json("words.json", {"words": sorted(words, key=lambda w: words[w]), "numbers": list(numbers)})
    draft.arrays(
        "words.npz",
        data=held.data.astype(np.uint16),
        indices=held.indices.astype(np.int32),
        indptr=held.indptr.astype(np.int32),
        met=np.asarray(met, dtype=np.int32),
    )


def wording_of(artifact: Artifact) -> Wording:
    named, held = artifact.json("words.json"), artifact.arrays("words.npz")
    shape = (len(named["words"]), len(named["numbers"]))
    counts = sparse.csr_matrix((held["data"].astype(float), held["indices"], held["indptr"]), shape=shape)
    return Wording.from_counts(
        {w: n for n, w in enumerate(named["words"])}, named["numbers"], counts, held["met"]
    )


def check_columns(artifact: Artifact) -> None:
    """Raises MailDutyError MODEL_FEATURES where the folder was made for other columns than are read here."""
    if artifact.json("features.json") != {"version": FEATURES_VERSION, "names": list(NAMES)}:
        raise MailDutyError(
            "MODEL_FEATURES",
            f"model {artifact.version} was trained on other columns",
            "Training and serving read parcels the same way",
            "Train the model again with `mailduty train risk`",
        )


def scorer_of(
    artifact: Artifact,
    rates: Mapping[str, float],
    limits: Sequence[float],
    bands: Bands | None = None,
    **versions: str,
) -> Scorer:
    """The scorer in a folder. ``bands`` of the operator take the place of the shipped ones.

    Raises MailDutyError MODEL_FEATURES where the folder was made for other columns.
    """
    import lightgbm as lgb

    check_columns(artifact)
    knots = artifact.json("knots.json")
    models = {
        name: Model(
            lgb.Booster(model_str=artifact.text(f"{name}.txt")),
            columns_of(name),
            Knots(tuple(k["x"]), tuple(k["y"])),
        )
        for name, k in knots.items()
    }
    held = bands or Bands.from_json(artifact.json("bands.json"))
    reading = Reading(held, wording_of(artifact), rates, limits)
    return Scorer(models, reading, {"risk_model": artifact.version, "bands": held.source, **versions})
