"""Fetches official sources for a user who has a network: ``mailduty data pull``. Never needed to start.

A file is written whole or not at all, after what came has been looked at: an error page is not a tariff.
``pulled.json`` beside the files says of each where it came from, on which day, and its SHA-256.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from data.errors import MailDutyError
from data.pull_fetch import Fetching, fetch
from data.pull_sources import CROSS, SOURCES, STANDING, Source, base_url

RECORD = "pulled.json"
DATES = "revision_dates.csv"
Progress = Callable[[str, int, int | None], None]


@dataclass(frozen=True)
class Pulled:
    """One fetched file: what it is, where it lies, its size in bytes and the SHA-256 of what came."""

    source: str
    path: Path
    url: str
    size: int
    sha256: str
    on: date


def pull(
    source: str,
    folder: str | Path,
    on: date,
    settings: Fetching | None = None,
    progress: Progress | None = None,
    term: str = "",
) -> Pulled:
    """Fetches ``source`` (a name in ``SOURCES``) into ``folder``; ``on`` is today, for the record.

    ``hts`` becomes ``hts_pulled_<on>.json.gz`` with a row in ``revision_dates.csv``, ready for
    ``build_schedule(folder, extend=True)``. ``cross`` needs a search ``term`` and takes all its pages.
    ``progress(source, bytes so far, bytes in all or None)`` is called as it comes. Raises ``PULL_UNKNOWN``,
    ``PULL_UNREACHABLE``, ``PULL_REFUSED``, ``PULL_REDIRECTS``, ``PULL_TOO_LARGE``, ``PULL_NOT_DATA``.
    """
    if source not in SOURCES:
        raise MailDutyError(
            "PULL_UNKNOWN", f"{source!r} is no source", "", f"choose one of {', '.join(SOURCES)}"
        )
    what, how = SOURCES[source], settings or Fetching()
    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)

    def said(done: int, of: int | None) -> None:
        if progress:
            progress(source, done, of)

    if source == CROSS:
        url, content = _all_pages(what, how, said, term)
    else:
        url = base_url(what) + what.path
        content = fetch(url, how, said, what.check)
    name = what.file.format(on=on.isoformat())
    path = target / name
    _write(path, gzip.compress(content, mtime=0) if name.endswith(".gz") else content)
    pulled = Pulled(source, path, url, len(content), hashlib.sha256(content).hexdigest(), on)
    if source == "hts":
        _date_of_export(target, f"pulled_{on.isoformat()}", on)
    _record(target, pulled)
    return pulled


def pull_all(
    folder: str | Path,
    on: date,
    sources: Iterable[str] = STANDING,
    settings: Fetching | None = None,
    progress: Progress | None = None,
) -> Iterator[Pulled | MailDutyError]:
    """Fetches the standing sources (tariff and screening lists) one after the other.

    A source that cannot be had gives its error in its place and does not keep the others away.
    """
    for source in sources:
        try:
            yield pull(source, folder, on, settings, progress)
        except MailDutyError as why:
            yield why


def _all_pages(
    what: Source, how: Fetching, said: Callable[[int, int | None], None], term: str
) -> tuple[str, bytes]:
    """CROSS answers a search page by page; the rulings of all pages become one JSON document."""
    if not term.strip():
        raise MailDutyError(
            "PULL_TERM", "CROSS needs a term to search for", "", "give one, such as a heading"
        )
    first = base_url(what) + what.path
    rulings: list[object] = []
    total, page = 1, 0
    while len(rulings) < total and page < how.max_pages:
        page += 1
        params = {"term": term, "page": str(page), "pageSize": "100", "collection": "ALL"}
        answer = json.loads(fetch(first, how, lambda _done, _of: None, what.check, params))
        total = int(answer.get("totalHits") or 0)
        if not answer["rulings"]:
            break
        rulings += answer["rulings"]
        said(len(rulings), total)
    body = {"term": term, "totalHits": total, "rulings": rulings}
    return first, json.dumps(body, indent=1, ensure_ascii=False).encode()


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all: a file of that name is replaced in one step."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(name, 0o644)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _record(folder: Path, pulled: Pulled) -> None:
    path = folder / RECORD
    held = json.loads(path.read_text()) if path.exists() else {}
    held[pulled.path.name] = {
        "source": pulled.source,
        "url": pulled.url,
        "on": pulled.on.isoformat(),
        "size": pulled.size,
        "sha256": pulled.sha256,
    }
    _write(path, (json.dumps(held, indent=1, sort_keys=True) + "\n").encode())


def _date_of_export(folder: Path, revision: str, on: date) -> None:
    """An export says what is in force the day it is fetched, not since when: that is its first sure day."""
    path = folder / DATES
    rows = path.read_text().splitlines() if path.exists() else ["revision,effective_date"]
    columns = rows[0].split(",")
    if not any(row.split(",")[0] == revision for row in rows):
        cells = {"revision": revision, "effective_date": on.isoformat()}
        rows.append(",".join(cells.get(column, "") for column in columns))
    _write(path, ("\n".join(rows) + "\n").encode())
