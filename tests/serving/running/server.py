"""The service for real: its own process, home and port; and manifests of our own making."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path

import httpx

from serving.ledger import Ledger
from serving.web.keys import add_key

ROOT = Path(__file__).resolve().parents[3]
ALL = ("read", "assess", "review", "file", "metrics")


class Server:
    """`mailduty serve` in a home of its own; ``more`` is added to its environment."""

    def __init__(self, home: Path, workers: int = 1, host: str = "127.0.0.1", **more: str) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self.home, self.workers, self.host = home, workers, host
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = home / "service.log"
        self.env = {
            **{name: value for name, value in os.environ.items() if name != "PROMETHEUS_MULTIPROC_DIR"},
            "MAILDUTY_HOME": str(home),
            "MAILDUTY_HTS_MODEL": "none",
            "PYTHONUNBUFFERED": "1",
            **more,
        }
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> "Server":
        """Started, and ready to answer."""
        command = [
            sys.executable,
            str(ROOT / "mailduty.py"),
            "serve",
            "--host",
            self.host,
            "--port",
            str(self.port),
        ]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*command, "--workers", str(self.workers)],
                stdout=log,
                stderr=log,
                env=self.env,
                cwd=self.home,
                start_new_session=True,
            )
        until = time.monotonic() + 280  # seconds; a machine that others use too is slow to start it
        while time.monotonic() < until and self.process.poll() is None:
            try:
                urllib.request.urlopen(f"{self.url}/readyz", timeout=2).close()
                return self
            except (urllib.error.URLError, OSError):
                time.sleep(0.1)
        self.kill()
        raise AssertionError(self.log.read_text())

    def stop(self) -> None:
        """As an operator stops it."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(timeout=60)

    def kill(self) -> None:
        """All its processes at once, without a word."""
        if self.process is None:
            return
        for number in [self.process.pid, *self.family()]:
            with suppress(ProcessLookupError):
                os.kill(number, signal.SIGKILL)
        self.process.wait(timeout=30)

    def family(self) -> list[int]:
        """The processes it has started, and those that they have."""
        assert self.process is not None
        said = subprocess.run(["ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True)
        pairs = [(int(one), int(parent)) for one, parent in map(str.split, said.stdout.splitlines())]
        found, known = [], {self.process.pid}
        while new := [one for one, parent in pairs if parent in known and one not in known]:
            known |= set(new)
            found += new
        return found

    def ledger(self) -> Ledger:
        """Its ledger, opened beside it."""
        return Ledger.open(self.env.get("MAILDUTY_LEDGER") or f"sqlite:///{self.home / 'ledger.db'}")

    def key(self, party: str, *scopes: str) -> str:
        """A new key of a party."""
        with closing(self.ledger()) as ledger:
            return add_key(ledger, party, scopes or ALL, datetime.now(UTC), "test")

    def asking(self, key: str | None = None, **more: str) -> httpx.Client:
        """A client that sends a key."""
        headers = {**({"Authorization": f"Bearer {key}"} if key else {}), **more}
        return httpx.Client(base_url=self.url, headers=headers, timeout=60)


HEAD = "tracking_id,description,hts,origin,value,currency,sender_name,recipient_name,recipient_postal_code"


def manifest(numbers: range, prefix: str = "X", bad: int = 0) -> bytes:
    """A manifest of our own making: one parcel a row, the last ``bad`` of them without a value."""
    goods = (("cotton T-shirt", "6109100012", "IN"), ("ceramic mug", "6912003950", "CN"))
    rows = [
        f"{prefix}{n:08d},{goods[n % 2][0]},{goods[n % 2][1]},{goods[n % 2][2]},"
        f"{'' if n >= numbers.stop - bad else 10 + n % 40},USD,Shop {n},Person {n},{10000 + n}"
        for n in numbers
    ]
    return "\n".join([HEAD, *rows, ""]).encode()
