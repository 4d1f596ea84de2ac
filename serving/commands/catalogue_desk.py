"""`mailduty catalogue`: generate, check, show, coverage; printed for people, written for programs."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import date
from pathlib import Path

from data.catalogue import load
from data.catalogue_check import check
from data.catalogue_generate import generate, to_json
from data.catalogue_view import LEVELS, agreement, coverage, search, second_readings, shown
from data.errors import MailDutyError
from data.labelled import read_labelled
from serving.commands.terminal import print_table, progress
from serving.settings import tariff


def write_descriptions(rows: int, seed: int, out: Path) -> None:
    """Writes ``rows`` labelled descriptions as JSON lines to ``out`` (``-`` is standard output)."""
    with ExitStack() as stack:
        advance = stack.enter_context(progress("Writing", total=rows))
        stream = (
            sys.stdout
            if str(out) == "-"
            else stack.enter_context(out.open("w", encoding="utf-8", newline="\n"))
        )
        for row in generate(load(), rows, seed, advance):
            stream.write(to_json(row) + "\n")


def check_catalogue(on: date) -> int:
    """Prints every finding against the numbers in force on a day; returns how many."""
    leaves = [line.code for line in tariff().leaves(on)]
    found = check(load(), leaves)
    for finding in found:
        print(finding)
    print(f"{len(load())} kinds of goods, {len(found)} findings on {on}")
    return len(found)


def show_kind(words: str) -> None:
    """Prints the kinds nearest to some words. Raises MailDutyError KIND_UNKNOWN where none is near."""
    found = search(load(), words)
    if not found:
        raise MailDutyError(
            "KIND_UNKNOWN",
            f"no kind of goods is called {words!r}",
            "",
            "try another word, or write the kind down",
        )
    first = shown(found[0])
    print(f"{first['id']}: {', '.join(first['names'])}")
    print(
        f"  travels as {' > '.join(first['category'][0]) if first['category'] else 'unknown'}, "
        f"usually {_range(first['usd'])} USD, {_range(first['kg'])} kg, from {', '.join(first['origin']) or '?'}"
    )
    for question in first["questions"]:
        usual = max(question["usual"], key=question["usual"].get)
        print(f"  {question['ask']} ({', '.join(question['usual'])}; usually {usual})")
    print()
    print_table(
        [
            (
                number["hts"],
                "; ".join(f"{k} is {' or '.join(v)}" for k, v in number["when"].items()) or "otherwise",
            )
            for number in first["numbers"]
        ],
        ("number", "when"),
    )
    for other in first["confused"]:
        print(f"\nNot {other['with']}: {other['why']} (decided by {other['by']})")
    if len(found) > 1:
        print(f"\nAlso near: {', '.join(g.id for g in found[1:])}")


def _range(bounds: Sequence[float] | None) -> str:
    return f"{bounds[0]:g} to {bounds[1]:g}" if bounds else "?"


def show_coverage(on: date, rulings: Path | None = None) -> None:
    """Prints coverage by chapter, and agreement with a file of rulings."""
    leaves = frozenset(line.code for line in tariff().leaves(on))
    rows = coverage(load(), leaves)
    print_table(
        [
            (r.chapter, *(str(x) for x in (r.headings, r.full, r.short, r.leaves, r.reached, r.kinds)))
            for r in rows
        ],
        ("chapter", "headings", "full", "short", "leaves", "reached", "kinds"),
    )
    print(
        f"\n{sum(r.full for r in rows)} headings in full form, {sum(r.short for r in rows)} in short form of"
        f" {sum(r.headings for r in rows)}; {sum(r.reached for r in rows)} of {len(leaves)} leaves;"
        f" {sum(r.kinds for r in rows)} kinds of goods"
    )
    files, read, settled = second_readings(load())
    print(f"{read} of {files} files read a second time; {settled} disagreements settled")
    if rulings is not None:
        covered, agrees, apart = agreement(load(), read_labelled(rulings), leaves)
        shares = ", ".join(f"{100 * agrees[n] / max(covered, 1):.0f}% at {n} digits" for n in LEVELS)
        print(f"{rulings.name}: {covered} rows name goods of the catalogue; it can agree with {shares}")
        for row in apart:
            print(
                f"  {row['id']}: ruled {', '.join(row['ruled'])}; the words name {', '.join(row['kinds'][:4])}"
            )
