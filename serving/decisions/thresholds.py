"""Thresholds of a decision, as an operator sets them for a party. The defaults, and the curve they come from, stand in
``thresholds.yaml``; a party's settings replace them field by field.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from data.errors import MailDutyError

Share = Annotated[float, Field(ge=0, le=1)]
Dollars = Annotated[Decimal, Field(ge=0, le=1_000_000, decimal_places=2, allow_inf_nan=False)]
Element = Literal[
    "sender_name",
    "sender_address",
    "recipient_name",
    "recipient_address",
    "description",
    "quantity",
    "weight",
    "operator",
]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class CodeThresholds(_Part):
    """Of the tariff number."""

    defended_from: Share = Field(
        description="Confidence from which a suggested number is called defended.", examples=[0.8]
    )
    accept_from: Share = Field(
        description="Confidence from which a suggested number is accepted without a person.", examples=[0.95]
    )
    hold_below: Share = Field(
        description="Confidence of a suggested number below which the item is held; 0 for never.",
        examples=[0.0],
    )
    alternatives_from: Share = Field(
        description="Confidence from which another number counts as an alternative.", examples=[0.05]
    )
    same_duty_accepted: bool = Field(
        description="An unsure number is accepted where every alternative owes the same.", examples=[False]
    )
    same_duty_within_usd: Dollars = Field(
        description="How far duties may lie apart and be the same.", examples=["0.00"]
    )
    doubted_below: Share = Field(
        description="Confidence in the sender's number below which it is doubted, where much duty hangs on it.",
        examples=[0.05],
    )
    doubted_from_usd: Dollars = Field(
        description="Duty at stake from which a doubted number is reviewed.", examples=["25.00"]
    )

    @model_validator(mode="after")
    def _in_order(self) -> CodeThresholds:
        if not self.hold_below <= self.defended_from <= self.accept_from:
            raise ValueError("hold_below, defended_from and accept_from rise in this order")
        return self


class RiskThresholds(_Part):
    """Of the risk score."""

    review_from: Share = Field(
        description="Probability that something is wrong, from which an item is reviewed.", examples=[0.3]
    )
    hold_from: Share | None = Field(
        description="Probability from which an item is held; null for never.", examples=[None]
    )
    review_from_usd: Dollars | None = Field(
        description="Duty the score expects beyond the declared, from which an item is reviewed; null for never.",
        examples=[None],
    )


class ExemptThresholds(_Part):
    """Of a freedom from duty on the sender's word."""

    review_from_usd: Dollars = Field(
        description="Duty owed without the freedom, from which the claim is reviewed.", examples=["0.00"]
    )


class GiftThresholds(_Part):
    """When a gift looks like a sale."""

    pieces: int = Field(ge=2, strict=True, description="Pieces of one kind from which it does.", examples=[5])
    recipients: int = Field(
        ge=2, strict=True, description="Recipients of one sender from which it does.", examples=[5]
    )


class SplitThresholds(_Part):
    """When parcels are looked at together."""

    window_days: int = Field(
        ge=1, le=31, strict=True, description="Days within which they are.", examples=[7]
    )
    risk_from: Share = Field(
        description="Probability of a split order, by the risk score, from which it counts as a sign of one.",
        examples=[0.5],
    )


class RouteThresholds(_Part):
    """Which ways of entering the party uses."""

    entry_type_13: bool = Field(description="It takes part in entry type 13.", examples=[True])


class ElementThresholds(_Part):
    """Data elements that must be there."""

    required: tuple[Element, ...] = Field(
        description="Elements without which an item is reviewed.", examples=[["recipient_name"]]
    )


class Thresholds(_Part):
    """All thresholds of a party, under a name that the record of each decision carries."""

    name: str = Field(min_length=1, max_length=40, description="What they are called.", examples=["default"])
    code: CodeThresholds = Field(description="The tariff number.", examples=[{"accept_from": 0.95}])
    risk: RiskThresholds = Field(description="The risk score.", examples=[{"review_from": 0.3}])
    exempt: ExemptThresholds = Field(
        description="Goods declared free.", examples=[{"review_from_usd": "0.00"}]
    )
    gift: GiftThresholds = Field(description="Gifts that look like sales.", examples=[{"pieces": 5}])
    split: SplitThresholds = Field(description="Orders sent apart.", examples=[{"window_days": 7}])
    route: RouteThresholds = Field(description="Ways of entering.", examples=[{"entry_type_13": True}])
    elements: ElementThresholds = Field(description="Data elements.", examples=[{"required": []}])

    @classmethod
    @lru_cache(maxsize=1)
    def shipped(cls) -> Thresholds:
        """The defaults in the package."""
        return cls.model_validate(_defaults())

    @classmethod
    def of(cls, settings: Mapping[str, Any] | None) -> Thresholds:
        """The defaults with a party's own over them. Raises ``THRESHOLDS_INVALID`` naming the field."""
        if not settings:
            return cls.shipped()
        try:
            return cls.model_validate(_over(_defaults(), {"name": "own", **settings}))
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            field = ".".join(map(str, first["loc"])) or "thresholds"
            raise MailDutyError(
                "THRESHOLDS_INVALID",
                f"{field} is {str(first['input'])[:60]!r}",
                first["msg"],
                "correct it; serving/decisions/thresholds.yaml has every field with its meaning",
                field=field,
            ) from error

    @property
    def version(self) -> str:
        """Name and hash of the values: what a record says it was decided under."""
        values = self.model_dump_json(exclude={"name"})
        return f"{self.name} {hashlib.sha256(values.encode()).hexdigest()[:12]}"


def _defaults() -> dict[str, Any]:
    text = Path(__file__).with_suffix(".yaml").read_text(encoding="utf-8")
    said: dict[str, Any] = yaml.safe_load(text)
    return said


def _over(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """The settings of ``below`` with those of ``above`` in their place, part by part."""
    made = dict(below)
    for name, value in above.items():
        held = made.get(name)
        made[name] = _over(held, value) if isinstance(held, Mapping) and isinstance(value, Mapping) else value
    return made
