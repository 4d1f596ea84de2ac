"""Starts the service, waits until it answers, and says where."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from data.errors import MailDutyError
from serving.orphans import end_with_parent
from serving.settings import home

SERVICE = "serving.service:MailDuty"
PATIENCE = 300.0  # seconds; the suggester reads the whole catalogue first

EXAMPLE = """\
curl -s {url}/duty -H 'content-type: application/json' -d '{{"items": {{"RR123456785IN": {{
  "entry_date": "2026-09-01", "channel": "mail", "origin": "IN",
  "hts": "6109.10.00.12", "value_usd": "48.00", "facts": {{}}}}}}}}'"""


def launch(host: str, port: int, workers: int) -> int:
    """Runs the service until it is stopped; gives its exit code. Raises ``SERVICE_DID_NOT_START``."""
    url = f"http://{host}:{port}"
    if _answers(url):
        raise MailDutyError(
            "PORT_TAKEN",
            f"something answers at {url} already",
            "one port, one service",
            "choose another --port",
        )
    print(f"Starting mailduty at {url} ...", flush=True)
    service = subprocess.Popen(
        command(host, port),
        env=environment(host, workers),
        cwd=Path(__file__).parent.parent.parent,
        preexec_fn=end_with_parent,
    )
    previous = signal.signal(signal.SIGTERM, lambda *_: service.send_signal(signal.SIGTERM))
    try:
        _wait(service, url)
        print(announcement(url), flush=True)
        return service.wait()
    except KeyboardInterrupt:
        return service.wait()  # it got the same interrupt; what it accepted it finishes
    finally:
        signal.signal(signal.SIGTERM, previous)
        if service.poll() is None:
            service.terminate()
            service.wait()


def announcement(url: str) -> str:
    """Address, documentation and an example call, for a person who has just started it."""
    return (
        f"\nmailduty answers at {url}\n"
        f"API documentation: {url}/  (OpenAPI: {url}/docs.json)\n"
        f"What answers here: {url}/about\n\n"
        f"An example call:\n{EXAMPLE.format(url=url)}\n\n"
        "Ctrl-C stops it."
    )


def command(host: str, port: int, service: str = SERVICE) -> list[str]:
    """The command that runs the service in the foreground, by the interpreter that runs us."""
    return [sys.executable, "-m", "bentoml", "serve", service, "--host", host, "--port", str(port)]


def environment(host: str, workers: int) -> dict[str, str]:
    """Ours, with usage reports off, one thread for each process, and the service's own files in our home."""
    return {
        **os.environ,
        "BENTOML_DO_NOT_TRACK": "True",
        "BENTOML_HOME": os.environ.get("BENTOML_HOME", str(home().absolute() / "service")),
        "MAILDUTY_HOME": str(home().absolute()),
        "MAILDUTY_HOST": host,
        "MAILDUTY_WORKERS": str(workers),
        "OMP_NUM_THREADS": "1",
    }


def _wait(service: subprocess.Popen[bytes], url: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if service.poll() is not None:
            raise MailDutyError(
                "SERVICE_DID_NOT_START", f"it ended with exit code {service.returncode}", "", "see above"
            )
        if _answers(f"{url}/readyz"):
            return
        time.sleep(0.1)
    raise MailDutyError(
        "SERVICE_DID_NOT_START", f"it did not answer within {PATIENCE:.0f} s", "", "see above"
    )


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2):
            return True
    except urllib.error.HTTPError:
        return not url.endswith("/readyz")
    except OSError:
        return False
