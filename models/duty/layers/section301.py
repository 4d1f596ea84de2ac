"""Section 301 on goods of China and of Brazil: additive, on the whole value.

China: a line is under one heading at a time. A heading of the four-year review (9903.91) takes the place of
the list (9903.88) its goods were on, and a later step of the review the place of an earlier one; never both.
Brazil: every line, less its exemption lists, which we do not have.
"""

from __future__ import annotations

from data.law import CodeList, Law, Row
from models.duty.goods import NOTHING, Goods, Layer, Note, Term, conditional, percent_text, zero

LISTS = "section_301_china/lists/"
KIND = "section 301 China"


def china(goods: Goods, law: Law) -> Layer:
    """The China list or review heading that reaches the line. Goods of China only: not Hong Kong, not Macau."""
    if not law.rows("section_301_china/origins", goods.on, origin=goods.origin):
        return NOTHING
    notes: list[Note] = []
    terms: list[Term] = []
    reaching, deeper = _headings(goods, law)
    heading = goods.facts.get("s301_heading")
    if reaching:
        row = next((r for r in reaching if r["heading"] == heading), _one(reaching))
        rivals = [r for r in reaching if _same_step(r, row) and r["rate"] != row["rate"] and r is not row]
        if rivals and heading is None:
            both = ", ".join(f"{r['heading']} at {percent_text(r['rate'])}" for r in (row, *rivals))
            notes.append(
                Note(
                    "S301_TWO_LISTS",
                    f"the line stands under {both}; {row['heading']} used, the fact s301_heading chooses",
                    row["heading"],
                    fact="s301_heading",
                )
            )
        terms.append(_excluded(goods, law, row, notes))
    for found in deeper:
        notes.append(
            Note(
                "SUFFIX_DECIDES",
                f"{found.extra['heading']} reaches some lines below {goods.line.dotted}; give ten digits",
            )
        )
    _cranes(goods, law, notes, terms)
    return Layer(tuple(terms), tuple(notes), bool(terms))


def _headings(goods: Goods, law: Law) -> tuple[list[Row], list[CodeList]]:
    rows = {row["heading"]: row for row in law.rows("section_301_china/rates", goods.on)}
    reaching, deeper = [], []
    for path in law.paths(LISTS):
        listed = law.codes(path)
        row = rows.get(listed.extra["heading"])
        if row is None:
            continue
        if listed.match(goods.code):
            reaching.append(row)
        elif listed.below(goods.code):
            deeper.append(listed)
    return reaching, deeper


def _one(rows: list[Row]) -> Row:
    """The review before the lists, its later step before the earlier, and then the higher rate."""
    return max(rows, key=lambda r: (r["heading"].startswith("9903.91"), _step(r), r["rate"]))


def _step(row: Row) -> int:
    return row.valid_from.toordinal() if row["heading"].startswith("9903.91") else 0


def _same_step(a: Row, b: Row) -> bool:
    return a["heading"][:7] == b["heading"][:7] and _step(a) == _step(b)


def _excluded(goods: Goods, law: Law, row: Row, notes: list[Note]) -> Term:
    path = "section_301_china/exclusions"
    rate = percent_text(row["rate"])
    claimed = goods.facts.get("s301_exclusion")
    exclusion = law.codes(path)
    if law.listed(path, goods.code, goods.on):
        if claimed is True:
            return zero(exclusion.extra["heading"], KIND, "excluded", exclusion.citation)
        if claimed is None:
            notes.append(
                conditional(
                    exclusion.extra["heading"],
                    "0",
                    f"a described product of this line is excluded from {row['heading']}",
                    "s301_exclusion",
                )
            )
    elif exclusion.match(goods.code) and exclusion.valid_to and goods.on > exclusion.valid_to:
        notes.append(
            Note(
                "S301_EXCLUSIONS_UNKNOWN",
                "the China exclusions were due to end on "
                f"{exclusion.valid_to}; whether they were renewed is unknown; duty charged",
            )
        )
    return Term(row["heading"], KIND, rate, row.citation, percent=row["rate"])


def _cranes(goods: Goods, law: Law, notes: list[Note], terms: list[Term]) -> None:
    path = "section_301_china/cranes_and_chassis"
    entry = law.find(path, goods.on)
    if entry is None or not law.listed(f"{path}_lines", goods.code, goods.on):
        return
    if goods.says("s301_cranes"):
        terms.append(Term(entry.label, KIND, percent_text(entry.value), entry.citation, percent=entry.value))
    elif goods.facts.get("s301_cranes") is None:
        notes.append(
            conditional(
                entry.label,
                percent_text(entry.value),
                "crane or chassis duty may reach the goods and may have been put off",
                "s301_cranes",
            )
        )


def brazil(goods: Goods, law: Law) -> Layer:
    """25 percent on goods of Brazil from 2026-07-22, beside the forced labour duty."""
    entry = law.find("section_301_brazil/rate", goods.on)
    if goods.origin != "BR" or entry is None:
        return NOTHING
    kind = "section 301 Brazil"
    if goods.says("brazil_exempt"):
        return Layer((zero("9903.05.02-.09", kind, "exempt", entry.citation),), (), True)
    term = Term(entry.label, kind, percent_text(entry.value), entry.citation, percent=entry.value)
    if goods.facts.get("brazil_exempt") is False:
        return Layer((term,), (), True)
    note = conditional(
        "9903.05.02-.09",
        "0",
        "Brazil exemptions exist and their lists are not in our data; duty charged",
        "brazil_exempt",
    )
    return Layer((term,), (note,), True)
