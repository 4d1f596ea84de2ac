"""The official sources we know how to fetch, and how to see that an answer is what it should be.

Base addresses are settings, so that a mirror or a test server can stand in: ``MAILDUTY_HTS_URL``,
``MAILDUTY_OFAC_URL``, ``MAILDUTY_UN_URL``, ``MAILDUTY_CROSS_URL``.
"""

from __future__ import annotations

import csv
import io
import json
import os
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from dataclasses import dataclass

CROSS = "cross"
# The full tariff has about 35,500 rows; one with a third of them is a search result or was cut off.
FEWEST_TARIFF_ROWS = 10_000
FEWEST_LISTED = 100


@dataclass(frozen=True)
class Source:
    """Where a source is, what its file is called, and ``check``: a reason why the answer is not it, or ""."""

    title: str
    setting: str
    base: str
    path: str
    file: str
    check: Callable[[bytes], str]


def base_url(source: Source) -> str:
    """The base address: the setting if given, else the official one; without a slash at the end."""
    return os.environ.get(source.setting, source.base).rstrip("/")


def _tariff(content: bytes) -> str:
    rows = json.loads(content)
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        return "it is no list of tariff rows"
    if len(rows) < FEWEST_TARIFF_ROWS:
        return f"it has {len(rows)} rows; the whole tariff has more than {FEWEST_TARIFF_ROWS}"
    wanted = {"htsno", "indent", "units", "general", "special", "other", "footnotes"}
    missing = wanted - set(rows[0])
    return f"its rows lack {', '.join(sorted(missing))}" if missing else ""


def _ofac(content: bytes) -> str:
    # The lists end with a control-Z, as files of their age do.
    rows = [row for row in csv.reader(io.StringIO(content.decode("utf-8", "replace"))) if len(row) > 1]
    if len(rows) < FEWEST_LISTED:
        return f"it has {len(rows)} entries"
    return "" if all(row[0].strip().isdigit() for row in rows) else "its first column is no entry number"


def _united_nations(content: bytes) -> str:
    if b"<!ENTITY" in content:
        return "it declares entities, which the list never does"
    root = ElementTree.fromstring(content)
    return "" if root.tag == "CONSOLIDATED_LIST" else f"its root is {root.tag}"


def _rulings(content: bytes) -> str:
    answer = json.loads(content)
    found = isinstance(answer, dict) and isinstance(answer.get("rulings"), list)
    return "" if found else "it has no list of rulings"


_OFAC = ("MAILDUTY_OFAC_URL", "https://www.treasury.gov/ofac/downloads")

SOURCES: dict[str, Source] = {
    "hts": Source(
        "US tariff schedule (USITC)",
        "MAILDUTY_HTS_URL",
        "https://hts.usitc.gov",
        "/reststop/exportList?from=0101&to=9999&format=JSON&styles=false",
        "hts_pulled_{on}.json.gz",
        _tariff,
    ),
    "ofac_sdn": Source("Specially designated nationals (OFAC)", *_OFAC, "/sdn.csv", "ofac_sdn.csv", _ofac),
    "ofac_alt": Source("Their other names (OFAC)", *_OFAC, "/alt.csv", "ofac_alt.csv", _ofac),
    "ofac_add": Source("Their addresses (OFAC)", *_OFAC, "/add.csv", "ofac_add.csv", _ofac),
    "ofac_cons": Source(
        "Other sanctioned parties (OFAC)", *_OFAC, "/consolidated/cons_prim.csv", "ofac_cons_prim.csv", _ofac
    ),
    "un": Source(
        "Consolidated list (UN Security Council)",
        "MAILDUTY_UN_URL",
        "https://scsanctions.un.org",
        "/resources/xml/en/consolidated.xml",
        "un_consolidated.xml",
        _united_nations,
    ),
    CROSS: Source(
        "Classification rulings (CBP CROSS)",
        "MAILDUTY_CROSS_URL",
        "https://rulings.cbp.gov",
        "/api/search",
        "cross_rulings_{on}.json",
        _rulings,
    ),
}

# What a user wants current: all but the rulings, which are searched for.
STANDING: tuple[str, ...] = tuple(name for name in SOURCES if name != CROSS)
