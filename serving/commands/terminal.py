"""What a person sees: a table and a bar on a terminal, plain lines anywhere else."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import IO, Any, Protocol

COLUMNS = ("item", "suggested code", "risk", "duty", "decision", "reason")
LONGEST_REASON = 66
_STYLE = {"accept": "green", "review": "yellow", "hold": "red"}


class Advance(Protocol):
    """Called with how much more has been done, and with the whole once it is known."""

    def __call__(self, amount: float = 1, total: float | None = None) -> None: ...


def is_terminal(stream: IO[str]) -> bool:
    """Whether a person is at the other end."""
    return bool(getattr(stream, "isatty", lambda: False)())


@contextmanager
def progress(title: str, total: float | None, stream: IO[str] | None = None) -> Iterator[Advance]:
    """A progress bar on standard error while the block runs; nothing at all where that is no terminal."""
    stream = stream or sys.stderr
    if not is_terminal(stream):
        yield lambda amount=1, total=None: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(file=stream), transient=True) as bar:
        task = bar.add_task(title, total=total)

        def advance(amount: float = 1, total: float | None = None) -> None:
            bar.update(task, advance=amount, total=total)  # a total of None leaves it as it is

        yield advance


def row(answer: Mapping[str, Any]) -> tuple[str, ...]:
    """One assessed item as the six columns of the table. Takes what `Assessment.as_json` gives."""
    suggestion, risk, duty, decision = (answer[k] for k in ("suggestion", "risk", "duty", "decision"))
    code = suggestion["code"] or "none"
    signals = len(risk["signals"])
    scored = f"{risk['probability']:.2f}" if risk["probability"] is not None else _count(signals, "signal")
    owed = "not priced" if "error" in duty else f"${duty['duty_usd']}"
    grounds = decision["reasons"]
    said = ""
    if grounds:  # what was met in this item where that is short, else what its code means
        met = grounds[0]["message"]
        said = met if len(met) <= LONGEST_REASON else grounds[0]["meaning"]
    if len(grounds) > 1:
        said += f" (+{len(grounds) - 1} more)"
    return (answer["id"], code, scored, owed, decision["outcome"], said)


def _count(n: int, noun: str) -> str:
    return f"no {noun}s" if n == 0 else f"{n} {noun}" + ("s" if n > 1 else "")


def print_table(
    rows: Sequence[Sequence[str]], headers: Sequence[str] = COLUMNS, stream: IO[str] | None = None
) -> None:
    """A coloured table on a terminal; columns of plain text, not cut, anywhere else."""
    stream = stream or sys.stdout
    if is_terminal(stream):
        _rich_table(rows, headers, stream)
        return
    widths = [max(len(line[i]) for line in (headers, *rows)) for i in range(len(headers))]
    for line in (headers, ["-" * width for width in widths], *rows):
        stream.write("  ".join(cell.ljust(w) for cell, w in zip(line, widths, strict=True)).rstrip() + "\n")


def _rich_table(rows: Sequence[Sequence[str]], headers: Sequence[str], stream: IO[str]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(header_style="bold")
    for name in headers:
        table.add_column(name, justify="right" if name == "duty" else "left", overflow="fold")
    for line in rows:
        cells = (Text(cell, style=_STYLE.get(cell, "")) for cell in line)
        table.add_row(*cells)
    Console(file=stream).print(table)
