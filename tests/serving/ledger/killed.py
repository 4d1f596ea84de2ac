"""Takes manifests in, in processes that are killed without a word, until they were killed often enough.

    python killed.py LEDGER FOLDER KILLS SEED

Each life is a fork of this process, so that fifty of them do not import the models fifty times; it opens the ledger
itself. It writes a byte where the ingestion asks whether to stop: before each chunk. The parent lets it get a few
bytes far, waits a random part of what takes to the next, and kills it. The last life is left alone.
"""

import os
import random
import signal
import sys
import time
import traceback
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from sqlalchemy import func, select

from data.manifest import read_manifest
from serving.assessor import Assessor
from serving.ledger import Ledger
from serving.ledger.tables import tasks
from serving.manifests.ingest import Work, receive
from serving.manifests.manifests import asked_items
from serving.manifests.tasks import me, take

CHUNK = 10


def live(url: str, manifests: list[bytes], assessor: Assessor, out: int) -> None:
    """What the service does: works on what it has in hand, then receives the next manifest, until all are done."""

    def stopping() -> bool:
        os.write(out, b".")
        return False

    ledger = Ledger.open(url)
    while True:
        while task := take(ledger, me(), datetime.now(UTC)):
            done = Work(ledger, assessor, me(), stopping=stopping, chunk=CHUNK).do(task)
            assert done.status == "done"
        with ledger.reading() as connection:
            received = connection.scalar(select(func.count()).select_from(tasks))
        if received == len(manifests):
            return
        receive(ledger, "acme", manifests[received], f"{received}.csv", {}, datetime.now(UTC))


def born(url: str, manifests: list[bytes], assessor: Assessor) -> tuple[int, int]:
    """A new life: its process, and where its bytes are read."""
    sees, says = os.pipe()
    child = os.fork()
    if child:
        os.close(says)
        return child, sees
    code = 1
    try:
        os.close(sees)
        live(url, manifests, assessor, says)
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)


def watched(sees: int, far: int, starts: list[float], chunks: list[float]) -> int:
    """Waits until a life got ``far`` bytes, or ended; how many there were. Notes how long things take."""
    got, last = 0, time.monotonic()
    while got < far and os.read(sees, 1):
        got, now = got + 1, time.monotonic()
        (starts if got == 1 else chunks).append(now - last)
        last = now
    return got


def main(url: str, folder: str, kills: int, seed: int) -> None:
    manifests, draw = [path.read_bytes() for path in sorted(Path(folder).iterdir())], random.Random(seed)
    assessor = Assessor.shipped()
    asked = list(asked_items(read_manifest(manifests[0]), None, datetime.now(UTC).date(), {}))
    assessor.assess(asked[:5])  # what is read from disk at first use is read before the first life
    killed, in_vain, starts, chunks = 0, 0, [0.2], [0.1]
    while killed < kills:
        far = draw.choice((2, 3, 4) if in_vain > 1 else (0, 0, 1, 2, 3, 4))
        child, sees = born(url, manifests, assessor)
        got = watched(sees, far, starts, chunks)
        time.sleep(draw.uniform(0, 1.2 * median((chunks if far else starts)[-40:])))
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        while more := os.read(sees, 64):
            got += len(more)
        os.close(sees)
        assert os.WIFSIGNALED(status), (
            f"a life ended by itself after {killed} kills: {os.waitstatus_to_exitcode(status)}"
        )
        killed += 1
        in_vain = 0 if got > 1 else in_vain + 1  # five times in vain, and the task is given up
    child, sees = born(url, manifests, assessor)
    watched(sees, 10**9, starts, chunks)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 0
    print(killed)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
