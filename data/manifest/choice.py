"""Which layout a file has: the one asked for, else the one its content shows; of a workbook, which sheet."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from pathlib import Path

from data.errors import MailDutyError
from data.manifest.intake import HEAD_LINES, Intake, head_of
from data.manifest.source import LAYOUTS, Layout, shorten
from data.manifest.workbook import Sheet, Workbook

Claims = Callable[[Layout], bool]


def layouts() -> dict[str, Layout]:
    """Every layout by name; modules of this folder are imported on first use."""
    package = __name__.rpartition(".")[0]
    for module in pkgutil.iter_modules([str(Path(__file__).parent)]):
        importlib.import_module(f"{package}.{module.name}")
    return dict(sorted(LAYOUTS.items()))


def choose(name: str | None, intake: Intake, notes: list[str]) -> Layout:
    """The layout asked for, else the one that recognises the start of the file; for a workbook its sheet too.

    The content decides, not the name of the file. Raises MailDutyError MANIFEST_LAYOUT_UNKNOWN,
    MANIFEST_LAYOUT_AMBIGUOUS, MANIFEST_EXTENSION or MANIFEST_NOT_RECOGNISED.
    """
    known = layouts()
    if name is not None and name not in known:
        raise MailDutyError(
            "MANIFEST_LAYOUT_UNKNOWN", f"there is no layout {name!r}", "", f"Use one of {', '.join(known)}"
        )
    suffix = Path(intake.name).suffix.lower()
    readable = sorted({e for layout in known.values() for e in layout.extensions})
    if name is None and suffix and suffix not in readable:
        raise MailDutyError(
            "MANIFEST_EXTENSION",
            f"{shorten(intake.name)} ends in {shorten(suffix)}",
            f"A manifest is one of {', '.join(readable)}",
            "Save it as CSV, XLSX or JSON lines, or name its layout",
        )
    asked = [known[name]] if name is not None else list(known.values())
    if intake.book is not None:
        chosen, intake.sheet = _on_sheets(intake.book, intake.name, asked, notes)
    elif name is not None:
        return known[name]
    else:
        chosen = _on_lines(intake, asked, suffix)
    if name is None and suffix and suffix not in chosen.extensions:
        notes.append(f"the name ends in {suffix}, the content is {chosen.name}: read as {chosen.name}")
    return chosen


def _on_lines(intake: Intake, known: list[Layout], suffix: str) -> Layout:
    head = head_of(intake)
    fitting = _fitting(known, lambda layout: layout.recognise(head), intake.name)
    if fitting:
        return next((layout for layout in fitting if suffix in layout.extensions), fitting[0])
    raise MailDutyError(
        "MANIFEST_NOT_RECOGNISED",
        f"{shorten(intake.name) or 'the input'} starts with no column names we know: "
        f"{shorten(' '.join(head[:2]))}",
        "A CSV manifest starts with a header that names at least the tracking number and one other field",
        "See the header names in data/samples/README.md, or pass the layout",
    )


def _fitting(known: list[Layout], claims: Claims, file_name: str) -> list[Layout]:
    """The one layout of its own that claims the file; where none does, the general ones that do."""
    fitting = [layout for layout in known if not layout.general and claims(layout)]
    if len(fitting) > 1:
        raise MailDutyError(
            "MANIFEST_LAYOUT_AMBIGUOUS",
            f"{shorten(file_name) or 'the input'} reads as "
            f"{' and as '.join(layout.name for layout in fitting)}",
            "A file has one layout",
            "Name its layout",
        )
    return fitting or [layout for layout in known if layout.general and claims(layout)]


def _on_sheets(book: Workbook, file_name: str, known: list[Layout], notes: list[str]) -> tuple[Layout, Sheet]:
    """The first visible sheet that a layout recognises. Other sheets that hold rows too are named in the notes."""
    chosen: tuple[Layout, Sheet] | None = None
    for sheet in book.sheets:
        if sheet.hidden:
            notes.append(f"sheet {shorten(sheet.name)} is hidden and was not read")
            continue
        head = book.head(sheet, HEAD_LINES)
        fitting = _fitting(known, lambda layout, head=head: layout.recognise_cells(head), file_name)  # type: ignore[misc]
        if not fitting:
            continue
        if chosen is None:
            chosen = fitting[0], sheet
            notes.append(f"read from sheet {shorten(sheet.name)}")
        else:
            book.left_out.append(sheet.name)
    if chosen is not None:
        return chosen
    raise MailDutyError(
        "MANIFEST_NOT_RECOGNISED",
        f"no sheet of {shorten(file_name) or 'the workbook'} starts with column names we know: "
        f"{shorten(', '.join(sheet.name for sheet in book.sheets))}",
        "A visible sheet starts with a header that names at least the tracking number and one other field",
        "See the header names in data/samples/README.md, or pass the layout",
    )
