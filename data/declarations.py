"""Past declarations with their outcomes, as labelled examples: the public benchmark, and an operator's own file.

The benchmark is the *Customs Import Declaration Datasets* (Korea, synthetic, MIT). Its labels travel with a
tuple of columns (``LEAKING``), so a table look-up answers it; ``data/label_purity.py`` measures that, and every
figure on it is shown beside the look-up's. An operator's outcomes are JSON lines of parcels, each with ``outcome``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import pandas as pd

from data.errors import MailDutyError

# Column of the benchmark -> our name. Importer, declarant, seller, courier and office carry no signal there
# (AUC 0.50) and are personal or commercial identities: they are not read at all.
COLUMNS = {
    "Declaration ID": "id",
    "Date": "day",
    "Country of Departure": "departure",
    "Country of Origin": "origin",
    "Tax Rate": "rate",
    "Tax Type": "tax_type",
    "Country of Origin Indicator": "origin_mark",
    "Net Mass": "mass_kg",
    "Item Price": "price",
    "Fraud": "wrong",
}
LEAKING = ("hs10", "departure", "origin", "rate", "tax_type", "mass_kg")
AFTER_THE_FACT = (
    "Critical Fraud",
    "Raised Tax",
    "RAISED_TAX_AMOUNT",
    "revenue",
)  # known only after inspection
OUTCOMES = {"clean": False, "returned": False, "held": True, "seized": True, "value_raised": True}


@dataclass(frozen=True)
class Declarations:
    """Declarations as a table: ``id day hs10 hs6 departure origin rate tax_type origin_mark mass_kg price wrong``.

    ``mass_kg`` in kilograms, ``price`` in the file's own scaled money, ``rate`` in percent, ``wrong`` 0 or 1.
    """

    table: pd.DataFrame
    sha256: str

    @property
    def wrong(self) -> Any:
        return self.table["wrong"].to_numpy(dtype=float)

    def __len__(self) -> int:
        return len(self.table)


def read_declarations(path: Path) -> Declarations:
    """The benchmark's file. Raises ``DECLARATIONS_UNREADABLE`` or ``DECLARATIONS_COLUMN`` naming what is missing."""
    try:
        raw = pd.read_csv(path, dtype=str, keep_default_na=False)
        sum_ = hashlib.sha256(path.read_bytes()).hexdigest()
    except (OSError, ValueError) as why:
        raise MailDutyError(
            "DECLARATIONS_UNREADABLE",
            f"{path} does not read: {why}"[:300],
            "The benchmark is a CSV file with a header",
            "Check the path",
        ) from why
    missing = [name for name in COLUMNS if name not in raw.columns]
    code = next((name for name in ("HS10 Code", "HS6 Code") if name in raw.columns), None)
    if missing or code is None:
        raise MailDutyError(
            "DECLARATIONS_COLUMN",
            f"{path.name} has no column {', '.join(missing or ['HS10 Code'])}",
            "The columns are those of the published files in English",
            "Take the file as published",
        )
    table = raw[list(COLUMNS)].rename(columns=COLUMNS)
    width = 10 if code == "HS10 Code" else 6
    table["hs10"] = raw[code].str.strip().str.zfill(width).str.ljust(10, "0")
    table["hs6"] = table["hs10"].str[:6]
    for name in ("rate", "mass_kg", "price", "wrong"):
        table[name] = _numbers(table[name], name, path)
    if not table["wrong"].isin((0, 1)).all():
        raise _bad(path, "Fraud", "an outcome is 0 or 1")
    return Declarations(table, sum_)


def leaking_tuples(declarations: Declarations) -> pd.Series:
    """The tuple of ``LEAKING`` of each row as one text: rows that share it are relatives."""
    parts = declarations.table[list(LEAKING)].astype(str)
    return parts.agg("|".join, axis=1)


@dataclass(frozen=True)
class Outcome:
    """A parcel as it was declared, with what came of it: ``wrong`` and, where known, the typology."""

    parcel: Mapping[str, Any]
    wrong: bool
    typology: str | None = None


def read_outcomes(path: Path) -> tuple[list[Outcome], list[MailDutyError]]:
    """An operator's outcomes: JSON lines of parcels with ``outcome`` (held, seized, value_raised, returned, clean).

    ``typology`` may stand beside it. A row without a known outcome is an error with its row; the others go on.
    """
    found: list[Outcome] = []
    errors: list[MailDutyError] = []
    for number, line in enumerate(path.read_bytes().splitlines(), 1):
        if not line.strip():
            continue
        try:
            row = orjson.loads(line)
            outcome = str(row.pop("outcome"))
            found.append(Outcome(row, OUTCOMES[outcome], row.pop("typology", None)))
        except (ValueError, KeyError, AttributeError, TypeError) as why:
            errors.append(
                MailDutyError(
                    "OUTCOME_UNREADABLE",
                    f"row {number}: {why!r}"[:200],
                    f"A row is a parcel with an outcome: {', '.join(OUTCOMES)}",
                    "Correct the row",
                    row=number,
                    field="outcome",
                )
            )
    return found, errors


def _numbers(column: pd.Series, name: str, path: Path) -> pd.Series:
    try:
        return pd.to_numeric(column)
    except (ValueError, TypeError) as why:
        raise _bad(path, name, f"{name} is a number: {why}") from why


def _bad(path: Path, field: str, rule: str) -> MailDutyError:
    return MailDutyError(
        "DECLARATIONS_VALUE", f"{path.name}: a value of {field} cannot be used", rule, "Correct the file"
    )
