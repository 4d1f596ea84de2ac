"""Which encoding the bytes of a text are in, and whether they are a text at all."""

from __future__ import annotations

import codecs

from data.errors import MailDutyError
from data.manifest.xml_declaration import declared_encoding

FALLBACK = "mailduty-western"
OLD_OFFICE = b"\xd0\xcf\x11\xe0"
_MAGIC = {
    b"PK\x05\x06": "an empty ZIP archive",
    b"PK\x07\x08": "a ZIP archive in several volumes",
    OLD_OFFICE: "an old Excel (.xls) or Word file",
    b"%PDF": "a PDF",
    b"\x1f\x8b": "a gzip archive",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"SQLite format 3": "a database",
    b"PAR1": "a Parquet file",
}
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CONTROL = bytes(set(range(32)) - {9, 10, 12, 13, 26})


def _western(error: UnicodeError) -> tuple[str, int]:
    """Bytes that are not UTF-8 become the Windows-1252 or Latin-1 letters they most likely are."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    piece = error.object[error.start : error.end]
    try:
        return piece.decode("cp1252"), error.end
    except UnicodeDecodeError:
        return piece.decode("latin-1"), error.end


codecs.register_error(FALLBACK, _western)


def guess(name: str, head: bytes) -> str:
    """The encoding of a text by its first bytes. Raises MailDutyError MANIFEST_BINARY."""
    for magic, what in _MAGIC.items():
        if head.startswith(magic):
            raise _binary(name, what)
    for bom, encoding in _BOMS:
        if head.startswith(bom):
            return encoding
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if len(head) > 3 and max(even, odd) > len(head) // 4 and min(even, odd) < len(head) // 50 + 1:
        return "utf-16-be" if even > odd else "utf-16-le"
    if len(head) - len(head.translate(None, _CONTROL)) > len(head) // 50:
        raise _binary(name, "binary data")
    return declared_encoding(head) or "utf-8"


def _binary(name: str, what: str) -> MailDutyError:
    return MailDutyError(
        "MANIFEST_BINARY",
        f"{name or 'the input'} is {what}, not text",
        "A manifest is a workbook (.xlsx) or a text file: CSV, JSON or XML",
        "Save it as .xlsx or export it as CSV (UTF-8)",
    )
