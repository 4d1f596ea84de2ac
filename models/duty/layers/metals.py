"""Section 232 on aluminium, steel and copper, mutually exclusive among each other.

From 2026-04-06 by the lists of note 16(c), on the full value: 50 percent on articles and close derivatives
(i)-(v), 25 on further derivatives (vi)-(viii), a total of 15 with column 1 on machinery (ix)-(x). UK metal, US
metal of 95 percent, Russia and column 2 origins have rates of their own. An article outside chapters 72, 73, 74
and 76 whose listed metal weighs less than 15 percent owes none and is then no Section 232 article. The duty is
owed beside any agreement rate (note 16(b)). Before that day by the fact ``metal``, on the value of the metal
outside the metal's own chapters.
"""

from __future__ import annotations

from decimal import Decimal

from data.errors import MailDutyError
from data.law import CodeList, Law, Row
from models.duty.goods import NOTHING, Goods, Layer, Note, Term, conditional, row_for, term_of, zero

LISTS = "section_232/metals/note_16c_"
KIND = "section 232 metals"
OWN_CHAPTERS = {"steel": ("72", "73"), "aluminum": ("76",), "copper": ("74",)}
METAL_CHAPTERS = frozenset(chapter for chapters in OWN_CHAPTERS.values() for chapter in chapters)
ORDER = ("articles", "derivatives", "machinery")
UK_LISTS = frozenset({"i", "ii", "iii", "iv", "vi", "vii"})
US_LISTS = frozenset({"ii", "iv", "vi", "vii", "viii", "ix", "x"})


def metals(goods: Goods, law: Law) -> Layer:
    if law.find("section_232/metals/light_article_pct", goods.on) is None:
        return _before_april_2026(goods, law)
    matched, deeper = _lists(goods, law)
    if not matched:
        notes = tuple(
            conditional(
                _row(law, goods, x, "ANY")["heading"],
                rate_text(_row(law, goods, x, "ANY")),
                f"some lines below {goods.line.dotted} are "
                f"on note 16(c)({x.extra['subdivision']}); ten digits decide; not charged",
                "hts",
            )
            for x in deeper
        )
        return Layer((), notes)
    listed = _chosen(matched, goods.facts.get("metal"))
    light = _light(goods, law)
    if light is not None:
        return light
    row = _row(law, goods, listed, _condition(goods, listed))
    return Layer((term_of(row, KIND),), tuple(_questions(goods, listed, law)), True)


def _lists(goods: Goods, law: Law) -> tuple[list[CodeList], list[CodeList]]:
    lists = [law.codes(path) for path in law.paths(LISTS)]
    lists = [x for x in lists if x.valid_from <= goods.on]
    return [x for x in lists if x.match(goods.code)], [x for x in lists if x.below(goods.code)]


def _chosen(matched: list[CodeList], metal: object) -> CodeList:
    """One list: that of the stated metal if the line is on several, then the heavier group."""
    stated = [x for x in matched if x.extra["metal"] == metal]
    return min(stated or matched, key=lambda x: (ORDER.index(x.extra["group"]), x.path))


def _light(goods: Goods, law: Law) -> Layer | None:
    share = goods.facts.get("metal_weight_pct")
    if share is None or goods.chapter in METAL_CHAPTERS:
        return None
    limit = law.value("section_232/metals/light_article_pct", goods.on)
    weight = Decimal(str(share))
    if weight >= limit:
        return None
    condition = "NONE" if weight == 0 else "LIGHT"
    row = law.rows("section_232/metals/rates", goods.on, group="any", condition=condition)[0]
    why = "0 (no listed metal)" if weight == 0 else f"0 (metal under {limit}% of weight)"
    return Layer((zero(row["heading"], KIND, why, row.citation),), (), False)


def _condition(goods: Goods, listed: CodeList) -> str:
    metal, group, sub = listed.extra["metal"], listed.extra["group"], listed.extra["subdivision"]
    where = goods.facts.get("metal_origin")
    if metal == "aluminum" and "RU" in (goods.origin, where):
        return "RU_ALUMINUM"
    if goods.says("us_metal_95pct") and sub in US_LISTS and not (group == "machinery" and goods.column2):
        return "US95"
    if goods.origin == "GB" and where == "GB" and sub in UK_LISTS:
        return "GB"
    if goods.origin == "RU":
        return "RU"
    return "COL2" if group == "machinery" and goods.column2 else "ANY"


def _row(law: Law, goods: Goods, listed: CodeList, condition: str) -> Row:
    group = listed.extra["group"]
    rows = law.rows("section_232/metals/rates", goods.on, group=group, condition=condition)
    if not rows:
        raise MailDutyError(
            "LAW_NO_VALUE", f"no metals rate for group {group} and condition {condition!r} on {goods.on}"
        )
    return rows[0]


def rate_text(row: Row) -> str:
    """The rate of a row as the answer words it."""
    return term_of(row, KIND).rate


def _questions(goods: Goods, listed: CodeList, law: Law) -> list[Note]:
    notes = []
    sub = listed.extra["subdivision"]
    if goods.chapter not in METAL_CHAPTERS and goods.facts.get("metal_weight_pct") is None:
        limit = law.value("section_232/metals/light_article_pct", goods.on)
        notes.append(
            conditional(
                "9903.82.03",
                "0",
                f"no metals duty if the {listed.extra['metal']} weighs under {limit}% of "
                "the article; duty charged",
                "metal_weight_pct",
            )
        )
    if goods.origin == "GB" and sub in UK_LISTS and goods.facts.get("metal_origin") is None:
        row = _row(law, goods, listed, "GB")
        notes.append(
            conditional(
                row["heading"],
                rate_text(row),
                "lower if the metal was smelted or melted in the UK; full rate charged",
                "metal_origin",
            )
        )
    return notes


def _before_april_2026(goods: Goods, law: Law) -> Layer:
    path = "section_232/metals/before_april_2026"
    metal = goods.facts.get("metal")
    rows = law.rows(path, goods.on)
    own = next((m for m, chapters in OWN_CHAPTERS.items() if goods.chapter in chapters), None)
    if metal is None:
        suspect = own or next(
            (str(x.extra["metal"]) for p in law.paths(LISTS) if (x := law.codes(p)).match(goods.code)), None
        )
        row = row_for([r for r in rows if r["metal"] == suspect], goods.origin)
        if suspect is None or row is None:
            return NOTHING
        return Layer(
            (),
            (
                conditional(
                    row["heading"],
                    rate_text(row),
                    f"{suspect} articles and derivatives owed it; the "
                    "lists of that time are not in our data; not charged",
                    "metal",
                ),
            ),
        )
    row = row_for([r for r in rows if r["metal"] == metal], goods.origin)
    if row is None:
        return NOTHING
    term: Term = term_of(row, KIND)
    if goods.chapter not in OWN_CHAPTERS[str(metal)]:
        if goods.facts.get("metal_value_usd") is None:
            raise MailDutyError(
                "FACT_MISSING",
                f"{row['heading']} is on the value of the {metal} in a derivative article",
                "before 2026-04-06 derivatives paid on their metal content",
                "give the fact metal_value_usd",
                field="metal_value_usd",
            )
        term = term._replace(on_fact="metal_value_usd")
    return Layer((term,), (), True)
