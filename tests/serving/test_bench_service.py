"""What the measurement of the service sends can be read and is distinct; what it starts, it finds and ends."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import date

import orjson

from data.manifest import read_manifest
from serving.asked import from_message
from serving.bench.bench_load import DAYS, MadeUp, manifest, single
from serving.bench.bench_started import family, free_port


def test_made_up_rows_are_distinct_and_read_without_an_error() -> None:
    made = MadeUp(60)
    rows = made.items(150)  # more than there are texts
    reading = read_manifest(manifest(rows), name="made-up.csv")
    assert not reading.errors
    assert len(reading.items) == 150 and len({item.tracking_id for item in reading.items}) == 150
    assert any(not row["hts"] for row in rows) and sum(len(row["hts"]) == 10 for row in rows) > 120
    assert len({(row["tracking_id"], row["value"]) for row in rows}) == 150


def test_the_same_rows_come_again_and_a_single_one_can_be_asked() -> None:
    first, second = MadeUp(5), MadeUp(5)
    assert first.items(8) == second.items(8)
    (row,) = first.items(1)
    said = orjson.loads(single(row, DAYS[0].isoformat()))
    ((name, item),) = said["items"].items()
    asked = from_message(name, item, date.fromisoformat(said["on"]), DAYS[0])
    assert asked.origin == row["origin"] and str(asked.value_usd) == row["value"] and asked.parcel == name


def test_children_are_found_by_their_number() -> None:
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    try:
        assert family(child.pid) == [child.pid]
        if os.path.exists("/proc/self/stat"):
            assert child.pid in family(os.getpid())
    finally:
        child.kill()
        child.wait()


def test_a_free_port_is_one_of_loopback() -> None:
    assert 1024 < free_port() < 65536
