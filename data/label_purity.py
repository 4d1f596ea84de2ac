"""Does a key give the label away? Measured before every training, on the very rows that are trained on.

Of rows that share a key, each is answered by the others alone (leave one out). Where that answers nearly every
label, the key is not evidence but the answer: a model would memorise the table and a split by time would hide it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.errors import MailDutyError

AGREED = 0.95  # from this share of answers right on, well above what the base rate gives, a key leaks
COVERED = 0.05  # ... and where it covers at least this share of all rows


@dataclass(frozen=True)
class KeyPurity:
    """One key: its groups, how many repeated ones are pure, the rows they cover, and how often the others are right."""

    key: tuple[str, ...]
    groups: int
    repeated: int
    pure: float
    covered: float
    agreed: float
    base: float

    @property
    def leaks(self) -> bool:
        """Right nearly always, on enough rows, and far closer to one than always naming the commoner label."""
        floor = max(self.base, 1 - self.base)
        return self.covered >= COVERED and self.agreed >= max(AGREED, 1 - (1 - floor) / 4)

    @property
    def name(self) -> str:
        return "+".join(self.key)

    def as_json(self) -> dict[str, Any]:
        return {
            "key": list(self.key),
            "groups": self.groups,
            "repeated": self.repeated,
            "pure": round(self.pure, 4),
            "covered": round(self.covered, 4),
            "agreed": round(self.agreed, 4),
            "leaks": self.leaks,
        }


def purity(
    table: pd.DataFrame | Mapping[str, Sequence[Any]], label: NDArray[np.float64], key: Sequence[str]
) -> KeyPurity:
    """Measures one key (names of columns) against the labels (0 or 1), row for row."""
    frame = table if isinstance(table, pd.DataFrame) else pd.DataFrame(dict(table))
    group = frame.groupby(list(key), sort=False, dropna=False).ngroup().to_numpy()
    n = np.bincount(group)
    wrong = np.bincount(group, label)
    many = n > 1
    inside = many[group]
    others = (wrong[group] - label)[inside] / np.maximum(n[group][inside] - 1, 1)
    right = (others > 0.5) == (label[inside] > 0.5)
    pure = ((wrong == 0) | (wrong == n))[many]
    return KeyPurity(
        tuple(key),
        len(n),
        int(many.sum()),
        float(pure.mean()) if len(pure) else 0.0,
        float(inside.mean()) if len(inside) else 0.0,
        float(right.mean()) if len(right) else 0.0,
        float(label[inside].mean()) if inside.any() else 0.0,
    )


def refuse_leaks(found: Collection[KeyPurity], admitted: Collection[str] = ()) -> None:
    """Stops a training where a key leaks that nobody has admitted by name. Raises ``LABEL_LEAK``."""
    leaking = [p for p in found if p.leaks and p.name not in admitted]
    if leaking:
        worst = max(leaking, key=lambda p: p.agreed)
        raise MailDutyError(
            "LABEL_LEAK",
            f"rows that share {worst.name} share their label: {worst.agreed:.1%} of "
            f"{worst.covered:.0%} of the rows are answered by their relatives",
            "A key that gives the label away is not evidence",
            f"Split by that key, or admit it in the settings: admitted_leaks: [{worst.name}]",
            keys=[p.name for p in leaking],
        )


def refuse_after_the_fact(columns: Collection[str], known_after: Collection[str]) -> None:
    """Stops a training that reads what is only known after the inspection. Raises ``LABEL_AFTER_THE_FACT``."""
    held = sorted(set(columns) & set(known_after))
    if held:
        raise MailDutyError(
            "LABEL_AFTER_THE_FACT",
            f"{', '.join(held)} is known only once the outcome is",
            "A feature stands in the declaration, before anybody looked",
            "Leave the column out",
        )
