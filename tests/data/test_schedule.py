"""The tariff in force on a day, from the table that ships."""

import gzip
import hashlib
import itertools
import json
import time
from datetime import date, timedelta
from pathlib import Path

import pytest

from data.errors import MailDutyError
from data.schedule import Schedule
from data.schedule_table import CONTENTS, SHIPPED, TABLE, read_table
from data.schedule_view import data_status, schedule_view

LATER = date(2026, 11, 21)


@pytest.fixture(scope="module")
def book() -> Schedule:
    return Schedule.load()


def test_a_shirt_has_the_rates_of_its_rate_line(book: Schedule) -> None:
    line = book.line("6109.10.00.12", LATER)
    assert (line.general, line.column2, line.units, line.rate_line) == (
        "16.5%",
        "90%",
        ("doz.", "kg"),
        "61091000",
    )
    assert "9903.88.15" in line.ch99
    assert book.line("61091000", LATER).general == "16.5%"
    assert book.line("6109", LATER).general == ""


def test_a_rate_line_exists_where_only_its_ten_digit_line_is_printed(book: Schedule) -> None:
    assert book.line("10031000", LATER).general == book.line("1003100000", LATER).general == "0.15¢/kg"


@pytest.mark.parametrize(
    ("code", "first", "last"),
    [
        ("0901110035", date(2025, 6, 6), None),  # came with 2025 revision 16
        ("0901110045", date(2025, 1, 1), date(2025, 6, 5)),  # went with it
        ("9404100020", date(2026, 7, 1), None),  # the list of July 2026
        ("9404100000", date(2025, 1, 1), date(2026, 6, 30)),
    ],
)
def test_a_code_is_in_force_on_its_days_and_not_the_day_before_or_after(
    book: Schedule, code: str, first: date, last: date | None
) -> None:
    assert book.line(code, first).code == code
    assert book.line(code, last or LATER).code == code
    for day in (first - timedelta(days=1), last + timedelta(days=1) if last else None):
        if day and day >= book.first_day:
            with pytest.raises(MailDutyError) as caught:
                book.line(code, day)
            assert caught.value.code == "HTS_NOT_IN_FORCE"
            assert "." in caught.value.remedy
            assert book.find(code, day) is None


def test_a_number_that_never_was_is_told_from_one_that_ended(book: Schedule) -> None:
    with pytest.raises(MailDutyError, match=r"4419\.90\.91") as caught:
        book.line("4419.90.90.00", LATER)
    assert caught.value.code == "HTS_UNKNOWN"


def test_a_day_before_the_first_revision_has_no_rates(book: Schedule) -> None:
    for ask in (book.line, book.find, book.children):
        with pytest.raises(MailDutyError) as caught:
            ask("6109.10.00.12", date(2024, 12, 31))
        assert caught.value.code == "SCHEDULE_DAY_UNKNOWN"


def test_lines_of_the_july_list_say_that_they_inherit(book: Schedule) -> None:
    line = book.line("9404100020", LATER)
    assert (line.source, line.general, line.column2, line.units) == ("code list", "Free", "45%", ("No.",))
    assert sum(one.source == "code list" for one in book.lines()) == 179


def test_leaves_are_ten_digits_and_the_watches_of_chapter_91(book: Schedule) -> None:
    leaves = book.leaves(LATER)
    assert len(leaves) == 19_926
    eights = [line for line in leaves if line.level == 8]
    assert len(eights) == 95
    assert {line.code[:2] for line in eights} == {"91"}
    assert all(not book.children(line.code, LATER) for line in leaves[::400])


def test_every_line_of_every_day_has_rates_if_it_can_be_entered(book: Schedule) -> None:
    entered = [line for line in book.lines() if line.level >= 8 and line.code[:2] < "98"]
    blank = {(line.dotted, line.revision) for line in entered if not (line.general and line.column2)}
    # 2025 revision 16 prints a line of 9401.99.90 under a number that has no rate line; the next one does not.
    assert blank == {("9401.99.30", "2025_rev_16"), ("9401.99.30.30", "2025_rev_16")}


def test_days_of_a_code_do_not_overlap(book: Schedule) -> None:
    lines = book.lines()
    for one, after in itertools.pairwise(lines):
        assert one.valid_to is None or one.valid_from <= one.valid_to
        if one.code == after.code:
            assert one.valid_to is not None and one.valid_to < after.valid_from


def test_parents_and_children_agree(book: Schedule) -> None:
    line = book.line("6109100012", LATER)
    parents = book.parents(line.code, LATER)
    assert [p.code for p in parents] == ["6109", "61091000"]
    assert line in book.children(parents[-1].code, LATER)
    assert [c.dotted for c in book.children("6109", LATER)] == ["6109.10.00", "6109.90"]


def test_the_revision_of_a_day(book: Schedule) -> None:
    assert book.revision(date(2025, 1, 26)) == "2025_basic"
    assert book.revision(date(2025, 1, 27)) == "2025_rev_1"
    assert book.revision(date(2026, 6, 7)) == "2026_rev_7"
    assert book.revision(date(2026, 6, 8)) == "2026_rev_10"
    assert book.revision(LATER) == "2026_07_no_column2"
    assert book.last_verified == date(2026, 7, 1)


def test_the_table_is_there_at_once_and_lookups_are_quick(book: Schedule) -> None:
    start = time.perf_counter()
    Schedule(*read_table(SHIPPED))
    assert time.perf_counter() - start < 3
    codes = [line.code for line in book.leaves(LATER)]
    start = time.perf_counter()
    for code in codes:
        book.line(code, LATER)
    assert len(codes) / (time.perf_counter() - start) > 50_000
    assert sum(file.stat().st_size for file in SHIPPED.iterdir()) < 3_000_000


def test_as_a_table_it_has_a_row_per_line(book: Schedule) -> None:
    frame = book.table()
    assert len(frame) == len(book.lines())
    wanted = {"code", "units", "general", "special", "column2", "ch99_notes", "valid_from", "valid_to"}
    assert wanted <= set(frame)


def test_no_official_sentence_ships(book: Schedule) -> None:
    for line in book.lines():
        if line.code[:2] in ("98", "99"):
            assert max(len(line.general), len(line.column2)) <= 90, line


def _copy(folder: Path) -> Path:
    for name in (TABLE, CONTENTS):
        (folder / name).write_bytes((SHIPPED / name).read_bytes())
    return folder


@pytest.mark.parametrize("harm", ["cut", "other", "columns", "contents"])
def test_a_damaged_table_prices_nothing(tmp_path: Path, harm: str) -> None:
    folder = _copy(tmp_path)
    packed = (folder / TABLE).read_bytes()
    if harm == "cut":
        (folder / TABLE).write_bytes(packed[:-100])
    elif harm == "other":
        (folder / TABLE).write_bytes(gzip.compress(gzip.decompress(packed).replace(b"16.5%", b"1.65%")))
    elif harm == "contents":
        (folder / CONTENTS).write_text("{")
    else:
        text = gzip.decompress(packed).replace(b"column2", b"col2", 1)
        contents = json.loads((folder / CONTENTS).read_text()) | {"sha256": hashlib.sha256(text).hexdigest()}
        (folder / CONTENTS).write_text(json.dumps(contents))
        (folder / TABLE).write_bytes(gzip.compress(text))
    with pytest.raises(MailDutyError) as caught:
        Schedule.load(folder)
    assert caught.value.code == "SCHEDULE_CORRUPT"


def test_a_table_that_is_not_there_says_how_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(MailDutyError, match="build-schedule"):
        Schedule.load(tmp_path)


def test_a_table_of_ones_own_can_be_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAILDUTY_SCHEDULE", str(_copy(tmp_path)))
    assert Schedule.load().folder == tmp_path.resolve()


def test_the_view_shows_a_line_in_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MAILDUTY_HTSUS_DIR", raising=False)
    view = schedule_view("6109.10.00.12", LATER, "CN")
    assert view["general"] == "16.5%" and view["units"] == ["doz.", "kg"] and view["origin"] == "CN"
    assert [p["code"] for p in view["parents"]] == ["6109", "6109.10.00"]
    assert view["special"][0]["rate"] == "Free" and "KR" in view["special"][0]["programmes"]
    assert view["description"] is None
    assert "2026-07-01" in view["warnings"][0]
    assert len(schedule_view("9404.10.00.20", LATER)["warnings"]) == 2
    assert schedule_view("6109.10.00.12", date(2026, 1, 1))["warnings"] == []


def test_descriptions_come_from_the_official_export_where_it_is(shared: Path) -> None:
    view = schedule_view("6109.10.00.12", date(2026, 6, 10), exports=shared / "data" / "htsus")
    assert view["description"] and view["parents"][0]["description"]
    lone = schedule_view("10031000", date(2026, 6, 10), exports=shared / "data" / "htsus")
    assert lone["description"]


def test_the_status_names_what_is_held(book: Schedule) -> None:
    status = data_status(book)
    assert status["shipped"] and status["rows"] == len(book.lines()) == book.contents["rows"]
    assert len(status["revisions"]) == 43
    assert [(u["revision"], u["lines_not_in_table"]) for u in status["undated"]] == [
        ("2026_rev_8", 0),
        ("2026_rev_9", 0),
    ]
