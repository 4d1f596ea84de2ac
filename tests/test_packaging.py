"""What is imported is declared, what is declared is pinned, and the small install stays small."""

import ast
import re
import sys
import tomllib
from importlib import metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
PINS = {
    re.sub(r"[-_.]+", "-", name): version
    for name, version in re.findall(r"^([a-z0-9._-]+)==(\S+)$", (ROOT / "constraints.txt").read_text(), re.M)
}


def _name(requirement: str) -> str:
    found = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert found
    return re.sub(r"[-_.]+", "-", found[0]).lower()


def _imported(rooms: tuple[str, ...]) -> set[str]:
    """Distributions behind every third-party import of these rooms."""
    owners = metadata.packages_distributions()
    ours = {"data", "models", "training", "serving", "mailduty"}
    found = set()
    for file in (f for room in rooms for f in (ROOT / room).rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            for top in {name.partition(".")[0] for name in names} - ours - set(sys.stdlib_module_names):
                found.add(_name(owners.get(top, [top])[0]))
    return found


def test_what_assessing_and_serving_import_is_a_dependency() -> None:
    extras = PROJECT["optional-dependencies"]
    declared = {_name(r) for r in (*PROJECT["dependencies"], *extras["postgres"], *extras["parquet"])}
    assert _imported(("data", "models", "serving")) <= declared


def test_everything_asked_for_is_pinned() -> None:
    wanted = PROJECT["dependencies"] + [
        r for extra in PROJECT["optional-dependencies"].values() for r in extra
    ]
    assert {_name(r) for r in wanted} <= PINS.keys()


def test_pins_are_public_versions_without_extras() -> None:
    lines = [line for line in (ROOT / "constraints.txt").read_text().splitlines() if line and line[0] != "#"]
    assert len(lines) == len(PINS)
    assert PINS["torch"] == "2.13.0"


@pytest.mark.parametrize("heavy", ["torch", "mlflow", "sentence-transformers"])
def test_the_small_install_does_not_pull(heavy: str) -> None:
    assert heavy not in _needed([_name(r) for r in PROJECT["dependencies"]])


def _needed(names: list[str]) -> set[str]:
    """Every distribution that these bring with them, extras aside, as installed here."""
    seen: set[str] = set()
    while names:
        name = names.pop()
        if name in seen:
            continue
        seen.add(name)
        try:
            names += [_name(r) for r in metadata.requires(name) or [] if "extra ==" not in r]
        except metadata.PackageNotFoundError:
            continue  # for another platform
    return seen


def test_each_dependency_says_why() -> None:
    text = (ROOT / "pyproject.toml").read_text()
    block = text[text.index("dependencies = [") : text.index("[project.scripts]")]
    for line in block.splitlines():
        if line.lstrip().startswith('"'):
            assert "#" in line, f"no reason given: {line.strip()}"
