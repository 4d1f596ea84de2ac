"""Law and tariff as they were: packed to bytes, read back to the same answers, refused where a byte is another."""

import gzip
import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from data.archived import packed, unpacked
from data.errors import MailDutyError
from data.law import Law
from data.schedule import Schedule
from data.schedule_table import CONTENTS, TABLE, TEXT, write_table

ON = date(2026, 9, 1)


def test_the_law_comes_back_from_its_bytes_with_the_same_version() -> None:
    law = Law.load()
    again = Law.of_files(unpacked(*packed(law.files)))
    assert again.version == law.version and again.documents == law.documents
    assert again.value("records/retention_years", ON) == 5


def test_a_changed_rate_is_another_version_and_the_kept_one_still_has_the_old() -> None:
    law = Law.load()
    kept = packed(law.files)
    files = dict(law.files)
    files["limits/gift_usd"] = files["limits/gift_usd"].replace(b"value: 100", b"value: 90")
    changed = Law.of_files(files)
    assert changed.version != law.version
    assert changed.value("limits/gift_usd", ON) == Decimal(90)
    assert Law.of_files(unpacked(*kept)).value("limits/gift_usd", ON) == Decimal(100)


def test_the_tariff_comes_back_from_its_bytes() -> None:
    book = Schedule.load()
    again = Schedule.of_files(unpacked(*packed(book.files())))
    assert again.lines() == book.lines() and again.contents == book.contents
    assert again.revision(ON) == book.revision(ON)


def test_the_hash_does_not_hang_on_how_tightly_it_was_packed() -> None:
    sha256, content = packed({"a": b"x", "b": "é".encode()})
    loose = gzip.compress(gzip.decompress(content), compresslevel=1, mtime=5)
    assert loose != content
    assert unpacked(sha256, loose) == {"a": b"x", "b": "é".encode()}


@pytest.mark.parametrize("at", [0, 12, 30, -1])
def test_a_changed_byte_is_refused(at: int) -> None:
    sha256, content = packed(Law.load().files)
    changed = bytearray(content)
    changed[at] ^= 0xFF
    with pytest.raises(MailDutyError) as caught:
        unpacked(sha256, bytes(changed))
    assert caught.value.code == "ARCHIVE_CORRUPT"


def test_a_tariff_that_does_not_fit_its_contents_is_refused() -> None:
    files = Schedule.load().files()
    files[TEXT] = files[TEXT].replace(b"16.5%", b"1.65%")
    with pytest.raises(ValueError, match="not the table"):
        Schedule.of_files(files)


def test_a_folder_that_was_built_anew_since_it_was_loaded_is_not_archived(tmp_path: Path) -> None:
    row = ("0101", "No.", "Free", "", "", "", "2026-01-01", "", "2026_rev_1", "export")
    contents = {
        "first_day": "2026-01-01",
        "last_verified": "2026-02-01",
        "revisions": [{"effective_date": "2026-01-01", "revision": "2026_rev_1"}],
    }
    write_table(tmp_path, [row], dict(contents))
    book = Schedule.load(tmp_path)
    assert json.loads(book.files()[CONTENTS])["rows"] == 1
    write_table(tmp_path, [row, row], dict(contents))
    with pytest.raises(MailDutyError) as caught:
        book.files()
    assert caught.value.code == "SCHEDULE_CHANGED"
    (tmp_path / TABLE).unlink()
    with pytest.raises(MailDutyError) as caught:
        book.files()
    assert caught.value.code == "SCHEDULE_MISSING"
