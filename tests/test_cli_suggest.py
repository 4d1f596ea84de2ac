"""The commands around the suggester and the catalogue, with a small model trained in the tests."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

import mailduty

ROOT = Path(__file__).resolve().parent.parent
ROWS = [
    {"id": "b", "description": "acrylic earrings for women", "origin": "CN", "value_usd": 12},
    {"id": "a", "description": "wireless earbuds bluetooth", "attributes": {"Color": "white"}},
]


@pytest.fixture
def small(small_model: Any, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder: Path = small_model.artifact.folder
    monkeypatch.setenv("MAILDUTY_HTS_MODEL", str(folder))
    return folder


def run(*args: object, stdin: str | None = None) -> Result:
    """The command inside this process: the catalogue is read once for all of them."""
    return CliRunner().invoke(mailduty.app, [str(a) for a in args], input=stdin)


def started(*args: object, **env: str) -> subprocess.CompletedProcess[str]:
    """The command as a user starts it."""
    command = [sys.executable, str(ROOT / "mailduty.py"), *map(str, args)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, env={**os.environ, **env})


def lines_of(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def written(tmp_path: Path, *rows: object) -> Path:
    file = tmp_path / "rows.jsonl"
    file.write_text("".join((r if isinstance(r, str) else json.dumps(r)) + "\n" for r in rows))
    return file


def test_suggest_answers_a_file_in_order(small: Path, tmp_path: Path) -> None:
    done = run("suggest", written(tmp_path, *ROWS), "--on", "2026-09-01", "--top", 3)
    assert done.exit_code == 0, done.output
    answers = lines_of(done.stdout)
    assert [a["id"] for a in answers] == ["b", "a"]
    assert [a["suggestions"][0]["hts"][:4] for a in answers] == ["7117", "8518"]
    assert all(len(a["suggestions"]) <= 3 for a in answers)
    assert "2 rows in = 2 answered + 0 with errors" in done.stderr


def test_suggest_gives_a_bad_row_its_own_error_and_exit_code_1(small: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    file = written(tmp_path, ROWS[0], "not json", {"id": "x"}, ROWS[1])
    done = run("suggest", file, "--on", "2026-09-01", "--out", out)
    assert done.exit_code == 1 and done.stdout == ""
    answers = lines_of(out.read_text())
    assert [a["id"] for a in answers] == ["b", None, "x", "a"]
    assert [a["error"]["row"] for a in answers if "error" in a] == [2, 3]


def test_suggest_reads_standard_input(small: Path) -> None:
    done = run("suggest", "-", "--on", "2026-09-01", stdin=json.dumps(ROWS[0]) + "\n")
    assert done.exit_code == 0 and lines_of(done.stdout)[0]["id"] == "b"


def test_suggest_of_one_text_is_a_table_or_json(small: Path) -> None:
    asked = ("suggest", "--text", "mens shoes", "--origin", "CN", "--value", 60, "--on", "2026-09-01")
    table = run(*asked)
    assert table.exit_code == 0, table.output
    assert "number" in table.stdout and "duty at stake $" in table.stdout and "Near: " in table.stdout
    answer = json.loads(run(*asked, "--json").stdout)
    assert answer["id"] == "text" and answer["missing"][0]["duty_at_stake_usd"]
    assert answer["suggestions"][0]["hts"] in table.stdout


def test_suggest_wants_a_file_or_a_text(tmp_path: Path) -> None:
    assert run("suggest").exit_code == 2
    assert run("suggest", written(tmp_path, *ROWS), "--text", "shoes").exit_code == 2
    assert run("suggest", "--text", "shoes", "--top", 0).exit_code == 2


@pytest.mark.parametrize(
    ("model", "content", "code"),
    [("none", json.dumps(ROWS[0]), "MODEL_MISSING"), ("/nowhere", json.dumps(ROWS[0]), "MODEL_MISSING")],
)
def test_suggest_without_a_model_is_exit_code_2(tmp_path: Path, model: str, content: str, code: str) -> None:
    out = tmp_path / "out.jsonl"
    done = started("suggest", written(tmp_path, content), "--out", out, MAILDUTY_HTS_MODEL=model)
    assert done.returncode == 2 and done.stderr.startswith(code) and "Traceback" not in done.stderr
    assert not out.exists()


def test_suggest_of_an_empty_file_is_exit_code_2(tmp_path: Path) -> None:
    done = started("suggest", written(tmp_path), MAILDUTY_HTS_MODEL="none")
    assert done.returncode == 2 and done.stderr.startswith("FILE_EMPTY")


def test_catalogue_generate_gives_the_same_bytes_on_any_machine(tmp_path: Path) -> None:
    one, two, other = (tmp_path / name for name in ("one", "two", "other"))
    for file, order in ((one, "1"), (two, "2")):  # the order of sets differs from process to process
        done = started(
            "catalogue", "generate", "--rows", 400, "--seed", 7, "--out", file, PYTHONHASHSEED=order
        )
        assert done.returncode == 0, done.stderr
    assert one.read_bytes() == two.read_bytes()
    assert run("catalogue", "generate", "--rows", 400, "--seed", 8, "--out", other).exit_code == 0
    assert one.read_bytes() != other.read_bytes()
    rows = lines_of(one.read_text())
    assert len(rows) == len({r["description"] for r in rows}) == 400
    keys = {"id", "kind", "description", "category", "attributes", "value_usd", "weight_kg", "hts", "style"}
    for row in rows:
        assert keys <= row.keys() and row["hts"].isdigit() and row["description"]


def test_catalogue_show_gives_words_questions_numbers_and_neighbours() -> None:
    done = run("catalogue", "show", "wireless earbuds")
    assert done.exit_code == 0, done.output
    assert "earbuds" in done.stdout and "number" in done.stdout and "8518" in done.stdout


def test_catalogue_show_of_what_nobody_knows_is_exit_code_2() -> None:
    done = started("catalogue", "show", "qqqzzz")
    assert done.returncode == 2 and done.stderr.startswith("KIND_UNKNOWN")


def test_catalogue_check_ends_by_what_it_found() -> None:
    done = run("catalogue", "check", "--on", "2026-09-01")
    assert done.stdout.rstrip().endswith("findings on 2026-09-01")
    assert done.exit_code == (0 if " 0 findings" in done.stdout else 1)


def test_catalogue_coverage_counts_by_chapter_and_draws(tmp_path: Path) -> None:
    rulings = written(tmp_path, {"id": "N1", "text": "wireless earbuds", "code10": "8518302000"})
    plot = tmp_path / "coverage.png"
    done = run("catalogue", "coverage", "--on", "2026-09-01", "--rulings", rulings, "--plot", plot)
    assert done.exit_code == 0, done.output
    assert "headings in full form" in done.stdout and "1 rows name goods of the catalogue" in done.stdout
    assert plot.read_bytes().startswith(b"\x89PNG")


def test_evaluate_scores_a_labelled_file(small: Path, tmp_path: Path) -> None:
    file = written(
        tmp_path,
        {"id": "1", "description": "acrylic earrings for women", "hts": "7117907500"},
        {"id": "2", "title": "wireless earbuds bluetooth", "code10": "8518302000"},
        {"id": "3", "text": "usb c wall charger 20w", "codes": ["8504409510", "8504408500"]},
    )
    asked = ("evaluate", "hts", "--data", file, "--model", small, "--on", "2026-09-01", "--origin", "VN")
    said = run(*asked)
    assert said.exit_code == 0, said.output
    for part in ("3 rows", "top-1", "top-5", "among the candidates", "calibration error", "mail from VN"):
        assert part in said.stdout
    report = json.loads(run(*asked, "--json").stdout)["rows"]
    assert report["rows"] == 3
    assert {"top1_at10", "ceiling", "calibration_error", "coverage_at_precision"} <= report.keys()


def test_evaluate_of_a_file_without_labels_is_exit_code_2(small: Path, tmp_path: Path) -> None:
    file = written(tmp_path, {"id": "1", "description": "earrings"})
    done = started("evaluate", "hts", "--data", file, "--model", small)
    assert done.returncode == 2 and done.stderr.startswith("LABELLED_UNREADABLE")
