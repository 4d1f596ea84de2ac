"""Documents by a mapping file: what a mapping says holds, and a mapping that would mislead is refused."""

import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from manifest_texts import GOOD, OTHER, read

from data.errors import MailDutyError
from data.manifest import read_manifest
from data.manifest.map_file import SHIPPED, load_map, read_map, shipped

OWN: dict[str, Any] = {
    "name": "own",
    "version": 3,
    "format": "json",
    "parcels": "batch/parcels",
    "lines": "goods",
    "value_basis": "unit",
    "weight_basis": "unit",
    "weight_unit": "g",
    "shared": {"arrival_date": "flight/landed", "flight_no": "flight/number"},
    "parcel": {"tracking_id": "no", "recipient_city": "to/town", "fact:program": "claim"},
    "line": {"description": ["what", "text"], "hts": "codes", "origin": "made", "quantity": "n", "net_weight": "w",
             "value": "price/amount", "currency": "price/unit"},
    "codes": {"origin": {"CHN": "CN"}},
}  # fmt: skip
GOODS = {
    "what": "wool hat",
    "codes": ["6505006090"],
    "made": "CHN",
    "n": 3,
    "w": 120,
    "price": {"amount": "4.50", "unit": "USD"},
}
DOCUMENT = {
    "batch": {
        "flight": {"landed": "2026-10-02", "number": "0903"},
        "parcels": [
            {"no": GOOD, "to": {"town": "Boise"}, "claim": "KR", "goods": [GOODS]},
            {"no": OTHER, "goods": GOODS},
        ],
    }
}


@pytest.fixture
def mapping(tmp_path: Path) -> Callable[..., Path]:
    """Writes OWN with changes, a None taking a key away."""

    def write(**changes: Any) -> Path:
        path = tmp_path / "own.yaml"
        path.write_text(yaml.safe_dump({k: v for k, v in {**OWN, **changes}.items() if v is not None}))
        return path

    return write


def test_an_operators_own_mapping_reads_its_document(mapping: Callable[..., Path]) -> None:
    reading = read(json.dumps(DOCUMENT), mapping=mapping())
    item, other = reading.items
    assert (item.tracking_id, item.description, item.hts_declared, item.origin) == (
        GOOD,
        "wool hat",
        "6505006090",
        "CN",
    )
    assert (item.quantity, item.value_usd, item.net_weight_kg) == (
        Decimal(3),
        Decimal("13.50"),
        Decimal("0.36"),
    )
    assert item.recipient and item.recipient.city == "Boise" and item.facts == {"program": "KR"}
    assert (str(item.arrival_date), item.flight_no) == ("2026-10-02", "0903")
    assert other.tracking_id == OTHER and other.facts == {}
    assert reading.layout == "itmatt_mapped"
    assert reading.manifest.layout_version.startswith("1/own-3@")


def test_the_hash_of_the_mapping_is_in_the_version(mapping: Callable[..., Path]) -> None:
    versions = {
        read(json.dumps(DOCUMENT), mapping=mapping(**changes)).manifest.layout_version
        for changes in ({}, {"value_basis": "row"}, {})
    }
    assert len(versions) == 2


def test_row_and_unit_differ_by_the_quantity(mapping: Callable[..., Path]) -> None:
    text = json.dumps(DOCUMENT)
    of_row = read(text, mapping=mapping(value_basis="row", weight_basis="row")).items[0]
    assert (of_row.value_usd, of_row.net_weight_kg) == (Decimal("4.50"), Decimal("0.120"))
    assert read(text, mapping=mapping(), value_basis="row").items[0].value_usd == Decimal("4.50")


def test_the_weight_of_a_piece_without_a_count_stays_unknown(mapping: Callable[..., Path]) -> None:
    goods = {**GOODS, "n": None}
    text = json.dumps({"batch": {"parcels": [{"no": GOOD, "goods": goods}]}})
    (item,) = read(text, mapping=mapping(value_basis="row")).items
    assert item.net_weight_kg is None and "QUANTITY_MISSING" in [q.code for q in item.questions]


def test_what_stands_behind_the_parcels_is_said_not_read(mapping: Callable[..., Path]) -> None:
    batch = DOCUMENT["batch"]
    text = json.dumps({"batch": {"parcels": batch["parcels"], "flight": batch["flight"]}})
    shared = {"flight_no": "flight/number"}
    late = read(text, mapping=mapping(shared=shared))
    assert late.items[0].flight_no is None
    assert "stands after the parcels it is about, and was not read: flight" in late.notes
    early = json.dumps({"batch": {"flight": batch["flight"], "parcels": batch["parcels"]}})
    assert read(early, mapping=mapping(shared=shared)).items[0].flight_no == "0903"


def test_a_field_that_has_several_paths_takes_the_first_that_is_filled(mapping: Callable[..., Path]) -> None:
    goods = [{**GOODS, "what": "", "text": "wool cap"}, {**GOODS, "text": "wool cap"}]
    text = json.dumps({"batch": {"parcels": [{"no": GOOD, "goods": goods}]}})
    assert [i.description for i in read(text, mapping=mapping()).items] == ["wool cap", "wool hat"]


def test_a_total_of_the_parcel_is_held_against_its_lines(mapping: Callable[..., Path]) -> None:
    path = mapping(totals={"value": "sum"})

    def doubts(total: str) -> list[str]:
        parcel = {"no": GOOD, "sum": total, "goods": [GOODS, GOODS]}
        return [d.code for d in read(json.dumps({"batch": {"parcels": [parcel]}}), mapping=path).doubts]

    assert doubts("27.00") == [] and doubts("27.01") == ["MANIFEST_TOTALS"]


def test_several_numbers_are_several_and_several_values_a_fault(mapping: Callable[..., Path]) -> None:
    goods = [
        {**GOODS, "codes": ["6505006090", "6109100012"]},
        {**GOODS, "price": [{"amount": 1, "unit": "USD"}, {"amount": 2}]},
    ]
    reading = read(json.dumps({"batch": {"parcels": [{"no": GOOD, "goods": goods}]}}), mapping=mapping())
    assert reading.items[0].hts_declared_all == ("6505006090", "6109100012")
    assert [(e.code, e.field) for e in reading.errors] == [("FIELD_REPEATED", "value")]


def test_xml_by_a_mapping_with_attributes_and_namespaces(mapping: Callable[..., Path]) -> None:
    path = mapping(format="xml", parcels="b:post/parcel".replace("b:", ""), parcel={"tracking_id": "@no"}, shared=None,
                   line={**OWN["line"], "value": "price", "currency": "price/@unit", "net_weight": "w"},
                   units={"net_weight": "w/@unit"})  # fmt: skip
    text = f"""<b:post xmlns:b="urn:x"><b:parcel no="{GOOD}"><goods><what>wool hat</what><codes>6505006090</codes>
        <made>CN</made><n>2</n><w unit="KGM">0.1</w><price unit="USD">4.50</price></goods></b:parcel></b:post>"""
    (item,) = read(text, mapping=path).items
    assert (item.value_usd, item.net_weight_kg, item.quantity) == (
        Decimal("9.00"),
        Decimal("0.2"),
        Decimal(2),
    )


def test_a_mapping_goes_with_no_other_layout_and_with_its_own_kind_of_document(
    mapping: Callable[..., Path],
) -> None:
    text = json.dumps(DOCUMENT).encode()
    for content, more, code in (
        (text, {"layout": "csv_plain"}, "SETTING_CONFLICT"),
        (b"tracking_id,value\nX,1\n", {}, "MANIFEST_NOT_RECOGNISED"),
        (b"<post/>", {}, "MANIFEST_NOT_RECOGNISED"),
        (b'{"batch": {}}', {}, "MANIFEST_NO_RECORDS"),
        (b'{"batch": {"parcels": []}}', {}, "MANIFEST_NO_RECORDS"),
    ):
        with pytest.raises(MailDutyError) as caught:
            read_manifest(content, mapping=mapping(), **more)  # type: ignore[arg-type]
        assert caught.value.code == code, content
    assert read(text, mapping=mapping(), layout="itmatt_mapped").items


@pytest.mark.parametrize(
    "changes",
    [
        {"value_basis": None},
        {"weight_unit": None},
        {"parcels": None},
        {"value_basis": "both"},
        {"weight_unit": "stone"},
        {"format": "csv"},
        {"colour": "red"},
        {"parcel": {"tracking_id": "no", "colour": "c"}},
        {"parcel": {"tracking_id": "no", "value": "total"}},
        {"shared": {"net_weight": "w"}},
        {"parcel": {"recipient_city": "to/town"}},
        {"line": {"description": "what"}},
        {"units": {"value": "u"}},
        {"absent": ["colour"]},
        {"totals": {"origin": "o"}},
        {"codes": {"origin": "CN"}},
        {"parcel": ["no"]},
        {"line": {"value": {"amount": 1}}},
        {"parcels": {"a": "b"}},
        {"name": None},
    ],
)
def test_a_mapping_that_leaves_open_or_misleads_is_refused(
    mapping: Callable[..., Path], changes: dict[str, Any]
) -> None:
    with pytest.raises(MailDutyError) as caught:
        load_map(mapping(**changes))
    assert caught.value.code == "MANIFEST_MAPPING" and caught.value.fact and caught.value.remedy


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "a: [",
        "!!python/object/apply:os.system ['x']",
        "a: b\n" * 20_000,
        "[" * 5000,
        "\x00",
        "- - -",
    ],
)
def test_a_mapping_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(MailDutyError) as caught:
        read_map(text, "own.yaml")
    assert caught.value.code == "MANIFEST_MAPPING"


def test_a_mapping_that_is_not_there_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "none.yaml", tmp_path, Path("a\0b")):
        with pytest.raises(MailDutyError) as caught:
            load_map(path)
        assert caught.value.code == "MANIFEST_MAPPING"


def test_the_mappings_shipped_are_told_apart_and_say_what_they_are() -> None:
    maps = shipped()
    assert {one.name for one in maps} == {path.stem for path in SHIPPED.glob("*.yaml")} and len(maps) >= 2
    assert {one.kind for one in maps} == {"json", "xml"}
    for one in maps:
        assert one.known_by and one.sha256
        assert not any(other.known_by <= one.known_by for other in maps if other is not one)
