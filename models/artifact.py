"""A model as a folder: plain files with their sums, never a pickle. The only file in ``models/`` that touches disk.

``model.json`` names every file with its sha256 and says what the model is: name, version, settings, measures,
the versions of catalogue, schedule and cleaner it was trained with. A file that is missing, altered or of a kind
that could run code is refused.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from data.errors import MailDutyError

SHIPPED = Path(__file__).parent / "artifacts"
CONTENTS = "model.json"
KINDS_OF_FILE = (".json", ".txt", ".npz", ".onnx", ".md")


@dataclass(frozen=True)
class Artifact:
    """A loaded model folder: what it says of itself, and its files as bytes by name."""

    about: Mapping[str, Any]
    files: Mapping[str, bytes]
    folder: Path | None = None

    @property
    def version(self) -> str:
        return str(self.about["version"])

    def text(self, name: str) -> str:
        return self.files[name].decode("utf-8")

    def json(self, name: str) -> Any:
        return json.loads(self.files[name])

    def arrays(self, name: str) -> dict[str, np.ndarray]:
        """The arrays of an .npz file; anything but plain arrays is refused by numpy (``allow_pickle=False``)."""
        with np.load(io.BytesIO(self.files[name]), allow_pickle=False) as held:
            return {key: held[key] for key in held.files}


@dataclass
class Draft:
    """A model being put together. ``save`` writes it; the version is a sum over the files."""

    about: dict[str, Any]
    files: dict[str, bytes] = field(default_factory=dict)

    def text(self, name: str, body: str) -> None:
        self.files[name] = body.encode("utf-8")

    def json(self, name: str, body: Any) -> None:
        self.text(name, json.dumps(body, ensure_ascii=False, indent=1, sort_keys=True) + "\n")

    def arrays(self, name: str, **arrays: np.ndarray) -> None:
        held = io.BytesIO()
        np.savez_compressed(held, **arrays)  # type: ignore[arg-type]
        self.files[name] = held.getvalue()

    def save(self, folder: Path) -> Artifact:
        """Write all files, then the contents; returns what ``load`` would."""
        sums = {name: _sum(body) for name, body in sorted(self.files.items())}
        version = _sum("".join(f"{n}{s}" for n, s in sums.items()).encode())[:12]
        about = {**self.about, "version": version, "files": sums}
        folder.mkdir(parents=True, exist_ok=True)
        for name, body in self.files.items():
            (folder / name).write_bytes(body)
        (folder / CONTENTS).write_text(
            json.dumps(about, ensure_ascii=False, indent=1, sort_keys=True, default=str) + "\n",
            encoding="utf-8",
        )
        return Artifact(about, dict(self.files), folder)


def load(folder: Path) -> Artifact:
    """Read and check a model folder.

    Raises MailDutyError MODEL_MISSING, MODEL_ALTERED (a file's sum differs) or MODEL_UNSAFE (a kind of file
    that is not plain data).
    """
    contents = folder / CONTENTS
    if not contents.exists():
        raise MailDutyError(
            "MODEL_MISSING",
            f"no {CONTENTS} in {folder.name}",
            "A model is a folder with its contents written down",
            "Train one with `mailduty train`, or name the folder of a model",
        )
    about = json.loads(contents.read_text(encoding="utf-8"))
    files = {}
    for name, expected in about["files"].items():
        path = folder / name
        if path.suffix not in KINDS_OF_FILE or Path(name).name != name:
            raise MailDutyError(
                "MODEL_UNSAFE",
                f"{name} is not plain data",
                f"A model holds only {', '.join(KINDS_OF_FILE)}",
                "Train the model again",
            )
        body = path.read_bytes() if path.exists() else b""
        if _sum(body) != expected:
            raise MailDutyError(
                "MODEL_ALTERED",
                f"{name} of model {about['version']} is missing or not the file that was saved",
                "Every file is held to its sha256",
                "Restore the folder, or train the model again",
            )
        files[name] = body
    return Artifact(about, files, folder)


def _sum(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()
