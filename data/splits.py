"""Train, calibrate and test, so that relatives never straddle.

Relatives are rows of one kind of goods, of one ruling, or with near-duplicate text. The side of a family is a
hash of its name: it does not change when other families are added.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence

from data.labelled import Labelled


def family(row: Labelled) -> str:
    """The name that relatives share: the kind where there is one, else the text without order, case and digits."""
    if row.kind:
        return f"kind:{row.kind}"
    words = sorted(set(re.findall(r"[^\W\d_]+", row.text.lower())))
    return "text:" + " ".join(words)


def place(name: str, seed: int = 0) -> float:
    """A number in [0, 1) that belongs to the name for good."""
    return int.from_bytes(hashlib.sha256(f"{seed}:{name}".encode()).digest()[:8], "big") / 2**64


def split(rows: Sequence[Labelled], shares: Mapping[str, float], seed: int = 0) -> dict[str, list[Labelled]]:
    """Rows by side; ``shares`` such as {"train": 0.8, "calibrate": 0.1, "test": 0.1} add up to one."""
    total = sum(shares.values())
    if abs(total - 1) > 1e-9:
        raise ValueError(f"shares add up to {total}, not 1")
    sides: dict[str, list[Labelled]] = {name: [] for name in shares}
    for row in rows:
        at, reached = place(family(row), seed), 0.0
        for name, share in shares.items():
            reached += share
            if at < reached:
                sides[name].append(row)
                break
        else:
            sides[list(shares)[-1]].append(row)
    return sides
