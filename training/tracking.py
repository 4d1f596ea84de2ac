"""The only file that knows MLflow: runs, what is logged with them, the registry and its champion.

Without a setting the store is SQLite under MAILDUTY_HOME; MLFLOW_TRACKING_URI names a server.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from data.errors import MailDutyError

CHAMPION = "champion"


def store(home: Path | None = None) -> str:
    """The tracking address: the setting, else SQLite in the home folder (made if missing)."""
    if "MLFLOW_TRACKING_URI" in os.environ:
        return os.environ["MLFLOW_TRACKING_URI"]
    folder = home or Path(os.environ.get("MAILDUTY_HOME", ".mailduty"))
    folder.mkdir(parents=True, exist_ok=True)
    return f"sqlite:///{(folder / 'mlflow.db').resolve()}"


def _mlflow(home: Path | None) -> Any:
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")  # before the import: it reports home by default
    import mlflow

    mlflow.set_tracking_uri(store(home))
    return mlflow


class Run:
    """One training run as others see it: parameters, measures with intervals, tables, files, a registered model."""

    def __init__(self, mlflow: Any, run: Any) -> None:
        self._mlflow = mlflow
        self.id: str = run.info.run_id

    def parameters(self, values: Mapping[str, Any]) -> None:
        self._mlflow.log_params({k: str(v)[:500] for k, v in flat(values).items()})

    def measures(self, values: Mapping[str, float]) -> None:
        self._mlflow.log_metrics({k: float(v) for k, v in values.items()})

    def table(self, name: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Per-row predictions and the like, as JSON lines."""
        self._mlflow.log_text("\n".join(json.dumps(r, ensure_ascii=False) for r in rows), f"{name}.jsonl")

    def text(self, name: str, body: str) -> None:
        self._mlflow.log_text(body, name)

    def file(self, path: Path) -> None:
        self._mlflow.log_artifact(str(path))

    def register(self, name: str, folder: Path, champion: bool) -> str:
        """Log a model folder, register it under ``name``; with ``champion`` move the alias. Returns the version."""
        with tempfile.TemporaryDirectory() as work:
            code = Path(work) / "model_folder.py"
            code.write_text(_MODEL_CODE, encoding="utf-8")
            logged = self._mlflow.pyfunc.log_model(
                name=name,
                python_model=str(code),
                artifacts={"folder": str(folder)},
                pip_requirements=["mailduty"],
                registered_model_name=name,
            )
        version = str(logged.registered_model_version)
        if champion:
            self._mlflow.MlflowClient().set_registered_model_alias(name, CHAMPION, version)
        return version


# Models-from-code: the registry holds plain files and this text, no pickle.
_MODEL_CODE = '''
import mlflow

class ModelFolder(mlflow.pyfunc.PythonModel):
    """A mailduty model folder in the registry; serving reads the folder itself."""

    def load_context(self, context):
        self.folder = context.artifacts["folder"]

    def predict(self, context, model_input: list[str], params=None) -> list[str]:
        return [self.folder for _ in model_input]

mlflow.models.set_model(ModelFolder())
'''


@contextmanager
def run(experiment: str, name: str, home: Path | None = None) -> Iterator[Run]:
    """A run in an experiment; what is logged inside belongs to it, and a failure marks it failed."""
    mlflow = _mlflow(home)
    if mlflow.get_experiment_by_name(experiment) is None:
        where = None
        if store(home).startswith("sqlite:///"):
            where = (Path(store(home).removeprefix("sqlite:///")).parent / "mlartifacts").as_uri()
        mlflow.create_experiment(experiment, artifact_location=where)
    mlflow.set_experiment(experiment)
    with mlflow.start_run(run_name=name) as started:
        yield Run(mlflow, started)


class Champion(NamedTuple):
    """A registered model with the alias: its version in the registry, its folder, fetched if it lies on a server."""

    version: str
    folder: Path


def champion(name: str, home: Path | None = None) -> Champion | None:
    """The registry's champion; None where there is none. Raises ``MODEL_REGISTRY`` where it cannot be asked."""
    mlflow = _mlflow(home)
    try:
        found = mlflow.MlflowClient().get_model_version_by_alias(name, CHAMPION)
    except mlflow.exceptions.MlflowException as why:
        if why.error_code == "INTERNAL_ERROR":
            raise MailDutyError(
                "MODEL_REGISTRY",
                f"the registry does not answer: {str(why)[:200]}",
                "Models are fetched from MLFLOW_TRACKING_URI, else from the store in the home folder",
                "Check the address",
            ) from why
        return None  # no such model, or none with the alias
    local = mlflow.artifacts.download_artifacts(f"models:/{name}/{found.version}")
    held = [p.parent for p in Path(local).rglob("model.json")]
    return Champion(str(found.version), held[0]) if held else None


def champion_folder(name: str, home: Path | None = None) -> Path | None:
    """The folder of the registry's champion; None where there is none."""
    found = champion(name, home)
    return found.folder if found else None


def flat(values: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Nested settings as dotted names."""
    found: dict[str, Any] = {}
    for key, value in values.items():
        if isinstance(value, Mapping):
            found |= flat(value, f"{prefix}{key}.")
        else:
            found[f"{prefix}{key}"] = value
    return found
