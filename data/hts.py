"""Tariff numbers as text: how long they are, what they stand under, when two are the same.

A number of the Harmonized Tariff Schedule of the United States is a chapter (2 digits), heading (4),
subheading (6), rate line (8) or statistical line (10). Its leading zero is part of it and nothing is ever
padded: ``691200`` and ``0691200000`` are different things, and the first is no ten-digit number.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from data.errors import MailDutyError

LEVELS = (2, 4, 6, 8, 10)
_SHAPE = re.compile(
    r"\d{2}|\d{4}|\d{4}\.\d{2}|\d{4}\.\d{2}\.\d{2}|\d{4}\.\d{2}\.\d{2}\.\d{2}|\d{4}\.\d{2}\.\d{4}"
)
_PLAIN = re.compile(r"\d{2}(\d{2}){0,4}")


@dataclass(frozen=True, slots=True, order=True)
class HtsCode:
    """A well-formed tariff number. Make one with :meth:`parse`; being well formed is not being in force."""

    digits: str

    @staticmethod
    def parse(text: object) -> HtsCode:
        """Reads ``6109.10.00.12``, ``6109.10.0012``, ``6109100012`` or a shorter level of the same.

        Raises ``HTS_MALFORMED`` for anything else: odd digit counts, numbers that lost their type (``int``,
        ``float``), letters, several numbers in one text.
        """
        if isinstance(text, HtsCode):
            return text
        if not isinstance(text, str):
            raise MailDutyError(
                "HTS_MALFORMED",
                f"the tariff number {text!r} is a {type(text).__name__}, not text",
                "a tariff number is text: as a number it loses its leading zeros",
                "pass it as a string, with or without dots",
                value=str(text),
            )
        return _parsed(text)

    @property
    def level(self) -> int:
        """2, 4, 6, 8 or 10: how many digits it has."""
        return len(self.digits)

    @property
    def chapter(self) -> str:
        """Its first two digits."""
        return self.digits[:2]

    @property
    def dotted(self) -> str:
        """As the schedule prints it: ``6109.10.00.12``."""
        return dotted(self.digits)

    def parent(self, level: int) -> HtsCode:
        """The number ``level`` digits long that it stands under. Never longer than itself."""
        if level not in LEVELS or level > self.level:
            raise MailDutyError(
                "HTS_LEVEL",
                f"{self.dotted} has {self.level} digits; {level} were asked for",
                "a tariff number is shortened, never padded",
                f"ask for one of {[n for n in LEVELS if n <= self.level]}",
                value=self.digits,
            )
        return HtsCode(self.digits[:level])

    def is_under(self, prefix: str | HtsCode) -> bool:
        """Whether it is ``prefix`` itself or stands under it."""
        return self.digits.startswith(HtsCode.parse(prefix).digits)

    def __str__(self) -> str:
        return self.dotted


@lru_cache(maxsize=65536)
def _parsed(text: str) -> HtsCode:
    bare = text.strip()
    if not bare.isascii() or not (_PLAIN.fullmatch(bare) or _SHAPE.fullmatch(bare)):
        raise MailDutyError(
            "HTS_MALFORMED",
            f"{bare[:40]!r} is not a tariff number" if bare else "the tariff number is empty",
            "a tariff number has 2, 4, 6, 8 or 10 digits, dotted as 0000.00.00.00 or bare",
            "give one number as text, with its leading zeros, without padding",
            value=bare[:200],
        )
    return HtsCode(bare.replace(".", ""))


def dotted(digits: str) -> str:
    """``6109100012`` as the schedule prints it, ``6109.10.00.12``. Digits must be well formed."""
    if len(digits) <= 4:
        return digits
    return ".".join((digits[:4], *(digits[i : i + 2] for i in range(4, len(digits), 2))))


def same_code(a: str | HtsCode, b: str | HtsCode, level: int = 10) -> bool:
    """Whether two numbers agree in their first ``level`` digits, the one definition of "same code".

    A number shorter than ``level`` is the same as nothing but raises nothing: it is not precise enough.
    """
    left, right = HtsCode.parse(a).digits, HtsCode.parse(b).digits
    return len(left) >= level and len(right) >= level and left[:level] == right[:level]
