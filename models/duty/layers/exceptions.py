"""Exceptions that more than one Chapter 99 duty makes in the same words."""

from __future__ import annotations

from models.duty.goods import Goods

TEXTILE_CHAPTERS = frozenset(str(chapter) for chapter in range(50, 64))


def textile_claim(goods: Goods) -> bool:
    """A textile or apparel article entered under CAFTA-DR: stated, or a claim P or P+ in chapters 50 to 63."""
    stated = goods.facts.get("cafta_textile")
    if stated is not None:
        return stated is True
    claim = goods.programme
    return claim is not None and claim.symbol in ("P", "P+") and goods.chapter in TEXTILE_CHAPTERS
