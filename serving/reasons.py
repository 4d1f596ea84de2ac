"""Every reason code: what it means in a sentence, and what clears it.

Codes come from three places: errors of `data` and `models` (their own text names the fact met), signals of risk,
and the decision. A code that is raised anywhere and has no sentence here fails a test.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason code with its sentence and remedy, both for a clerk who reads nothing else."""

    code: str
    sentence: str
    remedy: str


def reason(code: str) -> Reason:
    """The reason behind a code; an unlisted code gives itself back, never an error on the way out."""
    sentence, remedy = _REASONS.get(code, (code.replace("_", " ").capitalize() + ".", "Read the message."))
    return Reason(code, sentence, remedy)


def known() -> tuple[str, ...]:
    """Every listed code, in order."""
    return tuple(sorted(_REASONS))


_REASONS: dict[str, tuple[str, str]] = {
    # the tariff number
    "HTS_MISSING": ("No tariff number was declared.", "Ask the sender for it, or have the goods classified."),
    "HTS_MALFORMED": ("What was declared is not a tariff number.", "Give 8 or 10 digits as text."),
    "HTS_LEVEL": ("The tariff number has fewer digits than were asked for.", "Give the longer number."),
    "HTS_SHORT": ("The tariff number has fewer than the ten digits an entry needs.", "Give all ten digits."),
    "HTS_UNKNOWN": ("The tariff has no such number.", "Correct it, or have the goods classified."),
    "HTS_NOT_IN_FORCE": (
        "The tariff had no such number that day.",
        "Use the number in force on the entry date.",
    ),
    # risk
    "VALUE_ZERO": ("Declared as worth nothing.", "Ask the sender for the price paid."),
    "VALUE_NOMINAL": ("Declared at a dollar or less.", "Ask the sender for the price paid."),
    "DESCRIPTION_VAGUE": (
        "The description names no goods.",
        "Ask the sender what it is and what it is made of.",
    ),
    "IDENTIFIER_BAD": ("The item identifier is not in order.", "Read the label again."),
    "DECLARED_CODE_UNKNOWN": ("The declared tariff number does not exist.", "Have the goods classified."),
    # decision
    "DUTY_RESERVATION": ("The figure carries a reservation.", "Read the warnings of the duty."),
}
