"""Imports run one way: data -> models -> training, data -> models -> serving. Read from the source, not run."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROOMS = ("data", "models", "training", "serving")
MAY_IMPORT = {
    "data": {"data"},
    "models": {"data", "models"},
    "training": {"data", "models", "training"},
    "serving": {"data", "models", "serving"},
}
ONLY_HERE = {
    "bentoml": {"serving/service.py"},
    "mlflow": {"training/tracking.py"},
}
NEVER_SERVED = {"torch", "sentence_transformers", "mlflow", "matplotlib", "datasets", "transformers"}


def _files(room: str) -> list[Path]:
    return sorted((ROOT / room).rglob("*.py"))


def _imports(file: Path) -> set[str]:
    """Dotted names of everything a file imports, anywhere in it, also under TYPE_CHECKING."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}: imports are absolute"
            names.add(node.module or "")
    return names


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_imports_only_what_stands_before_it(room: str) -> None:
    for file in _files(room):
        ours = {name.partition(".")[0] for name in _imports(file)} & set(ROOMS)
        assert ours <= MAY_IMPORT[room], f"{file.relative_to(ROOT)} imports {sorted(ours - MAY_IMPORT[room])}"


def test_nothing_imports_the_front_door() -> None:
    for room in ROOMS:
        for file in _files(room):
            assert "mailduty" not in _imports(file), file


@pytest.mark.parametrize("library", ONLY_HERE)
def test_a_library_is_known_in_one_file(library: str) -> None:
    users = {
        file.relative_to(ROOT).as_posix()
        for room in ROOMS
        for file in _files(room)
        if library in {name.partition(".")[0] for name in _imports(file)}
    }
    assert users <= ONLY_HERE[library]


def test_assessing_and_serving_do_not_need_what_training_needs() -> None:
    for room in ("data", "models", "serving"):
        for file in _files(room):
            heavy = {name.partition(".")[0] for name in _imports(file)} & NEVER_SERVED
            assert not heavy, f"{file.relative_to(ROOT)} imports {sorted(heavy)}"


def test_models_know_no_clock_and_no_network() -> None:
    closed = {"time", "socket", "urllib", "http", "requests", "httpx", "subprocess"}
    for file in _files("models"):
        assert not {name.partition(".")[0] for name in _imports(file)} & closed, file
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute):
                assert node.attr not in ("today", "now", "utcnow"), f"{file}:{node.lineno} reads the clock"


def test_the_cleaner_rooms_read_no_clock() -> None:
    for file in _files("data"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and node.attr in ("today", "utcnow"):
                raise AssertionError(f"{file}:{node.lineno} reads the clock")


def test_every_folder_of_code_is_a_package() -> None:
    for room in ROOMS:
        for file in _files(room):
            assert (file.parent / "__init__.py").exists(), f"{file.parent} has no __init__.py"
