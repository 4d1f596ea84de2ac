"""Lists of sanctioned parties as their publishers print them: OFAC's CSV files and the UN Security Council's XML.

Nothing of a list is shipped: ``mailduty data pull ofac_sdn ofac_alt ofac_cons un`` fetches them. A list keeps its
version, so that a match can say which list of which day it was found on.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from data.errors import MailDutyError

_NOTHING = ("-0-", "")
# The files a folder may hold: a list's title, the pattern of its main file, that of its other names.
_OFAC = (("OFAC SDN", "ofac_sdn*.csv", "ofac_alt*.csv"), ("OFAC consolidated", "ofac_cons_prim*.csv", "ofac_cons_alt*.csv"))  # fmt: skip


@dataclass(frozen=True, slots=True)
class ListedName:
    """A name on a list; an alias has the entry of the party it belongs to."""

    name: str
    entry: str
    alias: bool = False
    kind: str = ""
    programme: str = ""


@dataclass(frozen=True)
class ScreeningList:
    """A list with its version (day where it states one, and the start of its SHA-256)."""

    title: str
    version: str
    names: tuple[ListedName, ...]


def read_folder(folder: Path) -> list[ScreeningList]:
    """Every list in a folder, as `mailduty data pull` leaves them; the newest where there are several of one kind.

    Raises ``SCREENING_NO_LIST`` where the folder holds none, ``SCREENING_UNREADABLE`` naming a file.
    """
    found = []
    for title, main, alias in _OFAC:
        files, others = sorted(folder.glob(main)), sorted(folder.glob(alias))
        if files:
            found.append(read_ofac(files[-1], others[-1] if others else None, title))
    united = sorted(folder.glob("un_consolidated*.xml"))
    if united:
        found.append(read_un(united[-1]))
    if not found:
        raise MailDutyError(
            "SCREENING_NO_LIST",
            f"{folder} holds no screening list",
            "Names are held against lists of a known day",
            "Fetch them: mailduty data pull ofac_sdn ofac_alt ofac_cons un --to DIR",
        )
    return found


def read_ofac(main: Path, aliases: Path | None = None, title: str = "OFAC SDN") -> ScreeningList:
    """OFAC's main file (entry, name, kind, programme, ...) with the file of other names (entry, number, kind, name)."""
    names = [
        ListedName(row[1].strip(), row[0].strip(), False, _said(row, 2), _said(row, 3))
        for row in _rows(main, 4)
    ]
    known = {n.entry for n in names}
    for row in _rows(aliases, 4) if aliases else []:
        if row[0].strip() in known:
            names.append(ListedName(row[3].strip(), row[0].strip(), True))
    return ScreeningList(title, _version(main), tuple(n for n in names if n.name not in _NOTHING))


def read_un(path: Path) -> ScreeningList:
    """The UN list: individuals and entities, their aliases, and names in their own script."""
    content = _bytes(path)
    if b"<!ENTITY" in content or b"<!DOCTYPE" in content:
        raise _unreadable(path, "it declares entities, which the list never does")
    try:
        root = ElementTree.fromstring(content)
    except ElementTree.ParseError as why:
        raise _unreadable(path, str(why)) from why
    names: list[ListedName] = []
    for kind in ("INDIVIDUAL", "ENTITY"):
        for party in root.iter(kind):
            entry = party.findtext("REFERENCE_NUMBER") or party.findtext("DATAID") or ""
            programme = party.findtext("UN_LIST_TYPE") or ""
            parts = [party.findtext(f"{n}_NAME") for n in ("FIRST", "SECOND", "THIRD", "FOURTH")]
            whole = " ".join(p.strip() for p in parts if p and p.strip())
            others = [a.findtext("ALIAS_NAME") for a in party.iter(f"{kind}_ALIAS")]
            others.append(party.findtext("NAME_ORIGINAL_SCRIPT"))
            names.append(ListedName(whole, entry, False, kind.lower(), programme))
            for other in others:
                for one in re.split(r"[;،]", other or ""):
                    if one.strip():
                        names.append(ListedName(one.strip(), entry, True, kind.lower(), programme))
    made = (root.get("dateGenerated") or "")[:10]
    return ScreeningList("UN Security Council", _version(path, made), tuple(n for n in names if n.name))


def _rows(path: Path, least: int) -> Iterator[list[str]]:
    text = _bytes(path).decode("utf-8", "replace")
    for row in csv.reader(io.StringIO(text)):
        if len(row) >= least:  # the files end with a control-Z
            if not row[0].strip().isdigit():
                raise _unreadable(path, f"{row[0][:20]!r} is no entry number")
            yield row


def _said(row: list[str], place: int) -> str:
    text = row[place].strip()
    return "" if text in _NOTHING else text


def _version(path: Path, day: str = "") -> str:
    """Day and sum: the day the list states, else the one it was fetched on, else the one in the file's name."""
    record = path.parent / "pulled.json"
    if not day and record.exists():
        day = json.loads(record.read_text(encoding="utf-8")).get(path.name, {}).get("on", "")
    if not day and (named := re.search(r"\d{4}-\d{2}-\d{2}", path.name)):
        day = named.group()
    return f"{day or 'undated'} {hashlib.sha256(_bytes(path)).hexdigest()[:8]}"


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as why:
        raise _unreadable(path, why.strerror or "no such file") from why


def _unreadable(path: Path, why: str) -> MailDutyError:
    return MailDutyError(
        "SCREENING_UNREADABLE", f"{path.name}: {why}", "A list is read whole or not at all", "Fetch it again"
    )
