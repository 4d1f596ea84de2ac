"""README is checked like code: its commands are run and their output compared, its Python runs, its lists are whole.

``make readme`` (this file as a program) writes the outputs and the list of facts anew.
"""

import io
import json
import os
import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import redirect_stdout
from pathlib import Path

import pytest
import typer

from serving.suggestion.suggesting import model_folder

ROOT = Path(__file__).resolve().parent.parent
README = ROOT / "README.md"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.M | re.S)
FACTS = re.compile(r"(?<=<!-- facts -->\n).*?(?=<!-- end of facts -->)", re.S)
DEMO = "mailduty assess data/samples --rates data/samples/rates.csv --out out/demo.jsonl"
# What differs from run to run: identifiers, hashes of the source and of the law.
CHANGING = (
    (re.compile(r"\d{4}-\d{2}/\d{8}T\d{6}-[0-9a-f]{12}"), "2026-11/20261121T120000-0123456789ab"),
    (re.compile(r"\d{8}T\d{6}-[0-9a-f]{12}"), "20261121T120000-0123456789ab"),
    (re.compile(r"src\.[0-9a-f]{12}"), "src.0123456789ab"),
    (re.compile(r"(version|SHA-256) [0-9a-f]{12}\b"), r"\1 0123456789ab"),
)


# What a model or the catalogue may say otherwise tomorrow. README shows it as it was on the day of `make readme`; the
# comparison leaves it out and keeps the form, the items, the duties and the first number.
LEARNED = (
    (re.compile(r"^(\S+#\d+) .*?(\$[\d.,]+|not priced) .*$", re.M), r"\1 \2"),
    (re.compile(r"^(Decisions: ).*$", re.M), r"\1"),
    (re.compile(r"\b(hts|risk) [0-9a-f]{12}\b"), r"\1 0123456789ab"),
    (re.compile(r"-{3,}"), "---"),
    (re.compile(r" +"), " "),
)


def alike(command: str, text: str) -> str:
    """What must be the same of an output, whichever model is shipped."""
    text = steady(text)
    if command.startswith("mailduty suggest"):
        return "\n".join([*text.splitlines()[:2], text.splitlines()[2].split()[0]])
    if command.startswith("mailduty catalogue"):
        return text.split(":")[0]
    for pattern, put in LEARNED:
        text = pattern.sub(put, text)
    return text


def blocks(language: str) -> list[str]:
    """The fenced blocks of a language."""
    return [found[2] for found in BLOCK.finditer(README.read_text()) if found[1] == language]


def steady(text: str) -> str:
    """A text without what differs from run to run, and without blanks at line ends."""
    for pattern, put in CHANGING:
        text = pattern.sub(put, text)
    return "\n".join(line.rstrip() for line in text.rstrip().splitlines())


def commands(block: str) -> Iterator[tuple[str, str]]:
    """Command and expected output: a command follows ``$ ``, its output is what stands under it."""
    for part in re.split(r"^\$ ", block, flags=re.M)[1:]:
        command, _, output = part.partition("\n")
        while command.endswith("\\"):
            more, _, output = output.partition("\n")
            command = command[:-1] + more.strip()
        yield command, output


def run(command: str) -> str:
    """Output of a command of ours, as a user sees it; standard error comes after standard output."""
    before, _, after = (DEMO if command == "make demo" else command).partition("mailduty ")
    assert not before, f"README runs only mailduty: {command}"
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "data").symlink_to(ROOT / "data")
        done = subprocess.run(
            [sys.executable, str(ROOT / "mailduty.py"), *shlex.split(after)],
            capture_output=True,
            text=True,
            cwd=folder,
            env={**os.environ, "MAILDUTY_HOME": ".mailduty", "PYTHONPATH": str(ROOT)},
            timeout=120,
        )
    assert done.returncode in (0, 1), done.stderr
    return done.stdout + done.stderr


@pytest.fixture(autouse=True)
def what_ships(monkeypatch: pytest.MonkeyPatch) -> None:
    """README shows what the package answers, whatever other tests have set."""
    monkeypatch.delenv("MAILDUTY_HTS_MODEL", raising=False)


@pytest.mark.parametrize("block", blocks("console"), ids=lambda b: b.split("\n")[0][:60])
def test_a_command_shown_gives_the_output_shown(block: str) -> None:
    assert model_folder() is not None, "README is written with the suggester that ships"
    for command, shown in commands(block):
        assert alike(command, run(command)) == alike(command, shown), "if this is meant: make readme"


@pytest.mark.parametrize("block", blocks("python"), ids=lambda b: b.split("\n")[0][:60])
def test_the_python_shown_runs(block: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    printed = io.StringIO()
    with redirect_stdout(printed):
        exec(compile(block, "README.md", "exec"), {"__name__": "readme"})
    shown = "\n".join(line.removeprefix("#> ") for line in block.splitlines() if line.startswith("#> "))
    assert printed.getvalue().strip() == shown.strip()


@pytest.mark.parametrize("block", blocks("json"), ids=lambda b: b.split("\n")[0][:60])
def test_the_json_shown_is_json(block: str) -> None:
    for line in block.split("\n\n"):
        json.loads(line)


def test_the_demo_shown_is_the_demo_that_runs() -> None:
    assert DEMO in (ROOT / "Makefile").read_text().replace("$(BIN)/", "")


def test_every_command_and_option_is_documented() -> None:
    sys.path.insert(0, str(ROOT))
    import mailduty

    text = README.read_text()

    def walk(command: object, path: list[str]) -> None:
        for name, below in (getattr(command, "commands", None) or {}).items():
            walk(below, [*path, name])
        if not getattr(command, "commands", None):
            assert f"`mailduty {' '.join(path)}" in text, (
                f"README does not document mailduty {' '.join(path)}"
            )
            for option in getattr(command, "params", []):
                for flag in option.opts:
                    if flag.startswith("--") and flag != "--help":
                        assert f"`{flag}" in text, f"README does not document {flag} of {path}"

    walk(typer.main.get_command(mailduty.app), [])


def test_every_make_target_is_documented() -> None:
    targets = re.findall(r"^([a-z]+):.*##", (ROOT / "Makefile").read_text(), re.M)
    for target in set(targets) - {"help"}:
        assert f"`make {target}`" in README.read_text() or f"`{target}`" in README.read_text(), target


def test_the_list_of_facts_is_that_of_the_code() -> None:
    found = FACTS.search(README.read_text())
    assert found and found[0] == facts_table(), "if this is meant: make readme"


def facts_table() -> str:
    """The facts the duty knows, as the table of README."""
    from models.duty.facts import FACTS as known

    lines = ["| fact | type | meaning | example |", "|---|---|---|---|"]
    for name, fact in known.items():
        kind = fact.type + (": " + ", ".join(fact.choices) if fact.choices else "")
        lines.append(f"| `{name}` | {kind} | {fact.meaning} | `{json.dumps(fact.example)}` |")
    return "\n".join(lines) + "\n"


def rewrite() -> None:
    """Puts the outputs of today into README."""

    def filled(found: re.Match[str]) -> str:
        if found[1] != "console":
            return found[0]
        parts = [f"$ {command}\n{steady(run(command))}\n" for command, _ in commands(found[2])]
        return "```console\n" + "\n".join(parts) + "```"

    text = BLOCK.sub(filled, README.read_text())
    README.write_text(FACTS.sub(lambda _: facts_table(), text))


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    rewrite()
