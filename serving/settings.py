"""What an operator sets: folders, each by an environment variable. There is nothing else to configure yet.

* ``MAILDUTY_HOME``: where records are kept; else ``$XDG_DATA_HOME/mailduty``, else ``~/.local/share/mailduty``.
* ``MAILDUTY_SCHEDULE``: a tariff table the user built; else the one in the package.
* ``MAILDUTY_HTS_MODEL``: a suggester the user trained, read in ``suggesting.py``; else the one in the package.
"""

from __future__ import annotations

import os
from pathlib import Path

from data.schedule import Schedule


def home() -> Path:
    """The folder of everything kept on this machine."""
    if named := os.environ.get("MAILDUTY_HOME"):
        return Path(named).expanduser()
    base = os.environ.get("XDG_DATA_HOME")
    return (Path(base) if base else Path.home() / ".local" / "share") / "mailduty"


def tariff() -> Schedule:
    """The tariff in use. Raises as :meth:`data.schedule.Schedule.load` does."""
    named = os.environ.get("MAILDUTY_SCHEDULE")
    return Schedule.load(Path(named).expanduser() if named else None)
