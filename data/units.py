"""Units of quantity: one name each, and which named facts of an item supply them.

A specific rate says "per dozen", a shipper says "24 pieces". The second is enough for the first, exactly, so
a unit lists every fact it can be had from. Nothing is converted that needs a guess: pieces are not pairs.
"""

from __future__ import annotations

from fractions import Fraction

# unit: ((fact, how many of the unit one of the fact makes), ...), the first that is given counts
UNIT_SOURCES: dict[str, tuple[tuple[str, Fraction], ...]] = {
    "kg": (("net_kg", Fraction(1)), ("net_g", Fraction(1, 1000))),
    "g": (("net_g", Fraction(1)), ("net_kg", Fraction(1000))),
    "t": (("net_t", Fraction(1)), ("net_kg", Fraction(1, 1000))),
    "No.": (("number", Fraction(1)), ("head", Fraction(1))),
    "head": (("head", Fraction(1)), ("number", Fraction(1))),
    "doz": (("dozens", Fraction(1)), ("number", Fraction(1, 12))),
    "doz. pcs": (("dozens", Fraction(1)), ("number", Fraction(1, 12))),
    "pr": (("pairs", Fraction(1)),),
    "doz. pr": (("dozen_pairs", Fraction(1)), ("pairs", Fraction(1, 12))),
    "hundred": (("hundreds", Fraction(1)), ("number", Fraction(1, 100))),
    "thousand": (("thousands", Fraction(1)), ("number", Fraction(1, 1000))),
    "gross": (("gross", Fraction(1)), ("number", Fraction(1, 144))),
    "gross of immediate containers": (
        ("gross_containers", Fraction(1)),
        ("immediate_containers", Fraction(1, 144)),
    ),
    "pack": (("packs", Fraction(1)),),
    "gross line": (("gross_lines", Fraction(1)),),
    "m": (("m", Fraction(1)),),
    "m2": (("m2", Fraction(1)),),
    "m2 of recording surface": (("recording_surface_m2", Fraction(1)),),
    "m3": (("m3", Fraction(1)),),
    "liter": (("liters", Fraction(1)),),
    "pf.liter": (("proof_liters", Fraction(1)),),
    "bbl": (("barrels", Fraction(1)),),
    "carat": (("carats", Fraction(1)),),
    "jewel": (("jewels", Fraction(1)),),
    "other piece or part": (("other_pieces", Fraction(1)),),
    # Weights that are not the plain net weight of the goods; net weight does not stand in for them.
    "clean kg": (("clean_kg", Fraction(1)),),
    "kg drained": (("drained_kg", Fraction(1)),),
    "kg total sugars": (("total_sugars_kg", Fraction(1)),),
    "kg with container": (("kg_with_container", Fraction(1)),),
    "t with container": (("t_with_container", Fraction(1)), ("kg_with_container", Fraction(1, 1000))),
    "kg entire contents": (("entire_contents_kg", Fraction(1)),),
    "kg anhydrous morphine": (("anhydrous_morphine_kg", Fraction(1)),),
    **{
        f"kg {metal}": ((f"{metal}_kg", Fraction(1)),)
        for metal in (
            "copper",
            "lead",
            "zinc",
            "molybdenum",
            "magnesium",
            "tungsten",
            "manganese",
            "silicon",
            "vanadium",
            "nickel",
            "chromium",
            "cobalt",
            "antimony",
        )
    },
}

# unit: the fact names that supply it, for messages, forms and documentation
UNIT_FACTS: dict[str, tuple[str, ...]] = {
    unit: tuple(fact for fact, _ in sources) for unit, sources in UNIT_SOURCES.items()
}

# How rate texts and unit cells of the schedule spell a unit that has another name here.
SPELLINGS: dict[str, str] = {
    "each": "No.",
    "article": "No.",
    "doz.": "doz",
    "pr.": "pr",
    "prs.": "pr",
    "doz. prs.": "doz. pr",
    "doz. pr.": "doz. pr",
    "liters": "liter",
    "pf. liter": "pf.liter",
    "pf.liters": "pf.liter",
    "pf. liter on ethyl alcohol content": "pf.liter",
    "lin. m": "m",
    "1000": "thousand",
    "1,000": "thousand",
    "1,000 pins": "thousand",
    "thousands": "thousand",
    "hundreds": "hundred",
    "line/gross": "gross line",
    "gr.lines": "gross line",
    "Jwls.": "jewel",
    "m2of recording surface": "m2 of recording surface",
    "kg on drained weight": "kg drained",
    "kg on drained weght": "kg drained",
    "kg of total sugars": "kg total sugars",
    "kg ttl sug": "kg total sugars",
    "kg on contents and container": "kg with container",
    "kg, including weight of container": "kg with container",
    "t, including weight of container": "t with container",
    "kg on entire contents of container": "kg entire contents",
    "kg of anhydrous morphine content": "kg anhydrous morphine",
    "cy kg": "clean kg",
    "Cu kg": "kg copper",
    "Pb kg": "kg lead",
    "Zn kg": "kg zinc",
    "Mo kg": "kg molybdenum",
    "Mg kg": "kg magnesium",
    "W kg": "kg tungsten",
    "Mn kg": "kg manganese",
    "Si kg": "kg silicon",
    "V kg": "kg vanadium",
    "Ni kg": "kg nickel",
    "Cr kg": "kg chromium",
    "Co kg": "kg cobalt",
    "Sb kg": "kg antimony",
}


def unit_named(spelling: str) -> str | None:
    """Our name of a unit the schedule spells ``"prs."``: ``"pr"``; None for one that prices nothing."""
    words = spelling.strip()
    if words.startswith("kg on ") and words.endswith(" content"):
        words = "kg " + words.removeprefix("kg on ").removesuffix(" content")
    name = SPELLINGS.get(words, words)
    return name if name in UNIT_SOURCES else None
