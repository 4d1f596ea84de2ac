"""Tables with the columns of the posts' message to customs: a header per item, a line per content piece.

Either both kinds of columns stand in every row of a CSV or workbook, joined by ITEM_ID, or a JSON document holds
items with their lines inside, or the two tables side by side. What the sender declared and what a post made of it
(CP_REVISEDDESC, CP_REVISEDHS) are both kept. CP_AMT and CP_NETWT are taken as the total of their line, weights as
kilograms. These are the column names of a public table, not the licensed message: conformance is not claimed.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from data.manifest.document_map import DocumentMap, path_of, paths, plain
from data.manifest.document_names import json_names
from data.manifest.intake import Intake, head_of
from data.manifest.joined import JoinedDocument
from data.manifest.mapped import MappedDocument
from data.manifest.sheet_cells import Cells
from data.manifest.source import RawRow, RowError, Skipped, register
from data.manifest.table import TableLayout, plausible
from data.manifest.table_rows import Header, TableRows
from data.manifest.vocabulary import Column

# A file that has one of these beside ITEM_ID and CP_AMT is such a table; the others occur elsewhere too.
_OWN = frozenset(
    map(plain, """MESG_TYPE_CD MAIL_PID DECLARATION_PID CUST_ORG_CD POST_ORG_CD HANDLING_CLASS_CD ORIGPOST_ORGCD
    DESTPOST_ORG_CD MAIL_CATEGORY_CD MAIL_STATE_CD LOCALID LOCALID2 TRANS_MODE NATURE_TYPE_CD""".split())
)  # fmt: skip
_PERSON = {
    "name": "NAME", "first_name": "FNAME", "last_name": "LNAME", "address": "ADD1", "address2": "ADD2",
    "city": "CITY", "region": "STATE", "postal_code": "ZIP", "country": "CNTRY_CD", "phone": "PHONE",
    "email": "EMAILID",
}  # fmt: skip
PARCEL = paths(
    tracking_id="ITEM_ID",
    operator="ORIGPOST_ORGCD",
    mail_class="MAIL_CLASS_CD",
    category="NATURE_TYPE_CD",
    gross_weight="GROSS_WT",
    posted_on="POSTINGDT",
    **{
        f"{party}_{part}": f"{first}_{name}"
        for party, first in (("sender", "SEND"), ("recipient", "RECP"))
        for part, name in _PERSON.items()
    },
)
LINE = paths(
    line_no="ITEM_NO",
    description="CP_DESC",
    description_revised="CP_REVISEDDESC",
    hts="CP_HS",
    hts_revised="CP_REVISEDHS",
    origin="CP_ORIGCNTRYCD",
    quantity="CP_NOU",
    net_weight="CP_NETWT",
    value="CP_AMT",
    currency="CP_CURRCD",
)
COLUMNS = {way[0]: field for part in (PARCEL, LINE) for field, ways in part.items() for way in ways}
HEADERS, DETAILS = path_of("C_CUSITM"), path_of("C_CUSITM_CP_DET")
_LINES_IN = ("CP_DET", "C_CUSITM_CP_DET", "lines")


def _map_with(lines: str) -> DocumentMap:
    return DocumentMap(
        name="cusitm_tables",
        version="1",
        kind="json",
        known_by=frozenset(("itemid", "cpamt")),
        parcels=((), HEADERS),
        lines=path_of(lines),
        value_basis="row",
        weight_basis="row",
        weight_unit="kg",
        parcel=PARCEL,
        line=LINE,
    )


class _Rows(TableRows):
    """Rows with both kinds of columns; names that are none of the table's are reported, not guessed."""

    def meaning(self, name: str) -> Column | None:
        field = COLUMNS.get(plain(name))
        return Column(field, "kg" if field in ("net_weight", "gross_weight") else "") if field else None


@register
class CusitmTables(TableLayout):
    """CSV or workbook with joined columns, JSON with lines inside, or JSON with two tables."""

    name = "cusitm_tables"
    version = "1"
    extensions = (".csv", ".tsv", ".txt", ".xlsx", ".json", ".jsonl", ".ndjson")
    below = _Rows

    def recognise(self, head: list[str]) -> bool:
        names = json_names(head)
        if not names.all:
            return super().recognise(head)
        return _is_own(names.all) or (HEADERS[0] in names.top and "itemid" in names.below)

    def header(self, head: list[Cells]) -> Header | None:
        for first, cells in enumerate(head):
            names = frozenset(map(plain, cells)) if plausible(cells) else frozenset()
            if _is_own(names):
                return Header(first, 1, cells, len(names & (COLUMNS.keys() | _OWN)))
        return None

    def read(self, intake: Intake, raw: BinaryIO, notes: list[str]) -> Iterator[RawRow | Skipped | RowError]:
        """Every row of the table, or every line of the JSON document."""
        names = json_names(head_of(intake) if intake.book is None else [])
        if not names.all:
            yield from super().read(intake, raw, notes)
            return
        wrapped = "itemid" not in names.top
        inside = names.below if wrapped else names.top
        lines = next((name for name in _LINES_IN if plain(name) in inside), "")
        side_by_side = wrapped and not lines
        nested = JoinedDocument(HEADERS, DETAILS) if side_by_side else MappedDocument()
        nested.map = _map_with(lines)
        yield from nested.read(intake, raw, notes)


def _is_own(names: frozenset[str]) -> bool:
    return {"itemid", "cpamt"} <= names and not names.isdisjoint(_OWN)
