"""The run of `mailduty assess`: manifests in; a table, JSON lines and a record out. Notebooks call it too."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import IO, Any

from data.errors import MailDutyError
from data.manifest import ManifestReading, RowError, read_manifest
from data.money import Rates
from serving import record
from serving.asked import AskedItem, from_item
from serving.assessor import Assessor
from serving.decision import Ground, tally
from serving.runs import Summary, written
from serving.terminal import print_table, progress, row

CHUNK = 2_000
MANIFEST_SUFFIXES = (".csv", ".jsonl", ".ndjson", ".txt", ".tsv")
MOST_SHOWN = 200  # rows of the table; the whole result is in the JSON lines


def assess_manifests(
    manifests: Sequence[Path],
    on: date | None = None,
    out: Path | None = None,
    rates: Path | None = None,
    layout: str | None = None,
    method: str = "ad_valorem",
    settings: Mapping[str, Any] | None = None,
    today: date | None = None,
) -> Summary:
    """Assesses manifests, keeps the record, writes JSON lines to ``out`` and prints the table.

    A folder stands for the manifests in it; ``method`` is that of EO 14324, one for the run as the order wants
    it; ``settings`` are those of ``read_manifest`` that settle what a file leaves open. Raises MailDutyError
    where a file is no manifest at all; then nothing is written and nothing kept.
    """
    today = today or date.today()
    readings = _readings(manifests, rates, layout, settings or {})
    asked = [one for reading in readings for one in _asked(reading, on, today, {"method": method})]
    assessor = Assessor.shipped()
    done = []
    with progress("Assessing", total=len(asked)) as advance:
        for some in _whole_parcels(asked):
            done += assessor.assess(some)
            advance(len(some))
    places = {id(item): n for n, item in enumerate(asked)}
    done.sort(key=lambda one: places[id(one.asked)])
    answers = [one.as_json() for one in done]
    rejected = [_rejected(reading, error) for reading in readings for error in reading.errors]
    counts = {
        "rows_in": sum(reading.rows_in for reading in readings),
        "items": len(done),
        "errors": len(rejected),
        "skipped": sum(len(reading.skipped) for reading in readings),
    }
    if counts["rows_in"] != counts["items"] + counts["errors"]:
        raise MailDutyError(
            "ROWS_LOST", f"{counts}", "rows in = items + errors", "keep the manifest and report this"
        )
    run = {
        "asked_by": "mailduty assess",
        "on": on and on.isoformat(),
        "today": today.isoformat(),
        "facts": {"method": method},
        "manifests": [_source(reading) for reading in readings],
    }
    received = ({"received": one.asked.received, **answer} for one, answer in zip(done, answers, strict=True))
    kept = record.keep(run, received, rejected)
    decisions = tally([one.decision for one in done])
    summary = {**counts, "decisions": decisions, "run_id": kept.run_id, "record": str(kept.path)}
    with written(out) as write:
        for line in (*answers, *rejected, {"summary": summary}):
            write(line)
    stream = sys.stderr if str(out) == "-" else sys.stdout
    notes = [f"{r.manifest.source_name} ({r.layout}): {note}" for r in readings for note in r.notes]
    _show(answers, rejected, notes, summary, out, stream)
    return Summary(counts["rows_in"], counts["items"], counts["errors"], kept)


def _asked(
    reading: ManifestReading, on: date | None, today: date, facts: Mapping[str, Any]
) -> Iterator[AskedItem]:
    """The items of a manifest; those whose parcel lost a row carry the question, for its limits are not known."""
    lost = {parcel.tracking_id: parcel.rows_in_error for parcel in reading.parcels if parcel.rows_in_error}
    for item in reading.items:
        one = from_item(item, on, today, facts)
        if rows := lost.get(item.tracking_id):
            said = f"row {', '.join(map(str, rows))} of this parcel could not be read"
            one = replace(one, questions=(*one.questions, Ground("PARCEL_INCOMPLETE", said)))
        yield one


def _whole_parcels(asked: Sequence[AskedItem]) -> Iterator[list[AskedItem]]:
    """Batches of about CHUNK items in which no parcel is cut in two; a parcel's items come together."""
    parcels: dict[str, list[AskedItem]] = {}
    for item in asked:
        parcels.setdefault(item.parcel or item.id, []).append(item)
    some: list[AskedItem] = []
    for items in parcels.values():
        some += items
        if len(some) >= CHUNK:
            yield some
            some = []
    if some:
        yield some


def _readings(
    manifests: Sequence[Path], rates: Path | None, layout: str | None, settings: Mapping[str, Any]
) -> list[ManifestReading]:
    table = Rates.load(rates) if rates else None
    files = _files(manifests)
    readings = []
    with progress("Reading", total=len(files)) as advance:
        for file in files:
            readings.append(read_manifest(file, layout, rates=table, **settings))
            advance(1)
    return readings


def _files(manifests: Sequence[Path]) -> list[Path]:
    """The files asked for; a folder gives those in it that a manifest could be, by name."""
    files: list[Path] = []
    for path in manifests:
        found = (
            sorted(f for f in path.glob("manifest*") if f.suffix in MANIFEST_SUFFIXES)
            if path.is_dir()
            else [path]
        )
        if not found:
            raise MailDutyError(
                "MANIFEST_NOT_FOUND",
                f"{path} holds no manifest",
                f"in a folder, files named manifest* with {', '.join(MANIFEST_SUFFIXES)} are read",
                "name the files",
            )
        files += found
    return files


def _source(reading: ManifestReading) -> dict[str, Any]:
    """The manifest as received: name, hash, layout, and every row that is no data, with the reason."""
    skipped = [{"row": one.row, "reason": one.reason} for one in reading.skipped]
    about = reading.manifest.model_dump(mode="json", exclude_none=True)
    return {**about, "notes": list(reading.notes), "skipped": skipped}


def _rejected(reading: ManifestReading, error: RowError) -> dict[str, Any]:
    return {"manifest": reading.manifest.source_name, "error": error.as_dict()}


def _show(
    answers: Sequence[Mapping[str, Any]],
    rejected: Sequence[Mapping[str, Any]],
    notes: Sequence[str],
    summary: Mapping[str, Any],
    out: Path | None,
    stream: IO[str],
) -> None:
    """The table, the rejected rows, the sums, and where everything is."""

    def say(text: str = "") -> None:
        print(text, file=stream)

    print_table([row(answer) for answer in answers[:MOST_SHOWN]], stream=stream)
    if len(answers) > MOST_SHOWN:
        say(f"... and {len(answers) - MOST_SHOWN:,} more; all are in the JSON lines")
    if rejected:
        say()
        say("Rejected rows:")
        for one in rejected[:MOST_SHOWN]:
            error = one["error"]
            say(f"  {one['manifest']}: {error['code']}: {error['message']}")
    say()
    for said in (*notes, *_stands_for(answers)):
        say(said)
    beside = f"; {summary['skipped']} rows are no data (blank, title, total)" if summary["skipped"] else ""
    say(f"{summary['rows_in']} rows in = {summary['items']} items + {summary['errors']} errors{beside}")
    say("Decisions: " + ", ".join(f"{n} {outcome}" for outcome, n in summary["decisions"].items()))
    if out and str(out) != "-":
        say(f"JSON lines: {out}")
    say(f"Record: {summary['record']}")


def _stands_for(answers: Sequence[Mapping[str, Any]]) -> list[str]:
    """What a reader of the table must know: whose answers these are, and for which day."""
    said = []
    if any(answer["suggestion"]["stand-in"] for answer in answers):
        said.append("Suggested codes are stand-ins where no model answered: the declared code, checked.")
    if any(answer["risk"]["stand-in"] for answer in answers):
        said.append("Risks are stand-ins where no model answered: a handful of rules.")
    names = {
        "asked": "the day asked for",
        "arrival": "the day of arrival",
        "today": "today",
        "item": "the item's own",
    }
    days: dict[tuple[str, str], int] = {}
    for answer in answers:
        key = (answer["entry_date"], answer["entry_date_from"])
        days[key] = days.get(key, 0) + 1
    parts = [f"{day} ({names[source]}, {n})" for (day, source), n in sorted(days.items())]
    if parts:
        said.append("Priced for entry on " + ", ".join(parts[:6]) + (" ..." if len(parts) > 6 else ""))
    return said
