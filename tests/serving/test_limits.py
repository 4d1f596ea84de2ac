"""Limits without a server: buckets by a clock of our own, depth of JSON, settings."""

import json
import re
from pathlib import Path

import pytest

from data.errors import MailDutyError
from serving.web.limits import MOST_NESTED, Buckets, Limits, refuse_deep

ROOT = Path(__file__).resolve().parents[2]
# The first two `mailduty serve` sets from its options; the others stand in for official addresses in tests.
INNER = {"MAILDUTY_HOST", "MAILDUTY_WORKERS"} | {
    f"MAILDUTY_{source}_URL" for source in ("HTS", "CROSS", "OFAC", "UN")
}


class Clock:
    """Seconds as a test sets them."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_party_that_asks_too_fast_waits_and_the_others_do_not() -> None:
    clock = Clock()
    buckets = Buckets(rate=2, burst=3, clock=clock)
    for _ in range(3):
        buckets.take("a")
    with pytest.raises(MailDutyError) as refused:
        buckets.take("a")
    assert refused.value.code == "RATE_EXCEEDED" and refused.value.where["retry_after"] == 1
    buckets.take("b")
    clock.now += refused.value.where["retry_after"]
    buckets.take("a")
    buckets.take("a")
    with pytest.raises(MailDutyError):
        buckets.take("a")


def test_a_heavy_request_counts_more_and_is_answered_in_the_end() -> None:
    clock = Clock()
    buckets = Buckets(rate=10, burst=20, clock=clock)
    buckets.take("a", weight=1000)  # more than ever fits: it takes all there is, and no more
    with pytest.raises(MailDutyError) as refused:
        buckets.take("a", weight=15)
    clock.now += refused.value.where["retry_after"]
    buckets.take("a", weight=15)


@pytest.mark.parametrize("opening, closing", [("[", "]"), ('{"a":', "}")])
def test_deep_json_is_refused(opening: str, closing: str) -> None:
    refuse_deep((opening * MOST_NESTED + "1" + closing * MOST_NESTED).encode())
    with pytest.raises(MailDutyError) as refused:
        refuse_deep((opening * 100_000 + "1" + closing * 100_000).encode())
    assert refused.value.code == "JSON_TOO_DEEP"


def test_brackets_in_texts_are_no_depth_and_hide_none() -> None:
    refuse_deep(json.dumps({"description": "[" * 500, "more": '\\"[{' * 200}).encode())
    with pytest.raises(MailDutyError):
        refuse_deep(b'{"description": "\\"]]]]", "facts": ' + b"[" * 90 + b"]" * 90 + b"}")


def test_limits_are_set_by_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAILDUTY_MAX_BODY", "0.5")
    monkeypatch.setenv("MAILDUTY_RATE", "7")
    limits = Limits.from_environment()
    assert (limits.body, limits.rate, limits.burst) == (512 << 10, 7.0, 14.0)
    monkeypatch.setenv("MAILDUTY_RATE", "many")
    with pytest.raises(MailDutyError) as refused:
        Limits.from_environment()
    assert refused.value.code == "SETTING_UNKNOWN" and "MAILDUTY_RATE" in str(refused.value)


def test_every_setting_is_told_of_in_the_readme_and_where_settings_stand() -> None:
    named = re.compile(r"\bMAILDUTY_[A-Z_]*[A-Z]\b")
    source = [file for room in ("serving", "data", "models") for file in (ROOT / room).rglob("*.py")]
    read = {name for file in source for name in named.findall(file.read_text(encoding="utf-8"))}
    assert {"MAILDUTY_LEDGER", "MAILDUTY_RATE"} <= read
    for place in ("README.md", "serving/settings.py"):
        told = set(named.findall((ROOT / place).read_text(encoding="utf-8")))
        assert read - INNER <= told, place
