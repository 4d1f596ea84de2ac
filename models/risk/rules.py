"""Transparent rules: each a named reason with a strength anybody can check, by typology. They stand before any model.

A typology's rule score is one minus the product of (1 - strength) over its rules: what the rules alone would rank by.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from data.parcel_typologies import TYPOLOGIES

Floats = NDArray[np.floating[Any]]
Columns = Mapping[str, Floats]


@dataclass(frozen=True)
class Rule:
    """A named reason: the typology it speaks for, its sentence, and its strength (0 silent, 1 certain) per parcel."""

    code: str
    typology: str
    sentence: str
    strength: Callable[[Columns], Floats]


def _below(column: str, from_: float, least: float) -> Callable[[Columns], Floats]:
    """Speaks where a distance lies below ``from_`` spreads, louder with every spread."""

    def strength(c: Columns) -> Floats:
        under = from_ - np.nan_to_num(c[column], nan=99.0)
        return np.where(under > 0, np.minimum(0.95, least + 0.15 * under), 0.0)

    return strength


def _flag(column: str, weight: float) -> Callable[[Columns], Floats]:
    return lambda c: weight * (np.nan_to_num(c[column]) > 0.5)


def _unlikely(c: Columns) -> Floats:
    """The suggester finds the declared heading unlikely, and knows a likelier one."""
    heading, sure = np.nan_to_num(c["suggested_heading"], nan=1.0), np.nan_to_num(c["suggested_sure"])
    return np.where((heading < 0.05) & (sure > 0.3), 0.3 + 0.6 * sure, 0.0)


def _contradicted(c: Columns) -> Floats:
    """The same by words alone, where the suggester was not asked."""
    heading, sure = np.nan_to_num(c["heading_likely"], nan=1.0), np.nan_to_num(c["text_sure"])
    silent = np.isnan(c["suggested_heading"])
    return np.where(silent & (heading < 0.05) & (sure > 0.2), 0.25 + 0.5 * sure, 0.0)


def _less_duty(c: Columns) -> Floats:
    asked = ~np.isnan(c["suggested_number"])
    gap = np.nan_to_num(np.where(asked, c["suggested_duty_gap"], c["duty_gap"]))
    likely = np.nan_to_num(np.where(asked, c["suggested_number"], c["number_likely"]), nan=1.0)
    return np.where((gap > 2) & (likely < 0.1), np.minimum(0.6, 0.1 + 0.04 * gap), 0.0)


def _origin_route(c: Columns) -> Floats:
    return 0.35 * ((c["origin_not_sender"] == 1) & (c["origin_not_post"] == 1) & (c["returned"] == 0))


def _origin_new(c: Columns) -> Floats:
    unusual = np.nan_to_num(c["origin_usual_for_sender"], nan=1.0) < 0.1
    return 0.4 * (unusual & (c["origin_not_sender"] == 1) & (c["returned"] == 0))


def _origin_brand(c: Columns) -> Floats:
    unusual = np.nan_to_num(c["origin_usual_for_brand"], nan=1.0) < 0.1
    return 0.4 * (unusual & (c["returned"] == 0))


def _odd_weight(c: Columns) -> Floats:
    off = np.fmax(np.abs(np.nan_to_num(c["weight_for_code"])), np.abs(np.nan_to_num(c["weight_for_text"])))
    return np.where(off > 2.5, np.minimum(0.7, 0.1 + 0.12 * (off - 2.5)), 0.0)


def _many(c: Columns) -> Floats:
    goods = np.nan_to_num(c["goods_to_place_window"])
    return np.where(goods >= 2, np.minimum(0.95, 0.2 + 0.18 * (goods - 2)), 0.0)


def _spellings(c: Columns) -> Floats:
    names, goods = np.nan_to_num(c["names_at_place"]), np.nan_to_num(c["goods_to_place_window"])
    return 0.45 * ((names >= 2) & (goods >= 2))


def _record(c: Columns) -> Floats:
    rate, count = np.nan_to_num(c["sender_rate"]), np.nan_to_num(c["sender_count"])
    return np.where((rate > 0.2) & (count > 1), np.minimum(0.4, rate - 0.1), 0.0)


RULES = (
    Rule("VALUE_LOW_FOR_CODE", "undervaluation", "Value per piece is far under what is usual for the declared number.",
         _below("value_for_code", -1.5, 0.2)),
    Rule("VALUE_LOW_FOR_TEXT", "undervaluation", "Value per piece is far under what goods so described usually cost.",
         _below("value_for_text", -1.5, 0.15)),
    Rule("VALUE_LOW_FOR_WEIGHT", "undervaluation", "Value per kilogram is far under what is usual.",
         _below("value_kg_for_code", -2.0, 0.15)),
    Rule("VALUE_NOMINAL", "undervaluation", "Declared at one dollar or less.", _flag("nominal_value", 0.3)),
    Rule("GIFT_FROM_BUSINESS", "undervaluation", "Declared as a gift, but sent as a sale.",
         _flag("gift_from_business", 0.1)),
    Rule("DESCRIPTION_CODE_MISMATCH", "misclassification",
         "The suggester finds the declared number unlikely for such a description.", _unlikely),
    Rule("CODE_CONTRADICTED", "misclassification", "The description points to another heading than the declared one.",
         _contradicted),
    Rule("CODE_SAVES_DUTY", "misclassification", "The declared number owes less than goods so described.", _less_duty),
    Rule("ORIGIN_OFF_ROUTE", "origin", "The country of make is neither the sender's nor that of posting.",
         _origin_route),
    Rule("ORIGIN_NEW_FOR_SENDER", "origin", "This sender's goods were hardly ever made there.", _origin_new),
    Rule("ORIGIN_NEW_FOR_BRAND", "origin", "Goods of this brand were hardly ever made there.", _origin_brand),
    Rule("DESCRIPTION_VAGUE", "restricted", "The description names no goods.", _flag("vague", 0.3)),
    Rule("DESCRIPTION_TELLING", "restricted", "The description has words that banned or licensed goods are sold with.",
         _flag("telling_words", 0.4)),
    Rule("CONSIGNEE_NOBODY", "restricted", "The recipient's name stands for nobody.", _flag("nobody", 0.6)),
    Rule("WEIGHT_ODD", "restricted", "The weight does not go with the goods and pieces declared.", _odd_weight),
    Rule("TEXT_NOT_CODE", "restricted", "Description and declared number are about different goods.",
         lambda c: 0.3 * ((_contradicted(c) > 0) | (_unlikely(c) > 0))),
    Rule("SPLIT_ORDER", "splitting", "Several parcels of like goods go to one address within days.", _many),
    Rule("SPLIT_SPELLINGS", "splitting", "Like goods go to one address under several names.", _spellings),
    *(Rule("SENDER_RECORD", t, "Parcels of this sender were found wrong before.", _record) for t in TYPOLOGIES),
)  # fmt: skip


@dataclass(frozen=True)
class Ruled:
    """Strength of every rule (rows: parcels, columns: ``RULES``), and the rule score by typology."""

    strength: Floats
    scores: Mapping[str, Floats]

    def spoke(self, row: int) -> list[tuple[Rule, float]]:
        """The rules that spoke for a parcel, loudest first, each code once."""
        order = np.argsort(-self.strength[row], kind="stable")
        found: dict[str, tuple[Rule, float]] = {}
        for n in order:
            if self.strength[row, n] <= 0:
                break
            found.setdefault(RULES[n].code, (RULES[n], float(self.strength[row, n])))
        return list(found.values())


def apply_rules(columns: Columns) -> Ruled:
    """All rules on named columns of equal length."""
    strength = np.column_stack([rule.strength(columns) for rule in RULES]).astype(float)
    scores = {t: 1 - np.prod(1 - strength[:, [r.typology == t for r in RULES]], axis=1) for t in TYPOLOGIES}
    return Ruled(strength, scores)
