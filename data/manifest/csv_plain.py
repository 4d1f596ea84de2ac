"""A plain manifest of rows and columns: one header, one row per line of goods; CSV or workbook.

The header may stand below title rows; its names are those of `vocabulary`, in any order and spelling. The
delimiter of a CSV (, ; tab |) is the one that makes most of the header known. `value` is that of the whole row.
"""

from __future__ import annotations

from data.errors import MailDutyError
from data.manifest.sheet_cells import Cells
from data.manifest.source import register, shorten
from data.manifest.table import TableLayout, plausible
from data.manifest.table_rows import Header
from data.manifest.vocabulary import SYNONYMS, column, squeeze


@register
class PlainCsv(TableLayout):
    """Rows and columns under a header of names we know."""

    name = "csv_plain"
    version = "2"
    general = True

    def header(self, head: list[Cells]) -> Header | None:
        """The row with most known names; None when no row names tracking_id and one more."""
        best: Header | None = None
        for index, cells in enumerate(head):
            if not plausible(cells):
                continue
            known = {c.field for c in map(column, cells) if c}
            if "tracking_id" in known and len(known) > 1 and (best is None or len(known) > best.known):
                best = Header(index, 1, cells, len(known))
        return best

    def require(self, header: Header) -> None:
        """Raises MANIFEST_COLUMN_MISSING where no column holds the value."""
        known = {c.field for c in map(column, header.names) if c}
        if not known & {"value", "unit_value"}:
            raise MailDutyError(
                "MANIFEST_COLUMN_MISSING",
                f"no column holds the value; the header names {shorten(', '.join(header.names))}",
                "Duty is owed on the declared value of every row",
                "Name that column `value` (of the whole row) or `unit_value` (of one piece)",
            )


def header_table() -> list[tuple[str, str]]:
    """(field, names it goes by) for documentation."""
    return [
        (field, ", ".join(dict.fromkeys(words.split())))
        for field, words in SYNONYMS.items()
        if squeeze(field)
    ]
