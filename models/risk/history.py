"""What is known of senders, recipients and goods on the day a parcel is posted, and nothing of later.

Parcels count for later days, outcomes from the day after they became known. Parcels of one day count for each other
in the windows, whatever their order; lines of one parcel count once. Rates are smoothed and stand beside their
counts. Names come in only as salted hashes. No country is a key: a route counts together with the goods on it.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from datetime import date

from models.risk.identity import Salted, place_of, plain
from models.risk.parcel import RiskParcel
from models.risk.tallies import ADDRESS, Batch, Keys, Tallies, Tally, earlier, names_by, within
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
    "sender_value_shift", "origin_usual_for_sender", "origin_usual_for_goods", "origin_usual_for_brand",
)  # fmt: skip
UNKNOWN = (math.nan,) * len(NAMES)
_GOODS, _BRAND, _BRAND_ORIGIN = 8, 9, 10  # keys that are counted and have no rate of their own
_WHOLE = ("all",)


class History:
    """Grows as parcels come: ``features`` of a batch, then ``add`` it; ``settle`` when outcomes become known.

    ``keep_days`` and ``most`` (parcels) bound what is held: what is older is folded or dropped, day by day.
    """

    def __init__(self, salt: bytes, keep_days: int | None = None, most: int | None = None) -> None:
        self._salted = Salted(salt)
        self._held = Tallies()
        self._held.rated[_WHOLE] = Tally()
        self.keep_days, self.most = keep_days, most
        self._newest = self._folded = self._left = 0

    @property
    def parcels(self) -> int:
        """How many parcels are counted singly."""
        return len(self._held.counted)

    def features(self, parcels: Sequence[RiskParcel]) -> list[tuple[float, ...]]:
        """``NAMES`` for each parcel, as of its day. The batch itself counts, its later days never for earlier ones.

        A parcel that is in the history already is not counted again.
        """
        batch = Batch(len({p.posted_on for p in parcels}) > 1)
        keys = self._counted(batch, parcels)
        return [self._row(k, p, batch) for k, p in zip(keys, parcels, strict=True)]

    def add(self, parcels: Iterable[RiskParcel]) -> None:
        """Remembers parcels that were seen; one that is known already is left as it is."""
        self._counted(self._held, list(parcels))
        if self.keep_days is not None and self._newest > self._folded + max(1, self.keep_days // 8):
            self.forget(date.fromordinal(max(1, self._newest - self.keep_days)))
        if self.most is not None and self.parcels > max(self._left, self.most) * 5 // 4:
            days = sorted((day for _, day in self._held.counted), reverse=True)
            self.forget(
                date.fromordinal(days[self.most - 1])
            )  # the day of the last that may stay stays whole
            self._left = self.parcels

    def settle(self, outcomes: Iterable[tuple[RiskParcel, bool]], known_on: date | None = None) -> None:
        """Remembers what came of parcels. Without ``known_on`` an outcome counts as known on the day of posting."""
        for parcel, wrong in outcomes:
            self.settle_keys([(self.keys(parcel), wrong)], known_on or parcel.posted_on)

    def settle_keys(self, outcomes: Iterable[tuple[Keys, bool]], known_on: date) -> None:
        """The same for parcels of which only the keys were kept."""
        for keys, wrong in outcomes:
            for key in (_WHOLE, *keys.rated[: len(RATED)]):
                if key is not None:
                    self._held.rated.setdefault(key, Tally()).settle(known_on.toordinal(), wrong)

    def forget(self, before: date) -> None:
        """Drops windows of days before this one and folds older sums into one."""
        self._held.forget(before.toordinal())
        self._held.rated.setdefault(_WHOLE, Tally())
        self._folded = self._newest

    def _counted(self, into: Tallies | Batch, parcels: Sequence[RiskParcel]) -> list[Keys]:
        """The keys of some parcels; those not known yet are counted, lines of one parcel once."""
        hashed: dict[tuple[str, ...], bytes] = {}
        keys = [self.keys(p, hashed) for p in parcels]
        lines = Counter(k.item for k in keys)
        known = {item for item in lines if item in self._held.counted}
        met: dict[Hashable, set[Hashable]] = {item: set() for item, n in lines.items() if n > 1}
        for key, parcel in zip(keys, parcels, strict=True):
            if key.item not in known:
                into.count(key, parcel.value_usd, met.get(key.item))
        if into is self._held and lines:
            self._newest = max(self._newest, max(day for _, day in lines))
        return keys

    def keys(self, parcel: RiskParcel, hashed: dict[tuple[str, ...], bytes] | None = None) -> Keys:
        """Keys of a parcel; names and addresses in them are hashed. ``hashed`` remembers hashes of a batch."""
        known = hashed if hashed is not None else {}

        def masked(*parts: str) -> bytes | None:
            if not all(parts):
                return None
            made = known.get(parts)
            if made is None:
                made = known[parts] = self._salted(*parts)
            return made

        heading = (parcel.hts or "")[:4]
        name = plain(parcel.recipient.name) if parcel.recipient.name else ""
        where = place_of(parcel.recipient)
        zip_code = (parcel.recipient.postal_code or "").partition("-")[0].casefold()
        goods = heading or _wording(parcel.description or "")
        sender = masked("s", plain(parcel.sender.name)) if parcel.sender.name else None
        seller = masked("m", plain(parcel.seller)) if parcel.seller else None
        place, recipient = masked("p", where), masked("r", name, where)
        brand = parcel.brand.casefold() if parcel.brand else None
        rated: tuple[Hashable, ...] = (
            sender,
            recipient,
            seller,
            (sender, heading) if sender and heading else None,
            ("route", parcel.origin_post, heading) if parcel.origin_post and heading else None,
            ("code", parcel.hts[:8]) if parcel.hts and len(parcel.hts) >= 8 else None,
            (sender, "from", parcel.origin) if sender and parcel.origin else None,
            ("goods", heading, parcel.origin) if heading and parcel.origin else None,
            ("goods", heading) if heading else None,
            ("brand", brand) if brand and parcel.origin else None,
            ("brand", brand, parcel.origin) if brand and parcel.origin else None,
        )
        somebody = masked("n", name, zip_code) if goods else None
        windowed: tuple[Hashable, ...] = (
            recipient,
            place,
            (place, goods) if place and goods else None,
            (sender, place) if sender and place else None,
            (somebody, goods) if somebody else None,
            (sender, goods, zip_code) if sender and goods and zip_code else None,
        )
        item = (parcel.tracking_id or parcel.id, parcel.posted_on.toordinal())
        return Keys(rated, windowed, (masked("n", name) or b"") if place else b"", item)

    def _row(self, keys: Keys, parcel: RiskParcel, batch: Batch) -> tuple[float, ...]:
        day = keys.item[1]
        whole = self._held.rated[_WHOLE]
        judged = whole.judged.before(day) if whole.judged else 0.0
        prior = ((whole.wrong.before(day) if whole.wrong else 0.0) + 1.0) / (judged + 20.0)
        counts = self._counts(keys.rated, day, batch)
        row: list[float] = []
        for key, count in zip(keys.rated[: len(RATED)], counts, strict=False):
            if key is None:
                row += (math.nan, 0.0)
            else:
                row += (self._rate(key, day, prior) if judged else prior, math.log1p(count))
        worth, old, new = math.nan, self._held.windows, batch.windows
        for n, key in enumerate(keys.windowed):
            if key is None:
                row.append(math.nan)
                continue
            days = new.get(key)
            count, value = within(days, day) if days else (0.0, 0.0)
            if old and (days := old.get(key)):
                seen = within(days, day)
                count, value = count + seen[0], value + seen[1]
            row.append(count)
            if n == ADDRESS:
                worth = value
        names: set[bytes] = set()
        if (place := keys.windowed[ADDRESS]) is not None:
            for held in (self._held.names, batch.names):
                if known := held.get(place):
                    names |= names_by(known, day)
        row += (worth, float(len(names)) if names else math.nan)
        return (*row, *self._standing(keys, parcel, counts, batch))

    def _counts(self, keys: Sequence[Hashable], day: int, batch: Batch) -> list[float]:
        """Parcels of earlier days with each key; not a number where the key is missing."""
        held, new = self._held.rated, batch.rated
        counts = []
        for key in keys:
            if key is None:
                counts.append(math.nan)
                continue
            old, days = held.get(key), new.get(key)
            count = earlier(days, day) if days else 0.0
            counts.append(count + old.parcels.before(day) if old else count)
        return counts

    def _rate(self, key: Hashable, day: int, prior: float) -> float:
        tally = self._held.rated.get(key)
        if tally is None or tally.judged is None or tally.wrong is None:
            return prior
        return (tally.wrong.before(day) + SMOOTHING * prior) / (tally.judged.before(day) + SMOOTHING)

    def _standing(
        self, keys: Keys, parcel: RiskParcel, counts: Sequence[float], batch: Batch
    ) -> tuple[float, ...]:
        """Known-shipper standing: days since first seen, new goods for an old sender, share clean, change of value,
        and how usual the declared origin is for this sender, for these goods and for this brand."""
        day = keys.item[1]
        for_goods = _share(counts[7], counts[_GOODS])
        for_brand = _share(counts[_BRAND_ORIGIN], counts[_BRAND])
        seen, key = counts[0], keys.rated[0]
        if not seen > 0:
            return 0.0, math.nan, math.nan, math.nan, math.nan, for_goods, for_brand
        held, days = self._held.rated.get(key), batch.rated.get(key, {})
        first = min([*days, held.first or day] if held else days)
        new = float(seen >= 5 and counts[3] == 0) if keys.rated[3] is not None else math.nan
        clean = shift = math.nan
        priced = worth = 0.0
        if held is not None:
            if held.judged and held.wrong and (judged := held.judged.before(day)):
                clean = 1 - held.wrong.before(day) / judged
            if held.priced and held.log_value:
                priced, worth = held.priced.before(day), held.log_value.before(day)
        for when, (n, logs) in batch.values.get(key, {}).items():
            if when < day:
                priced, worth = priced + n, worth + logs
        if priced >= 5 and parcel.value_usd is not None:
            shift = math.log(max(parcel.value_usd, 0.01)) - worth / priced
        return float(day - first), new, clean, shift, _share(counts[6], seen), for_goods, for_brand


def _wording(text: str) -> str:
    return " ".join(sorted(words_of(text))[:6])


def _share(part: float, whole: float, least: int = 4) -> float:
    """Share of a pair among the parcels of its first half; not a number where fewer than ``least`` were seen."""
    return part / whole if whole >= least and part == part else math.nan
