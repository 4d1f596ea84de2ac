"""What every test may rely on: the facts beside the checkout where they are, and a home of its own."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent

# Before anything imports prometheus_client: without it the metrics of the service hang.
os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", tempfile.mkdtemp(prefix="mailduty-metrics-"))
os.environ["BENTOML_DO_NOT_TRACK"] = "True"
os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
os.environ["HF_HUB_OFFLINE"] = "1"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of facts and official data: MAILDUTY_SHARED, else ``shared`` beside the checkout.

    It is no part of the repository, so a clean checkout on a new machine may lack it: what needs it is skipped there
    and says so. What is shipped was held against it where it was made.
    """
    folder = Path(os.environ.get("MAILDUTY_SHARED", ROOT.parent / "shared"))
    if not (folder / "data").is_dir():
        pytest.skip(f"the shared facts are not at {folder}; set MAILDUTY_SHARED")
    return folder


@pytest.fixture(autouse=True, scope="session")
def own_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Records of the tests go into a folder of their own, never into the home of whoever runs them."""
    folder = tmp_path_factory.mktemp("home")
    before = {
        name: os.environ.get(name) for name in ("MAILDUTY_HOME", "MAILDUTY_SCHEDULE", "MAILDUTY_HTS_MODEL")
    }
    os.environ["MAILDUTY_HOME"] = str(folder)
    os.environ.pop("MAILDUTY_SCHEDULE", None)
    os.environ.pop("MAILDUTY_HTS_MODEL", None)
    yield folder
    for name, value in before.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value


SMALL_FILES = ("71/7117.yaml", "85/8504.yaml", "85/8518.yaml", "64/shoes.yaml")


@pytest.fixture(scope="session")
def small_settings() -> dict[str, Any]:
    """Settings under which the suggester is trained in seconds: a static encoder, few rows, few trees."""
    from training.train_hts import settings

    return settings(
        rows=2600,
        ranker_rows=900,
        encoder={"kind": "static", "start": "random", "width": 64, "epochs": 2},
        ranker={"trees": 60, "folds": 3},
        evaluate=[],
        outside=[],
    )


@pytest.fixture(scope="session")
def small_catalogue() -> Any:
    """A few files of the catalogue."""
    from data.catalogue import Catalogue, load

    whole = load()
    goods = tuple(g for g in whole if g.path in SMALL_FILES)
    files = {name: file for name, file in whole.files.items() if name in SMALL_FILES}
    return Catalogue(goods, files, (), {g.id: g for g in goods})


@pytest.fixture(scope="session")
def small_model(
    tmp_path_factory: pytest.TempPathFactory, small_catalogue: Any, small_settings: dict[str, Any]
) -> Any:
    """A suggester trained inside the tests on the small catalogue."""
    from training.train_hts import train

    return train(small_settings, tmp_path_factory.mktemp("hts"), catalogue=small_catalogue)
