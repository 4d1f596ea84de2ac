"""What the ledger knows that the risk score reads: the party's past parcels, and answers that still stand.

A risk answer was given with the history of its moment. Where the same item comes again, with nothing changed that
the score reads but what has happened to others since, its answer stands: a manifest sent twice writes nothing new.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import select

from models.risk.history import History
from models.risk.standin import RiskAnswer
from serving.asked import AskedItem, asked_json
from serving.assessor import Assessor
from serving.decisions.reassessing import risk_from, risk_stands
from serving.decisions.thresholds import Thresholds
from serving.ledger import Ledger, Record
from serving.ledger.finding import slices
from serving.ledger.tables import records
from serving.manifests.keeping import PERSONAL, item_key, part
from serving.risk.risk_past import past_of


class Back(NamedTuple):
    """What ``Assessor.assess`` is handed: ``past`` (None where no history is wanted) and ``risks`` by item id."""

    past: History | None
    risks: Mapping[str, RiskAnswer]


def looked_back(
    ledger: Ledger,
    party: str,
    items: Sequence[AskedItem],
    assessor: Assessor,
    thresholds: Thresholds | None = None,
) -> Back:
    """The party's history, and the risk answers of the ledger that still stand for some of these items."""
    past = past_of(ledger, party)
    if past is None or not items:
        return Back(past, {})
    return Back(past, _standing(ledger, party, items, assessor, thresholds))


def _standing(
    ledger: Ledger, party: str, items: Sequence[AskedItem], assessor: Assessor, thresholds: Thresholds | None
) -> dict[str, RiskAnswer]:
    found = _assessments(ledger, party, [item_key(item.parcel, item.id) for item in items])
    people = ledger.personal(list(found.values())) if found else {}
    risks = {}
    for item in items:
        record = found.get(item_key(item.parcel, item.id))
        body = record.body() if record is not None else None
        if record is None or not body or body.get("asked") != asked_json(item):
            continue
        received, named = part(item.received)
        known = {k: v for k, v in people.get(record.record_id, {}).items() if k in PERSONAL}
        if body.get("received") != received or known != named:
            continue
        if risk_stands(body, assessor, item.day, thresholds):
            answer = risk_from(body["assessment"]["risk"])
            if not any(signal.code == "SCREENING_MATCH" for signal in answer.signals):  # its names are sealed
                risks[item.id] = answer
    return risks


def _assessments(ledger: Ledger, party: str, keys: Sequence[str]) -> dict[str, Record]:
    """Item key -> its newest assessment, whatever a person decided since."""
    found: dict[str, Record] = {}
    with ledger.reading() as connection:
        for some in slices(keys):
            asked = select(records).where(
                records.c.party == party, records.c.kind == "assessment", records.c.item_key.in_(some)
            )
            found |= {r.item_key: Record(*r) for r in connection.execute(asked.order_by(records.c.seq))}
    return found
