"""Fetching official sources, against a local server that answers as they do, and as they do when they fail."""

import gzip
import hashlib
import http.server
import json
import threading
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from data.errors import MailDutyError
from data.official_text import describe
from data.pull import pull, pull_all
from data.pull_fetch import Fetching
from data.pull_sources import SOURCES, STANDING
from data.schedule import Schedule
from data.schedule_build import build_schedule

TODAY = date(2026, 11, 21)
QUICK = Fetching(connect_timeout=2, read_timeout=2, tries=3, pause=0.01, longest_pause=0.05)
Handler = http.server.BaseHTTPRequestHandler
Answer = Callable[[Handler], None]


def _tariff() -> bytes:
    rows = [
        {"htsno": "6109", "indent": "0", "description": "Upper garments", "units": [], "general": "", "special": "",
         "other": "", "footnotes": [], "superior": None},
        {"htsno": "6109.10.00", "indent": "1", "description": "Cotton ones", "units": [], "general": "17%",
         "special": "Free (AU)", "other": "90%", "footnotes": [{"value": "See 9903.88.15. "}], "superior": None},
        {"htsno": "6109.10.00.12", "indent": "2", "description": "For men", "units": ["doz.", "kg"], "general": "",
         "special": "", "other": "", "footnotes": [], "superior": None},
    ]  # fmt: skip
    filler = [
        {**rows[0], "htsno": f"0101.{n // 100:02}.{n % 100:02}.00", "general": "Free", "other": "Free"}
        for n in range(10_000)
    ]
    return json.dumps([*rows, *filler]).encode()


TARIFF = _tariff()
SDN = "".join(f'{n},"NAME {n}",-0- ,"PROG"\r\n' for n in range(1, 200)).encode() + b"\x1a\r\n"
UN = b'<?xml version="1.0"?><CONSOLIDATED_LIST dateGenerated="2026-11-20"><INDIVIDUALS/></CONSOLIDATED_LIST>'


def send(content: bytes, kind: str = "application/json", status: int = 200, **headers: str) -> Answer:
    def answer(request: Handler) -> None:
        request.send_response(status)
        request.send_header("Content-Type", kind)
        request.send_header("Content-Length", str(len(content)))
        for name, value in headers.items():
            request.send_header(name.replace("_", "-"), value)
        request.end_headers()
        request.wfile.write(content)

    return answer


def cut_off(request: Handler) -> None:
    request.send_response(200)
    request.send_header("Content-Length", str(len(TARIFF)))
    request.end_headers()
    request.wfile.write(TARIFF[:5000])
    request.close_connection = True


def cut_off_without_length(request: Handler) -> None:
    request.send_response(200)
    request.end_headers()
    request.wfile.write(TARIFF[:5000])
    request.close_connection = True


def hang_up(request: Handler) -> None:
    request.close_connection = True


def rulings(request: Handler) -> None:
    page = int(parse_qs(urlsplit(request.path).query)["page"][0])
    found = [{"rulingNumber": f"N{n}"} for n in range((page - 1) * 100, min(page * 100, 250))]
    send(json.dumps({"rulings": found, "totalHits": 250}).encode())(request)


class Official(http.server.ThreadingHTTPServer):
    """Answers by path; a list of answers is worked off one by one, the last one stays."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Requests)
        self.answers: dict[str, list[Answer]] = {
            "/reststop/exportList": [send(TARIFF)],
            "/sdn.csv": [send(SDN, "text/csv")],
            "/alt.csv": [send(SDN, "text/csv")],
            "/add.csv": [send(SDN, "text/csv")],
            "/consolidated/cons_prim.csv": [send(SDN, "text/csv")],
            "/resources/xml/en/consolidated.xml": [send(UN, "text/xml")],
            "/api/search": [rulings],
        }
        self.asked: list[str] = []

    def tariff(self, *answers: Answer) -> None:
        self.answers["/reststop/exportList"] = list(answers)


class _Requests(Handler):
    server: Official

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        waiting = self.server.answers.get(urlsplit(self.path).path, [send(b"none", status=404)])
        (waiting.pop(0) if len(waiting) > 1 else waiting[0])(self)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def official(monkeypatch: pytest.MonkeyPatch) -> Iterator[Official]:
    server = Official()
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    for setting in {source.setting for source in SOURCES.values()}:
        monkeypatch.setenv(setting, f"http://127.0.0.1:{server.server_port}")
    for proxy in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(proxy, raising=False)
    yield server
    server.shutdown()
    server.server_close()


def refused(folder: Path, settings: Fetching = QUICK) -> MailDutyError:
    """The error of a pull of the tariff that must not leave anything behind."""
    before = {file.name: file.read_bytes() for file in folder.iterdir()}
    with pytest.raises(MailDutyError) as caught:
        pull("hts", folder, TODAY, settings)
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == before
    assert caught.value.remedy
    return caught.value


def test_the_tariff_is_fetched_recorded_and_brings_the_schedule_up_to_date(
    official: Official, tmp_path: Path
) -> None:
    steps: list[tuple[str, int, int | None]] = []
    pulled = pull("hts", tmp_path, TODAY, QUICK, lambda *step: steps.append(step))
    assert official.asked == ["/reststop/exportList?from=0101&to=9999&format=JSON&styles=false"]
    assert gzip.decompress(pulled.path.read_bytes()) == TARIFF
    assert pulled.sha256 == hashlib.sha256(TARIFF).hexdigest() and pulled.size == len(TARIFF)
    assert steps[-1] == ("hts", len(TARIFF), len(TARIFF))
    record = json.loads((tmp_path / "pulled.json").read_text())[pulled.path.name]
    assert record["sha256"] == pulled.sha256 and record["on"] == "2026-11-21"

    build_schedule(tmp_path, tmp_path / "built", extend=True)
    book = Schedule.load(tmp_path / "built")
    assert book.line("6109100012", date(2026, 11, 20)).general == "16.5%"
    assert book.line("6109100012", TODAY).general == "17%"
    assert book.last_verified == TODAY
    assert describe("6109.10.00.12", TODAY, tmp_path) == ("Upper garments", "Cotton ones", "For men")

    pull("hts", tmp_path, TODAY, QUICK)
    assert (tmp_path / "revision_dates.csv").read_text().count("pulled_2026-11-21") == 1


def test_all_standing_sources_and_one_that_fails_keeps_no_other_away(
    official: Official, tmp_path: Path
) -> None:
    official.answers["/alt.csv"] = [send(b"gone", status=404)]
    results = dict(zip(STANDING, pull_all(tmp_path, TODAY, settings=QUICK), strict=True))
    errors = {name: one.code for name, one in results.items() if isinstance(one, MailDutyError)}
    assert errors == {"ofac_alt": "PULL_REFUSED"}
    assert (tmp_path / "ofac_sdn.csv").read_bytes() == SDN
    assert (tmp_path / "un_consolidated.xml").read_bytes() == UN
    assert len(json.loads((tmp_path / "pulled.json").read_text())) == len(STANDING) - 1


def test_all_pages_of_a_search_for_rulings(official: Official, tmp_path: Path) -> None:
    pulled = pull("cross", tmp_path, TODAY, QUICK, term="6109")
    found = json.loads(pulled.path.read_text())
    assert len(found["rulings"]) == found["totalHits"] == 250 and len(official.asked) == 3
    with pytest.raises(MailDutyError, match="term"):
        pull("cross", tmp_path, TODAY, QUICK)


@pytest.mark.parametrize(
    "stumble",
    [
        send(b"busy", status=503),
        send(b"slow down", status=429, Retry_After="1"),
        send(b"<!DOCTYPE html><title>Maintenance</title>", "text/html"),
        cut_off,
        cut_off_without_length,
        hang_up,
    ],
    ids=["server error", "too many requests", "web page", "cut off", "cut off without length", "hung up"],
)
def test_what_goes_wrong_once_is_tried_again(official: Official, tmp_path: Path, stumble: Answer) -> None:
    official.tariff(stumble, send(TARIFF))
    assert pull("hts", tmp_path, TODAY, QUICK).size == len(TARIFF)
    assert len(official.asked) == 2


@pytest.mark.parametrize(
    ("answer", "code", "tries"),
    [
        (send(b"oops", status=500), "PULL_REFUSED", 3),
        (send(b"no", status=403), "PULL_REFUSED", 1),
        (send(b"none", status=404), "PULL_REFUSED", 1),
        (cut_off, "PULL_UNREACHABLE", 3),
        (cut_off_without_length, "PULL_NOT_DATA", 3),
        (hang_up, "PULL_UNREACHABLE", 3),
        (send(b"<html><body>Sign in</body></html>", "text/html"), "PULL_NOT_DATA", 3),
        (send(b"  \n<!doctype HTML>"), "PULL_NOT_DATA", 3),
        (send(b""), "PULL_NOT_DATA", 3),
        (send(b"\x00\xff\xfe"), "PULL_NOT_DATA", 3),
        (send(b'{"error": "none"}'), "PULL_NOT_DATA", 3),
        (send(b"[]"), "PULL_NOT_DATA", 3),
        (send(TARIFF.replace(b'"other"', b'"else"')), "PULL_NOT_DATA", 3),
        (send(b"", status=302, Location="/reststop/exportList"), "PULL_REDIRECTS", 6),
    ],
)
def test_what_stays_wrong_is_an_error_and_nothing_is_written(
    official: Official, tmp_path: Path, answer: Answer, code: str, tries: int
) -> None:
    official.tariff(answer)
    assert refused(tmp_path).code == code
    assert len(official.asked) == tries


def test_what_was_there_before_stays(official: Official, tmp_path: Path) -> None:
    kept = pull("hts", tmp_path, TODAY, QUICK).path.read_bytes()
    official.tariff(cut_off)
    refused(tmp_path)
    assert (tmp_path / "hts_pulled_2026-11-21.json.gz").read_bytes() == kept


def test_an_answer_without_end_is_cut_off_at_the_cap(official: Official, tmp_path: Path) -> None:
    assert refused(tmp_path, Fetching(tries=1, max_bytes=10_000)).code == "PULL_TOO_LARGE"


def test_a_server_that_says_nothing_runs_into_the_timeout(official: Official, tmp_path: Path) -> None:
    wake = threading.Event()
    official.tariff(lambda _request: wake.wait(5) and None)
    error = refused(tmp_path, Fetching(read_timeout=0.1, tries=1))
    wake.set()
    assert error.code == "PULL_UNREACHABLE" and "Timeout" in str(error)


def test_no_network_is_an_error_that_says_that_the_rest_works_without(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAILDUTY_HTS_URL", "http://127.0.0.1:9")
    assert "works without" in str(refused(tmp_path))
    monkeypatch.setenv("MAILDUTY_HTS_URL", "no address")
    assert refused(tmp_path).code == "PULL_ADDRESS"


@pytest.mark.parametrize(
    ("path", "content", "source"),
    [
        ("/sdn.csv", b"a,b\n1,2\n", "ofac_sdn"),
        ("/sdn.csv", SDN.replace(b"7,", b"x,"), "ofac_sdn"),
        ("/resources/xml/en/consolidated.xml", b"<OTHER/>", "un"),
        ("/resources/xml/en/consolidated.xml", UN[:-20], "un"),
        ("/resources/xml/en/consolidated.xml", b'<!DOCTYPE x [<!ENTITY a "b">]>' + UN, "un"),
        ("/api/search", b"[]", "cross"),
    ],
)
def test_each_source_is_looked_at_before_it_is_kept(
    official: Official, tmp_path: Path, path: str, content: bytes, source: str
) -> None:
    official.answers[path] = [send(content)]
    with pytest.raises(MailDutyError) as caught:
        pull(source, tmp_path, TODAY, QUICK, term="x")
    assert caught.value.code == "PULL_NOT_DATA"
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_source_names_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(MailDutyError, match="ofac_sdn"):
        pull("gold", tmp_path, TODAY)
