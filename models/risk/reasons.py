"""Why a score is what it is: rules by their strength, and the model's own weights (SHAP) as sentences."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.risk import history, signals, suggested
from models.risk.features import NAMES, Table
from models.risk.tallies import WINDOW

SUGGESTER = "DESCRIPTION_CODE_MISMATCH"  # the rule whose sentence carries the suggester's figures
LEAST = 0.15  # log odds a signal must add before it is named
_OF_HISTORY = {
    "sender_rate": "share of this sender's inspected parcels that were wrong",
    "recipient_rate": "share of this recipient's inspected parcels that were wrong",
    "seller_rate": "share of this seller's inspected parcels that were wrong",
    "sender_goods_rate": "share found wrong of such goods from this sender",
    "route_goods_rate": "share found wrong of such goods on this route",
    "code_rate": "share found wrong under this number",
    "sender_origin_rate": "share found wrong of this sender's goods of that origin",
    "goods_origin_rate": "share found wrong of such goods of that origin",
    "to_recipient_window": "parcels to this recipient within the window",
    "to_place_window": "parcels to this address within the window",
    "goods_to_place_window": "parcels with like goods to this address within the window",
    "goods_to_recipient_window": "parcels with like goods to this recipient within the window",
    "sender_goods_to_zip_window": "parcels with like goods of this sender to this postal code within the window",
    "pair_window": "parcels of this sender to this address within the window",
    "place_value_window": "value sent to this address within the window",
    "names_at_place": "names that receive at this address",
    "sender_days": "days since this sender was first seen",
    "sender_new_goods": "goods this sender has not sent before",
    "sender_clean": "share of this sender's inspected parcels that were clean",
    "sender_value_shift": "value against this sender's usual one",
    "origin_usual_for_sender": "how usual this origin is for the sender",
    "origin_usual_for_goods": "how usual this origin is for such goods",
    "origin_usual_for_brand": "how usual this origin is for the brand",
}


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason code, its sentence, its weight (rules: strength 0 to 1; model: log odds; lists: match score 0 to 1)."""

    code: str
    sentence: str
    weight: float

    def as_json(self) -> dict[str, Any]:
        return {"code": self.code, "sentence": self.sentence, "weight": self.weight}


def meaning(name: str) -> str:
    """What a column says, in words."""
    if name in signals.MEANING:
        return signals.MEANING[name]
    if name in suggested.MEANING:
        return suggested.MEANING[name]
    if name in _OF_HISTORY:
        return _OF_HISTORY[name]
    if name.startswith("rule_"):
        return f"the rules on {name.removeprefix('rule_')} taken together"
    return f"parcels seen before: {name.removesuffix('_count').replace('_', ' ')}"


def reasons_of(
    row: int, table: Table, weights: NDArray[np.float64] | None, declared: str | None = None
) -> list[Reason]:
    """Rules that spoke, loudest first, then the signals that raised the model's score most.

    ``declared``: digits of the declared number, for what the suggester says of it.
    """
    made = [Reason(rule.code, rule.sentence, round(strength, 4)) for rule, strength in table.ruled.spoke(row)]
    made = [_with_figures(r, table, row, declared) if r.code == SUGGESTER else r for r in made]
    if weights is None:
        return made
    values = table.values[row]
    for n in np.argsort(-weights):
        if weights[n] < LEAST or len(made) > 12:
            break
        if not NAMES[n].startswith("rule_"):  # the rules have spoken for themselves
            made.append(
                Reason(f"MODEL_{NAMES[n].upper()}", _sentence(NAMES[n], values[n]), float(weights[n]))
            )
    # One order for both: a strength is worth its log odds.
    return sorted(made, key=lambda r: -_in_log_odds(r))


def _with_figures(reason: Reason, table: Table, row: int, declared: str | None) -> Reason:
    said = table.answers[row].sentence(declared)
    return Reason(reason.code, said, reason.weight) if said else reason


def _sentence(name: str, value: float) -> str:
    said = meaning(name)
    said = said[:1].upper() + said[1:]
    if math.isnan(value):
        return f"{said}: not known, which raises the score."
    if name.startswith("log_"):
        value = math.expm1(value) if name == "log_pieces" else math.exp(value)
    elif name.endswith("_count"):
        value = math.expm1(value)
    if name in history.NAMES and name.endswith("_window"):
        said = said.replace("the window", f"{WINDOW} days")
    return f"{said} ({value:.3g}) raises the score."


def _in_log_odds(reason: Reason) -> float:
    if reason.code.startswith("MODEL_"):
        return reason.weight
    strength = min(max(reason.weight, 0.01), 0.99)
    return math.log(strength / (1 - strength)) + 2.0
