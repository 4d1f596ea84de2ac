"""Files as they come: broken ones end in a clear error, large ones in seconds, any at all without a crash."""

import csv
import io
import itertools
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from manifest_texts import HEADER, csv_of, read, row

from data.errors import MailDutyError
from data.manifest import read_manifest
from data.s10 import check_digit

SAMPLES = Path(__file__).resolve().parents[2] / "data" / "samples"
BROKEN: dict[str, tuple[str, bytes]] = {
    "empty.csv": ("MANIFEST_EMPTY", b""),
    "blank.csv": ("MANIFEST_EMPTY", b"\n \r\n\n"),
    "only_bom.csv": ("MANIFEST_EMPTY", b"\xef\xbb\xbf"),
    "header_only.csv": ("MANIFEST_HEADER_ONLY", csv_of()),
    "header_and_total.csv": ("MANIFEST_HEADER_ONLY", csv_of("TOTAL,,,,,,0,,")),
    "no_known_header.csv": ("MANIFEST_NOT_RECOGNISED", b"a,b,c\n1,2,3\n"),
    "no_value_column.csv": ("MANIFEST_COLUMN_MISSING", b"tracking_id,description\nCP473124829DE,hat\n"),
    "workbook.csv": ("MANIFEST_WORKBOOK_CORRUPT", b"PK\x03\x04" + bytes(range(256)) * 9),
    "old_workbook.csv": ("MANIFEST_BINARY", b"\xd0\xcf\x11\xe0" + bytes(512)),
    "random.csv": ("MANIFEST_BINARY", bytes(range(256)) * 40),
    "zeros.csv": ("MANIFEST_BINARY", bytes(4096) + b"x"),
    "document.pdf": ("MANIFEST_EXTENSION", b"plain words"),
    "cut_utf16.csv": ("MANIFEST_ENCODING", csv_of(row()).decode().encode("utf-16")[:-1]),
    "array.json": ("MANIFEST_JSON_MALFORMED", b'[\n{"tracking_id": "CP473124829DE"\n'),
    "empty_array.json": ("MANIFEST_NOT_RECOGNISED", b"[]\n"),
    "no_object.jsonl": ("MANIFEST_NOT_RECOGNISED", b'{"a":\n{"b"\n'),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_ends_in_a_clear_error(name: str, tmp_path: Path) -> None:
    code, content = BROKEN[name]
    (tmp_path / name).write_bytes(content)
    with pytest.raises(MailDutyError) as caught:
        read_manifest(tmp_path / name)
    assert caught.value.code == code
    assert caught.value.fact and caught.value.remedy


def test_a_missing_file_a_folder_and_unknown_settings_are_errors(tmp_path: Path) -> None:
    for source, more, code in (
        (tmp_path / "none.csv", {}, "MANIFEST_NOT_FOUND"),
        (tmp_path, {}, "MANIFEST_NOT_FOUND"),
        (csv_of(row()), {"layout": "nobody"}, "MANIFEST_LAYOUT_UNKNOWN"),
        ("a\0b.csv", {}, "MANIFEST_NOT_FOUND"),
        (csv_of(row()), {"weight_unit": "stone"}, "SETTING_UNKNOWN"),
        (csv_of(row()), {"decimal_mark": ";"}, "SETTING_UNKNOWN"),
        (csv_of(row()), {"defaults": {"colour": "red"}}, "SETTING_UNKNOWN"),
        (csv_of(row()), {"encoding": "nonsense"}, "MANIFEST_ENCODING"),
        (
            csv_of(row(description="caf\xe9")).decode().encode("latin-1"),
            {"encoding": "ascii"},
            "MANIFEST_ENCODING",
        ),
    ):
        with pytest.raises(MailDutyError) as caught:
            read_manifest(source, **more)  # type: ignore[arg-type]
        assert caught.value.code == code


def test_a_million_characters_in_a_cell_cost_one_row() -> None:
    reading = read(csv_of(row(description="x" * 1_000_000), row()))
    assert [(e.row, e.code) for e in reading.errors] == [(2, "CELL_TOO_LONG")] and len(reading.items) == 1
    assert len(reading.errors[0].value) < 120


def test_content_goes_before_the_name(tmp_path: Path) -> None:
    (tmp_path / "m.csv").write_text('{"tracking_id": "CP473124829DE", "value": "1", "currency": "USD"}\n')
    reading = read_manifest(tmp_path / "m.csv")
    assert reading.layout == "jsonl_itmatt" and "read as jsonl_itmatt" in reading.notes[0]
    (tmp_path / "m.json").write_bytes(csv_of(row()))
    reading = read_manifest(tmp_path / "m.json")
    assert reading.layout == "csv_plain" and "read as csv_plain" in reading.notes[0]


@pytest.mark.parametrize("name", sorted(p.name for p in SAMPLES.glob("manifest*")))
def test_samples_read_with_their_traps(name: str) -> None:
    reading = read_manifest(SAMPLES / name, rates=SAMPLES / "rates.csv")
    assert reading.rows_in == len(reading.items) + len(reading.errors)
    codes = {e.code for e in reading.errors} | {q.code for i in reading.items for q in i.questions}
    expected = {
        "manifest_carrier.csv": {"HTS_MULTIPLE", "VALUE_ZERO", "S10_CHECK_DIGIT", "DESCRIPTION_VAGUE", "HTS_MANGLED",
                                 "HTS_LEADING_ZERO", "CURRENCY_NO_RATE", "ORIGIN_MISSING"},
        "manifest_marketplace.csv": {"VALUE_CONFLICT", "NUMBER_AMBIGUOUS", "CURRENCY_NO_RATE"},
        "manifest_itmatt.jsonl": {"COUNTRY_READ_AS"},
    }  # fmt: skip
    assert codes == expected[name]
    assert reading.sha256 == read_manifest(SAMPLES / name).sha256


def many(count: int) -> bytes:
    out = io.StringIO()
    write = csv.writer(out)
    write.writerow(HEADER.split(","))
    for number in range(count):
        serial = f"{number:08d}"
        write.writerow([f"CP{serial}{check_digit(serial)}DE", f"cotton T-shirt {number % 900}", "6109100012", "BD", 2,
                        "0.4", f"{number % 4000 / 100:.2f}", "USD", "2026-10-03"])  # fmt: skip
    return out.getvalue().encode()


def test_a_large_manifest_is_read_in_seconds_with_progress() -> None:
    told: list[tuple[int, int]] = []
    content, started = many(20_000), time.process_time()
    reading = read(content, progress=lambda done, whole: told.append((done, whole)))
    assert len(reading.items) == 20_000
    assert time.process_time() - started < 20  # about 2 s of one core
    assert told[-1] == (len(content), len(content)) and len(told) == 11
    assert [done for done, _ in told] == sorted(done for done, _ in told)


CELLS = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        [
            "CP473124829DE",
            "1,234",
            "6109100012",
            "TOTAL",
            '"',
            "\n",
            ";",
            "=1+1",
            "EUR",
            "CN",
            "0",
            "-1",
            "1e9",
        ]
    ),
)
TABLE = st.lists(st.lists(CELLS, min_size=1, max_size=10), min_size=1, max_size=8)


def read_or_refuse(attempt: Callable[[], object]) -> None:
    """A file is read whole or refused with a code; nothing else may happen."""
    try:
        attempt()
    except MailDutyError as error:
        assert error.code.startswith("MANIFEST_")


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(TABLE, st.booleans())
def test_any_table_of_cells_is_accounted_for(table: list[list[str]], quoted: bool) -> None:
    out = io.StringIO()
    write = csv.writer(out, quoting=csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL)
    write.writerow(HEADER.split(","))
    write.writerows(table)
    content = out.getvalue().encode("utf-8", "surrogatepass")
    read_or_refuse(lambda: read(content))


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=200))
def test_any_text_under_a_header_is_accounted_for(text: str) -> None:
    read_or_refuse(lambda: read(HEADER + "\n" + text))


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    read_or_refuse(lambda: read(content))
    read_or_refuse(lambda: read(HEADER.encode() + b"\n" + content))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | CELLS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["tracking_id", "value", "CP_DET", "hts", "Sender", "facts", "currency", "x"]),
            inner,
        )
    ),
    max_leaves=12,
)


@settings(max_examples=150, deadline=None)
@given(st.lists(JSON, max_size=4))
def test_any_json_lines_are_accounted_for(objects: list[object]) -> None:
    import json

    text = '{"tracking_id": "CP473124829DE", "value": 1, "currency": "USD"}\n' + "\n".join(
        map(json.dumps, objects)
    )
    read_or_refuse(lambda: read(text))


def test_rows_in_any_order_give_the_same_items() -> None:
    rows = [row(tracking_id=f"CP{s}{check_digit(s)}DE") for s in ("00000001", "00000002", "00000003")]
    expected = {i.id for i in read(csv_of(*rows)).items}
    for order in itertools.permutations(rows):
        assert {i.id for i in read(csv_of(*order)).items} == expected
