"""Processes a measurement starts on loopback and ends again by their own numbers; and the memory they held at most."""

from __future__ import annotations

import os
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from data.errors import MailDutyError
from serving.commands.launch import PATIENCE, command, environment

HOST = "127.0.0.1"
LEAVING = 90.0  # seconds a service has to finish what it accepted


@dataclass(frozen=True)
class Started:
    """A service that answers: where, and the first of its processes."""

    port: int
    process: subprocess.Popen[bytes]

    def peak_mb(self) -> float | None:
        """The most memory each of its processes has held, added up, in MB; None where the system does not say."""
        held = [_peak_kb(number) for number in family(self.process.pid)]
        known = [kb for kb in held if kb is not None]
        return sum(known) / 1024 if known else None

    def processor_s(self) -> float:
        """Seconds of processor its processes have used; NaN where the system does not say."""
        used = [_ticks(number) for number in family(self.process.pid)]
        known = [ticks for ticks in used if ticks is not None]
        return sum(known) / os.sysconf("SC_CLK_TCK") if known else float("nan")


@contextmanager
def started(name: str, folder: Path, target: str, where: Path, workers: int) -> Iterator[Started]:
    """Runs ``bentoml serve target`` in ``where`` until the block ends; its log is ``folder/name.log``.

    ``folder`` is its home. Raises ``SERVICE_DID_NOT_START`` with the end of its log.
    """
    home, log = folder / name, folder / f"{name}.log"
    home.mkdir()
    port = free_port()
    settings = {
        **environment(HOST, workers),
        "MAILDUTY_HOME": str(home),
        "BENTOML_HOME": str(home / "service"),
    }
    settings.pop("MAILDUTY_LEDGER", None)  # what is measured is never written among an operator's records
    with log.open("wb") as said:
        process = subprocess.Popen(
            command(HOST, port, target), env=settings, cwd=where, stdout=said, stderr=said
        )
        try:
            _wait(process, port, log)
            yield Started(port, process)
        finally:
            _end(process)


def free_port() -> int:
    """A port of loopback that nobody listens on just now."""
    with socket.socket() as asked:
        asked.bind((HOST, 0))
        return int(asked.getsockname()[1])


def family(number: int) -> list[int]:
    """A process and all that come of it, as the system lists them; itself alone where it lists none."""
    children: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(stat.read_text().rpartition(")")[2].split()[1])
        except (OSError, IndexError, ValueError):
            continue  # it has just ended
        children.setdefault(parent, []).append(int(stat.parent.name))
    found = [number]
    for one in found:
        found += children.get(one, ())
    return found


def _ticks(number: int) -> int | None:
    try:
        fields = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return int(fields[11]) + int(fields[12])


def _peak_kb(number: int) -> int | None:
    try:
        lines = Path(f"/proc/{number}/status").read_text().splitlines()
    except OSError:
        return None
    return next((int(line.split()[1]) for line in lines if line.startswith("VmHWM:")), None)


def _wait(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and process.poll() is None:
        try:
            with urllib.request.urlopen(f"http://{HOST}:{port}/readyz", timeout=2):
                return
        except (urllib.error.HTTPError, OSError):
            time.sleep(0.1)
    raise MailDutyError(
        "SERVICE_DID_NOT_START", "it does not answer", "", f"its log ends: {log.read_text()[-600:]}"
    )


def _end(process: subprocess.Popen[bytes]) -> None:
    """Asks it to leave; what is left of it and its children after a while is ended, each by its number."""
    left = family(process.pid)
    process.terminate()
    try:
        process.wait(LEAVING)
    except subprocess.TimeoutExpired:
        for number in left:
            try:
                os.kill(number, 9)
            except ProcessLookupError:
                continue
        process.wait(10)
