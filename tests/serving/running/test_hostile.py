"""Files and requests made to do harm: each a clear refusal with a code, and the service's memory stays bounded."""

import io
import random
import threading
import zipfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import httpx
import pytest

from tests.serving.running.server import HEAD, Server, manifest

MEGABYTES = 700  # of a process with its tariff; a file that unfolded would be gigabytes


def _zip(**members: bytes) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/"), content)
    return held.getvalue()


def _workbook(sheet: bytes) -> bytes:
    """As little of a workbook as a reader may take for one, with a sheet of ours."""
    types = (
        b'<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
    )
    book = b'<workbook><sheets><sheet name="a" sheetId="1"/></sheets></workbook>'
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", types)
        archive.writestr("xl/workbook.xml", book)
        archive.writestr("xl/worksheets/sheet1.xml", sheet)
    return held.getvalue()


FILES: dict[str, Callable[[], bytes]] = {
    "nothing": lambda: b"",
    "blanks": lambda: b"\n" * 100_000,
    "noise": lambda: random.Random(1).randbytes(200_000),
    "a zip bomb": lambda: _zip(a=b"\0" * 300_000_000),
    "a bomb in a workbook": lambda: _workbook(b"<a>" + b" " * 300_000_000 + b"</a>"),
    "a workbook that is none": lambda: b"PK\x03\x04" + b"x" * 5000,
    "names out of the folder": lambda: _zip(**{"..__..__etc__passwd": b"root"}),
    "a billion laughs": lambda: (
        b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha">'
        + b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(12))
        + b"]><items>&m;</items>"
    ),
    "a file of ours in XML": lambda: (
        b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a SYSTEM "file:///etc/passwd">]><items>&a;</items>'
    ),
    "deep XML": lambda: b"<a>" * 200_000,
    "deep JSON": lambda: b'{"items": ' + b"[" * 500_000,
    "JSON of another kind": lambda: b"[1, 2, 3]",
    "a picture": lambda: b"\x89PNG\r\n\x1a\n" + b"\0" * 1000,
    "UTF-16 cut in the middle": lambda: manifest(range(3)).decode().encode("utf-16")[:-1],
    "another encoding than it says": lambda: b"\xff\xfe\x00\xd8" * 1000,
    "a head without rows": lambda: HEAD.encode(),
    "a line without end": lambda: b"tracking_id,description\n" + b"x" * 3_900_000,
    "columns without end": lambda: b",".join(b"c%d" % n for n in range(300_000)),
    "quotes without end": lambda: b'tracking_id,value\n"' + b"a,\n" * 5_000,
    "nothing but NUL": lambda: b"\0" * 1_000_000,
}


class Watched:
    """The most memory any process of the service has held, looked at all the while."""

    def __init__(self, server: Server) -> None:
        self.server, self.most = server, 0.0
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def _watch(self) -> None:
        while not self._done.wait(0.1):
            self.most = max([self.most, *self._held()])

    def _held(self) -> Iterator[float]:
        for process in self.server.family():
            with suppress(OSError, IndexError):
                said = Path(f"/proc/{process}/status").read_text()
                yield int(said.partition("VmRSS:")[2].split()[0]) / 1024

    def stop(self) -> float:
        self._done.set()
        self._thread.join()
        return self.most


@pytest.fixture(scope="module")
def watched(server: Server) -> Iterator[Watched]:
    watching = Watched(server)
    yield watching
    watching.stop()


@pytest.mark.parametrize("name", FILES)
def test_a_file_made_to_do_harm_is_refused_with_a_code(
    asking: httpx.Client, watched: Watched, name: str
) -> None:
    content = FILES[name]()
    answer = asking.post("/manifests?wait=60", content=content)
    said = answer.json()
    assert watched.most < MEGABYTES
    if answer.status_code in (200, 202) and said["status"] == "done":  # every row of it refused by itself
        assert said["result"]["items"] == 0 and said["result"]["errors"] == said["rows_total"] > 0
        return
    assert 400 <= answer.status_code < 500 or said["status"] == "failed", said
    assert said["error"]["code"] not in ("INTERNAL", "TASK_ABANDONED") and said["error"]["message"]
    assert asking.get("/exceptions").json()["counts"] == {}


@pytest.mark.parametrize(
    "query",
    [
        {"name": "../../etc/passwd"},
        {"name": "a\0b"},
        {"name": "=cmd|'/c calc'!A1"},
        {"name": "x" * 5000},
    ],
    ids=["path", "NUL", "formula", "long"],
)
def test_a_file_name_is_text_and_nothing_else(
    server: Server, asking: httpx.Client, query: dict[str, str]
) -> None:
    before = {file for file in Path(server.home).rglob("*") if file.is_file()}
    asked = {"wait": "60", "on": "2026-09-01", **query}
    answer = asking.post("/manifests", params=asked, content=manifest(range(2)))
    assert answer.status_code == 200, answer.text
    assert len(answer.json()["name"]) <= 200
    after = {file for file in Path(server.home).rglob("*") if file.is_file()}
    assert {file.name for file in after - before} <= {"ledger.db-wal", "ledger.db-shm"}


@pytest.mark.parametrize(
    "query",
    ["wait=61", "wait=-1", "wait=1e3", "layout=../../x", "method=guess", "value_basis=ton", "on=today"],
)
def test_settings_that_cannot_be_are_refused(asking: httpx.Client, query: str) -> None:
    answer = asking.post(f"/manifests?{query}", content=manifest(range(2)))
    assert 400 <= answer.status_code < 500 and answer.json()["error"]["code"]


def test_more_than_is_taken_is_refused_while_it_comes(
    server: Server, asking: httpx.Client, watched: Watched
) -> None:
    """Sent in parts, without a length: refused at the limit, not at the end."""
    sent = 0

    def parts() -> Iterator[bytes]:
        nonlocal sent
        for _ in range(2000):
            sent += 1 << 20
            yield b"x" * (1 << 20)

    try:
        answer = asking.post("/manifests", content=parts())
        assert (answer.status_code, answer.json()["error"]["code"]) == (413, "BODY_TOO_LARGE")
    except (httpx.WriteError, httpx.RemoteProtocolError):
        pass  # refused, and the rest not read
    assert sent < 1 << 30
    assert watched.most < MEGABYTES
    assert asking.get("/about").status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        b'{"items": ' + b'{"a":' * 100_000,
        b'{"items": {"a": {"value_usd": 1' + b"0" * 100_000 + b"}}}",
        b'{"items": {"a": {"value_usd": 1e999999}}}',
        b'{"items": {"a": {"value_usd": NaN}}}',
        b'{"items": {"\\ud800": {}}}',
        b'{"items": {"a\\u0000b": {}}}',
        b'{"items": {"' + b"a" * 5000 + b'": {}}}',
        b'{"items": ' + b" " * (1 << 20) + b"{}}",
        b'{"items": {"a": {"facts": ' + b"[" * 60 + b"]" * 60 + b"}}}",
        b"\xff\xfe",
        b"",
    ],
    ids=lambda body: body[:40].decode("ascii", "replace"),
)
@pytest.mark.parametrize("path", ["/assess", "/duty", "/score", "/reviews"])
def test_a_message_made_to_do_harm_is_refused_with_a_code(
    asking: httpx.Client, path: str, body: bytes
) -> None:
    answer = asking.post(path, content=body, headers={"content-type": "application/json"})
    if answer.status_code == 200:  # each id has its own answer, what is wrong in it included
        assert len(answer.json()["items"]) == 1
        return
    assert 400 <= answer.status_code < 500, answer.text[:500]
    assert answer.json()["error"]["code"] not in ("INTERNAL", "")


@pytest.mark.parametrize(
    "item",
    [
        {"value_usd": "1e999999"},
        {"value_usd": "9" * 5000},
        {"value_usd": 10**300},
        {"tracking_id": "x" * 5000},
        {"tracking_id": "a\0b"},
        {"description": "\0\U0001f600" + "x" * 100_000},
        {"description": "=HYPERLINK(1)", "origin": "=1+1"},
        {"hts": "9" * 5000},
        {"origin": "x" * 5000},
        {"facts": {"net_kg": "1e999999", "items": [[1]]}},
        {"facts": {str(n): n for n in range(2000)}},
        {"facts": {"metal_weight_pct": 10**300}},
        {"entry_date": "9999-12-31"},
        {"entry_date": "0001-01-01"},
        {"channel": "x" * 5000},
    ],
    ids=lambda item: str(item)[:40],
)
def test_an_item_made_to_do_harm_gets_its_own_answer_and_stops_no_other(
    asking: httpx.Client, item: dict[str, object]
) -> None:
    good = {"description": "ceramic mug", "hts": "6912003950", "origin": "CN", "value_usd": "12"}
    answer = asking.post(
        "/assess", json={"on": "2026-09-01", "items": {"bad": {**good, **item}, "good": good}}
    )
    assert answer.status_code == 200, answer.text[:500]
    said = answer.json()["items"]
    assert said["good"]["decision"]["outcome"] == "accept"
    assert "error" in said["bad"] or "decision" in said["bad"]
    assert said["bad"]["record_id"] and said["good"]["record_id"]


def test_after_all_that_memory_is_bounded(watched: Watched) -> None:
    assert 0 < watched.most < MEGABYTES
