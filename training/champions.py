"""`mailduty models pull`: the registry's champions, fetched to where serving looks for them.

Serving knows no registry. A champion is fetched whole, checked file by file and for whether this release can read it,
and only then takes the place of the one before; what cannot be used leaves everything as it was.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from data.errors import MailDutyError
from models.artifact import CONTENTS, Artifact, load
from models.hts.artifact import TEXT_VERSION
from models.risk.artifact import check_columns
from training.tracking import CHAMPION, champion

NAMES = ("hts", "risk")
PULLED = "pulled.json"  # beside the model's files: from where and when


@dataclass(frozen=True)
class Pulled:
    """One model that was fetched: its own version, and the registry's."""

    name: str
    model: str
    version: str
    folder: Path


def pull(names: Sequence[str], models: Path, today: date, store: Path | None = None) -> list[Pulled]:
    """Fetches champions into ``models``/NAME. ``store``: home of the registry where no server is set.

    Raises ``MODEL_NAME``, ``MODEL_NO_CHAMPION``, or why a champion is refused (``MODEL_ALTERED``, ``MODEL_FEATURES``, ...).
    """
    for name in names:
        if name not in NAMES:
            raise MailDutyError("MODEL_NAME", f"{name!r} is no model", "", f"name one of {', '.join(NAMES)}")
    return [_pull(name, models, today, store) for name in names]


def _pull(name: str, models: Path, today: date, store: Path | None) -> Pulled:
    found = champion(name, store)
    if found is None:
        raise MailDutyError(
            "MODEL_NO_CHAMPION",
            f"the registry has no {name} model with the alias {CHAMPION}",
            "A model becomes champion where every gate of its training holds",
            f"train one with `mailduty train {name}`, or set MLFLOW_TRACKING_URI",
        )
    part = models / f".{name}.part"
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    try:
        artifact = load(found.folder)
        _check(name, artifact)
        for file in (CONTENTS, "card.md", *artifact.files):
            if (found.folder / file).exists():
                shutil.copyfile(found.folder / file, part / file)
        load(part)
        said = {"name": name, "version": found.version, "model": artifact.version, "on": today.isoformat()}
        (part / PULLED).write_text(json.dumps(said, indent=1) + "\n", encoding="utf-8")
        _swap(part, models / name)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return Pulled(name, artifact.version, found.version, models / name)


def _check(name: str, artifact: Artifact) -> None:
    """Raises where this release cannot read the model."""
    if name == "risk":
        check_columns(artifact)
    elif artifact.about.get("text") != TEXT_VERSION:
        raise MailDutyError(
            "MODEL_STALE",
            f"the model was trained on text version {artifact.about.get('text')}, this is {TEXT_VERSION}",
            "Training and serving clean and cut text the same way",
            "Train the model again",
        )


def _swap(new: Path, place: Path) -> None:
    """Puts a folder in the place of another; for a moment there is none, and serving then takes the package's."""
    old = place.with_name(f".{place.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if place.exists():
        place.rename(old)
    new.rename(place)
    shutil.rmtree(old, ignore_errors=True)
