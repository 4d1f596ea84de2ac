"""Computes the duty of a record again, under the law and the tariff it was computed from, and holds it to the cent.

Everything comes from the ledger: the request as it was priced, that of the other items of its parcel, law and tariff
by their hashes. Only the code is that of today; where it is another than the recorded one, that is said.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from sqlalchemy import select

from data.errors import MailDutyError
from models.duty.records import DutyRequest
from serving.keeping import parcel_hash
from serving.ledger import Ledger, Record
from serving.ledger.artefacts import law_of, schedule_of
from serving.ledger.chain import digest
from serving.ledger.tables import records
from serving.parcels import price_items
from serving.versions import code_version

Outcome = Literal["same", "differs", "unpriced", "purged", "no duty"]
_AT_ONCE = 2_000
_PARCELS_HELD = 2_000


class LineCheck(NamedTuple):
    """One line of a duty as recorded and as computed again; amounts in dollars as text, None where it is missing."""

    heading: str
    kind: str
    rate: str
    recorded: str | None
    again: str | None


@dataclass(frozen=True, slots=True)
class Replay:
    """What came of one record.

    ``same``: every line, both sums and the regime. ``unpriced``: no duty was computed then, because something was
    missing. ``purged``: past its term. ``no duty``: the record is about something else. ``said`` explains.
    """

    record_id: str
    item_key: str
    outcome: Outcome
    lines: tuple[LineCheck, ...] = ()
    duty: tuple[str | None, str | None] = (None, None)
    fees: tuple[str | None, str | None] = (None, None)
    said: tuple[str, ...] = ()
    versions: Mapping[str, str] | None = None

    @property
    def good(self) -> bool:
        """Nothing speaks against the record."""
        return self.outcome != "differs"


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
        return _plain(record, "purged", "the body of the record was purged after its term")
    if "basis" not in body:
        return _plain(record, "no duty", f"a record of kind {record.kind} holds no duty")
    if record.content is not None and digest(record.content) != record.body_sha256:
        return _plain(record, "differs", "the body is not the one that the chain names")
    request, parcel = body["basis"]["request"], body["basis"]["parcel"]
    if request is None:
        return _plain(record, "unpriced", "no duty was computed: origin or value was missing")
    if parcel is None:
        return _Case(record, body, [request], 0, record.record_id)
    requests = _listed(ledger, party, parcel, parcels)
    if requests is None or parcel_hash(requests) != parcel["sha256"] or requests[parcel["place"]] != request:
        return _plain(record, "differs", "what the other items of the parcel asked is not there as it was")
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
            yield _compared(one, answers[basis["law"], basis["schedule"], one.parcel][one.place])


def _compared(case: _Case, again: Mapping[str, Any]) -> Replay:
    recorded = case.body["assessment"]["duty"]
    said = []
    error, error_again = (one.get("error", {}).get("code") for one in (recorded, again))
    lines = tuple(_lines(recorded.get("lines", []), again.get("lines", [])))
    sums = {name: (recorded.get(name), again.get(name)) for name in ("duty_usd", "fees_usd", "regime")}
    same = recorded.get("lines") == again.get("lines") and all(a == b for a, b in sums.values())
    if error != error_again:
        said.append(f"recorded {error or 'a duty'}, computed {error_again or 'a duty'}")
        same = False
    if not same:
        said += [f"{name} was {was}, is {now}" for name, (was, now) in sums.items() if was != now]
    ran = case.body["versions"].get("mailduty", "")
    if ran != code_version():
        said.append(f"computed with other code: recorded {ran}, now {code_version()}")
    if recorded.get("warnings") != again.get("warnings"):
        said.append("the warnings are worded otherwise")
    return Replay(
        case.record.record_id,
        case.record.item_key,
        "same" if same else "differs",
        lines,
        sums["duty_usd"],
        sums["fees_usd"],
        tuple(said),
        case.body["versions"],
    )


def _lines(recorded: Sequence[Mapping[str, str]], again: Sequence[Mapping[str, str]]) -> Iterator[LineCheck]:
    """Both in one table: a line that is not the same on both sides stands there twice, once for each."""
    left = list(again)
    for line in recorded:
        twin = next((one for one in left if _but_amount(one) == _but_amount(line)), None)
        if twin is not None:
            left.remove(twin)
        yield LineCheck(
            line["heading"],
            line["kind"],
            line["rate"],
            line["amount_usd"],
            twin["amount_usd"] if twin else None,
        )
    for line in left:
        yield LineCheck(line["heading"], line["kind"], line["rate"], None, line["amount_usd"])


def _but_amount(line: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in line.items() if name != "amount_usd"}


def _plain(record: Record, outcome: Outcome, said: str) -> Replay:
    return Replay(record.record_id, record.item_key, outcome, said=(said,))
