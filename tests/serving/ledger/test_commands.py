"""`mailduty assess` and `mailduty ledger`, as a user calls them, on one ledger from first to last."""

import json
import re
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT))

import mailduty  # noqa: E402
from serving.ledger import Ledger  # noqa: E402
from serving.ledger.received import file_of  # noqa: E402
from tests.serving.ledger.tampering import Tamperer  # noqa: E402

MANIFEST = """tracking_number,recipient_name,recipient_zip,description,hts,origin,value,currency,arrival_date,pieces
CP401182654DE,Odell Quimby,12207,men's knitted cotton T-shirt,6109.10.00.12,BD,24.00,USD,2026-09-15,2
CP401182654DE,Odell Quimby,12207,printed book,4901.99.00.70,DE,31.50,USD,2026-09-15,1
LB441200912DE,Nadia Ferme,60601,wooden building blocks,9503.00.00.73,CZ,29.00,USD,2026-09-15,1
LB441200926DE,Nadia Ferme,60601,handbag of leather,4202.21.60.00,IT,,USD,2026-09-15,1
LB441200930DE,Odell Quimby,12207,ball point pens,96081,DE,x,USD,2026-09-15,1
"""


@pytest.fixture
def at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MAILDUTY_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("MAILDUTY_LEDGER", raising=False)
    monkeypatch.setattr(
        "serving.risk.rating.risk_folder", lambda: None
    )  # the rules alone: quick, and not the matter here
    (tmp_path / "sep.csv").write_text(MANIFEST)
    return tmp_path


def run(*words: str, code: int = 0) -> str:
    done: Result = CliRunner().invoke(mailduty.app, list(words))
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    assert done.exit_code == code, done.output
    return done.output


def test_from_a_manifest_to_a_person_forgotten(at_home: Path) -> None:
    manifest, out = at_home / "sep.csv", at_home / "out.jsonl"
    said = run("assess", str(manifest), "--out", str(out), "--party", "acme", code=1)
    summary = json.loads(out.read_text().splitlines()[-1])["summary"]
    items, errors = summary["items"], summary["errors"]
    assert items + errors == 5 and errors >= 1
    assert summary["records"] == {"party": "acme", "written": 6, "unchanged": 0}
    assert "Ledger: 6 records written of party acme; sqlite:///" in said

    said = run("assess", str(manifest), "--party", "acme", code=1)
    assert "Ledger: 0 records written of party acme, 6 were there already" in said

    ledger = Ledger.open()
    (kept,) = ledger.records("acme", kinds=("manifest",))
    assert file_of(ledger, "acme", kept.manifest_sha256 or "").content == manifest.read_bytes()
    stored = (at_home / "home" / "ledger.db").read_bytes()
    assert not any(name in stored for name in (b"Quimby", b"Nadia", b"12207")), "people are sealed"
    assert ledger.personal(ledger.item("acme", "CP401182654DE")[:1])

    assert "acme: the chain of 6 records holds" in run("ledger", "verify")
    anchors = at_home / "anchors.jsonl"
    assert "1 chains anchored" in run("ledger", "anchor", "--out", str(anchors))
    assert json.loads(run("ledger", "anchor", "--party", "acme"))["length"] == 6
    run("ledger", "verify", "--anchor", str(anchors))

    history = run("ledger", "show", "CP401182654DE", "--party", "acme").splitlines()
    assert len(history) == 2
    name = re.findall(r"\b[0-9a-f]{28}\b", history[0])[0]
    whole = json.loads(run("ledger", "show", name, "--party", "acme"))
    assert whole["record_id"] == name and whole["personal"] == "sealed" and "Quimby" not in str(whole)
    said = run("ledger", "replay", name, "--party", "acme")
    assert said.endswith("The same to the cent.\n") and "duty: recorded $" in said
    said = run("ledger", "replay", "--all", "--party", "acme")
    assert "DIFFERENT" not in said and "the same to the cent" in said
    assert "0 records" in run("ledger", "replay", "--all", "--party", "acme", "--since", "2999-01-01")

    csv = at_home / "acme.csv"
    assert "6 records" in run("ledger", "export", "--out", str(csv), "--party", "acme")
    assert len(csv.read_text().splitlines()) == 7 and "Quimby" not in csv.read_text()

    run("ledger", "hold", "CP401182654DE", "--reason", "CBP Form 28", "--party", "acme")
    person = ["--name", "odell quimby", "--postal-code", "12207"]
    said = run("ledger", "erase", *person, "--party", "acme")
    assert "would lose, with --yes," in said and "2 records and 1 files are under a legal hold" in said
    run("ledger", "release", "CP401182654DE", "--reason", "closed", "--party", "acme")
    said = run("ledger", "erase", *person, "--yes", "--party", "acme")
    assert "2 records lost their sealed data: CP401182654DE\n" in said
    assert "goes on without the person's lines" in said
    assert b"Quimby" not in file_of(ledger, "acme", kept.manifest_sha256 or "").content
    left = ledger.personal(list(ledger.records("acme")))
    assert "Nadia" in str(left) and "Quimby" not in str(left)
    assert "holds" in run("ledger", "verify")
    assert "the same to the cent" in run("ledger", "replay", "--all", "--party", "acme")

    assert "items with" in run("ledger", "purge", "--on", "2031-12-31", "--party", "acme")
    assert "0 items" in run("ledger", "purge", "--yes", "--party", "acme"), "nothing is old enough today"

    Tamperer(ledger).do("UPDATE records SET actor = 'nobody' WHERE seq = 3")
    ledger.close()
    said = run("ledger", "verify", code=1)
    assert "is broken" in said and "record 3 (" in said.splitlines()[1]


def test_an_empty_ledger_has_nothing_to_say(at_home: Path) -> None:
    assert run("ledger", "verify") == "the ledger is empty\n"
    assert "0 records of local: nothing to compute" in run("ledger", "replay", "--all")
    run("ledger", "replay", code=2)
    run("ledger", "replay", "x", "--all", code=2)


def test_a_manifest_that_changed_while_it_was_read_is_refused(
    at_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from data.errors import MailDutyError
    from serving.manifests import manifest_keeping

    monkeypatch.setattr(manifest_keeping, "_content", lambda file: file.read_bytes() + b"more")
    with pytest.raises(MailDutyError) as caught:
        run("assess", str(at_home / "sep.csv"))
    assert caught.value.code == "MANIFEST_CHANGED"
    assert run("ledger", "verify") == "the ledger is empty\n"


def test_the_same_item_in_two_files_of_one_run_is_said_twice(at_home: Path) -> None:
    later = at_home / "later.csv"
    later.write_text(MANIFEST.replace("29.00", "39.00"))
    said = run("assess", str(at_home / "sep.csv"), str(later), code=1)
    assert "10 rows in" in said
    ledger = Ledger.open()
    history = [r for r in ledger.item("local", "LB441200912DE") if r.kind == "assessment"]
    values = [(record.body() or {})["asked"]["value_usd"] for record in history]
    assert values == ["29.00", "39.00"]
    assert len([r for r in ledger.item("local", "CP401182654DE") if r.kind == "assessment"]) == 2
    ledger.close()
