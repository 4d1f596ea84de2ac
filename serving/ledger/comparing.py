"""A duty as it was recorded beside the same duty computed again: line by line, and what else is to be said."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from serving.ledger.records import Record
from serving.versions import code_version

Outcome = Literal["same", "differs", "unpriced", "purged", "no duty"]


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


def compared(record: Record, body: Mapping[str, Any], again: Mapping[str, Any]) -> Replay:
    """The duty of a record's body beside ``again``, both as `DutyAssessment.as_json` gives them."""
    recorded = body["assessment"]["duty"]
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
    ran = body["versions"].get("mailduty", "")
    if ran != code_version():
        said.append(f"computed with other code: recorded {ran}, now {code_version()}")
    if recorded.get("warnings") != again.get("warnings"):
        said.append("the warnings are worded otherwise")
    return Replay(
        record.record_id,
        record.item_key,
        "same" if same else "differs",
        lines,
        sums["duty_usd"],
        sums["fees_usd"],
        tuple(said),
        body["versions"],
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


def plain(record: Record, outcome: Outcome, said: str) -> Replay:
    """A record that holds nothing to compare, or nothing that could be."""
    return Replay(record.record_id, record.item_key, outcome, said=(said,))
