"""What of a workbook is looked at before anything in it is: the directory of the ZIP archive it is.

An XLSX file is an archive of XML parts. Sizes, ratios, names and kinds of its parts are in its directory, and
Python reads no more of a part than the directory says; so a bomb is refused here, and what lies about itself
ends where it said it would. The limits are ours: a month of a large carrier is far below them.
"""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from typing import BinaryIO, NoReturn

from data.errors import MailDutyError

MOST_PARTS = 2_000  # files in the archive
LARGEST_SHEET = 256 << 20  # bytes of one sheet, unpacked; it is read in pieces and never held
LARGEST_STRINGS = 64 << 20  # bytes of the shared strings, unpacked; these are held
LARGEST_PART = 8 << 20  # bytes of any other part that is read: workbook, styles, relations
LARGEST_ARCHIVE = 1 << 30  # bytes of all parts, unpacked
HIGHEST_RATIO = 200  # unpacked to packed of a part, where it is large enough to matter
RATIO_FROM = 4 << 20  # bytes, unpacked: smaller parts may pack as well as they like
_BAD_NAME = re.compile(r"^[/\\]|^[A-Za-z]:|(?:^|[/\\])\.\.(?:[/\\]|$)|\\|[\x00-\x1f]")
_MACROS = re.compile(r"(?:^|/)(?:vbaProject\w*\.bin|vbaData\.xml|macrosheets/)", re.IGNORECASE)
_LINKS = re.compile(r"^xl/externalLinks/", re.IGNORECASE)
_READ = re.compile(r"^xl/(?:worksheets/|sharedStrings)", re.IGNORECASE)
# What a ZIP reader of Python raises on archives that are not what they say.
BROKEN = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    struct.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    OverflowError,
    OSError,
    LookupError,
)


def refuse(
    code: str, fact: str, rule: str, remedy: str = "Save it anew as a plain .xlsx, or as CSV"
) -> NoReturn:
    """Raises MailDutyError ``MANIFEST_WORKBOOK_<code>``."""
    raise MailDutyError(f"MANIFEST_WORKBOOK_{code}", fact, rule, remedy)


def too_large(fact: str) -> NoReturn:
    """Refuses a workbook that goes beyond a limit."""
    refuse("TOO_LARGE", fact, "A workbook is read within fixed limits", "Split the file, or export it as CSV")


def corrupt(fact: str) -> NoReturn:
    """Refuses a workbook that is not built as one."""
    refuse("CORRUPT", fact, "A workbook is an archive of XML parts as ECMA-376 says")


def guarded(file: BinaryIO, name: str) -> zipfile.ZipFile:
    """The archive, once its directory has been looked through. Nothing is unpacked.

    Raises MailDutyError MANIFEST_WORKBOOK_CORRUPT, _TOO_LARGE, _ENCRYPTED, _MACROS, _LINKS, _UNSAFE or
    MANIFEST_BINARY where it is another kind of archive.
    """
    try:
        archive = zipfile.ZipFile(file)
    except BROKEN:
        corrupt(f"{name or 'the input'} begins as an archive and cannot be opened")
    parts = archive.infolist()
    if len(parts) > MOST_PARTS:
        too_large(f"it has {len(parts)} parts; {MOST_PARTS} are the most we take")
    for part in parts:
        _look_at(part)
    names = [part.filename for part in parts]
    if len({n.lower() for n in names}) < len(names):
        refuse("UNSAFE", "two parts of the archive have the same name", "Every part has its own name")
    whole = sum(part.file_size for part in parts)
    if whole > LARGEST_ARCHIVE:
        too_large(f"it unpacks to {whole} bytes; {LARGEST_ARCHIVE} are the most we take")
    _is_workbook(names, name)
    return archive


def _look_at(part: zipfile.ZipInfo) -> None:
    shown = repr(part.orig_filename)[:80]
    if _BAD_NAME.search(part.orig_filename) or part.orig_filename != part.filename:
        refuse(
            "UNSAFE", f"a part of the archive is named {shown}", "Parts have plain names inside the archive"
        )
    if part.flag_bits & 0x1:
        refuse(
            "ENCRYPTED", "the archive is encrypted", "A manifest is readable", "Save it without a password"
        )
    if part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        corrupt(f"{shown} is packed in a way no workbook is")
    if _MACROS.search(part.filename):
        refuse("MACROS", "the workbook holds macros", "A manifest holds data only", "Save it as .xlsx")
    if _LINKS.match(part.filename):
        refuse("LINKS", "the workbook draws on other files", "A manifest stands by itself",
               "Break the links (paste values) and save it again")  # fmt: skip
    limit = LARGEST_SHEET if _READ.match(part.filename) else LARGEST_ARCHIVE
    if part.file_size > limit:
        too_large(f"{shown} unpacks to {part.file_size} bytes; {limit} are the most we take")
    if part.file_size > RATIO_FROM and part.file_size > HIGHEST_RATIO * max(part.compress_size, 1):
        refuse("UNSAFE", f"{shown} unpacks to {part.file_size // max(part.compress_size, 1)} times its size",
               f"No part of a workbook packs better than {HIGHEST_RATIO} to 1")  # fmt: skip


def _is_workbook(names: list[str], name: str) -> None:
    lower = {n.lower() for n in names}
    if "xl/workbook.xml" in lower:
        return
    kinds = {
        "xl/workbook.bin": "a binary workbook (.xlsb)",
        "mimetype": "an OpenDocument file",
        "word/document.xml": "a Word document",
        "ppt/presentation.xml": "a presentation",
    }
    what = next(
        (kind for part, kind in kinds.items() if part in lower), "a ZIP archive without a workbook in it"
    )
    raise MailDutyError(
        "MANIFEST_BINARY",
        f"{name or 'the input'} is {what}",
        "A manifest is a workbook (.xlsx) or text: CSV or JSON lines",
        "Save it as .xlsx or export it as CSV (UTF-8)",
    )
