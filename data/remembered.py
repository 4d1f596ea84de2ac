"""Parsed files, remembered on disk by the sum of their bytes, because YAML is slow to parse.

The folder is ``MAILDUTY_CACHE``, else ``$XDG_CACHE_HOME/mailduty``, else ``~/.cache/mailduty``. Losing it costs
seconds and nothing else; where it cannot be written, every start parses again.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import orjson


def cache_folder() -> Path:
    named = os.environ.get("MAILDUTY_CACHE")
    base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return Path(named) if named else base / "mailduty"


def remembered(paths: Sequence[Path], parse: Callable[[Path], Any]) -> list[tuple[Path, Any]]:
    """Each path with what ``parse`` makes of it (plain JSON values), from the cache where the bytes are known."""
    store = cache_folder() / "parsed.json"
    try:
        known: dict[str, Any] = orjson.loads(store.read_bytes())
    except (OSError, ValueError):
        known = {}
    found, keep, news = [], {}, False
    for path in paths:
        key = hashlib.sha256(path.read_bytes()).hexdigest()
        if key not in known:
            known[key], news = parse(path), True
        keep[key] = known[key]
        found.append((path, known[key]))
    if news:
        _keep(store, keep)
    return found


def _keep(store: Path, values: dict[str, Any]) -> None:
    try:
        body = orjson.dumps(values)
        store.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=store.parent, delete=False) as draft:
            draft.write(body)
        os.replace(draft.name, store)  # whole or not at all: several processes may start at once
    except (OSError, TypeError):
        return
