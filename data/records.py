"""The nouns of the mail stream: Manifest, Parcel, Item, and the questions an item still leaves open.

Field names follow the trade: what a postal operator sends ahead of the mail (19 CFR 145.74(d)) and what
CBP asks for to assess duty (19 CFR 145.12(b)(3)). Amounts and weights are exact decimals, tariff numbers
are text, days are dates. Records are frozen: a correction is a new record.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from data.money import Money
from data.s10 import S10, IdScheme

__all__ = ["S10", "Category", "IdScheme", "Item", "Manifest", "Money", "Parcel", "Party", "Question"]


class Category(StrEnum):
    """Category of item as the sender declared it on the CN 22 or CN 23 form."""

    gift = "gift"
    documents = "documents"
    sale_of_goods = "sale_of_goods"
    commercial_sample = "commercial_sample"
    merchandise = "merchandise"
    returned_goods = "returned_goods"
    other = "other"


class Record(BaseModel):
    """Common settings: frozen, no unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Question(Record):
    """Something an item leaves open. The row was readable; a person has to settle this before it is filed."""

    code: str = Field(description="Reason code", examples=["HTS_MULTIPLE"])
    field: str = Field(description="Field it is about", examples=["hts_declared"])
    value: str = Field(
        default="", description="What stands there, shortened", examples=["3926909989; 4016996050"]
    )
    fact: str = Field(
        description="What is wrong, in a sentence", examples=["two tariff codes share one value"]
    )
    remedy: str = Field(
        default="", description="What to do", examples=["send one row per code, each with its value"]
    )
    blocks: bool = Field(
        default=True, description="False when it is only worth knowing and stops nothing", examples=[True]
    )


class Party(Record):
    """Sender or recipient. Every field may be missing; `country` is alpha-2 where it could be read."""

    name: str | None = Field(default=None, description="Name of person or firm", examples=["Hanna Weber"])
    address: str | None = Field(default=None, description="Street lines", examples=["12 Elm Street"])
    city: str | None = Field(default=None, description="City", examples=["Albany"])
    region: str | None = Field(default=None, description="State or province", examples=["NY"])
    postal_code: str | None = Field(default=None, description="Postal code, text", examples=["12207"])
    country: str | None = Field(default=None, description="ISO 3166-1 alpha-2", examples=["US"])
    phone: str | None = Field(default=None, description="Telephone as written", examples=["+1 518 555 0100"])
    email: str | None = Field(default=None, description="E-mail address", examples=["h.weber@example.com"])


class Item(Record):
    """One line of goods of one origin in one parcel: what is classified, scored and priced."""

    id: str = Field(
        description="Stable: the caller's own id, else tracking_id#line_no", examples=["CP473124829DE#1"]
    )
    tracking_id: str = Field(description="Identifier of the parcel as filed", examples=["CP473124829DE"])
    tracking_raw: str = Field(
        default="", description="Identifier as it stood in the file", examples=["CP 473 124 829 DE"]
    )
    id_scheme: IdScheme = Field(
        default=IdScheme.other, description="How the identifier is built", examples=["s10"]
    )
    s10: S10 | None = Field(default=None, description="Parts of an S10 identifier", examples=[None])
    s10_ok: bool | None = Field(
        default=None, description="S10 holds; None when it is not S10", examples=[True]
    )
    line_no: int = Field(default=1, description="Line within the parcel, from 1", examples=[1])
    row: int = Field(
        default=0, description="Row of the file as a spreadsheet counts, from 1; 0 if no file", examples=[2]
    )

    description: str = Field(
        default="", description="Contents as declared, trimmed", examples=["men's knitted T-shirt"]
    )
    description_revised: str | None = Field(
        default=None, description="Contents as a post corrected it", examples=["men's knitted cotton T-shirt"]
    )
    quantity: Decimal | None = Field(default=None, description="Quantity declared", examples=["2"])
    quantity_unit: str | None = Field(
        default=None, description="Unit of quantity: No. (pieces), pr, doz, ...", examples=["No."]
    )
    net_weight_kg: Decimal | None = Field(
        default=None, description="Net weight of the line, kg", examples=["0.420"]
    )
    gross_weight_kg: Decimal | None = Field(
        default=None, description="Gross weight of the parcel, kg", examples=["0.61"]
    )
    value: Money | None = Field(default=None, description="Declared value of the whole line", examples=[None])
    value_usd: Decimal | None = Field(
        default=None, description="Value in US dollars, exact, not rounded", examples=["24.00"]
    )
    category: Category | None = Field(
        default=None, description="Category of item", examples=["sale_of_goods"]
    )
    origin: str | None = Field(
        default=None,
        description="Country where the goods were made, alpha-2; not where they were posted",
        examples=["BD"],
    )
    hts_declared: str | None = Field(
        default=None, description="The one tariff number declared, digits", examples=["6109100012"]
    )
    hts_declared_all: tuple[str, ...] = Field(
        default=(), description="Every tariff number in the cell, digits", examples=[["6109100012"]]
    )
    hts_secondary: tuple[str, ...] = Field(
        default=(), description="Numbers of chapters 98 and 99 declared beside it", examples=[["99030520"]]
    )
    hts_revised: str | None = Field(
        default=None, description="Tariff number as a post corrected it", examples=["6109100012"]
    )

    mail_class: str | None = Field(
        default=None, description="C parcel, E EMS, U letter post, H e-commerce", examples=["C"]
    )
    is_ems: bool | None = Field(
        default=None, description="Express mail; None when nothing says", examples=[False]
    )
    designated_operator: str | None = Field(default=None, description="Post of origin", examples=["DEA"])
    sender: Party | None = Field(default=None, description="Who sends", examples=[None])
    recipient: Party | None = Field(default=None, description="Who receives", examples=[None])
    posted_on: date | None = Field(default=None, description="Day of posting", examples=["2026-10-01"])
    arrival_date: date | None = Field(
        default=None, description="Day the conveyance arrived, port-local", examples=["2026-10-03"]
    )
    arrival_port: str | None = Field(
        default=None, description="Schedule D code, four digits", examples=["4701"]
    )
    carrier_code: str | None = Field(
        default=None, description="IATA (2), ICAO (3) or SCAC (2-4) code", examples=["LH"]
    )
    flight_no: str | None = Field(default=None, description="Flight or trip number", examples=["0400"])
    receptacle: str | None = Field(
        default=None,
        description="Receptacle it travels in, 29 characters (UPU S9); its parts: data/receptacles.py",
        examples=["CNSZHDUSJFKAAEN50002004000022"],
    )
    dispatch: str | None = Field(
        default=None,
        description="Dispatch of that receptacle, its first 20 characters",
        examples=["CNSZHDUSJFKAAEN50002"],
    )

    facts: Mapping[str, str | bool | Decimal] = Field(
        default_factory=dict,
        description="Further facts for the duty, named as `mailduty duty` names them",
        examples=[{"program": "KR"}],
    )
    questions: tuple[Question, ...] = Field(
        default=(), description="What a person must settle or may want to know", examples=[[]]
    )

    @property
    def goods(self) -> str:
        """The description to work with: the post's correction where there is one, else the declared text."""
        return self.description_revised or self.description

    @property
    def hts_known(self) -> str | None:
        """The number to start from: the post's correction where there is one, else the declared one."""
        return self.hts_revised or self.hts_declared

    @property
    def blocked_by(self) -> tuple[str, ...]:
        """Codes of the questions that must be settled before this item can be filed."""
        return tuple(q.code for q in self.questions if q.blocks)

    @property
    def quantities(self) -> dict[str, Decimal]:
        """What a specific rate can be charged on, by unit: net kg, and the declared quantity in its unit."""
        held = {} if self.net_weight_kg is None else {"kg": self.net_weight_kg}
        if self.quantity is not None and self.quantity_unit:
            held[self.quantity_unit] = self.quantity
        return held


class Parcel(Record):
    """One mail item under one tracking number, with one or more lines of goods."""

    tracking_id: str = Field(description="Identifier as filed", examples=["CP473124829DE"])
    id_scheme: IdScheme = Field(
        default=IdScheme.other, description="How the identifier is built", examples=["s10"]
    )
    s10: S10 | None = Field(default=None, description="Parts of an S10 identifier", examples=[None])
    item_ids: tuple[str, ...] = Field(
        default=(), description="Its items, in file order", examples=[["CP473124829DE#1"]]
    )
    origins: tuple[str, ...] = Field(
        default=(), description="Countries of origin of its goods, each once", examples=[["BD"]]
    )
    value_usd: Decimal | None = Field(
        default=None, description="Sum over its items; None if any is unknown or in error", examples=["55.50"]
    )
    gross_weight_kg: Decimal | None = Field(
        default=None, description="Gross weight, kg, when its rows agree", examples=["1.2"]
    )
    rows_in_error: tuple[int, ...] = Field(
        default=(), description="Rows of this parcel that could not be read", examples=[[]]
    )

    @property
    def complete(self) -> bool:
        """True when every row of this parcel became an item."""
        return not self.rows_in_error


class Manifest(Record):
    """A file of mail items as received."""

    manifest_id: str = Field(
        description="Given by the caller, else the first 16 digits of the hash", examples=["9f86d081884c7d65"]
    )
    source_name: str = Field(default="", description="Name of the file", examples=["2026-10-03.csv"])
    source_sha256: str = Field(description="SHA-256 of the bytes as received", examples=["9f86d081884c7d65"])
    source_bytes: int = Field(default=0, description="Size in bytes", examples=[20480])
    layout: str = Field(description="Reader that read it", examples=["csv_plain"])
    layout_version: str = Field(default="1", description="Version of that reader", examples=["1"])
    encoding: str = Field(default="utf-8", description="Text encoding it was read in", examples=["utf-8"])
    arrival_date: date | None = Field(
        default=None, description="Day of arrival, when all items agree", examples=["2026-10-03"]
    )
    arrival_port: str | None = Field(
        default=None, description="Port of arrival, when all items agree", examples=["4701"]
    )
    carrier_code: str | None = Field(
        default=None, description="Carrier, when all items agree", examples=["LH"]
    )
    flight_no: str | None = Field(
        default=None, description="Flight or trip, when all items agree", examples=["0400"]
    )
