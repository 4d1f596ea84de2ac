"""How items enter, once for all that agree: regime, limits, exemptions, fees, and the mail methods of 2025.

The functions are those of the calculator, asked on behalf of a whole group. Of the value they only ask which
dollar limits it is over; a group lies between two neighbouring limits.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

import numpy as np

from data.errors import MailDutyError
from data.law import Law
from models.duty.batch.coded import MILLION, Coded, Flags, Ints
from models.duty.batch.marks import DeclaredFacts, Undeclared, declared, some_day
from models.duty.batch.owed import Owed, owed_share
from models.duty.batch.stretches import PartOfLaw, groups, part_of
from models.duty.batch.wording import Wordings
from models.duty.calculator import entered
from models.duty.facts import check_facts
from models.duty.mail_methods import mail_method
from models.duty.records import DutyLine, DutyRequest
from models.duty.rounding import line_value, to_cents

LAW = ("limits/", "fees/", "mail/", "programmes", "ieepa/rates")
FACTS = frozenset(
    "method formal_entry program documents us_goods_returned undelivered gift gift_from informational_materials donation ems "
    "cbp_prepared manual mode fees_only items currency rate_pct period arrival".split()
)
SHARES = ("mail ad valorem", "mail flat")


class Entry(NamedTuple):
    """What a group has in common. ``alone``: its items are priced one by one; ``ordinary``: by their goods."""

    regime: str = ""
    error: str = ""
    alone: bool = False
    ordinary: bool = False
    duty: tuple[Owed, ...] = ()
    fees: tuple[Owed, ...] = ()
    warnings: tuple[str, ...] = ()


ALONE = Entry(alone=True)


def entries(coded: Coded, law: Law, wordings: Wordings, live: Flags) -> tuple[Ints, list[Entry]]:
    """The entry of each item, by number, and the entries. Items that are not ``live`` are not looked at."""
    part = part_of(law, LAW)
    steps = np.array(_limits(law), np.int64)
    # how many limits a value is over: the same for all values from just above one to the next
    over = np.searchsorted(steps, coded.micros, side="left").astype(np.int64)
    codes, facts = declared(coded.facts, FACTS)
    fact = codes[coded.fact]
    columns = (part.stretches(coded.day), coded.channel, coded.origin, fact, over)
    group, first = groups(*(column[live] for column in columns))
    found = [_entry(coded, int(at), facts[fact[at]], part, wordings) for at in np.flatnonzero(live)[first]]
    number = np.full(len(live), -1, np.int64)
    number[live] = group
    return number, found


def _limits(law: Law) -> list[int]:
    amounts = {
        int(item["value"] * MILLION)
        for path, document in law.documents.items()
        if path.startswith("limits/") and document.get("unit") == "USD"
        for item in document.get("values", ())
    }
    return sorted(amounts)


def _entry(coded: Coded, at: int, facts: DeclaredFacts, law: PartOfLaw, wordings: Wordings) -> Entry:
    asked = coded.requests[at]
    assert isinstance(asked, DutyRequest)
    request = DutyRequest(
        "",
        some_day(coded.day[at]),
        asked.channel,
        asked.origin,
        None,
        asked.value_usd,
        facts,
    )
    try:
        return _entered(request, law, wordings) or ALONE
    except Undeclared:
        return ALONE
    except MailDutyError as error:
        return Entry(str(error.where.get("regime", "")), error.code)


def _entered(request: DutyRequest, law: PartOfLaw, wordings: Wordings) -> Entry | None:
    warnings, ruling, free, fee_lines = entered(request, law)
    fees = [_fee(line, request, law, wordings) for line in fee_lines]
    lines: tuple[DutyLine, ...] = free.lines
    ordinary, error = False, ""
    if request.facts.get("fees_only") is True:
        lines, free = (), free._replace(warning="FEES_ONLY: no duty was asked for")
    elif not lines and ruling.basis == "ordinary":
        ordinary = True
    elif not lines:
        try:
            lines, more = mail_method(request, ruling, law)
            warnings = [*warnings, *([free.warning] if free.warning else []), *more]
            free = free._replace(warning="")
        except MailDutyError as raised:
            error = raised.code
    duty = [_duty(line, request, wordings) for line in lines]
    if free.warning:
        warnings = [*warnings, free.warning]
    certain = tuple(owed for owed in (*duty, *fees) if owed is not None)
    if len(certain) < len(duty) + len(fees):
        return None
    return Entry(
        ruling.name,
        error,
        ordinary=ordinary,
        duty=certain[: len(duty)],
        fees=certain[len(duty) :],
        warnings=tuple(warnings),
    )


def _duty(line: DutyLine, request: DutyRequest, wordings: Wordings) -> Owed | None:
    wording = wordings.of(line)
    if line.kind not in SHARES:
        return Owed(wording, added=line.amount)
    return _same(owed_share(wording, Decimal(line.rate.rstrip("%"))), line, wording, request)


def _fee(line: DutyLine, request: DutyRequest, law: PartOfLaw, wordings: Wordings) -> Owed | None:
    wording = wordings.of(line)
    if not line.rate[:1].isdigit() or "%" not in line.rate:
        return Owed(wording, added=line.amount)
    percent, _, rest = line.rate.partition("%")
    owed = owed_share(wording, Decimal(percent))
    if owed is not None and line.heading == "MPF":
        on, manual = request.entry_date, " + manual surcharge"
        rest = manual if rest.endswith(manual) else ""
        said = [
            wordings.add(line.heading, line.kind, f"{percent}%{which}{rest}", line.citation)
            for which in ("", " (minimum)", " (maximum)")
        ]
        owed = owed._replace(
            wording=said[0],
            least=to_cents(law.value("fees/mpf/formal_min", on)),
            most=to_cents(law.value("fees/mpf/formal_max", on)),
            added=to_cents(law.value("fees/mpf/manual_surcharge", on)) if rest else 0,
            wording_least=said[1],
            wording_most=said[2],
        )
    return _same(owed, line, wording, request)


def _same(owed: Owed | None, line: DutyLine, wording: int, request: DutyRequest) -> Owed | None:
    """The amount as numbers, if it says of this item what the calculator said; else None."""
    cents = int(line_value(request.value_usd, request.channel) * 100)
    return owed if owed is not None and owed.on(cents) == (wording, line.amount) else None


def checks(facts: Sequence[Mapping[str, Any]]) -> list[tuple[str, tuple[str, ...]]]:
    """For each set of facts the code of the error it is, and the warnings about facts that nobody knows."""
    found = []
    for one in facts:
        try:
            found.append(("", tuple(check_facts(one))))
        except MailDutyError as error:
            found.append((error.code, ()))
    return found
