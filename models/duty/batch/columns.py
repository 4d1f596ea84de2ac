"""A batch given as columns, for instance of a data frame, read as its rows would be one by one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import pandas as pd

from data.errors import MailDutyError
from models.duty.records import KEYS, DutyError, DutyRequest


def from_columns(columns: Mapping[str, Sequence[Any]] | pd.DataFrame) -> list[DutyRequest | DutyError]:
    """Requests from columns named as :data:`KEYS`; ``hts`` and ``facts`` may be left out.

    What stands for nothing in a data frame (NaN, NaT) is nothing. A row that is no request is an error in its
    place. Raises ``BATCH_UNEVEN`` for columns of different lengths.
    """
    given = {name: list(columns[name]) for name in KEYS if name in columns}
    lengths = {name: len(column) for name, column in given.items()}
    if len(set(lengths.values())) > 1:
        shown = ", ".join(f"{name} {count}" for name, count in lengths.items())
        raise MailDutyError(
            "BATCH_UNEVEN",
            f"the columns have different lengths: {shown}",
            "one value per item",
            "even them out",
        )
    names = list(given)
    return [
        _read(dict(zip(names, row, strict=True)), at)
        for at, row in enumerate(zip(*given.values(), strict=True))
    ]


def _read(row: dict[str, Any], at: int) -> DutyRequest | DutyError:
    for name, value in row.items():
        if value is not None and value != value:
            row[name] = None
    on = row.get("entry_date")
    if isinstance(on, datetime):
        row["entry_date"] = date(on.year, on.month, on.day)
    try:
        return DutyRequest.from_dict(row)
    except MailDutyError as error:
        return DutyError.of(str(row["id"]) if row.get("id") not in (None, "") else f"item {at}", error)
