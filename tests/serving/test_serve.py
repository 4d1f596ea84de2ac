"""`mailduty serve` for real: it starts, says where, answers, and ends when it is told to."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from tests.serving.running.server import Server

ROOT = Path(__file__).resolve().parents[2]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_the_service_starts_says_where_answers_and_stops(tmp_path: Path) -> None:
    port = _free_port()
    env = {**os.environ, "MAILDUTY_HOME": str(tmp_path), "PYTHONUNBUFFERED": "1"}
    env.pop("PROMETHEUS_MULTIPROC_DIR", None)
    log = tmp_path / "log"
    with log.open("wb") as stream:
        service = subprocess.Popen(
            [sys.executable, str(ROOT / "mailduty.py"), "serve", "--port", str(port), "--workers", "1"],
            stdout=subprocess.PIPE,
            stderr=stream,
            env=env,
            cwd=tmp_path,
            text=True,
        )
        try:
            assert service.stdout
            said = ""
            for line in service.stdout:
                said += line
                if "Ctrl-C" in line:
                    break
            assert f"http://127.0.0.1:{port}" in said, said + log.read_text()
            body = re.search(r"-d '(.*)'", said, re.S)
            assert body and "/docs.json" in said
            request = urllib.request.Request(
                f"http://127.0.0.1:{port}/duty", body[1].encode(), {"content-type": "application/json"}
            )
            with urllib.request.urlopen(request, timeout=30) as response:
                answer = json.load(response)
            assert answer["items"]["RR123456785IN"]["duty_usd"] == "12.72"
        finally:
            service.send_signal(signal.SIGTERM)
            service.wait(timeout=30)
            service.stdout.close()  # type: ignore[union-attr]
    with socket.socket() as probe:  # nothing is left behind
        assert probe.connect_ex(("127.0.0.1", port)) != 0


def test_nothing_is_left_when_it_is_killed_without_a_word(tmp_path: Path) -> None:
    """kill -9 of `mailduty serve` alone: what it started ends too, and the port is free for the next."""
    server = Server(tmp_path, workers=2).start()
    assert server.process is not None and len(server.family()) >= 3
    server.process.kill()
    server.process.wait(timeout=30)
    until = time.monotonic() + 60
    while time.monotonic() < until:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", server.port)) != 0:
                break
        time.sleep(0.2)
    server.start()
    server.stop()
