"""What an operator sets, each by an environment variable; what belongs to a party is in the ledger (``parties``).

Where things are:

* ``MAILDUTY_HOME``: where records are kept; else ``$XDG_DATA_HOME/mailduty``, else ``~/.local/share/mailduty``.
* ``MAILDUTY_SCHEDULE``: a tariff table the user built; else the one in the package.
* ``MAILDUTY_HTS_MODEL``, ``MAILDUTY_RISK_MODEL``: a model the user trained, or ``none``; else what
  ``mailduty models pull`` left under home, ``models/hts`` and ``models/risk``; else the one in the package.
* ``MAILDUTY_LEDGER``: where the ledger is, as an SQLAlchemy URL; else ``ledger.db`` in home (``ledger/opening.py``).
* ``MAILDUTY_KEY``: the key that seals personal data; else made once in home (``ledger/sealing.py``).
* ``MAILDUTY_SALT``: of the hashes under which people are counted; else made once in home (``risking.py``).
* ``MAILDUTY_LISTS``, ``MAILDUTY_UNIT_VALUES``: screening lists, usual values (``rating.py``).
* ``MAILDUTY_HISTORY_DAYS``, ``MAILDUTY_HISTORY_PARCELS``: how much of the ledger the risk score looks back on
  (``risk_past.py``).
* ``MAILDUTY_HTSUS_DIR``: official exports of the tariff, for their descriptions.
* ``MAILDUTY_CACHE``: what may be lost, such as the parsed catalogue.

How the service runs; ``mailduty serve`` sets the first two itself:

* ``MAILDUTY_HOST``: the address it is bound to; on another than loopback every request needs a key (``gate.py``).
* ``MAILDUTY_WORKERS``: its processes; 1.
* ``MAILDUTY_MAX_BODY``, ``MAILDUTY_MAX_UPLOAD``, ``MAILDUTY_MAX_BODIES``, ``MAILDUTY_RATE``, ``MAILDUTY_BURST``: how much may
  be asked of it (``limits.py``).
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import NamedTuple

from data.schedule import Schedule


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
    from models.artifact import CONTENTS, SHIPPED  # brings numpy, which opening a ledger does without

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
