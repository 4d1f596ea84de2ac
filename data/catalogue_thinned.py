"""The catalogue dealt out in two: words to look up in, and words to write from that the first does not have."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

from data.catalogue import Catalogue, Goods

T = TypeVar("T")


def thinned(catalogue: Catalogue, seed: int = 0) -> tuple[Catalogue, Catalogue]:
    """The same kinds with their words dealt out to two catalogues: one to look up in, one to write from.

    A ranker trained on texts of the second over an index of the first learns what to do when a seller uses a
    word that the catalogue does not have, which is what happens in the mail.
    """
    sides: tuple[list[Goods], list[Goods]] = ([], [])
    for goods in catalogue:
        chance = random.Random(f"{seed}:{goods.id}")
        kind = goods.kind
        dealt = {
            name: _dealt(getattr(kind, name), chance)
            for name in ("names", "features", "cn22", "translated", "foreign")
        }
        paths = _dealt(goods.travels.category, chance)
        for side in (0, 1):
            words = {name: both[side] for name, both in dealt.items()}
            travels = goods.travels.model_copy(update={"category": paths[side]})
            sides[side].append(replace(goods, kind=kind.model_copy(update=words), travels=travels))
    return (
        Catalogue(tuple(sides[0]), catalogue.files, (), {g.id: g for g in sides[0]}),
        Catalogue(tuple(sides[1]), catalogue.files, (), {g.id: g for g in sides[1]}),
    )


def _dealt(words: Sequence[T], chance: random.Random) -> tuple[list[T], list[T]]:
    """Two halves, of which neither is empty where there is anything; a single word goes to both."""
    if len(words) < 2:
        return list(words), list(words)
    mixed = chance.sample(list(words), len(words))
    return mixed[: len(mixed) // 2], mixed[len(mixed) // 2 :]
