"""What `mailduty ledger` asks: verify, anchor, replay, show, export. Prints; gives whether all was well."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

import orjson

from data.errors import MailDutyError
from serving.ledger import Ledger, Record
from serving.ledger.anchors import anchors, read_anchors
from serving.ledger.comparing import Replay
from serving.ledger.export import export
from serving.ledger.replay import replay, replay_each
from serving.ledger.verify import verify

MOST_SHOWN = 50
Say = Callable[[str], None]


def verify_ledger(party: str | None, anchor: Path | None, say: Say = print) -> bool:
    """Every chain, or one, against itself and against what stands beside it; the first broken link first."""
    with opened() as ledger:
        found = verify(ledger, party, read_anchors(anchor) if anchor else ())
    for one in found:
        said = "holds" if one.good else "is broken"
        say(f"{one.party}: the chain of {one.records} records {said}; it ends in {one.head[:12]}")
        for broken in one.breaks[:MOST_SHOWN]:
            say(f"  {broken}")
        if len(one.breaks) > MOST_SHOWN:
            say("  ... and more")
        for note in one.notes:
            say(f"  {note}")
    if not found:
        say("the ledger is empty")
    return all(one.good for one in found)


def anchor_ledger(party: str | None, out: Path | None, say: Say = print) -> None:
    """Where each chain stands, as JSON lines: on standard output, or added to the end of ``out``."""
    with opened() as ledger:
        lines = [one.line() for one in anchors(ledger, datetime.now(UTC), party)]
    if out is None:
        for line in lines:
            say(line)
        return
    try:
        with out.open("a", encoding="utf-8") as file:
            file.writelines(f"{line}\n" for line in lines)
    except OSError as error:
        raise MailDutyError(
            "OUT_UNWRITABLE", f"{out} cannot be written: {error.strerror}", "", "choose another --out"
        ) from error
    say(f"{len(lines)} chains anchored in {out}; keep it away from the ledger")


def replay_record(record_id: str, party: str, say: Say = print) -> bool:
    """One duty computed again, line beside line."""
    with opened() as ledger:
        found = replay(ledger, party, record_id)
    for line in found.lines:
        recorded, again = (f"${one}" if one else "none" for one in (line.recorded, line.again))
        say(f"{line.heading:<16} {line.rate:<28} {recorded:>10} {again:>10}  {line.kind}")
    if found.outcome in ("same", "differs"):
        for name, (was, now) in (("duty", found.duty), ("fees", found.fees)):
            say(f"{name}: recorded {_usd(was)}, computed {_usd(now)}")
    for said in found.said:
        say(said)
    versions = found.versions or {}
    if versions:
        say(f"under law {versions.get('law')} and tariff {versions.get('schedule')}, as archived")
    say(_IN_WORDS[found.outcome])
    return found.good


def replay_ledger(party: str, since: date | None, say: Say = print) -> bool:
    """Every duty of a party's ledger computed again; those that differ are named."""
    counts: Counter[str] = Counter()
    with opened() as ledger:
        those = (one for one in ledger.records(party) if since is None or one.at[:10] >= since.isoformat())
        for found in replay_each(ledger, party, those):
            counts[found.outcome] += 1
            if not found.good and counts["differs"] <= MOST_SHOWN:
                say(f"{found.record_id} {found.item_key}: {'; '.join(found.said) or _lines(found)}")
    told = ", ".join(f"{counts[name]} {words}" for name, words in _COUNTED.items() if counts[name])
    say(f"{counts.total()} records of {party}: {told or 'nothing to compute'}")
    return not counts["differs"]


def show(what: str, party: str, say: Say = print) -> None:
    """A record whole, or the history of a parcel or an item. Raises ``LEDGER_ITEM_UNKNOWN``."""
    with opened() as ledger:
        record = ledger.record(party, what)
        found = [record] if record else ledger.item(party, what)
    if not found:
        raise MailDutyError(
            "LEDGER_ITEM_UNKNOWN",
            f"the ledger of {party} has no record, parcel or item {what}",
            "",
            "check it, or name another --party",
        )
    if record:
        say(_whole(record))
        return
    for one in found:
        body = one.body() or {}
        duty = (body.get("assessment") or {}).get("duty") or {}
        owed = _usd(duty["duty_usd"]) if "duty_usd" in duty else ""
        said = "purged" if one.content is None else one.decision
        say(
            f"{one.seq:>6}  {one.at[:19]}  {one.kind:<11} {one.item_id:<20} {said:<8} {owed:>9}  "
            f"{one.record_id}  {one.actor}{': ' + one.reason if one.reason else ''}"
        )


def export_ledger(
    party: str, kind: str, out: Path, first: date | None, last: date | None, say: Say = print
) -> None:
    """The records of a party as a file."""
    with opened() as ledger:
        count = export(ledger, party, kind, out, first, last)
    say(f"{count} records of {party} written to {out}")


@contextmanager
def opened() -> Iterator[Ledger]:
    """The ledger in use, closed in the end."""
    ledger = Ledger.open()
    try:
        yield ledger
    finally:
        ledger.close()


_IN_WORDS = {
    "same": "The same to the cent.",
    "differs": "NOT the same.",
    "unpriced": "No duty was computed then.",
    "purged": "Past its term: nothing is left to compute from.",
    "no duty": "This record holds no duty.",
}
_COUNTED = {
    "same": "the same to the cent",
    "differs": "DIFFERENT",
    "unpriced": "without a duty then",
    "purged": "purged",
    "no duty": "about something else",
}


def _usd(amount: str | None) -> str:
    return "none" if amount is None else f"${amount}"


def _lines(found: Replay) -> str:
    return ", ".join(
        f"{line.heading} recorded {_usd(line.recorded)}, computed {_usd(line.again)}"
        for line in found.lines
        if line.recorded != line.again
    )


def _whole(record: Record) -> str:
    said = {name: value for name, value in vars(record).items() if name != "content" and name[0] != "_"}
    sealed = {"personal": "sealed" if record.personal_mark else None}
    return orjson.dumps({**said, **sealed, "body": record.body()}, option=orjson.OPT_INDENT_2).decode()
