"""What the service says of what is kept: tasks of manifests, records of items, exceptions, reviews; and its errors."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from serving.web.messages import _Message

_TIME = "2026-09-01T12:00:00.000000+00:00"
_ID = "01JABCDEF0123456789ABCDEFG"
_SHA = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"


class Refusal(BaseModel):
    """Why a request as a whole was not answered: the fact, the rule, the remedy."""

    model_config = ConfigDict(extra="allow")
    code: str = Field(description="Stable reason code.", examples=["KEY_MISSING"])
    message: str = Field(
        description="Fact, rule and remedy in a sentence each.",
        examples=["no API key came with the request. send the header Authorization: Bearer KEY"],
    )


class Refused(BaseModel):
    """The form of every answer that is none: 4xx and 5xx."""

    error: Refusal = Field(
        description="What was wrong.", examples=[{"code": "KEY_MISSING", "message": "..."}]
    )


class ManifestResult(BaseModel):
    """What came of a manifest; rows_in = items + errors."""

    model_config = ConfigDict(extra="allow")
    rows_in: int = Field(description="Rows that hold data.", examples=[34])
    items: int = Field(description="Items assessed and kept.", examples=[28])
    errors: int = Field(description="Rows that could not be read.", examples=[6])
    skipped: int = Field(description="Rows that are no data: blank, title, total.", examples=[4])
    new: int = Field(description="Records written; the others said what was known.", examples=[28])
    decisions: dict[str, int] = Field(
        description="How many of each.", examples=[{"accept": 6, "review": 19, "hold": 3}]
    )
    exceptions: dict[str, int] = Field(description="How many of each code.", examples=[{"E04": 2, "E05": 1}])
    duty_usd: str = Field(description="Duty assessed, all items.", examples=["141.35"])
    layout: str = Field(description="Layout it was read as.", examples=["csv_plain"])
    doubts: list[dict[str, Any]] = Field(
        description="Questions about the whole file, such as a control total that its rows do not come to.",
        examples=[[{"code": "MANIFEST_TOTALS", "fact": "the file states 3 parcels, its rows hold 2"}]],
    )
    notes: list[str] = Field(description="Worth knowing of the file.", examples=[["columns not read: Ref"]])


class ManifestTask(BaseModel):
    """A manifest on its way through."""

    task_id: str = Field(description="Identifier of the task.", examples=["4b825dc642cb6eb9a060e54bf8d69288"])
    status: Literal["queued", "running", "done", "failed"] = Field(
        description="Where it is.", examples=["done"]
    )
    name: str = Field(description="Name of the file.", examples=["2026-09-01.csv"])
    sha256: str = Field(description="SHA-256 of the file as received.", examples=[_SHA])
    size: int = Field(description="Its bytes.", examples=[20480])
    rows_total: int = Field(description="Rows to do; 0 until it was read.", examples=[34])
    rows_done: int = Field(description="Rows assessed or refused, and kept.", examples=[34])
    created_at: str = Field(description="When it came, UTC.", examples=[_TIME])
    updated_at: str = Field(description="When it last moved on, UTC.", examples=[_TIME])
    result: ManifestResult | None = Field(None, description="What came of it so far.", examples=[None])
    error: Refusal | None = Field(None, description="Why the whole file failed.", examples=[None])


class RejectedRow(BaseModel):
    """A row that could not be read."""

    record_id: str = Field(description="Its record.", examples=[_ID])
    row: int | None = Field(description="Row of the file as a spreadsheet counts.", examples=[15])
    tracking_id: str = Field(description="Of its parcel, where it could be read.", examples=["RR123456785IN"])
    error: Refusal = Field(
        description="What is wrong in it.", examples=[{"code": "CURRENCY_NO_RATE", "message": "..."}]
    )


class ManifestErrors(BaseModel):
    """Rejected rows, a page of them."""

    errors: list[RejectedRow] = Field(description="In the order of the file.", examples=[[]])
    next: str | None = Field(description="The `after` of the next page; null: no more.", examples=[None])


class OpenException(BaseModel):
    """Something about an item that waits for somebody."""

    code: str = Field(description="Exception code E01 to E26.", examples=["E04"])
    reason: str = Field(description="Reason code behind it.", examples=["ORIGIN_MISSING"])
    message: str = Field(description="What was met in this item.", examples=["no origin is declared"])
    tracking_id: str = Field(description="Of the parcel.", examples=["RR123456785IN"])
    item_id: str = Field(description="Of the item.", examples=["RR123456785IN#1"])
    record_id: str = Field(description="The record that opened it; a review names it.", examples=[_ID])
    opened_at: str = Field(description="Since when, UTC.", examples=[_TIME])
    sentence: str = Field(description="What the code means.", examples=["No country of origin is known."])
    owner: str = Field(description="Whose it is.", examples=["sender"])
    clears: str = Field(description="What clears it.", examples=["The country of origin of the goods."])


class OpenExceptions(BaseModel):
    """A page of what waits, oldest first."""

    exceptions: list[OpenException] = Field(description="Oldest first.", examples=[[]])
    counts: dict[str, int] = Field(description="How many are open, by code.", examples=[{"E04": 2}])
    next: str | None = Field(description="The `after` of the next page; null: no more.", examples=[None])


class LedgerRecord(BaseModel):
    """One record of the ledger."""

    record_id: str = Field(description="Its identifier.", examples=[_ID])
    seq: int = Field(description="Its place in the party's chain.", examples=[17])
    kind: str = Field(description="assessment, review, correction, rejected, ...", examples=["assessment"])
    item_id: str = Field(description="Of the item.", examples=["RR123456785IN#1"])
    tracking_id: str = Field(description="Of the parcel.", examples=["RR123456785IN"])
    entered_on: str | None = Field(description="Day of entry it was priced for.", examples=["2026-09-01"])
    at: str = Field(description="When it was written, UTC.", examples=[_TIME])
    actor: str = Field(description="Who wrote it.", examples=["key 0123456789ab"])
    reason: str = Field(description="Why, in words.", examples=[""])
    supersedes: str | None = Field(description="The record in whose place it stands.", examples=[None])
    manifest_sha256: str | None = Field(description="The file it came in.", examples=[_SHA])
    hash: str = Field(description="Its hash in the chain.", examples=[_SHA])
    body: dict[str, Any] | None = Field(description="What it says; null once purged.", examples=[{}])


class ItemRecords(BaseModel):
    """Everything kept of a parcel, without its people."""

    tracking_id: str = Field(description="As asked for.", examples=["RR123456785IN"])
    current: list[LedgerRecord] = Field(description="The newest record of each line.", examples=[[]])
    history: list[LedgerRecord] = Field(description="Every record, oldest first.", examples=[[]])
    exceptions: list[OpenException] = Field(description="What waits on it.", examples=[[]])


class Changes(_Message):
    """What is otherwise about an item; what is not named stays."""

    description: str = Field(default="", description="Item text.", examples=["cotton T-shirt, men's"])
    hts: str = Field(default="", description="Tariff number.", examples=["6109.10.00.12"])
    origin: str = Field(default="", description="Country of origin of the goods.", examples=["IN"])
    value_usd: str | int | float = Field(default="", description="Value in US dollars.", examples=["48.00"])
    channel: str = Field(default="", description="mail, informal or formal.", examples=["mail"])
    entry_date: str = Field(default="", description="Day of entry.", examples=["2026-09-01"])
    facts: dict[str, Any] = Field(
        default={},
        description="Facts to add; null takes one away.",
        examples=[{"gift": True}],
        max_length=100,
    )


class Review(_Message):
    """A person's decision on an item as its current record has it."""

    record_id: str = Field(
        description="The record that was looked at; refused if a newer one is there.",
        examples=[_ID],
        max_length=100,
    )
    decision: Literal["accept", "correct", "hold", "return"] = Field(
        description="accept: as it stands; correct: with `changes`; hold: it stays; return: it goes back.",
        examples=["correct"],
    )
    reason: str = Field(
        description="Why, in words.", examples=["Asked the sender."], min_length=1, max_length=2000
    )
    reviewer: str = Field(description="Who decided.", examples=["desk 4"], min_length=1, max_length=200)
    changes: Changes = Field(
        default=Changes(),
        description="With correct: the fields of the item that are otherwise.",
        examples=[{"origin": "IN", "hts": "6109.10.00.12"}],
    )


class ReviewAnswer(BaseModel):
    """What a review did."""

    record_id: str = Field(description="The record of the review.", examples=[_ID])
    decision: str = Field(description="As taken.", examples=["correct"])
    records: list[str] = Field(
        description="With correct: the new records of the item and of those that moved with it.",
        examples=[[]],
    )
    items: dict[str, Any] = Field(description="Their assessments, by item id.", examples=[{}])
    exceptions: list[OpenException] = Field(description="What still waits on the item.", examples=[[]])
