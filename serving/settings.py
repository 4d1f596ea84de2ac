"""What an operator sets: folders, each by an environment variable. There is nothing else to configure yet.

* ``MAILDUTY_HOME``: where records are kept; else ``$XDG_DATA_HOME/mailduty``, else ``~/.local/share/mailduty``.
* ``MAILDUTY_SCHEDULE``: a tariff table the user built; else the one in the package.
* ``MAILDUTY_HTS_MODEL``, ``MAILDUTY_RISK_MODEL``: a model the user trained, or ``none``; else what
  ``mailduty models pull`` left under home, ``models/hts`` and ``models/risk``; else the one in the package.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import NamedTuple

from data.schedule import Schedule
from models.artifact import CONTENTS, SHIPPED


def home() -> Path:
    """The folder of everything kept on this machine."""
    if named := os.environ.get("MAILDUTY_HOME"):
        return Path(named).expanduser()
    base = os.environ.get("XDG_DATA_HOME")
    return (Path(base) if base else Path.home() / ".local" / "share") / "mailduty"


class ModelPlace(NamedTuple):
    """Where a model is: its folder (None: no model), and who put it there, in words."""

    folder: Path | None
    source: str


def model_place(name: str) -> ModelPlace:
    """Where the model of a name (``hts``, ``risk``) is taken from: the setting, the registry's champion, the package."""
    variable = f"MAILDUTY_{name.upper()}_MODEL"
    if named := os.environ.get(variable):
        return ModelPlace(None if named == "none" else Path(named).expanduser(), variable)
    pulled = home() / "models" / name
    if (pulled / CONTENTS).exists():
        return ModelPlace(pulled, f"registry{_registered(pulled)}")
    folder = SHIPPED / name
    return ModelPlace(folder, "package") if (folder / CONTENTS).exists() else ModelPlace(None, "package")


def _registered(folder: Path) -> str:
    try:
        said = json.loads((folder / "pulled.json").read_text(encoding="utf-8"))
        return f", version {said['version']}, pulled {said['on']}"
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def tariff() -> Schedule:
    """The tariff in use. Raises as :meth:`data.schedule.Schedule.load` does."""
    named = os.environ.get("MAILDUTY_SCHEDULE")
    return Schedule.load(Path(named).expanduser() if named else None)
