"""From bytes to lines of text or to a workbook: hash, encoding, and refusal of what is neither.

The file is read twice in chunks, never whole: once to hash it and to learn its encoding, once for its rows.
"""

from __future__ import annotations

import codecs
import hashlib
import io
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from data.errors import MailDutyError
from data.manifest.text_encoding import FALLBACK, OLD_OFFICE, guess
from data.manifest.workbook import Sheet, Workbook, open_workbook
from data.manifest.workbook_guard import refuse

CHUNK = 1 << 20
LONGEST_NAME = 255
HEAD_LINES = 30  # lines by which a layout is recognised
HEAD_CHARACTERS = 1 << 18  # and no more of them than this: a document may be one line
WORKBOOK = "xlsx"  # stands where a text file names its encoding
LONGEST_LINE = 4_000_000  # characters of a line; what stands beyond is cut, and its row refused by its reader
_ARCHIVE = b"PK\x03\x04"
_SEALED = "EncryptedPackage".encode("utf-16-le")  # what a workbook with a password is called inside


@dataclass
class Intake:
    """A file as received, and how to read its text. lines() starts over each time."""

    name: str
    source: Path | bytes
    sha256: str = ""
    size: int = 0
    encoding: str = "utf-8"
    errors: str = "strict"
    notes: list[str] = field(default_factory=list)
    book: Workbook | None = None  # a workbook is no text: its rows come from the sheet chosen
    sheet: Sheet | None = None

    def open(self) -> BinaryIO:
        """The bytes from the start."""
        if isinstance(self.source, bytes):
            return io.BytesIO(self.source)
        return self.source.open("rb")

    def text(self, raw: BinaryIO | None = None) -> io.TextIOWrapper:
        """The text from the start (or of `raw`); line ends are kept as they are."""
        return io.TextIOWrapper(raw or self.open(), encoding=self.encoding, errors=self.errors, newline="")


def take_in(source: str | Path | bytes, name: str | None = None, encoding: str | None = None) -> Intake:
    """Hash a file and learn its encoding. bytes are the content itself; str and Path are a path.

    Raises MailDutyError MANIFEST_NOT_FOUND, MANIFEST_EMPTY, MANIFEST_BINARY, MANIFEST_ENCODING or, of a
    workbook, MANIFEST_WORKBOOK_*.
    """
    if isinstance(source, bytes):
        intake = Intake(plain_name(name or ""), source)
    else:
        intake = Intake(plain_name(name or Path(source).name), Path(source))
    try:
        with intake.open() as file:
            _survey(intake, file, encoding)
    except (OSError, ValueError) as error:
        raise MailDutyError(
            "MANIFEST_NOT_FOUND",
            f"cannot open {intake.name}: {getattr(error, 'strerror', None) or error}",
            "",
            "Check the path and the permissions",
        ) from error
    if intake.encoding == WORKBOOK:
        intake.book = open_workbook(intake.open, intake.name)
    return intake


def plain_name(name: str) -> str:
    """A file's name as a label: no folders, no signs nobody sees, 255 characters at most. It opens nothing."""
    last = re.split(r"[/\\]", name)[-1][-LONGEST_NAME:]
    return "".join("?" if unicodedata.category(sign)[0] == "C" else sign for sign in last)


def head_of(intake: Intake) -> list[str]:
    """The first lines of a file, cut where they are longer than HEAD_CHARACTERS together."""
    with intake.text() as text:
        start = io.StringIO(text.read(HEAD_CHARACTERS), newline="")
    return [line for _, line in zip(range(HEAD_LINES), start, strict=False)]


def lines_of(text: io.TextIOBase) -> Iterator[str]:
    """The lines of a text with their ends; one longer than LONGEST_LINE comes cut, one character too long."""
    while line := text.readline(LONGEST_LINE + 1):
        if len(line) > LONGEST_LINE and line[-1] not in "\r\n":
            while (rest := text.readline(CHUNK)) and rest[-1] not in "\r\n":
                pass
        yield line


def _survey(intake: Intake, file: BinaryIO, encoding: str | None) -> None:
    head = file.read(8192)
    if not head.strip(b" \t\r\n\x00\xef\xbb\xbf\xff\xfe"):
        rest = file.read(CHUNK)
        if not rest.strip():
            raise MailDutyError(
                "MANIFEST_EMPTY",
                f"{intake.name or 'the input'} has no content",
                "A manifest has a header and at least one row",
                "Check that the export finished",
            )
        head += rest
    digest = hashlib.sha256()
    if head.startswith(_ARCHIVE):
        intake.encoding = WORKBOOK
        file.seek(0)
        while chunk := file.read(CHUNK):
            digest.update(chunk)
            intake.size += len(chunk)
        intake.sha256 = digest.hexdigest()
        return
    if head.startswith(OLD_OFFICE) and _SEALED in head + file.read(CHUNK):
        refuse("ENCRYPTED", f"{intake.name or 'the input'} has a password", "A manifest is readable",
               "Save it without a password")  # fmt: skip
    intake.encoding = encoding or guess(intake.name, head)
    file.seek(0)
    try:
        if not getattr(codecs.lookup(intake.encoding), "_is_text_encoding", True):
            raise LookupError(intake.encoding)  # zlib and the like turn bytes into bytes, and few into many
        decoder = codecs.getincrementaldecoder(intake.encoding)("strict")
    except (LookupError, ValueError) as error:
        raise MailDutyError(
            "MANIFEST_ENCODING",
            f"there is no encoding {encoding!r}",
            "",
            "Use for example utf-8, latin-1 or gb18030",
        ) from error
    fits = True
    while chunk := file.read(CHUNK):
        digest.update(chunk)
        intake.size += len(chunk)
        if fits:
            fits = _decodes(decoder, chunk)
    fits = fits and _decodes(decoder, b"", final=True)
    intake.sha256 = digest.hexdigest()
    if fits:
        return
    if encoding or not intake.encoding.startswith("utf-8"):
        raise MailDutyError(
            "MANIFEST_ENCODING",
            f"{intake.name or 'the input'} is not valid {intake.encoding}",
            "The whole file has one encoding",
            "Save it as UTF-8, or name its encoding",
        )
    intake.errors = FALLBACK
    intake.notes.append(
        "bytes that are not UTF-8 were read as Windows-1252/Latin-1; if letters look wrong, name the encoding"
    )


def _decodes(decoder: codecs.IncrementalDecoder, chunk: bytes, final: bool = False) -> bool:
    try:
        decoder.decode(chunk, final)
    except UnicodeError:
        return False
    return True
