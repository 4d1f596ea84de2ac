"""kill -9 at random points while a manifest is taken in, fifty times on each database: nothing lost, nothing doubled."""

import os
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from data.s10 import check_digit
from serving.ledger import Ledger
from serving.ledger.projecting import projected
from serving.ledger.tables import files, personal, tasks
from serving.manifests.ingest import receive
from serving.manifests.tasks import task_of

KILLS = 50
FILES, ROWS, BAD = 8, 400, 20
COLUMNS = "tracking_id,line_no,description,hts,origin,quantity,value,currency,arrival_date,recipient_name,recipient_postal_code"


@pytest.fixture(scope="module")
def manifests(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Files of parcels of one to three lines; every so often a row that cannot be read."""
    folder, serial = tmp_path_factory.mktemp("manifests"), 40_000_000
    for file in range(FILES):
        lines = [COLUMNS]
        while len(lines) <= ROWS:
            serial += 1
            tracking = f"CP{serial}{check_digit(str(serial))}DE"
            for line in range(1, 2 + serial % 3):
                about = f"cotton shirt of lot {serial},6109.10.00.12,BD,2,{serial % 90 + 9}.50,USD,2026-09-15"
                lines.append(f"{tracking},{line},{about},Odell Quimby {serial},12207")
        lines = lines[: ROWS + 1]
        for row in range(7, ROWS, ROWS // BAD):
            lines[row] = lines[row].replace(".50,USD", ".5x0,USD")
        (folder / f"{file}.csv").write_text("\n".join(lines) + "\n")
    return folder


@pytest.mark.timeout(600)
def test_killed_fifty_times_every_row_is_there_once(
    ledger_url: str, database: str, manifests: Path, chain_holds: Any
) -> None:
    script, seed = (
        Path(__file__).with_name("killed.py"),
        {"sqlite": 20261005, "postgresql": 20261006}[database],
    )
    done = subprocess.run(
        [sys.executable, str(script), ledger_url, str(manifests), str(KILLS), str(seed)],
        env={**os.environ, "OMP_NUM_THREADS": "1", "MAILDUTY_HTS_MODEL": "none"},
        capture_output=True, text=True, timeout=550,
    )  # fmt: skip
    assert done.returncode == 0 and done.stdout.split() == [str(KILLS)], done.stderr[-3000:]

    ledger = Ledger.open(ledger_url)
    found, good, bad = list(ledger.records("acme")), FILES * (ROWS - BAD), FILES * BAD
    assert chain_holds(found) == len(found)
    assert Counter(r.kind for r in found) == {"assessment": good, "rejected": bad, "manifest": FILES}
    assert set(Counter(r.item_key for r in found).values()) == {1}
    assert len(ledger.personal(found)) == good + bad, "names of every row, sealed; those of bad rows too"
    made = projected(found)
    assert {k: r.record_id for k, r in ledger.current("acme", made.current).items()} == {
        k: row["record_id"] for k, row in made.current.items()
    }
    assert sorted((w.item_key, w.code) for w in ledger.open_exceptions("acme")) == sorted(
        (key, code) for key, codes in made.exceptions.items() for code in codes
    )
    with ledger.reading() as connection:
        assert connection.scalar(select(func.count()).select_from(files)) == FILES
        assert connection.scalar(select(func.count()).select_from(personal)) == good + bad
        all_tasks = connection.execute(select(tasks.c.task_id)).scalars().all()
    assert len(all_tasks) == FILES
    for task in (task_of(ledger, "acme", task_id) for task_id in all_tasks):
        assert (task.status, task.rows_done, task.rows_total) == ("done", ROWS, ROWS)
        told = {name: task.result[name] for name in ("items", "errors", "new")}
        assert told == {"items": ROWS - BAD, "errors": BAD, "new": ROWS}
        assert sum(task.result["decisions"].values()) == ROWS - BAD

    for path in manifests.iterdir():
        again = receive(ledger, "acme", path.read_bytes(), path.name, {}, datetime.now(UTC))
        assert again.task_id in all_tasks and again.status == "done"
