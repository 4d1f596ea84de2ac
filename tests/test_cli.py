"""The command line: what it prints, where it writes, how it ends."""

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

import mailduty
from serving.ledger import Ledger

ROOT = Path(__file__).resolve().parent.parent
ITEM = {
    "id": "1",
    "entry_date": "2026-09-01",
    "channel": "mail",
    "origin": "IN",
    "hts": "6109.10.00.12",
    "value_usd": "48.00",
    "facts": {},
}
MANIFEST = """tracking_number,description,hs_code,origin,value,currency,quantity,net_weight_kg
RR123456785IN,cotton T-shirt,6109.10.00.12,IN,48.00,USD,1,0.2
CP473124829DE,leather shoes,,DE,80.00,USD,1,0.9
RR123456799IN,cotton T-shirt,6109.10.00.12,IN,a lot,USD,1,0.2
"""


@pytest.fixture(autouse=True)
def no_suggester(monkeypatch: pytest.MonkeyPatch) -> None:
    """These tests hold whichever suggester is shipped; tests/test_cli_suggest.py asks a small one."""
    monkeypatch.setenv("MAILDUTY_HTS_MODEL", "none")


def run(*args: object, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
    """The command as a user starts it, from its source."""
    command = [sys.executable, str(ROOT / "mailduty.py"), *map(str, args)]
    return subprocess.run(command, input=stdin, capture_output=True, text=True, timeout=120)


def lines_of(text: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in text.splitlines()]


def test_duty_answers_in_order_on_standard_output(tmp_path: Path) -> None:
    file = tmp_path / "items.jsonl"
    file.write_text("".join(json.dumps({**ITEM, "id": str(n), "value_usd": n}) + "\n" for n in (3, 1, 2)))
    done = run("duty", file)
    assert done.returncode == 0, done.stderr
    assert [answer["id"] for answer in lines_of(done.stdout)] == ["3", "1", "2"]
    assert "3 rows in = 3 priced + 0 with errors" in done.stderr


def test_duty_reads_standard_input_and_writes_a_file(tmp_path: Path) -> None:
    out = tmp_path / "deep" / "out.jsonl"
    done = run("duty", "-", "--out", out, stdin="\ufeff" + json.dumps(ITEM) + "\r\n\n")
    assert done.returncode == 0 and done.stdout == ""
    assert [a["duty_usd"] for a in lines_of(out.read_text())] == ["12.72"]


def test_a_rejected_row_is_exit_code_1_and_an_answer_in_its_place(tmp_path: Path) -> None:
    file = tmp_path / "items.jsonl"
    file.write_text(
        "\n".join([json.dumps(ITEM), "not json", "[]", json.dumps({**ITEM, "id": "4", "hts": "99"})])
    )
    done = run("duty", file)
    assert done.returncode == 1
    answers = lines_of(done.stdout)
    assert len(answers) == 4 and "error" not in answers[0]
    assert [a["error"]["row"] for a in answers[1:]] == [2, 3, 4]  # type: ignore[index]
    assert answers[3]["id"] == "4"


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\x00\xff\xfe\x01binary", b"id,value\n1,2\n"])
def test_unusable_input_is_exit_code_2_and_leaves_what_was_there(tmp_path: Path, content: bytes) -> None:
    file, out = tmp_path / "items.jsonl", tmp_path / "out.jsonl"
    file.write_bytes(content)
    out.write_text("before")
    done = run("duty", file, "--out", out)
    assert done.returncode == 2
    assert done.stderr.strip() and "Traceback" not in done.stderr
    assert out.read_text() == "before"


@pytest.mark.parametrize("command", ["duty", "assess"])
def test_a_file_that_is_not_there_is_exit_code_2(tmp_path: Path, command: str) -> None:
    done = run(command, tmp_path / "none")
    assert done.returncode == 2 and "Traceback" not in done.stderr and "none" in done.stderr


def test_assess_does_the_whole_job(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAILDUTY_HOME", str(tmp_path / "home"))
    file, out = tmp_path / "manifest.csv", tmp_path / "out.jsonl"
    file.write_text(MANIFEST)
    done = run("assess", file, "--on", "2026-09-01", "--out", out)
    assert done.returncode == 1, done.stderr  # one row is rejected
    for said in (
        "suggested code",
        "6109.10.00.12",
        "$12.72",
        "accept",
        "hold",
        "3 rows in = 2 items + 1 errors",
    ):
        assert said in done.stdout
    assert str(tmp_path / "home") in done.stdout
    *answers, last = lines_of(out.read_text())
    assert [("error" in a) for a in answers] == [False, False, True]
    assert last["summary"]["rows_in"] == 3  # type: ignore[index]
    assert answers[0]["decision"]["outcome"] == "accept"  # type: ignore[index]
    assert answers[2]["error"]["row"] == 4  # type: ignore[index]
    ledger = Ledger.open(f"sqlite:///{tmp_path / 'home' / 'ledger.db'}")
    assert [one.kind for one in ledger.records("local")] == [
        "manifest",
        "assessment",
        "assessment",
        "rejected",
    ]
    ledger.close()


def test_assess_writes_json_lines_to_standard_output_and_the_table_beside_it(tmp_path: Path) -> None:
    file = tmp_path / "manifest.csv"
    file.write_text(MANIFEST)
    done = run("assess", file, "--on", "2026-09-01", "--out", "-")
    assert len(lines_of(done.stdout)) == 4 and "suggested code" in done.stderr


@pytest.mark.parametrize(
    ("on", "arrived", "day", "source"),
    [
        ("2026-08-01", "2026-09-01", "2026-08-01", "asked"),
        (None, "2026-09-01", "2026-09-01", "arrival"),
    ],
)
def test_the_day_is_the_one_asked_for_else_that_of_arrival(
    tmp_path: Path, on: str | None, arrived: str, day: str, source: str
) -> None:
    file = tmp_path / "manifest.csv"
    file.write_text(
        "tracking_number,description,hs_code,origin,value,currency,arrival_date\n"
        f"RR123456785IN,cotton T-shirt,6109.10.00.12,IN,48.00,USD,{arrived}\n"
    )
    done = run("assess", file, "--out", "-", *(["--on", on] if on else []))
    answer = lines_of(done.stdout)[0]
    assert (answer["entry_date"], answer["entry_date_from"]) == (day, source), done.stderr


def test_schedule_shows_the_line_its_parents_and_what_reaches_it() -> None:
    done = run("schedule", "6109.10.00.12", "--on", "2026-09-01", "--origin", "cn")
    assert done.returncode == 0, done.stderr
    for said in ("6109.10.00", "16.5%", "doz., kg", "9903.88.15", "2026-09-01"):
        assert said in done.stdout


def test_schedule_of_a_number_that_does_not_exist_is_exit_code_2() -> None:
    done = run("schedule", "6109.99.99.99", "--on", "2026-09-01")
    assert done.returncode == 2 and done.stderr.startswith("HTS_UNKNOWN")


def test_data_status_says_how_far_it_was_verified() -> None:
    done = run("data", "status")
    assert done.returncode == 0 and "2026-10-10" in done.stdout and "\nrisk " in done.stdout


def _commands() -> list[list[str]]:
    import typer

    group = typer.main.get_command(mailduty.app)
    found: list[list[str]] = []

    def walk(command: object, path: list[str]) -> None:
        below = getattr(command, "commands", None)
        if below is None:
            found.append(path)
        for name, one in (below or {}).items():
            walk(one, [*path, name])

    walk(group, [])
    return found


@pytest.mark.parametrize("command", _commands(), ids=" ".join)
def test_every_command_has_help_with_an_example(command: list[str]) -> None:
    said = CliRunner().invoke(mailduty.app, [*command, "--help"])
    assert said.exit_code == 0 and f"Example: mailduty {' '.join(command)}" in " ".join(said.output.split())


def test_help_is_there_at_once() -> None:
    best = 9.0
    for _ in range(3):
        began = time.perf_counter()
        assert run("--help").returncode == 0
        best = min(best, time.perf_counter() - began)
    assert best < 0.5
