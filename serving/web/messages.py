"""What the service takes and gives. Batches are keyed by the caller's own ids; each field has an example.

Values that can be wrong in one item (a date, an amount, a tariff number) are plain text here and are checked
item by item behind it, so that one bad item gets its own error and the others get their answers.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

MOST_ITEMS = 10_000  # in one request; a larger manifest goes to /manifests


class _Message(BaseModel):
    model_config = ConfigDict(extra="forbid")


class DutyItem(_Message):
    """An item whose tariff number is known."""

    entry_date: str = Field(description="Day of entry, YYYY-MM-DD.", examples=["2026-09-01"])
    channel: str = Field(description="mail, informal or formal.", examples=["mail"])
    origin: str = Field(description="Country of origin of the goods, two letters.", examples=["IN"])
    hts: str | None = Field(None, description="Tariff number, dots or not.", examples=["6109.10.00.12"])
    value_usd: str | int | float = Field(description="Value in US dollars.", examples=["48.00"])
    facts: dict[str, Any] = Field({}, description="Facts the law asks for.", examples=[{"gift": False}])


class DutyBatch(_Message):
    """Items to price, keyed by the caller's ids."""

    items: dict[str, DutyItem] = Field(
        description=f"Up to {MOST_ITEMS} items.",
        max_length=MOST_ITEMS,
        examples=[
            {
                "RR123456785IN": {
                    "entry_date": "2026-09-01",
                    "channel": "mail",
                    "origin": "IN",
                    "hts": "6109.10.00.12",
                    "value_usd": "48.00",
                    "facts": {},
                }
            }
        ],
    )


class AssessItem(_Message):
    """An item as its sender declared it."""

    description: str | None = Field(
        None, description="Item text as declared.", examples=["cotton T-shirt, men's"]
    )
    hts: str | None = Field(None, description="Tariff number as declared.", examples=["6109.10.00.12"])
    origin: str | None = Field(None, description="Country of origin of the goods.", examples=["IN"])
    value_usd: str | int | float | None = Field(None, description="Value in US dollars.", examples=["48.00"])
    tracking_id: str | None = Field(None, description="S10 or other identifier.", examples=["RR123456785IN"])
    entry_date: str | None = Field(
        None, description="Day of entry; else that of the batch.", examples=["2026-09-01"]
    )
    channel: str = Field("mail", description="mail, informal or formal.", examples=["mail"])
    facts: dict[str, Any] = Field({}, description="Facts the law asks for.", examples=[{"gift": False}])


class AssessBatch(_Message):
    """Items to assess, keyed by the caller's ids."""

    on: str | None = Field(
        None, description="Day of entry of items without one; else today.", examples=["2026-09-01"]
    )
    items: dict[str, AssessItem] = Field(
        description=f"Up to {MOST_ITEMS} items.",
        max_length=MOST_ITEMS,
        examples=[
            {
                "parcel-1": {
                    "description": "cotton T-shirt, men's",
                    "hts": "6109.10.00.12",
                    "origin": "IN",
                    "value_usd": "48.00",
                    "tracking_id": "RR123456785IN",
                }
            }
        ],
    )


class SuggestItem(_Message):
    """An item to find tariff numbers for. Only the description must be there."""

    description: str | None = Field(
        None, description="Item text.", examples=["boho drop earrings, zinc alloy"]
    )
    category: list[str] = Field([], description="Category path.", examples=[["Jewelry", "Earrings"]])
    attributes: dict[str, Any] = Field(
        {}, description="Attributes as listed.", examples=[{"Material": "Alloy"}]
    )
    value_usd: str | int | float | None = Field(
        None, description="Value of the line in US dollars.", examples=[12]
    )
    quantity: str | int | float | None = Field(None, description="Pieces in the line.", examples=[2])
    weight_kg: str | int | float | None = Field(
        None, description="Weight of the line in kg.", examples=[0.05]
    )
    origin: str | None = Field(None, description="Country of origin of the goods.", examples=["CN"])
    declared_hts: str | None = Field(
        None, description="The sender's number, any length.", examples=["711719"]
    )


class SuggestBatch(_Message):
    """Items to find tariff numbers for, keyed by the caller's ids."""

    on: str | None = Field(None, description="Day of entry; else today.", examples=["2026-09-01"])
    top: int = Field(5, ge=1, le=50, description="How many numbers to give.", examples=[5])
    confidence: float = Field(0.8, gt=0, lt=1, description="Confidence an answer must have.", examples=[0.8])
    items: dict[str, SuggestItem] = Field(
        description=f"Up to {MOST_ITEMS} items.",
        max_length=MOST_ITEMS,
        examples=[
            {"parcel-1": {"description": "boho drop earrings, zinc alloy", "origin": "CN", "value_usd": 12}}
        ],
    )


class Problem(BaseModel):
    """Why an item got no answer: a stable code, and fact, rule and remedy in a message."""

    model_config = ConfigDict(extra="allow")
    code: str = Field(description="Stable reason code.", examples=["QUANTITY_MISSING"])
    message: str = Field(
        description="Fact, rule and remedy.", examples=["the rate is per kg and no weight was given"]
    )


class DutyLine(BaseModel):
    """One duty or fee."""

    model_config = ConfigDict(extra="allow")
    heading: str = Field(description="Tariff line or Chapter 99 heading.", examples=["6109.10.00"])
    kind: str = Field(description="Which duty it is.", examples=["general"])
    rate: str = Field(description="The rate applied.", examples=["16.5%"])
    amount_usd: str = Field(description="Amount in US dollars.", examples=["7.92"])
    citation: str = Field(description="Where the law says so.", examples=["HTSUS general note 3"])


class DutyAnswer(BaseModel):
    """The duty of an item, line by line; or its error."""

    model_config = ConfigDict(extra="allow")
    id: str = Field(description="The caller's id.", examples=["RR123456785IN"])
    regime: str | None = Field(None, description="Which regime of the law.", examples=["postal-informal"])
    duty_usd: str | None = Field(None, description="Sum of the duty lines.", examples=["12.72"])
    fees_usd: str | None = Field(None, description="Sum of the fees.", examples=["0.00"])
    lines: list[DutyLine] | None = Field(None, description="What adds up to it.", examples=[[]])
    warnings: list[str] | None = Field(None, description="Reservations on the figure.", examples=[[]])
    error: Problem | None = Field(None, description="Why there is no figure.", examples=[None])


class DutyAnswers(BaseModel):
    """An answer for each id, in the order asked."""

    items: dict[str, DutyAnswer] = Field(description="By the caller's ids.", examples=[{}])
    errors: int = Field(description="How many items have an error.", examples=[0])
    versions: dict[str, str] = Field(description="What answered.", examples=[{"mailduty": "0.1.0"}])


class SuggestAnswer(BaseModel):
    """Ranked numbers, the level that is defended, what is missing, the evidence; or an error."""

    model_config = ConfigDict(extra="allow")
    id: str | None = Field(description="The caller's id.", examples=["parcel-1"])
    suggestions: list[dict[str, Any]] | None = Field(
        None,
        description="Numbers with confidence, best first.",
        examples=[[{"hts": "7117199000", "confidence": 0.8}]],
    )
    answer: dict[str, Any] | None = Field(
        None,
        description="The deepest level that is defended.",
        examples=[{"hts": "711719", "level": 6, "confidence": 0.9}],
    )
    missing: list[dict[str, Any]] | None = Field(
        None, description="Questions that would decide.", examples=[[]]
    )
    evidence: list[dict[str, Any]] | None = Field(
        None, description="Kinds and rulings near it.", examples=[[]]
    )
    flags: list[dict[str, str]] | None = Field(None, description="Vague, language, declared.", examples=[[]])
    error: Problem | None = Field(None, description="Why there is no answer.", examples=[None])


class SuggestAnswers(BaseModel):
    """An answer for each id, in the order asked."""

    items: dict[str, SuggestAnswer] = Field(description="By the caller's ids.", examples=[{}])
    errors: int = Field(description="How many items have an error.", examples=[0])
    versions: dict[str, str] = Field(description="What answered.", examples=[{"mailduty": "0.1.0"}])


class SuggestionAnswer(BaseModel):
    """The suggested tariff number."""

    model_config = ConfigDict(populate_by_name=True)
    code: str | None = Field(description="Suggested number, none if none.", examples=["6109.10.00.12"])
    confidence: float | None = Field(
        description="Calibrated; null where a stand-in answers.", examples=[0.84]
    )
    model: str = Field(description="Which model answered.", examples=["hts 1a2b3c4d5e6f"])
    stand_in: bool = Field(alias="stand-in", description="True: not a learned answer.", examples=[False])
    reason: str | None = Field(description="Why none, or what is wrong with it.", examples=[None])
    message: str | None = Field(description="The same in words.", examples=[None])
    learned: SuggestAnswer | None = Field(None, description="The suggester's whole answer.", examples=[None])


class RiskSignal(BaseModel):
    """One thing that speaks against an item."""

    code: str = Field(description="Reason code.", examples=["DESCRIPTION_VAGUE"])
    message: str = Field(description="What was seen.", examples=["'gift' names no goods"])


class RiskAnswer(BaseModel):
    """The risk of an item."""

    model_config = ConfigDict(populate_by_name=True)
    probability: float | None = Field(description="Null where a stand-in answers.", examples=[0.04])
    signals: list[RiskSignal] = Field(description="What spoke.", examples=[[]])
    model: str = Field(description="Which model answered.", examples=["risk 1a2b3c4d5e6f"])
    stand_in: bool = Field(alias="stand-in", description="True: not a learned answer.", examples=[False])
    learned: dict[str, Any] | None = Field(
        None, description="Typologies, reasons, duty at stake, tie-break, as /score gives.", examples=[None]
    )


class ScoreBatch(_Message):
    """Parcels to score, keyed by the caller's ids; a parcel has the fields of `mailduty score`."""

    on: str | None = Field(None, description="Day of scoring; else today.", examples=["2026-09-01"])
    suggester: bool = Field(
        True, description="Ask the suggester about declared numbers; without it, faster.", examples=[True]
    )
    items: dict[str, dict[str, Any]] = Field(
        description=f"Up to {MOST_ITEMS} parcels.",
        max_length=MOST_ITEMS,
        examples=[
            {
                "parcel-1": {
                    "posted_on": "2026-08-28",
                    "description": "cotton T-shirt, men's",
                    "hts": "6109.10.00.12",
                    "origin": "CN",
                    "value_usd": 12.5,
                    "quantity": 1,
                    "weight_kg": 0.2,
                    "sender": {"name": "Rolen Trading", "country": "CN"},
                    "recipient": {"name": "Mila Vindez", "address": "12 Elm St", "postal_code": "44120"},
                }
            }
        ],
    )


class ScoreReason(BaseModel):
    """Why a score is what it is."""

    code: str = Field(description="Reason code.", examples=["VALUE_LOW_FOR_CODE"])
    sentence: str = Field(description="In words.", examples=["Value per piece is far under what is usual."])
    weight: float = Field(description="Strength of a rule, log odds of the model.", examples=[0.4])


class ScoreAnswer(BaseModel):
    """The risk of one parcel; or its error."""

    model_config = ConfigDict(extra="allow")
    id: str = Field(description="The caller's id.", examples=["parcel-1"])
    risk: float | None = Field(None, description="Probability that something is wrong.", examples=[0.04])
    typologies: dict[str, float] | None = Field(
        None, description="Probability of each kind of wrong.", examples=[{"undervaluation": 0.02}]
    )
    reasons: list[ScoreReason] | None = Field(None, description="Why, strongest first.", examples=[[]])
    duty_at_stake_usd: str | None = Field(
        None, description="Expected duty beyond the declared; null where unknown.", examples=["1.20"]
    )
    duty_at_stake_basis: str | None = Field(
        None, description="Reckoned with the whole duty, or with the general rate.", examples=["whole duty"]
    )
    hold: bool | None = Field(None, description="A name is on a list.", examples=[False])
    tie_break: float | None = Field(None, description="Orders equal probabilities.", examples=[-3.1])
    versions: dict[str, str] | None = Field(None, description="What answered.", examples=[{}])
    error: Problem | None = Field(None, description="Why there is no score.", examples=[None])


class ScoreAnswers(BaseModel):
    """An answer for each id, in the order asked."""

    items: dict[str, ScoreAnswer] = Field(description="By the caller's ids.", examples=[{}])
    errors: int = Field(description="How many parcels have an error.", examples=[0])
    versions: dict[str, str] = Field(description="What answered.", examples=[{"mailduty": "0.1.0"}])


class RouteReason(BaseModel):
    """What opens or closes a way."""

    code: str = Field(description="Reason code.", examples=["CHAPTER_99"])
    message: str = Field(description="The same in words.", examples=["Chapter 98 or 99 applies: 9903.05.44"])
    citation: str = Field(description="Where the law says so.", examples=["19 CFR 145.12(a)(2)(vi)"])


class RouteAnswer(BaseModel):
    """How the item may be entered that day."""

    route: str = Field(description="The plainest way open to it.", examples=["entry_type_13"])
    allowed: list[str] = Field(description="Every way open to it.", examples=[["entry_type_13", "formal"]])
    reasons: list[RouteReason] = Field(description="What opened and closed.", examples=[[]])


class DecisionReason(BaseModel):
    """One ground of a decision."""

    code: str = Field(description="Reason code.", examples=["HTS_SHORT"])
    message: str = Field(
        description="What was met in this item.", examples=["6109.10.00 has 8 of the ten digits"]
    )
    meaning: str = Field(description="What the code means.", examples=["The number is too short to file."])
    remedy: str = Field(description="What clears it.", examples=["Give all ten digits."])
    exception: str = Field(description="The exception it opens, E01 to E26.", examples=["E05"])


class DecisionAnswer(BaseModel):
    """What happens to the item."""

    outcome: Literal["accept", "review", "hold"] = Field(description="The decision.", examples=["accept"])
    reasons: list[DecisionReason] = Field(description="Its grounds, gravest first.", examples=[[]])
    duty_at_stake_usd: str | None = Field(
        None, description="Duty that hangs on what is not sure; null where nothing does.", examples=["12.40"]
    )


class OpenExceptionAnswer(BaseModel):
    """What keeps an item waiting."""

    code: str = Field(description="E01 to E26.", examples=["E05"])
    reason: str = Field(description="The reason code that opened it.", examples=["HTS_SHORT"])
    message: str = Field(
        description="What was met in this item.", examples=["6109.10.00 has 8 of the ten digits"]
    )
    owner: str = Field(description="Who works it off.", examples=["classifier"])
    clears: str = Field(description="What clears it.", examples=["A classifier settles the ten digits."])


class AssessAnswer(BaseModel):
    """Suggestion, risk, duty, route and decision of an item; or its error."""

    model_config = ConfigDict(extra="allow")
    id: str = Field(description="The caller's id.", examples=["parcel-1"])
    record_id: str | None = Field(
        None, description="The ledger's record of this answer.", examples=["0198f3a1c2d40123456789abcdef"]
    )
    entry_date: str | None = Field(None, description="The day it was priced for.", examples=["2026-09-01"])
    entry_date_from: str | None = Field(None, description="Where that day came from.", examples=["item"])
    suggestion: SuggestionAnswer | None = Field(None, description="What is it.", examples=[None])
    risk: RiskAnswer | None = Field(None, description="How risky is it.", examples=[None])
    duty: DutyAnswer | None = Field(None, description="What does it owe.", examples=[None])
    route: RouteAnswer | None = Field(None, description="How it may be entered.", examples=[None])
    decision: DecisionAnswer | None = Field(None, description="What happens to it.", examples=[None])
    exceptions: list[OpenExceptionAnswer] | None = Field(
        None, description="What keeps it waiting, each with an owner.", examples=[[]]
    )
    error: Problem | None = Field(None, description="Why there is no answer.", examples=[None])


class AssessAnswers(BaseModel):
    """An answer for each id, in the order asked."""

    items: dict[str, AssessAnswer] = Field(description="By the caller's ids.", examples=[{}])
    errors: int = Field(description="How many items could not be read.", examples=[0])
    decisions: dict[str, int] = Field(
        description="How many of each.", examples=[{"accept": 1, "review": 0, "hold": 0}]
    )
    versions: dict[str, str] = Field(description="What answered.", examples=[{"mailduty": "0.1.0"}])


class About(BaseModel):
    """What answers here."""

    versions: dict[str, str] = Field(
        description="Code, tariff, law, models.", examples=[{"mailduty": "0.1.0"}]
    )
    law_verified_through: str = Field(description="Last day the law was seen.", examples=["2026-10-10"])
    models: dict[str, dict[str, str]] = Field(
        description="Version of each model, and where it comes from.",
        examples=[
            {"risk": {"version": "risk 1a2b3c4d5e6f", "from": "registry, version 3, pulled 2026-09-01"}}
        ],
    )
    stand_ins: list[str] = Field(
        description="Answers that are not learned yet.", examples=[["suggestion", "risk"]]
    )
