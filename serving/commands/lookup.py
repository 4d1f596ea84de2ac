"""What we know, shown: a line of the tariff on a day, and how fresh tariff and law are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from data.countries import country
from data.law import Law
from data.schedule_view import data_status, schedule_view
from models.duty.rate_report import rate_report
from models.duty.reach import chapter99_reach
from serving.commands.terminal import print_table
from serving.ledger.opening import ledger_url
from serving.settings import model_place, tariff
from serving.versions import code_version, hts_model, risk_model


def show_line(code: str, on: date, origin: str | None = None) -> None:
    """Prints a line of the tariff with its parents, and for an origin what reaches it that day.

    Raises what ``Schedule.line`` raises, and ``COUNTRY_UNKNOWN``.
    """
    schedule = tariff()
    view = schedule_view(code, on, origin, schedule)
    print(f"{view['code']} on {view['on']} (revision {view['revision']})")
    for warning in view["warnings"]:
        print(f"Note: {warning}.")
    print()
    print_table(
        [_cells(line) for line in (*view["parents"], view)],
        ("line", "units", "general", "special", "column 2", "valid from", "valid to"),
    )
    for line in (*view["parents"], view):
        if line["description"]:
            print(f"{line['code']}: {line['description']}")
    if under := view["children"]:
        print(f"\nUnder it: {', '.join(line['code'] for line in under)}")
    if view["chapter_99"]:
        print(f"\nChapter 99 headings in its footnotes: {', '.join(view['chapter_99'])}")
    if origin:
        _show_reach(view, on, origin)


def _cells(line: dict[str, Any]) -> tuple[str, ...]:
    special = "; ".join(f"{one['rate']} ({','.join(one['programmes'])})" for one in line["special"])
    until = line["valid_to"] or "in force"
    return (
        line["code"],
        ", ".join(line["units"]),
        line["general"],
        special,
        line["column2"],
        line["valid_from"],
        until,
    )


def _show_reach(view: dict[str, Any], on: date, origin: str) -> None:
    made_in = country(origin).code
    reach = chapter99_reach(view["code"], on, made_in, Law.load(), tariff())
    print(f"\nChapter 99 headings that reach it from {made_in} that day, entered in the ordinary way:")
    if not reach:
        print("none")
        return
    rows = [
        (r.heading, r.authority, r.rate, r.status, f"{r.why} [{r.fact}]" if r.fact else r.citation)
        for r in reach
    ]
    print_table(rows, ("heading", "what it is", "rate", "status", "citation, or what decides"))


def show_status() -> None:
    """Prints which tariff, law and models answer here, and through which day they were verified."""
    for name, said in status():
        print(f"{name:<20}{said}")


def status() -> list[tuple[str, str]]:
    """Name and state of everything an answer stands on."""
    schedule, law = tariff(), Law.load()
    held = data_status(schedule)
    return [
        ("code", code_version()),
        ("tariff", f"{held['rows']:,} lines of {len(held['revisions'])} revisions"),
        ("tariff table", f"{'shipped' if held['shipped'] else held['table']}, SHA-256 {held['sha256'][:12]}"),
        ("tariff from", held["first_day"]),
        ("tariff verified to", f"{held['last_verified']} ({held['latest_revision']})"),
        *_undated(held["undated"]),
        *_understood(rate_report(schedule)["chapters 1-97"]),
        ("law", f"{sum(1 for _ in law.paths())} files, version {law.version}"),
        ("law verified to", law.verified_through.isoformat()),
        ("suggestion", _suggestion() + _from("hts")),
        ("risk", _risk() + _from("risk")),
        ("ledger", ledger_url().render_as_string()),
    ]


def _from(name: str) -> str:
    source = model_place(name).source
    return "" if source == "package" else f" ({source})"


def _suggestion() -> str:
    model = hts_model()
    return "stand-in: hands back the declared number, checked" if model == "standin" else f"model {model}"


def _risk() -> str:
    model = risk_model()
    return "stand-in: a handful of rules, no probability" if model == "standin" else f"model {model}"


def _undated(undated: Sequence[dict[str, Any]]) -> Iterable[tuple[str, str]]:
    if undated:
        yield "revisions left out", ", ".join(one["revision"] for one in undated) + " (first day not known)"


def _understood(report: dict[str, Any]) -> Iterable[tuple[str, str]]:
    """How many rate texts of chapters 1 to 97 can be priced, and the others by name."""
    texts, parsed = (sum(column[k] for column in report.values()) for k in ("texts", "parsed"))
    yield "rate texts", f"{parsed:,} of {texts:,} understood (chapters 1 to 97)"
    for name, column in report.items():
        for one in column["not_priceable"]:
            yield "not priceable", f"{name} {one['text']!r}, {one['lines']} lines, such as {one['code']}"
