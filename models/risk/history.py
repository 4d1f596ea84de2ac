"""What is known of senders, recipients and goods on the day a parcel is posted, and nothing of later.

Outcomes count from the day they became known. Parcels of the same day count for each other whatever their order;
rates are smoothed and stand beside their counts. Names come in only as salted hashes. No country is a key: a route
counts together with the goods on it, never alone.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from datetime import date

from models.risk.identity import Salted, place_of, plain
from models.risk.parcel import RiskParcel
from models.risk.tallies import Keys, Overlay, Tally
from models.risk.wording import words_of

SMOOTHING = 12.0
RATED = (
    "sender",
    "recipient",
    "seller",
    "sender_goods",
    "route_goods",
    "code",
    "sender_origin",
    "goods_origin",
)
WINDOWED = ("to_recipient", "to_place", "goods_to_place", "pair", "goods_to_recipient", "sender_goods_to_zip")
NAMES = (
    *(f"{name}_{what}" for name in RATED for what in ("rate", "count")),
    *(f"{name}_window" for name in WINDOWED),
    "place_value_window", "names_at_place", "sender_days", "sender_new_goods", "sender_clean",
    "sender_value_shift", "origin_usual_for_sender", "origin_usual_for_goods",
)  # fmt: skip
UNKNOWN = (math.nan,) * len(NAMES)


class History:
    """Grows day by day: ``features`` of a batch, then ``add`` it; ``settle`` when outcomes become known."""

    def __init__(self, salt: bytes) -> None:
        self._salted = Salted(salt)
        self._tallies: dict[bytes, Tally] = {}
        self.parcels = 0
        self.judged = 0
        self.wrong = 0

    def features(self, parcels: Sequence[RiskParcel]) -> list[tuple[float, ...]]:
        """``NAMES`` for each parcel, as of its day. The batch itself counts, its later days never for earlier ones."""
        by_day: dict[date, list[int]] = {}
        for place, parcel in enumerate(parcels):
            by_day.setdefault(parcel.posted_on, []).append(place)
        made: list[tuple[float, ...]] = [UNKNOWN] * len(parcels)
        overlay, last = Overlay(self._tallies), max(by_day, default=None)
        for day in sorted(by_day):
            places = by_day[day]
            keys = [self.keys(parcels[p]) for p in places]
            for place, key in zip(places, keys, strict=True):  # the day's own parcels are in the window
                overlay.window(key, parcels[place])
            for place, key in zip(places, keys, strict=True):
                made[place] = self._row(key, parcels[place], overlay)
            if day != last:
                for place, key in zip(places, keys, strict=True):
                    overlay.count(key, parcels[place])
        return made

    def add(self, parcels: Iterable[RiskParcel]) -> None:
        """Remembers parcels that were seen."""
        overlay = Overlay(self._tallies, own=True)
        for parcel in parcels:
            keys = self.keys(parcel)
            overlay.window(keys, parcel)
            overlay.count(keys, parcel)
            self.parcels += 1

    def settle(self, outcomes: Iterable[tuple[RiskParcel, bool]]) -> None:
        """Remembers what came of parcels; call it once the day has come on which that was known."""
        for parcel, wrong in outcomes:
            self.judged += 1
            self.wrong += wrong
            for key in self.keys(parcel).rated:
                if key:
                    tally = self._tallies.setdefault(key, Tally(first=parcel.posted_on.toordinal()))
                    tally.judged += 1
                    tally.wrong += wrong

    def keys(self, parcel: RiskParcel) -> Keys:
        """Hashed keys of a parcel."""
        hashed, heading = self._salted, (parcel.hts or "")[:4]
        sender = plain(parcel.sender.name) if parcel.sender.name else ""
        recipient = plain(parcel.recipient.name) if parcel.recipient.name else ""
        place = place_of(parcel.recipient)
        zip_code = (parcel.recipient.postal_code or "").split("-")[0].casefold()
        goods = heading or " ".join(sorted(words_of(parcel.description or ""))[:6])
        post = parcel.origin_post or ""
        rated = (
            hashed("s", sender) if sender else b"",
            hashed("r", recipient, place) if recipient and place else b"",
            hashed("m", plain(parcel.seller)) if parcel.seller else b"",
            hashed("sg", sender, heading) if sender and heading else b"",
            hashed("pg", post, heading) if post and heading else b"",
            hashed("c", parcel.hts[:8]) if parcel.hts and len(parcel.hts) >= 8 else b"",
            hashed("so", sender, parcel.origin) if sender and parcel.origin else b"",
            hashed("go", heading, parcel.origin) if heading and parcel.origin else b"",
            hashed("g", heading) if heading else b"",
        )
        windowed = (
            rated[1],
            hashed("p", place) if place else b"",
            hashed("gp", goods, place) if goods and place else b"",
            hashed("sp", sender, place) if sender and place else b"",
            hashed("gr", goods, recipient, zip_code) if goods and recipient and zip_code else b"",
            hashed("sgz", sender, goods, zip_code) if sender and goods and zip_code else b"",
        )
        return Keys(rated, windowed, hashed("n", recipient) if recipient else b"")

    def _row(self, keys: Keys, parcel: RiskParcel, overlay: Overlay) -> tuple[float, ...]:
        day = parcel.posted_on.toordinal()
        prior = (self.wrong + 1.0) / (self.judged + 20.0)
        row: list[float] = []
        for key in keys.rated[: len(RATED)]:
            tally = overlay.get(key)
            if tally is None:
                row += (math.nan, 0.0)
            else:
                row += (
                    (tally.wrong + SMOOTHING * prior) / (tally.judged + SMOOTHING),
                    math.log1p(tally.count),
                )
        value = math.nan
        for n, key in enumerate(keys.windowed):
            tally = overlay.get(key)
            count, worth = tally.within(day) if tally else (math.nan, math.nan)
            row.append(count)
            if n == 1:
                value = worth
        place = overlay.get(keys.windowed[1])
        names = float(len(place.names)) if place and place.names else math.nan
        return (*row, value, names, *self._standing(keys, parcel, overlay, day))

    def _standing(self, keys: Keys, parcel: RiskParcel, overlay: Overlay, day: int) -> tuple[float, ...]:
        """Known-shipper standing: days since first seen, new goods for an old sender, share clean, change of value,
        and how usual the declared origin is for this sender and for these goods."""
        sender, goods = overlay.get(keys.rated[0]), overlay.get(keys.rated[8])
        for_goods = _share(overlay.get(keys.rated[7]), goods) if keys.rated[7] else math.nan
        if sender is None or sender.count == 0:
            return 0.0, math.nan, math.nan, math.nan, math.nan, for_goods
        met = overlay.get(keys.rated[3])
        new = float(sender.count >= 5 and (met is None or met.count == 0)) if keys.rated[3] else math.nan
        clean = 1 - sender.wrong / sender.judged if sender.judged else math.nan
        shift = math.nan
        if sender.priced >= 5 and parcel.value_usd is not None:
            shift = math.log(max(parcel.value_usd, 0.01)) - sender.log_value / sender.priced
        for_sender = _share(overlay.get(keys.rated[6]), sender) if keys.rated[6] else math.nan
        return float(day - sender.first), new, clean, shift, for_sender, for_goods


def _share(part: Tally | None, whole: Tally | None, least: int = 4) -> float:
    """Share of a pair among the parcels of its first half; not a number where fewer than ``least`` were seen."""
    if whole is None or whole.count < least:
        return math.nan
    return (part.count if part else 0) / whole.count
