"""The commands of `mailduty ledger`. They only hand on, to what is loaded when one is called."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

ledger = typer.Typer(
    no_args_is_help=True, help="What was kept: verify it, replay it, show, export, dispose of it."
)
Of = Annotated[str, typer.Option("--party", help="Whose ledger.")]
OfAny = Annotated[str | None, typer.Option("--party", help="Whose ledger; else everybody's.")]
_FORMATS = ["%Y-%m-%d"]
Reason = Annotated[str, typer.Option(help="Why; it stands in the record.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do it; else only tell what would be done.")]


@ledger.command("verify")
def verify(
    party: OfAny = None,
    anchor: Annotated[Path | None, typer.Option(metavar="FILE", help="Anchors taken before.")] = None,
) -> None:
    """Finds any tampering and names the first broken link. Exit code 1 where there is any.

    Example: mailduty ledger verify --anchor anchors.jsonl
    """
    from serving.commands.ledger_desk import verify_ledger

    _leave(verify_ledger(party, anchor))


@ledger.command("anchor")
def anchor(
    party: OfAny = None,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Added to its end.")] = None,
) -> None:
    """Where each chain stands, to be kept elsewhere: only this shows an end cut off together with the head.

    Example: mailduty ledger anchor --out anchors.jsonl
    """
    from serving.commands.ledger_desk import anchor_ledger

    anchor_ledger(party, out)


@ledger.command("replay")
def replay(
    record_id: Annotated[str | None, typer.Argument(metavar="[ID]", help="A record.")] = None,
    party: Of = "local",
    everything: Annotated[bool, typer.Option("--all", help="Every record of the party.")] = False,
    since: Annotated[
        datetime | None,
        typer.Option(formats=_FORMATS, metavar="DATE", help="With --all: written from then on."),
    ] = None,
) -> None:
    """Computes a duty again under the law and tariff it was computed from. Exit code 1 where a cent differs.

    Example: mailduty ledger replay --all --since 2026-09-01
    """
    from serving.commands.ledger_desk import replay_ledger, replay_record

    if (record_id is None) != everything:
        raise typer.BadParameter("give an ID or --all")
    if record_id is None:
        _leave(replay_ledger(party, since.date() if since else None))
    else:
        _leave(replay_record(record_id, party))


@ledger.command("show")
def show(
    what: Annotated[str, typer.Argument(metavar="ID|TRACKING", help="A record, a parcel or an item.")],
    party: Of = "local",
) -> None:
    """A record whole, or the history of a parcel.

    Example: mailduty ledger show CP401182654DE
    """
    from serving.commands import ledger_desk

    ledger_desk.show(what, party)


@ledger.command("export")
def export(
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="Where to write it.")],
    kind: Annotated[str, typer.Option("--format", help="csv, jsonl or parquet.")] = "csv",
    party: Of = "local",
    first: Annotated[
        datetime | None, typer.Option("--from", formats=_FORMATS, metavar="DATE", help="First day of entry.")
    ] = None,
    last: Annotated[
        datetime | None, typer.Option("--to", formats=_FORMATS, metavar="DATE", help="Last day of entry.")
    ] = None,
) -> None:
    """The records as a file, without personal data.

    Example: mailduty ledger export --format parquet --from 2026-09-01 --to 2026-09-30 --out september.parquet
    """
    from serving.commands.ledger_desk import export_ledger

    export_ledger(party, kind, out, first.date() if first else None, last.date() if last else None)


@ledger.command("hold")
def hold(
    what: Annotated[str, typer.Argument(metavar="TRACKING", help="A parcel or an item; * is everything.")],
    reason: Reason,
    party: Of = "local",
) -> None:
    """A legal hold: neither purged nor erased until it is released.

    Example: mailduty ledger hold CP401182654DE --reason "CBP Form 28 of 3 October"
    """
    from serving.commands.ledger_disposal import hold_item

    hold_item(what, party, reason, end=False)


@ledger.command("release")
def release(
    what: Annotated[str, typer.Argument(metavar="TRACKING", help="What was held.")],
    reason: Reason,
    party: Of = "local",
) -> None:
    """Ends a legal hold.

    Example: mailduty ledger release CP401182654DE --reason "closed by CBP"
    """
    from serving.commands.ledger_disposal import hold_item

    hold_item(what, party, reason, end=True)


@ledger.command("purge")
def purge(
    on: Annotated[
        datetime | None, typer.Option("--on", formats=_FORMATS, metavar="DATE", help="Day; else today, UTC.")
    ] = None,
    party: Of = "local",
    yes: Yes = False,
) -> None:
    """What is past its term of five years from entry loses its content; the chain stays.

    Example: mailduty ledger purge --on 2031-11-21
    """
    from serving.commands.ledger_disposal import purge_ledger

    purge_ledger(party, on.date() if on else None, yes)


@ledger.command("erase")
def erase(
    name: Annotated[str, typer.Option(help="Name of the person, with --postal-code.")] = "",
    postal_code: Annotated[str, typer.Option(help="Postal code of the person.")] = "",
    email: Annotated[str, typer.Option(help="E-mail address of the person.")] = "",
    phone: Annotated[str, typer.Option(help="Telephone number of the person.")] = "",
    reason: Annotated[str, typer.Option(help="Why, naming nobody; it stands in the record.")] = "on request",
    party: Of = "local",
    yes: Yes = False,
) -> None:
    """A person's data goes; figures and chain stay.

    Example: mailduty ledger erase --name "Odell Quimby" --postal-code 12207
    """
    from serving.commands.ledger_disposal import erase_person
    from serving.ledger.people import Person

    erase_person(party, Person(name, postal_code, email, phone), reason, yes)


def _leave(good: bool) -> None:
    if not good:
        raise typer.Exit(1)
