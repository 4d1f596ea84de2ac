"""The service's log: one JSON object a line on standard error, without personal data.

What people sent is never logged: no body, no query, no tracking number, no text of an error that may repeat them. An
error of ours is its code, any other its type and the lines of the program it came through.
"""

from __future__ import annotations

import logging
import sys
import traceback
from pathlib import Path
from typing import Any

import structlog

_ROOT = Path(__file__).parent.parent.parent
_LIBRARIES = ("bentoml", "_bentoml_impl", "_bentoml_sdk", "uvicorn", "sqlalchemy", "alembic", "asyncio")


class _Lines:
    """Writes each line at once, to standard error as it is at that moment."""

    def msg(self, line: str) -> None:
        sys.stderr.write(line + "\n")
        sys.stderr.flush()

    debug = info = warning = error = msg


log: Any = structlog.wrap_logger(
    _Lines(),
    processors=[
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.EventRenamer("said"),
        structlog.processors.JSONRenderer(sort_keys=False),
    ],
)


def failure(error: BaseException, request: str | None = None, **more: Any) -> None:
    """Logs that something failed which is no error of ours: its type and where, not what it says."""
    lines = [
        f"{_short(frame.filename)}:{frame.lineno} {frame.name}"
        for frame in traceback.extract_tb(error.__traceback__)[-12:]
    ]
    log.error("failed", request=request, error=type(error).__name__, through=lines, **more)


class Bare(logging.Filter):
    """Takes from a library's line what may repeat a request: the text of an exception and its traceback."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.exc_info and record.exc_info[0] is not None:
            record.msg = f"{record.getMessage().splitlines()[0]}: {record.exc_info[0].__name__}"
            record.args, record.exc_info, record.exc_text = (), None, None
        return True


class _AsJson(logging.Handler):
    """Lines of libraries, in our form."""

    def emit(self, record: logging.LogRecord) -> None:
        log.msg(record.getMessage()[:500], by=record.name, grade=record.levelname.lower())


def take_over() -> None:
    """From now on libraries in this process log in our form, bare."""
    handler = _AsJson()
    handler.addFilter(Bare())
    for name in _LIBRARIES:
        logger = logging.getLogger(name)
        logger.handlers[:] = [handler]
        logger.propagate = False


def _short(filename: str) -> str:
    path = Path(filename)
    return str(path.relative_to(_ROOT)) if path.is_relative_to(_ROOT) else path.name
