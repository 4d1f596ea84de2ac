"""Hostile JSON and XML: a clear error, or items and errors that add up, and memory that stays within bounds."""

import json
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from manifest_texts import GOOD, OTHER, read

from data.errors import MailDutyError
from data.manifest import ManifestReading, read_manifest
from data.manifest.json_document import JsonDocument
from data.manifest.json_objects import DEEPEST
from data.manifest.json_source import LARGEST_RECORD
from data.manifest.xml_document import LONGEST_TAG, MOST_NAMES
from data.manifest.xml_record import MOST_ELEMENTS
from serving.decisions.reasons import known

PIECE = {"contentPieceDescription": "cotton pillow case", "contentPieceValue": 24, "contentPieceHsCode": "6302310000",
         "contentPieceOrigin": "PT", "contentPieceNetweight": 380, "contentPieceAmount": 2}  # fmt: skip
SHIPMENT = {"barcode": GOOD, "shipmentCurrency": "USD", "contents": [PIECE]}
LAST = {**SHIPMENT, "barcode": OTHER}
ITEM = (
    '<Item id="{number}"><Content><ContentPiece number="1"><Description>{text}</Description>'
    "<TariffNumber>6912003950</TariffNumber><Origin>SE</Origin><Quantity>1</Quantity><NetWeight>0.7</NetWeight>"
    '<Value currency="USD">49.00</Value></ContentPiece></Content></Item>'
)
ROOT = "<ItemAttributes>{}</ItemAttributes>"


def of(**fields: Any) -> str:
    """A list of a shipment with changed fields and of a good one behind it."""
    return json.dumps([{**SHIPMENT, **fields}, LAST])


def raw(text: str, good: bool = True) -> str:
    """A list of a shipment whose value is this text of JSON, and of a good one behind it."""
    first = json.dumps(SHIPMENT).replace(": 24,", f": {text},")
    return f"[{first}, {json.dumps(LAST)}]"


def item(text: str = "glass vase", number: str = GOOD) -> str:
    return ITEM.format(text=text, number=number)


def xml(*items: str, before: str = "") -> str:
    return before + ROOT.format("".join(items))


def deep(depth: int, inside: str = "1") -> str:
    return '{"a":' * depth + inside + "}" * depth


# name: (content, what must come of it): an error code of the file, or the codes of its rows in error.
JSON_CASES: dict[str, tuple[str | bytes, str | list[str]]] = {
    "a value of 1e999": (raw("1e999"), ["NUMBER_UNREADABLE"]),
    "a value of minus 1e999": (raw("-1e999"), ["NUMBER_UNREADABLE"]),
    "a value of ten thousand digits": (raw("9" * 10_000), ["NUMBER_UNREADABLE"]),
    "a value with ten thousand decimals": (raw("0." + "1" * 9_000), ["NUMBER_UNREADABLE"]),
    "a value of NaN": (raw("NaN"), ["JSON_MALFORMED"]),
    "a value of Infinity": (raw("Infinity"), ["JSON_MALFORMED"]),
    "a value below zero": (raw("-0.01"), ["VALUE_NEGATIVE"]),
    "a value of true": (raw("true"), ["NUMBER_UNREADABLE"]),
    "a value that is a list": (raw("[24]"), []),
    "a value that is a list of two": (raw("[24, 25]"), ["FIELD_REPEATED"]),
    "a value that is an object": (raw('{"amount": 24}'), ["FIELD_MALFORMED"]),
    "a value in hexadecimal": (raw("0x18"), ["JSON_MALFORMED"]),
    "a value with a leading zero": (raw("024"), ["JSON_MALFORMED"]),
    "a value twice": (raw('24, "contentPieceValue": 2'), ["JSON_KEY_REPEATED"]),
    "a value as deep JSON": (raw("[" * 5_000 + "]" * 5_000), ["JSON_TOO_DEEP"]),
    "a value of a hundred thousand brackets": (raw("[" + "[]," * 40_000 + "1]"), ["FIELD_MALFORMED"]),
    "a number as text with letters": (raw('"24 USD; DROP TABLE"'), ["NUMBER_UNREADABLE"]),
    "a text of three million signs": (of(city="x" * 3_000_000), ["RECORD_TOO_LARGE"]),
    "a text of a million signs": (of(city="x" * 1_000_000), ["CELL_TOO_LONG"]),
    "a name of a million signs": (of(**{"x" * 1_000_000: 1}), []),
    "two thousand names": (of(**{f"n{n}": n for n in range(2_000)}), []),
    "three thousand pieces that are none": (of(contents=[1] * 3_000), ["PIECE_MALFORMED"] * 3_000),
    "NULs in a text": (of(recipient="a\0b"), ["CELL_NOT_TEXT"]),
    "half a character": (json.dumps([SHIPMENT, LAST]).replace("cotton", "\\ud800", 1), ["JSON_MALFORMED"]),
    "a control character in a text": (
        json.dumps([SHIPMENT, LAST]).replace("cotton", "a\x01b", 1),
        ["JSON_MALFORMED"],
    ),
    "contents that are text": (of(contents="a hat"), ["PIECE_MALFORMED"]),
    "contents that are null": (of(contents=None), ["PIECES_MISSING"]),
    "contents in contents": (of(contents=[[PIECE]]), ["PIECE_MALFORMED"]),
    "a number for the barcode": (of(barcode=473124829), []),
    "an object for the barcode": (of(barcode={"a": 1}), ["FIELD_MALFORMED"]),
    "an empty barcode": (of(barcode=" "), ["TRACKING_MISSING"]),
    "a barcode without end": (of(barcode="C" * 60), ["TRACKING_TOO_LONG"]),
    "a formula for a name": (of(recipient='=cmd|" /C calc"!A0'), []),
    "null among the shipments": (json.dumps([None, LAST]), ["JSON_MALFORMED"]),
    "numbers among the shipments": (json.dumps([1, 2.5, "x", LAST]), ["JSON_MALFORMED"] * 3),
    "lists in lists of shipments": (json.dumps([[[LAST]]]), []),
    "a thousand lists around a shipment": (
        f"[{'[' * 1_000}{json.dumps(SHIPMENT)}{']' * 1_000}, {json.dumps(LAST)}]",
        ["JSON_TOO_DEEP"],
    ),
    "cut in the middle": (json.dumps([LAST, SHIPMENT])[:-40], ["RECORD_CUT"]),
    "cut in a text": (json.dumps([LAST, SHIPMENT])[:-150], ["RECORD_CUT"]),
    "cut before the end of the list": (json.dumps([LAST])[:-1], ["RECORD_CUT"]),
    "a bracket that does not fit": (
        json.dumps([SHIPMENT, LAST]).replace("}]}", "]]}", 1),
        ["JSON_MALFORMED"],
    ),
    "a comma too many": (f"[{json.dumps(LAST)},, {json.dumps(SHIPMENT)}]", ["REST_UNREAD"]),
    "no comma": (f"[{json.dumps(LAST)} {json.dumps(SHIPMENT)}]", ["REST_UNREAD"]),
    "prose behind the list": (f"[{json.dumps(LAST)}] and so on", ["JSON_MALFORMED"]),
    "comments": (f"[/* first */ {json.dumps(LAST)}]", "MANIFEST_JSON_MALFORMED"),
    "an order that says items twice": (
        f'{{"items": [{json.dumps(LAST)}], "items": []}}',
        "MANIFEST_KEY_REPEATED",
    ),
    "an order with items that are null": (
        f'{{"x": {json.dumps(LAST)}, "items": null}}',
        "MANIFEST_NO_RECORDS",
    ),
    "an order with a name that is none": (f'{{"items": [{json.dumps(LAST)}], 7: 1}}', ["REST_UNREAD"]),
    "UTF-8 with its mark": (b"\xef\xbb\xbf" + of().encode(), []),
    "two marks": (b"\xef\xbb\xbf\xef\xbb\xbf" + of().encode(), "MANIFEST_NOT_RECOGNISED"),
    "UTF-16": (of().encode("utf-16"), []),
    "UTF-16 without its mark": (of().encode("utf-16-le"), []),
    "UTF-16 cut in a character": (of().encode("utf-16")[:-1], "MANIFEST_ENCODING"),
    "UTF-32": (of().encode("utf-32"), []),
    "bytes that are no UTF-8": (of(city="K").encode().replace(b"K", b"\xff\xfe\xc0"), []),
    "overlong UTF-8": (of(city="K").encode().replace(b"K", b"\xc0\xaf"), []),
    "a thousand NULs": (b"[" + b"\0" * 1_000 + of().encode()[1:], "MANIFEST_BINARY"),
}

LAUGHS = "<!DOCTYPE l [<!ENTITY a 'ha'>" + "".join(
    f"<!ENTITY {chr(98 + n)} '{f'&{chr(97 + n)};' * 10}'>" for n in range(9)
) + "]>"  # fmt: skip
OUTSIDE = '<!DOCTYPE l [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
MANY = " ".join(f"b{n}='1'" for n in range(9_000))
LATIN = '<?xml version="1.0" encoding="{}"?>'
XML_CASES: dict[str, tuple[str | bytes, str | list[str]]] = {
    "a billion laughs": (xml(item("&j;"), before=LAUGHS), "MANIFEST_XML_UNSAFE"),
    "an entity from a file": (xml(item("&x;"), before=OUTSIDE), "MANIFEST_XML_UNSAFE"),
    "an entity from the network": (
        xml(item("&x;"), before=OUTSIDE.replace("file:///etc", "http://127.0.0.1")),
        "MANIFEST_XML_UNSAFE",
    ),
    "a parameter entity": (xml(item(), before='<!DOCTYPE l [<!ENTITY % p "x"> %p;]>'), "MANIFEST_XML_UNSAFE"),
    "a document type from outside": (
        xml(item(), before='<!DOCTYPE l SYSTEM "http://127.0.0.1/l.dtd">'),
        "MANIFEST_XML_UNSAFE",
    ),
    "an empty document type": (xml(item(), before="<!DOCTYPE ItemAttributes>"), "MANIFEST_XML_UNSAFE"),
    "quadratic growth": (
        xml(item("&a;" * 9_000), before=f"<!DOCTYPE l [<!ENTITY a '{'x' * 9_000}'>]>"),
        "MANIFEST_XML_UNSAFE",
    ),
    "an entity nobody declared": (xml(item(number=OTHER), item("&nbsp;")), ["REST_UNREAD"]),
    "an inclusion": (
        xml(item(), '<x:include xmlns:x="http://www.w3.org/2001/XInclude" href="/etc/passwd"/>'),
        [],
    ),
    "a stylesheet": (xml(item(), before='<?xml-stylesheet href="file:///etc/passwd"?>'), []),
    "deep elements in an item": (xml(item("<a>" * 500 + "</a>" * 500), item(number=OTHER)), ["XML_TOO_DEEP"]),
    "deep elements around the items": (
        "<ItemAttributes>" * 60 + item() + "</ItemAttributes>" * 60,
        "MANIFEST_NO_RECORDS",
    ),
    "deep elements beside the items": (xml("<a>" * 5_000 + "</a>" * 5_000, item()), []),
    "a text of three million signs": (xml(item("x" * 3_000_000), item(number=OTHER)), ["RECORD_TOO_LARGE"]),
    "a text of a million signs": (xml(item("x" * 1_000_000), item(number=OTHER)), ["CELL_TOO_LONG"]),
    "a text of three million signs beside the items": (
        xml(item(number=OTHER), f"<Note>{'x' * 3_000_000}</Note>", item()),
        [],
    ),
    "an attribute without end": (xml(item(), item(number="C" * 4_000_000)), "MANIFEST_XML_TOO_LARGE"),
    "a comment without end": (xml(item(), f"<!--{'x' * 4_000_000}-->"), "MANIFEST_XML_TOO_LARGE"),
    "elements without end": (
        xml(item("<b/>" * (MOST_ELEMENTS + 1)), item(number=OTHER)),
        ["RECORD_TOO_LARGE"],
    ),
    "names without end": (
        xml(item(), *(f"<n{n}/>" for n in range(MOST_NAMES + 9))),
        "MANIFEST_XML_TOO_LARGE",
    ),
    "attributes without end": (xml(f"<a {MANY}/>", item()), "MANIFEST_XML_TOO_LARGE"),
    "an attribute twice": (xml('<Item id="1" id="2"/>', item()), "MANIFEST_XML_MALFORMED"),
    "a value twice": (
        xml(item("x</Description><Value>1</Value><Description>"), item(number=OTHER)),
        ["FIELD_REPEATED"],
    ),
    "an element where a text should be": (
        xml(item("<b>glass</b> vase"), item(number=OTHER)),
        ["FIELD_MALFORMED"],
    ),
    "elements that cross": (xml("<Item><ContentPiece></Item></ContentPiece>"), "MANIFEST_XML_MALFORMED"),
    "cut in an item": (xml(item(number=OTHER), item())[:-90], ["REST_UNREAD"]),
    "cut in the first item": (xml(item())[:-90], "MANIFEST_XML_MALFORMED"),
    "two roots": (xml(item()) + xml(item(number=OTHER)), ["REST_UNREAD"]),
    "text behind the root": (xml(item()) + "and so on", ["REST_UNREAD"]),
    "a character that is none": (xml(item(number=OTHER), item("&#0;")), ["REST_UNREAD"]),
    "a prefix nobody bound": (xml(item(number=OTHER), item("<p:a/>")), ["REST_UNREAD"]),
    "a section of raw text": (xml(item("<![CDATA[<script>alert(1)</script> lamp]]>")), []),
    "no item": (ROOT.format("<Item2><ContentPiece/><Item3/></Item2>"), "MANIFEST_NOT_RECOGNISED"),
    "no item where items belong": (ROOT.format("<a><Item><ContentPiece/></Item></a>"), "MANIFEST_NO_RECORDS"),
    "items without content": (xml('<Item id="1"><ContentPiece/></Item>', item()), ["PIECES_MISSING"]),
    "content that is text": (
        xml("<Item><Content><ContentPiece>hat</ContentPiece></Content></Item>", item()),
        ["PIECE_MALFORMED"],
    ),
    "Latin letters that are declared": (
        xml(item("café"), before=LATIN.format("ISO-8859-1")).encode("latin-1"),
        [],
    ),
    "an encoding that compresses": (xml(item(), before=LATIN.format("zlib")), "MANIFEST_ENCODING"),
    "an encoding nobody knows": (xml(item(), before=LATIN.format("x-none")), "MANIFEST_ENCODING"),
    "UTF-7": (xml(item(), before=LATIN.format("utf-7")), "MANIFEST_ENCODING"),
    "an encoding that the bytes contradict": (
        xml(item(), before=LATIN.format("UTF-16")),
        "MANIFEST_ENCODING",
    ),
    "UTF-16": (xml(item(), before=LATIN.format("UTF-16")).encode("utf-16"), []),
    "UTF-8 with its mark": (b"\xef\xbb\xbf" + xml(item()).encode(), []),
    "bytes that are no UTF-8": (xml(item("K")).encode().replace(b"K", b"\xff\xfe lamp"), []),
    "NULs": (xml(item("a\0b"), item(number=OTHER)), "MANIFEST_XML_MALFORMED"),
}
CASES = {
    f"{kind}: {name}": case
    for kind, cases in (("JSON", JSON_CASES), ("XML", XML_CASES))
    for name, case in cases.items()
}
PEAK = 120_000_000  # bytes beside the file itself; the largest case has 4 MB


@pytest.fixture
def traced() -> Iterator[None]:
    tracemalloc.start()
    yield
    tracemalloc.stop()


@pytest.mark.parametrize("name", CASES)
def test_it_is_refused_or_read_and_nothing_is_lost(name: str, traced: None) -> None:
    content, expected = CASES[name]
    tracemalloc.reset_peak()
    if isinstance(expected, str):
        with pytest.raises(MailDutyError) as caught:
            read(content)
        assert caught.value.code == expected and caught.value.fact and caught.value.remedy
        assert len(str(caught.value)) < 600
    else:
        reading = read(content)
        assert [error.code for error in reading.errors] == expected
        assert reading.items, "the good row behind the bad one is there"
        assert {error.code for error in reading.errors} <= set(known())
        assert all(len(str(error)) < 1_000 for error in reading.errors)
        assert sum(map(len, reading.notes)) < 2_000
    assert tracemalloc.get_traced_memory()[1] < PEAK


def test_there_are_enough_of_them() -> None:
    assert len(CASES) >= 80


def big(path: Path, start: str, filling: str, times: int, end: str) -> Path:
    with path.open("w", encoding="utf-8") as file:
        file.write(start)
        for _ in range(times):
            file.write(filling)
        file.write(end)
    return path


@pytest.mark.parametrize(
    ("start", "filling", "end", "codes"),
    [
        (
            f'[{json.dumps(LAST)}, {{"city": "',
            "x" * 100_000,
            f'"}}, {json.dumps(SHIPMENT)}]',
            ["RECORD_TOO_LARGE"],
        ),
        (
            f'[{json.dumps(LAST)}, {{"city": "',
            "\\\\" * 50_000,
            f'"}}, {json.dumps(SHIPMENT)}]',
            ["RECORD_TOO_LARGE"],
        ),
        (
            f'[{json.dumps(LAST)}, {{"note": [1',
            ", 12345678" * 10_000,
            f"]}}, {json.dumps(SHIPMENT)}]",
            ["RECORD_TOO_LARGE"],
        ),
        (f'{{"items": [{json.dumps(LAST)}], "note": "', "y" * 100_000, '"}', []),
        (f"[{json.dumps(LAST)}]", " " * 100_000, json.dumps(SHIPMENT), []),
        (
            ROOT[:16] + item(number=OTHER) + item().partition("vase")[0],
            "z" * 100_000,
            item().partition("vase")[2] + ROOT[18:],
            ["RECORD_TOO_LARGE"],
        ),
        (ROOT[:16] + item() + "<Note>", "<b>1</b>" * 1_000, "</Note>" + item(number=OTHER) + ROOT[18:], []),
    ],
)
def test_what_has_no_end_is_never_held(
    start: str, filling: str, end: str, codes: list[str], tmp_path: Path, traced: None
) -> None:
    """Sixteen megabytes of one record, or beside the records, read in less than that."""
    path = big(
        tmp_path / "m.json", start, filling, 16_000_000 // len(filling) if len(filling) > 9_000 else 100, end
    )
    tracemalloc.reset_peak()
    reading = read_manifest(path)
    assert [error.code for error in reading.errors] == codes
    assert reading.items and reading.rows_in == len(reading.items) + len(reading.errors)
    assert tracemalloc.get_traced_memory()[1] < 16_000_000


def test_limits_are_those_that_are_named() -> None:
    def outcome(text: str) -> list[str | None]:
        return [found.fault and found.fault.code for found in JsonDocument([text], [()])]

    assert outcome(deep(DEEPEST)) == [None] and outcome(deep(DEEPEST + 2)) == ["JSON_TOO_DEEP"]
    fits = '{"a": "' + "x" * (LARGEST_RECORD - 9) + '"}'
    assert outcome(fits) == [None] and outcome(fits[:-1] + " }") == ["RECORD_TOO_LARGE"]
    assert LONGEST_TAG < LARGEST_RECORD


def accounted(attempt: Callable[[], ManifestReading]) -> None:
    try:
        attempt()
    except MailDutyError as error:
        assert error.code.startswith("MANIFEST_"), error.code


TOKENS = st.sampled_from(
    ['{"contents":', '"contentPieceDescription":', '"contentPieceValue":', "[", "]", "{", "}", ",", ":", '"', "\\", "1",
     "null", "-", "1e999", "\n", "\u2028", '"items":', '"barcode":', '"X"', "\x00", "\ud83d\ude00"]
)  # fmt: skip
HEAD = '{"contents":[{"contentPieceDescription":"hat","contentPieceValue":1}]}\n'


@settings(max_examples=300, deadline=None)
@given(st.lists(TOKENS, max_size=40))
def test_any_json_at_all_is_accounted_for(tokens: list[str]) -> None:
    text = "".join(tokens).encode("utf-8", "surrogatepass")
    accounted(lambda: read(HEAD.encode() + text))
    accounted(lambda: read(text, layout="deutsche_post"))
    accounted(lambda: read(text, layout="cusitm_tables"))
    accounted(lambda: read(text, layout="postplus_receptacle"))


TAGS = st.sampled_from(
    ["<Item>", "</Item>", '<Item id="X">', "<Content>", "</Content>", "<ContentPiece>", "</ContentPiece>", "<Value>",
     "</Value>", "1", "&amp;", "&x;", "<![CDATA[", "]]>", "<!--", "-->", "<?x", "?>", "<", ">", "\x00", "\ufeff"]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(TAGS, max_size=40))
def test_any_xml_at_all_is_accounted_for(tags: list[str]) -> None:
    accounted(lambda: read(ROOT.format("".join(tags)), layout="itmatt_mapped"))
    accounted(
        lambda: read("<ItemAttributes><Item><ContentPiece/></Item>" + "".join(tags), layout="itmatt_mapped")
    )
