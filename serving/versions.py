"""What stood behind an answer: code, tariff, law and models, each under a name that can be found again."""

from __future__ import annotations

import hashlib
from datetime import date
from functools import lru_cache
from importlib import metadata
from pathlib import Path
from typing import Any

from data.errors import MailDutyError
from models.artifact import load
from serving.settings import model_place

_ROOMS = ("data", "models", "serving")


@lru_cache(maxsize=1)
def code_version() -> str:
    """Release and a hash of the source that runs: ``0.1.0+src.1a2b3c4d5e6f``.

    A release number alone does not name a working copy, and answers must be replayed under the very code.
    """
    root = Path(__file__).resolve().parent.parent
    digest = hashlib.sha256()
    for room in _ROOMS:
        for file in sorted((root / room).rglob("*.py")):
            digest.update(file.relative_to(root).as_posix().encode() + b"\0" + file.read_bytes())
    try:
        release = metadata.version("mailduty")
    except metadata.PackageNotFoundError:
        release = "0"
    return f"{release}+src.{digest.hexdigest()[:12]}"


def hts_model() -> str:
    """The suggester in use: its version, or that a stand-in answers."""
    return _model("hts")


@lru_cache(maxsize=4)
def _version_of(name: str, folder: Path) -> str:
    return f"{name} {load(folder).version}"


def risk_model() -> str:
    """The risk score in use: its version, or that a stand-in answers."""
    return _model("risk")


def models_in_use() -> dict[str, dict[str, str]]:
    """Both models: ``{"hts": {"version", "from"}, "risk": {...}}``; from is a setting, the registry or the package."""
    return {name: {"version": _model(name), "from": model_place(name).source} for name in ("hts", "risk")}


def _model(name: str) -> str:
    folder = model_place(name).folder
    return "standin" if folder is None else _version_of(name, folder)


def versions(schedule: Any, law: Any, on: date) -> dict[str, str]:
    """Versions for an answer of a day; a tariff that does not reach that day is said to be unknown."""
    try:
        revision = f"{schedule.revision(on)} of table {schedule.contents['sha256'][:12]}"
    except MailDutyError as error:
        revision = f"none: {error.code}"
    return {
        "mailduty": code_version(),
        "schedule": revision,
        "law": str(law.version),
        "law_verified_through": law.verified_through.isoformat(),
        "hts_model": hts_model(),
        "risk_model": risk_model(),
    }
