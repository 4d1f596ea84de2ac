"""The run of `mailduty assess`: manifests in; a table, JSON lines and records out. Notebooks call it too.

Each file is kept as it came, then each batch of items as soon as it is assessed. A run that breaks off loses nothing
that was said: what is in the ledger stays, and the same manifest again adds only what is missing.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import IO, Any, NamedTuple

from data.errors import MailDutyError
from data.manifest import ManifestReading, RowError, read_manifest
from data.money import Rates
from serving.asked import AskedItem
from serving.assessor import Assessment, Assessor
from serving.commands.runs import Summary, written
from serving.commands.terminal import print_table, progress, row
from serving.decisions.decision import tally
from serving.ledger import Ledger
from serving.manifests.keeper import Keeper
from serving.manifests.manifest_keeping import Keeping, who
from serving.manifests.manifests import asked_items, keepable
from serving.parcels import whole_parcels

CHUNK = 2_000
LOCAL = "local"  # the party of whoever runs the command line
MANIFEST_SUFFIXES = (".csv", ".jsonl", ".ndjson", ".json", ".xml", ".xlsx", ".txt", ".tsv")
MOST_SHOWN = 200  # rows of the table; the whole result is in the JSON lines


class _File(NamedTuple):
    """A manifest and what was read of it."""

    path: Path
    reading: ManifestReading


def assess_manifests(
    manifests: Sequence[Path],
    on: date | None = None,
    out: Path | None = None,
    rates: Path | None = None,
    layout: str | None = None,
    method: str = "ad_valorem",
    settings: Mapping[str, Any] | None = None,
    today: date | None = None,
    party: str = LOCAL,
) -> Summary:
    """Assesses manifests, keeps everything in the ledger of ``party``, writes JSON lines to ``out``, prints the table.

    A folder stands for the manifests in it; ``method`` is that of EO 14324, one for the run as the order wants
    it; ``settings`` are those of ``read_manifest`` that settle what a file leaves open. Raises MailDutyError
    where a file is no manifest at all; then nothing is written and nothing kept.
    """
    today = today or date.today()
    files = _readings(manifests, rates, layout, settings or {})
    asked = [
        (one, file.reading.sha256)
        for file in files
        for one in asked_items(file.reading, on, today, {"method": method})
    ]
    counts = _counts([file.reading for file in files])
    assessor = Assessor.shipped()
    with closing(Ledger.open()) as ledger:
        keeper = Keeper(ledger, party, who())
        keeping = Keeping(keeper, keeper.standing(assessor))
        for file in files:
            keeping.manifest(file.reading, file.path)
        done = _assessed(assessor, asked, keeping)
        for file in files:
            keeping.rejected(file.reading)
        place = ledger.engine.url.render_as_string()
    answers = [one.as_json() for one in done]
    rejected = [_rejected(file.reading, error) for file in files for error in file.reading.errors]
    kept = {"party": party, "written": keeping.written, "unchanged": keeping.unchanged}
    summary = {**counts, "decisions": tally([one.decision for one in done]), "records": kept}
    with written(out) as write:
        for line in (*answers, *rejected, {"summary": summary}):
            write(line)
    stream = sys.stderr if str(out) == "-" else sys.stdout
    notes = [f"{r.manifest.source_name} ({r.layout}): {note}" for _, r in files for note in r.notes]
    _show(answers, rejected, notes, summary, out, place, stream)
    return Summary(counts["rows_in"], counts["items"], counts["errors"])


def _assessed(
    assessor: Assessor, asked: Sequence[tuple[AskedItem, str]], keeping: Keeping
) -> list[Assessment]:
    """Every item assessed and kept, batch by batch; the answers in the order asked."""
    places = {id(item): at for at, (item, _) in enumerate(asked)}
    done: list[Assessment] = []
    with progress("Assessing", total=len(asked)) as advance:
        for items in _rounds([item for item, _ in asked]):
            for some in whole_parcels(items, CHUNK):
                assessed = keeping.keeper.assess(assessor, some)
                keeping.assessed(assessed, [asked[places[id(item)]][1] for item in some])
                done += assessed
                advance(len(some))
    return sorted(done, key=lambda one: places[id(one.asked)])


def _rounds(asked: Sequence[AskedItem]) -> Iterator[list[AskedItem]]:
    """Items in rounds in which each stands once: where a second file says an item again, it is said after the first."""
    rounds: list[list[AskedItem]] = []
    times: dict[tuple[str | None, str], int] = {}
    for item in asked:
        time = times.get((item.parcel, item.id), 0)
        times[item.parcel, item.id] = time + 1
        if time == len(rounds):
            rounds.append([])
        rounds[time].append(item)
    yield from rounds


def _counts(readings: Sequence[ManifestReading]) -> dict[str, int]:
    counts = {
        "rows_in": sum(reading.rows_in for reading in readings),
        "items": sum(len(reading.items) for reading in readings),
        "errors": sum(len(reading.errors) for reading in readings),
        "skipped": sum(len(reading.skipped) for reading in readings),
    }
    if counts["rows_in"] != counts["items"] + counts["errors"]:
        raise MailDutyError(
            "ROWS_LOST", f"{counts}", "rows in = items + errors", "keep the manifest and report this"
        )
    return counts


def _readings(
    manifests: Sequence[Path], rates: Path | None, layout: str | None, settings: Mapping[str, Any]
) -> list[_File]:
    table = Rates.load(rates) if rates else None
    files = _files(manifests)
    readings = []
    with progress("Reading", total=len(files)) as advance:
        for file in files:
            readings.append(_File(file, keepable(read_manifest(file, layout, rates=table, **settings))))
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


def _rejected(reading: ManifestReading, error: RowError) -> dict[str, Any]:
    return {"manifest": reading.manifest.source_name, "error": error.as_dict()}


def _show(
    answers: Sequence[Mapping[str, Any]],
    rejected: Sequence[Mapping[str, Any]],
    notes: Sequence[str],
    summary: Mapping[str, Any],
    out: Path | None,
    place: str,
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
    kept = summary["records"]
    already = f", {kept['unchanged']} were there already" if kept["unchanged"] else ""
    say(f"Ledger: {kept['written']} records written of party {kept['party']}{already}; {place}")


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
