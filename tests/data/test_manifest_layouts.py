"""What every layout owes, whoever wrote it: each has a file in manifests/, and these tests hold for all of them.

A file is named LAYOUT.ext or LAYOUT.what.ext. It is made up by us, has rows that become items, at least one
that does not, and an item behind that one.
"""

import hashlib
from decimal import Decimal
from pathlib import Path

import pytest

from data.errors import MailDutyError
from data.manifest import ManifestReading, layouts, read_manifest
from data.manifest.intake import HEAD_LINES, head_of, take_in
from serving.decisions.reasons import known

FOLDER = Path(__file__).parent / "manifests"
FILES = sorted(path.name for path in FOLDER.iterdir())


def own_layout(name: str) -> str:
    return name.split(".")[0]


def read(name: str, **settings: object) -> ManifestReading:
    return read_manifest(FOLDER / name, **settings)  # type: ignore[arg-type]


def test_every_layout_has_a_file_and_every_file_a_layout() -> None:
    assert {own_layout(name) for name in FILES} == set(layouts())


def test_every_layout_is_listed_for_those_who_send_files() -> None:
    listed = (Path(__file__).parents[2] / "data" / "samples" / "README.md").read_text(encoding="utf-8")
    assert [name for name in layouts() if f"\n| `{name}` | " not in listed] == []


@pytest.mark.parametrize("name", FILES)
def test_it_is_recognised_as_itself_and_by_no_other(name: str) -> None:
    intake = take_in(FOLDER / name)
    if intake.book is None:
        head = head_of(intake)
        claimed = [one for one in layouts().values() if one.recognise(head)]
    else:
        sheets = [intake.book.head(sheet, HEAD_LINES) for sheet in intake.book.sheets if not sheet.hidden]
        claimed = [one for one in layouts().values() if any(map(one.recognise_cells, sheets))]
    own = [one.name for one in claimed if not one.general]
    assert own == [own_layout(name)] or (own == [] and [one.name for one in claimed] == [own_layout(name)])


@pytest.mark.parametrize("name", FILES)
def test_the_content_decides_and_the_answer_says_which(name: str) -> None:
    by_name, by_content = read(name), read_manifest((FOLDER / name).read_bytes())
    named = read(name, layout=own_layout(name))
    assert by_name.layout == by_content.layout == named.layout == own_layout(name)
    assert by_name.items == by_content.items == named.items


@pytest.mark.parametrize("name", FILES)
def test_every_row_is_accounted_for(name: str) -> None:
    reading = read(name)
    assert reading.rows_in == len(reading.items) + len(reading.errors)
    assert reading.rows_seen == reading.rows_in + len(reading.skipped)
    assert len(reading.items) >= 2 and reading.errors
    assert sum(len(parcel.item_ids) for parcel in reading.parcels) == len(reading.items)
    for one in reading.errors:
        assert one.row and one.field and one.fact and one.remedy
        assert {one.code, *(fault.code for fault in one.also)} <= set(known())
    for item in reading.items:
        assert item.row and {question.code for question in item.questions} <= set(known())


@pytest.mark.parametrize("name", FILES)
def test_a_bad_row_costs_only_itself(name: str) -> None:
    reading = read(name)
    first = min(error.row for error in reading.errors)
    assert any(item.row > first for item in reading.items)
    lost = {error.tracking_id for error in reading.errors if error.tracking_id}
    for parcel in reading.parcels:
        assert bool(parcel.rows_in_error) == (parcel.tracking_id in lost)


@pytest.mark.parametrize("name", FILES)
def test_hash_and_versions_are_in_the_reading(name: str) -> None:
    reading, content = read(name), (FOLDER / name).read_bytes()
    assert reading.sha256 == hashlib.sha256(content).hexdigest()
    assert reading.manifest.source_bytes == len(content) and reading.manifest.source_name == name
    version = layouts()[reading.layout].version
    assert version and reading.manifest.layout_version.startswith(version)


@pytest.mark.parametrize("name", FILES)
def test_it_says_whether_values_are_of_the_row_or_of_a_piece(name: str) -> None:
    """Read with the other basis, a row of several pieces is worth another amount, and by that many times."""
    basis = layouts()[own_layout(name)].value_basis
    assert basis in ("row", "unit")
    as_row = {(i.row, i.id): i for i in read(name, value_basis="row").items}
    as_unit = {(i.row, i.id): i for i in read(name, value_basis="unit").items}
    both = [(as_row[k], as_unit[k]) for k in as_row.keys() & as_unit.keys() if (as_row[k].quantity or 1) > 1]
    for whole, each in both:
        assert whole.value and each.value
        assert each.value.amount in (whole.value.amount, whole.value.amount * (whole.quantity or 1))
    assert not both or any(whole.value_usd != each.value_usd for whole, each in both)
    plain = {(i.row, i.id): i for i in read(name).items}
    assert plain == (as_row if basis == "row" else as_unit)


@pytest.mark.parametrize("name", FILES)
def test_weights_are_those_of_mail(name: str) -> None:
    for item in read(name).items:
        for weight in (item.net_weight_kg, item.gross_weight_kg):
            assert weight is None or Decimal("0.005") <= weight <= Decimal("31.5"), (item.id, weight)
        if item.net_weight_kg and item.gross_weight_kg:
            assert item.net_weight_kg <= item.gross_weight_kg


@pytest.mark.parametrize("layout", sorted(layouts()))
def test_the_wrong_layout_is_refused_or_accounts_for_every_row(layout: str) -> None:
    for name in FILES:
        if own_layout(name) == layout:
            continue
        try:
            reading = read(name, layout=layout)
        except MailDutyError as error:
            assert error.code.startswith("MANIFEST_") and error.fact, (name, error.code)
        else:
            assert reading.rows_in == len(reading.items) + len(reading.errors)
