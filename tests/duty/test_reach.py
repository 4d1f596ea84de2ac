"""Which Chapter 99 headings reach a line for an origin."""

from datetime import date
from typing import Any

from models.duty import chapter99_reach


def reach(law: Any, schedule: Any, code: str, origin: str, on: str = "2026-10-01") -> dict[str, str]:
    found = chapter99_reach(code, date.fromisoformat(on), origin, law, schedule)
    return {one.heading: one.status for one in found}


def test_a_chinese_shirt(law: Any, schedule: Any) -> None:
    assert reach(law, schedule, "6109.10.0012", "CN") == {"9903.88.15": "applies", "9903.05.31": "applies"}


def test_a_russian_car(law: Any, schedule: Any) -> None:
    assert reach(law, schedule, "8703.23.01", "RU") == {
        "9903.90.08": "applies",
        "9903.94.01": "applies",
        "9903.05.90": "exempt",
    }


def test_a_medicine_hangs_on_a_fact(law: Any, schedule: Any) -> None:
    found = chapter99_reach("3004.90.9218", date(2026, 10, 1), "CH", law, schedule)
    assert next((one.heading, one.fact) for one in found if one.status == "conditional") == (
        "9903.04.6x",
        "patented",
    )


def test_without_chapter_99_there_is_nothing(law: Any, schedule: Any) -> None:
    assert reach(law, schedule, "6109.10.0012", "MU") == {}
