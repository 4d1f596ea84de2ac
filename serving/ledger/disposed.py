"""What a party's own records say is gone: bodies past their term, personal data and files of people who asked."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
from sqlalchemy import Connection, select

from serving.ledger.tables import records


class Stretches:
    """Numbers of records as stretches from and to, both included: a million of them are a few bytes."""

    def __init__(self, stretches: Iterable[Sequence[int]] = ()) -> None:
        self._all = sorted((int(first), int(last)) for first, last in stretches)

    def __contains__(self, number: object) -> bool:
        if not isinstance(number, int):
            return False
        at = bisect_right(self._all, (number, float("inf"))) - 1
        return at >= 0 and self._all[at][0] <= number <= self._all[at][1]

    @staticmethod
    def of(numbers: Iterable[int]) -> list[list[int]]:
        """The stretches of single numbers, as a record names them."""
        made: list[list[int]] = []
        for number in sorted(numbers):
            if made and made[-1][1] == number - 1:
                made[-1][1] = number
            else:
                made.append([number, number])
        return made


@dataclass(frozen=True)
class Disposed:
    """``purged``: numbers of records whose bodies went; ``erased``: records whose sealed data went.

    ``files``: the hash that a file has since people were taken out of it, by the hash it came with; None where
    nothing of it was left.
    """

    purged: Stretches = field(default_factory=Stretches)
    erased: frozenset[str] = frozenset()
    files: dict[str, str | None] = field(default_factory=dict)

    @staticmethod
    def of(connection: Connection, party: str) -> Disposed:
        """What the purge and erasure records of a party name."""
        stretches: list[Sequence[int]] = []
        erased: set[str] = set()
        files: dict[str, str | None] = {}
        for kind, body in _bodies(connection, party):
            if kind == "purge":
                stretches += body["seqs"]
                for gone in body["files"]:
                    files.pop(gone, None)  # should it come again, it comes whole
            else:
                erased |= set(body["records"])
                files |= {one["sha256"]: one["becomes"] for one in body["files"]}
        return Disposed(Stretches(stretches), frozenset(erased), files)


def _bodies(connection: Connection, party: str) -> Iterator[tuple[str, dict[str, Any]]]:
    asked = select(records.c.kind, records.c.body).where(
        records.c.party == party, records.c.kind.in_(("purge", "erasure")), records.c.body.is_not(None)
    )
    for kind, content in connection.execute(asked.order_by(records.c.seq)):
        try:
            yield kind, orjson.loads(content)["body"]
        except (ValueError, TypeError, KeyError):
            continue  # a body that was tampered with names nothing; the walk tells of it
