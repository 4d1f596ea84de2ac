"""The catalogue: its records, its rules, and what is generated from it."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from data.catalogue import Catalogue, Goods, load, read_facts, read_file
from data.catalogue_check import check
from data.catalogue_generate import STYLES, generate, to_json
from data.catalogue_texts import CN22_LENGTH
from data.catalogue_thinned import thinned
from data.catalogue_view import coverage, search, shown
from data.errors import MailDutyError
from data.schedule import Schedule

DAY = date(2026, 7, 24)

SMALL = """
heading: "7117"
goods: test jewellery
facts:
  stuff: {ask: What is it made of?, values: {metal: [alloy, brass], plastic: [acrylic]}}
tables:
  t:
    - {stuff: metal, hts: 7117.19.90.00}
    - {hts: 7117.90.75.00}
travels: {category: [[Jewelry, Rings]], usd: [1, 9], kg: [0.01, 0.1], from: [CN]}
kinds:
  - id: ring
    names: [ring, finger ring]
    features: [boho, slim, stackable, open]
    cn22: [ring]
    table: t
    usual: {stuff: {metal: 3, plastic: 1}}
"""


def small(tmp_path: Path, text: str = SMALL, name: str = "7117t.yaml") -> Catalogue:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    goods: list[Goods] = read_file(path, read_facts(), tmp_path)
    from data.catalogue import _parse

    return Catalogue(tuple(goods), {name: _parse(path)}, (), {g.id: g for g in goods})


@pytest.fixture(scope="module")
def leaves() -> frozenset[str]:
    return frozenset(line.code for line in Schedule.load().leaves(DAY))


def codes(findings: list) -> Counter:
    return Counter(f.code for f in findings)


def test_shipped_catalogue_keeps_its_rules(leaves: frozenset[str]) -> None:
    findings = check(load(), leaves)
    assert not findings, "\n".join(map(str, findings[:20]))


def test_first_row_that_matches_answers(tmp_path: Path) -> None:
    ring = small(tmp_path).goods[0]
    assert ring.code({"stuff": "metal"}) == "7117199000"
    assert ring.code({"stuff": "plastic"}) == "7117907500"
    assert ring.weights("stuff") == {"metal": 0.75, "plastic": 0.25}


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("- {hts: 7117.90.75.00}", "- {stuff: plastic, hts: 7117.90.99.99}", "NOT_A_LEAF"),
        ("- {hts: 7117.90.75.00}", "", "GAP"),
        ("stuff: metal, hts", "stuff: wood, hts", "NO_VALUE"),
        ("stuff: metal, hts", "stuf: metal, hts", "NO_FACT"),
        ("names: [ring, finger ring]", "names: [ring]", "FEW_WORDS"),
        ("usd: [1, 9], ", "", "NO_TRAVELS"),
        ("table: t", "table: nowhere", "NO_TABLE"),
    ],
)
def test_check_finds_what_is_wrong(
    tmp_path: Path, leaves: frozenset[str], old: str, new: str, code: str
) -> None:
    assert old in SMALL
    assert code in codes(check(small(tmp_path, SMALL.replace(old, new)), leaves))


def test_leaves_that_no_kind_reaches_are_named(tmp_path: Path, leaves: frozenset[str]) -> None:
    unreached = [f for f in check(small(tmp_path), leaves) if f.code == "UNREACHED"]
    assert len(unreached) == 1 and "7117110000" in unreached[0].fact


def test_hidden_row_is_found(tmp_path: Path, leaves: frozenset[str]) -> None:
    own = SMALL.replace(
        "    table: t\n",
        "    codes:\n      - {hts: 7117.19.90.00}\n      - {stuff: plastic, hts: 7117.90.75.00}\n",
    )
    assert codes(check(small(tmp_path, own), leaves))["NEVER_REACHED"] == 1


def test_same_name_needs_a_named_confusion(tmp_path: Path, leaves: frozenset[str]) -> None:
    one = small(tmp_path)
    other = small(
        tmp_path, SMALL.replace("7117.19.90.00", "7117.11.00.00").replace("id: ring", "id: band"), "b.yaml"
    )
    both = Catalogue(one.goods + other.goods, {**one.files, **other.files})
    assert codes(check(both, leaves))["SAME_WORDS"] >= 1
    told = "    confused:\n      - {with: '7117', by: stuff, why: 'Note 11 to chapter 71'}\n"
    one, other = (
        small(tmp_path, SMALL + told),
        small(
            tmp_path,
            SMALL.replace("7117.19.90.00", "7117.11.00.00").replace("id: ring", "id: band") + told,
            "b.yaml",
        ),
    )
    assert not codes(check(Catalogue(one.goods + other.goods, {}), leaves))["SAME_WORDS"]


def test_unknown_key_is_a_spelling_mistake_and_says_where(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_text(SMALL.replace("features:", "featurs:"), encoding="utf-8")
    with pytest.raises(MailDutyError, match="featurs") as caught:
        read_file(path, read_facts(), tmp_path)
    assert caught.value.code == "CATALOGUE_UNREADABLE"


def test_generator_gives_the_same_bytes_and_distinct_texts() -> None:
    first = [to_json(r) for r in generate(load(), 2000, seed=5)]
    assert first == [to_json(r) for r in generate(load(), 2000, seed=5)]
    assert first != [to_json(r) for r in generate(load(), 2000, seed=6)]
    rows = list(generate(load(), 2000, seed=5))
    assert len({r["description"] for r in rows}) == 2000
    assert {r["style"] for r in rows} == set(STYLES)


def test_generated_rows_carry_what_the_issue_names(leaves: frozenset[str]) -> None:
    for row in generate(load(), 500, seed=1):
        assert list(row)[:7] == [
            "id",
            "kind",
            "description",
            "category",
            "attributes",
            "value_usd",
            "weight_kg",
        ]
        assert row["hts"] in leaves and row["kind"] in load().by_id
        assert row["description"].strip() and row["value_usd"] > 0 and row["weight_kg"] > 0
        if row["style"] == "cn22":
            assert len(row["description"]) <= CN22_LENGTH


def test_words_dealt_out_leave_no_kind_without_a_name() -> None:
    known, unknown = thinned(load(), seed=1)
    assert len(known) == len(unknown) == len(load())
    for one, other, whole in zip(known, unknown, load(), strict=True):
        assert one.kind.names and other.kind.names
        assert {*one.kind.names, *other.kind.names} == set(whole.kind.names)
        if len(whole.kind.names) > 1:
            assert not set(one.kind.names) & set(other.kind.names)


def test_a_catalogue_too_small_for_the_rows_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("data.catalogue_generate.STYLES", {"cn22": 1})  # few texts: nouns, facts, quantities
    with pytest.raises(MailDutyError) as caught:
        list(generate(small(tmp_path), 20_000, seed=0))
    assert caught.value.code == "CATALOGUE_EXHAUSTED"


def test_search_finds_by_name_and_shows_questions() -> None:
    found = search(load(), "ear rings")
    assert found[0].kind.id == "earrings"
    assert any(q["ask"].endswith("?") for q in shown(found[0])["questions"])


def test_coverage_counts_add_up(leaves: frozenset[str]) -> None:
    rows = coverage(load(), leaves)
    assert sum(r.leaves for r in rows) == len(leaves)
    assert sum(r.kinds for r in rows) == len(load())
    assert all(r.full + r.short <= r.headings and r.reached <= r.leaves for r in rows)
