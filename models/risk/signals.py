"""What is looked at in one parcel, each with its meaning; the numbers that go into the models.

A missing field gives a missing number, and the missing itself is a signal. No country is a signal: only whether
origin, sender and route agree. Nothing here reads the sender's name.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from functools import lru_cache

from data.descriptions import why_vague
from models.risk import suggested
from models.risk.bands import Band, Bands, Measures, amounts
from models.risk.parcel import RiskParcel
from models.risk.wording import NO_OPINION, Opinion, words_of

# name -> what it means. The order is the order of the columns.
MEANING = {
    "vague": "the description names no goods",
    "words": "words in the description",
    "telling_words": "the description has words that goods under a ban or licence are sold with",
    "log_value": "declared value",
    "nominal_value": "declared at one dollar or less",
    "round_value": "the value is a round number",
    "under_limit": "the value lies just under a limit of the law",
    "log_value_per_kg": "value per kilogram",
    "log_value_per_piece": "value per piece",
    "value_for_code": "value per piece against what is usual for the declared number",
    "value_kg_for_code": "value per kilogram against what is usual for the declared number",
    "weight_for_code": "weight per piece against what is usual for the declared number",
    "value_for_text": "value per piece against what is usual for goods so described",
    "value_kg_for_text": "value per kilogram against what is usual for goods so described",
    "weight_for_text": "weight per piece against what is usual for goods so described",
    "band_level": "digits at which usual values are known for the declared number",
    "log_weight": "weight of the parcel",
    "log_pieces": "pieces declared",
    "gift": "declared as a gift",
    "gift_from_business": "declared as a gift, sent as a sale",
    "returned": "declared as returned goods",
    "sample": "declared as a commercial sample",
    "heading_likely": "how likely the declared heading is, by words alone",
    "subheading_likely": "how likely the declared six digits are, by words alone",
    "number_likely": "how likely the declared eight digits are, by words alone",
    "text_sure": "how surely the description names one number",
    "duty_gap": "duty percent one expects from the description beyond the declared number's",
    "declared_duty": "duty percent of the declared number",
    "origin_not_sender": "made in another country than the sender's",
    "origin_not_post": "made in another country than it was posted in",
    "sender_not_post": "posted in another country than the sender's",
    "code_digits": "digits of the declared number",
    "missing": "optional elements left out",
    "no_origin": "no country of origin",
    "no_category": "no category of item",
    "no_quantity": "no quantity",
    "no_invoice": "no invoice number",
    "no_seller": "no seller",
    "no_address": "no address of the recipient",
    "nobody": "the recipient's name stands for nobody",
    "odd_name": "the recipient's name is one word or holds digits",
}
NAMES = tuple(MEANING)
# Columns that fall when the declared value falls, and those that neither rise nor fall with it in order.
FALL_WITH_VALUE = frozenset(
    "log_value log_value_per_kg log_value_per_piece value_for_code value_kg_for_code value_for_text "
    "value_kg_for_text sender_value_shift".split()
)
RISE_AS_VALUE_FALLS = frozenset(("nominal_value", "rule_undervaluation"))
# ... the suggester may be asked with the value, which decides some numbers
UNORDERED_IN_VALUE = frozenset(("round_value", "under_limit", "place_value_window", *suggested.NAMES))

# Where a typology may only move one way with a column, whatever a sample of parcels happens to say.
ONE_WAY = {
    "splitting": dict.fromkeys(
        ("goods_to_place_window", "goods_to_recipient_window", "sender_goods_to_zip_window", "names_at_place",
         "rule_splitting"), 1),
    "misclassification": {"heading_likely": -1, "duty_gap": 1, "suggested_heading": -1, "suggested_number": -1,
                          "suggested_duty_gap": 1, "rule_misclassification": 1},
    "origin": {"origin_usual_for_sender": -1, "origin_usual_for_brand": -1, "rule_origin": 1},
    "restricted": {"vague": 1, "telling_words": 1, "nobody": 1, "rule_restricted": 1},
}  # fmt: skip

_NO_BANDS: tuple[None, None, None] = (None, None, None)
_NOT_KNOWN = (math.nan, math.nan, math.nan)
_NOBODY = re.compile(
    r"\b(mickey|minnie|donald duck|spider ?man|superman|batman|elsa|unknown|present|customer|nobody|no name|test|"
    r"to whom|resident|occupant|receiver|recipient|addressee|friend|n ?/? ?a|none|xxx+)\b",
    re.IGNORECASE,
)
_TELLING = frozenset(
    "replica counterfeit imitation vape nicotine cbd hemp kratom pill pills capsule capsules slimming steroid "
    "peptide seed seeds ivory fur airsoft suppressor silencer switchblade knuckle firearm receiver ammo".split()
)


def parcel_signals(
    parcel: RiskParcel,
    bands: Bands,
    opinion: Opinion = NO_OPINION,
    duty: float = math.nan,
    limits: Sequence[float] = (),
) -> tuple[float, ...]:
    """One number for each of ``NAMES``. ``duty``: percent of the declared number; ``limits``: dollars, from the law."""
    text, name = parcel.description or "", parcel.recipient.name or ""
    vague, words, telling = _text_signals(text)
    measured = amounts(parcel)
    by_code = bands.find(parcel.hts, parcel.origin)
    by_text = bands.find(opinion.best, None) if opinion.best and opinion.sure > 0.2 else _NO_BANDS
    value, pieces = parcel.value_usd, parcel.quantity or 0.0
    gift = parcel.category == "gift"
    absent = [
        parcel.origin is None,
        parcel.category is None,
        parcel.quantity is None,
        parcel.invoice is None,
        parcel.seller is None,
        not parcel.recipient.address,
    ]
    post = parcel.origin_post
    return (
        vague,
        words,
        telling,
        _log(value),
        math.nan if value is None else float(value <= 1),
        math.nan if value is None else float(value > 0 and value % 5 == 0),
        math.nan if value is None else float(any(0.93 * n <= value <= n for n in limits)),
        _log(measured[1]),
        _log(measured[0]),
        *_distances(by_code, measured),
        *_distances(by_text, measured),
        float(next((b.level for b in by_code if b), 0)),
        _log(parcel.weight_kg),
        math.log1p(pieces),
        float(gift),
        float(gift and bool(parcel.seller or parcel.invoice or pieces >= 5)),
        float(parcel.category == "returned_goods"),
        float(parcel.category == "commercial_sample"),
        opinion.heading,
        opinion.subheading,
        opinion.number,
        opinion.sure,
        opinion.duty_gap,
        duty,
        _differ(parcel.origin, parcel.sender.country),
        _differ(parcel.origin, post),
        _differ(parcel.sender.country, post),
        float(len(parcel.hts or "")),
        float(sum(absent)),
        *(float(a) for a in absent),
        float(bool(_NOBODY.search(name))) if name else math.nan,
        float(len(name.split()) < 2 or any(c.isdigit() for c in name)) if name else math.nan,
    )


@lru_cache(maxsize=65536)
def _text_signals(text: str) -> tuple[float, float, float]:
    words = words_of(text)
    return (
        float(why_vague(text) is not None),
        float(len(words)),
        float(any(w in _TELLING for w in words) or "1:1" in text),
    )


def _distances(found: tuple[Band | None, Band | None, Band | None], measured: Measures) -> tuple[float, ...]:
    if found == _NO_BANDS:
        return _NOT_KNOWN
    return tuple([b.distance(m) if b and m == m else math.nan for b, m in zip(found, measured, strict=True)])


def _log(amount: float | None) -> float:
    return math.nan if amount is None or amount != amount else math.log(max(amount, 0.005))


def _differ(one: str | None, other: str | None) -> float:
    return math.nan if one is None or other is None else float(one != other)
