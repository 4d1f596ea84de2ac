"""What is kept of an answer: entries for the ledger, made alike for the command line and for the service.

The body of an assessment holds what was received, what was answered, and the ``basis`` of the duty: the request as
it was priced, the hashes of the law and of the tariff, and for a parcel of several items what its mates asked, so
that the duty can be computed again from the record years later. Nothing in it changes from run to run: the same
item under the same versions is the same body, and writes nothing new.

Names, addresses and contacts stand apart and are sealed. A row in error is sealed as it stood, because a cell in the
wrong column may hold anybody's name; its place, its code and its remedy stay readable.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import orjson

from data.errors import MailDutyError
from models.duty.records import DutyRequest
from serving.asked import asked_json
from serving.assessor import Assessment, priced_as
from serving.decisions.exceptions import exceptions_of_error, opened
from serving.decisions.reasons import reason
from serving.ledger import Entry, OpenException

if TYPE_CHECKING:
    from serving.ledger.artefacts import Standing

PERSONAL = frozenset(
    {"sender", "recipient", "importer", "contact", "contacts", "seller", "consignee", "payer"}
)
_PLACE = ("row", "piece", "code", "field", "remedy", "tracking_id", "id")
_LISTED, _UNNAMED = re.compile(r"matches .*, entry "), "matches a listed name, entry "


def assessed_entries(
    done: Sequence[Assessment], standing: Standing, manifest_sha256: str | None = None
) -> list[Entry]:
    """One entry for each assessment of a batch, in order; the batch is whole, as the assessor had it.

    ``standing`` names the archived law and tariff the batch was priced with.
    """
    bases = _bases(done)
    entries = []
    for one, basis in zip(done, bases, strict=True):
        received, personal = part(one.asked.received)
        said, names = _without_names(one.as_json())
        body = {
            "received": received,
            "asked": asked_json(one.asked),
            "assessment": said,
            "versions": one.versions,
            "basis": {**standing.as_json(), **basis},
        }
        entries.append(
            Entry(
                kind="assessment",
                body=body,
                item_key=item_key(one.asked.parcel, one.asked.id),
                item_id=one.asked.id,
                tracking_id=one.asked.parcel or "",
                entered_on=one.asked.day,
                personal={**personal, **names} or None,
                manifest_sha256=manifest_sha256,
                decision=one.decision.outcome,
                route=one.route.route if one.route else "",
                exceptions=_open(one),
            )
        )
    return entries


def rejected_entry(rejected: Mapping[str, Any], where: str, manifest_sha256: str | None = None) -> Entry:
    """A row or an item in error. ``rejected`` holds ``error`` and maybe what was ``received``; ``where`` is its place.

    ``where`` is the caller's id for an item of a request, "row 7" for a row of a manifest.
    """
    error: Mapping[str, Any] = rejected["error"]
    received: Mapping[str, Any] = rejected.get("received") or {}
    tracking = str(error.get("tracking_id") or received.get("tracking_id") or "")
    said = {name: error[name] for name in _PLACE if error.get(name)}
    also = [{"code": one["code"], "field": one["field"]} for one in error.get("also", ())]
    if also:
        said["also"] = also
    identifier = f"{manifest_sha256[:16]}#{where}" if manifest_sha256 else where
    return Entry(
        kind="rejected",
        body={"error": said, "where": where},
        item_key=item_key(tracking, identifier),
        item_id=identifier,
        tracking_id=tracking,
        personal={**rejected},
        manifest_sha256=manifest_sha256,
        exceptions=tuple(
            OpenException(one.code, one.reason, reason(one.reason).sentence)
            for one in exceptions_of_error(error)
        ),
        reason=str(error.get("code", "")),
    )


def manifest_entry(about: Mapping[str, Any], sha256: str) -> Entry:
    """A file as received: its hash, layout, counts, and the rows that are no data; its bytes stand in ``files``."""
    return Entry(
        kind="manifest",
        body={"manifest": dict(about)},
        item_key=item_key("", f"manifest:{sha256}"),
        item_id=f"manifest:{sha256}",
        manifest_sha256=sha256,
    )


def item_key(tracking_id: str | None, identifier: str) -> str:
    """What an item is known by within a party: its parcel and its own id."""
    return f"{tracking_id or ''}|{identifier}"


def part(received: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What was received, without people; and the people."""
    people = {name: value for name, value in received.items() if name in PERSONAL and value}
    return {name: value for name, value in received.items() if name not in PERSONAL}, people


def request_json(request: DutyRequest) -> dict[str, Any]:
    """A duty request in JSON: amounts as text; read back by ``DutyRequest.from_dict``."""
    return {
        "id": request.id,
        "entry_date": request.entry_date.isoformat(),
        "channel": request.channel,
        "origin": request.origin,
        "hts": request.hts,
        "value_usd": _text(request.value_usd),
        "facts": _plain(dict(request.facts)),
    }


def parcel_hash(requests: Sequence[Mapping[str, Any]]) -> str:
    """What the items of a parcel asked together, as one hash."""
    return hashlib.sha256(orjson.dumps(list(requests), option=orjson.OPT_SORT_KEYS)).hexdigest()


def _bases(done: Sequence[Assessment]) -> list[dict[str, Any]]:
    """The request behind each duty. The first item of a parcel of several lists them all, the others name it.

    What the law asks of a parcel as a whole (limits, gifts, a sum per package) hangs on the mates too.
    """
    bases: list[dict[str, Any]] = [{"request": None, "parcel": None} for _ in done]
    parcels: dict[str, list[int]] = defaultdict(list)
    for place, one in enumerate(done):
        try:
            bases[place]["request"] = request_json(priced_as(one.asked, one.suggestion))
        except MailDutyError:
            continue  # no origin or no value: there is nothing to compute again
        if one.asked.parcel:
            parcels[one.asked.parcel].append(place)
    for places in parcels.values():
        if len(places) > 1:
            requests = [bases[place]["request"] for place in places]
            digest, first = parcel_hash(requests), done[places[0]].asked
            for at, place in enumerate(places):
                bases[place]["parcel"] = {
                    "sha256": digest,
                    "place": at,
                    "listed_with": item_key(first.parcel, first.id),
                }
            bases[places[0]]["parcel"]["requests"] = requests
    return bases


def _open(one: Assessment) -> tuple[OpenException, ...]:
    """What stays open on the item; the sentence about a name on a list without the name."""
    return tuple(
        OpenException(found.code, found.reason, _LISTED.sub(_UNNAMED, found.message))
        for found in opened(one.decision.grounds)
    )


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(name): _plain(one) for name, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    return value if isinstance(value, (str, bool, int, float, type(None))) else _text(value)


def _text(value: Any) -> str:
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def _without_names(said: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """An answer without the listed names its holds repeat; and those sentences, to be sealed."""
    if not any(signal["code"] == "SCREENING_MATCH" for signal in said["risk"]["signals"]):
        return said, {}
    sentences: list[str] = []
    return _masked(said, sentences), {"screening": sorted(set(sentences))}


def _masked(value: Any, sentences: list[str]) -> Any:
    if isinstance(value, Mapping):
        if value.get("code") == "SCREENING_MATCH":
            sentences += [one for one in value.values() if isinstance(one, str) and _LISTED.search(one)]
            return {
                name: _LISTED.sub(_UNNAMED, one) if isinstance(one, str) else one
                for name, one in value.items()
            }
        return {name: _masked(one, sentences) for name, one in value.items()}
    return [_masked(one, sentences) for one in value] if isinstance(value, list) else value
