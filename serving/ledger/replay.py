"""Computes the duty of a record again, under the law and the tariff it was computed from, and holds it to the cent.

Everything comes from the ledger: the request as it was priced, that of the other items of its parcel, law and tariff
by their hashes. Only the code is that of today; where it is another than the recorded one, that is said.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import select

from data.errors import MailDutyError
from models.duty.records import DutyRequest
from serving.ledger import Ledger, Record
from serving.ledger.artefacts import law_of, schedule_of
from serving.ledger.chain import digest
from serving.ledger.comparing import Replay, compared, plain
from serving.ledger.tables import records
from serving.manifests.keeping import parcel_hash
from serving.parcels import price_items

_AT_ONCE = 2_000
_PARCELS_HELD = 2_000


class _Case(NamedTuple):
    """A record to compute again: its body, the requests of its parcel in order, and its own place among them."""

    record: Record
    body: Mapping[str, Any]
    requests: Sequence[Mapping[str, Any]]
    place: int
    parcel: str  # the hash of what the parcel asked; its own id where it stands alone


def replay(ledger: Ledger, party: str, record_id: str) -> Replay:
    """One record. Raises ``LEDGER_RECORD_UNKNOWN``, and as :func:`serving.ledger.artefacts.law_of`."""
    record = ledger.record(party, record_id)
    if record is None:
        raise MailDutyError(
            "LEDGER_RECORD_UNKNOWN",
            f"the ledger of {party} has no record {record_id}",
            "",
            "mailduty ledger show TRACKING names the records of a parcel",
            record_id=record_id,
        )
    return next(replay_each(ledger, party, [record]))


def replay_each(ledger: Ledger, party: str, those: Iterable[Record]) -> Iterator[Replay]:
    """Every record given, in order; priced in batches under the law and tariff that each names."""
    parcels: OrderedDict[str, list[Mapping[str, Any]]] = OrderedDict()
    waiting: list[_Case | Replay] = []
    for record in those:
        waiting.append(_case(ledger, party, record, parcels))
        if len(waiting) >= _AT_ONCE:
            yield from _computed(ledger, waiting)
            waiting = []
    yield from _computed(ledger, waiting)


def _case(
    ledger: Ledger, party: str, record: Record, parcels: OrderedDict[str, list[Mapping[str, Any]]]
) -> _Case | Replay:
    body = record.body()
    if body is None:
        return plain(record, "purged", "the body of the record was purged after its term")
    if "basis" not in body:
        return plain(record, "no duty", f"a record of kind {record.kind} holds no duty")
    if record.content is not None and digest(record.content) != record.body_sha256:
        return plain(record, "differs", "the body is not the one that the chain names")
    request, parcel = body["basis"]["request"], body["basis"]["parcel"]
    if request is None:
        return plain(record, "unpriced", "no duty was computed: origin or value was missing")
    if parcel is None:
        return _Case(record, body, [request], 0, record.record_id)
    requests = _listed(ledger, party, parcel, parcels)
    if requests is None or parcel_hash(requests) != parcel["sha256"] or requests[parcel["place"]] != request:
        return plain(record, "differs", "what the other items of the parcel asked is not there as it was")
    return _Case(record, body, requests, parcel["place"], parcel["sha256"])


def _listed(
    ledger: Ledger, party: str, parcel: Mapping[str, Any], held: OrderedDict[str, list[Mapping[str, Any]]]
) -> list[Mapping[str, Any]] | None:
    """What the items of a parcel asked, from the record of its first item; it stands just before its mates'."""
    sha256 = parcel["sha256"]
    if "requests" in parcel:
        held[sha256] = parcel["requests"]
    elif sha256 not in held:
        for other in _history(ledger, party, parcel["listed_with"]):
            found = ((other.body() or {}).get("basis") or {}).get("parcel") or {}
            if found.get("sha256") == sha256 and "requests" in found:
                held[sha256] = found["requests"]
    if len(held) > _PARCELS_HELD:
        held.popitem(last=False)
    return held.get(sha256)


def _history(ledger: Ledger, party: str, item_key: str) -> list[Record]:
    asked = select(records).where(records.c.party == party, records.c.item_key == item_key)
    with ledger.reading() as connection:
        return [Record(*row) for row in connection.execute(asked.order_by(records.c.seq.desc()))]


def _computed(ledger: Ledger, waiting: Sequence[_Case | Replay]) -> Iterator[Replay]:
    """Prices all cases that share law and tariff at once, each parcel once; then in the order given."""
    groups: dict[tuple[str, str], dict[str, Sequence[Mapping[str, Any]]]] = {}
    for one in waiting:
        if isinstance(one, _Case):
            basis = one.body["basis"]
            groups.setdefault((basis["law"], basis["schedule"]), {})[one.parcel] = one.requests
    answers: dict[tuple[str, str, str], list[dict[str, Any]]] = {}
    for (law, schedule), parcels in groups.items():
        asked = [DutyRequest.from_dict(request) for requests in parcels.values() for request in requests]
        names = [name for name, requests in parcels.items() for _ in requests]
        priced = price_items(asked, names, law_of(ledger.engine, law), schedule_of(ledger.engine, schedule))
        for name, answer in zip(names, priced, strict=True):
            answers.setdefault((law, schedule, name), []).append(answer.as_json())
    for one in waiting:
        if isinstance(one, Replay):
            yield one
        else:
            basis = one.body["basis"]
            yield compared(
                one.record, one.body, answers[basis["law"], basis["schedule"], one.parcel][one.place]
            )
