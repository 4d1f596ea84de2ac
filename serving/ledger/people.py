"""A person, as somebody who asks to be forgotten names himself; and where he stands in what is sealed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from data.errors import MailDutyError
from serving.ledger.sealing import label_of

SHORTEST_PHONE = 7  # digits; fewer would stand in many numbers
ERASED = b"[erased]"
_NUMBER = re.compile(r"\d[\d\s().\-/]{5,}\d")


@dataclass(frozen=True, slots=True)
class Person:
    """Name with postal code, e-mail, telephone: each that is given finds the person by itself.

    A name without a postal code finds only whoever was named without one.
    """

    name: str = ""
    postal_code: str = ""
    email: str = ""
    phone: str = ""

    def __post_init__(self) -> None:
        """Raises ``PERSON_UNNAMED`` where too little is said to find one person and nobody else."""
        if (self.postal_code and not self.name) or not self.labels():
            raise MailDutyError(
                "PERSON_UNNAMED",
                "nobody can be found by this",
                "a person is found by name with postal code, by e-mail or by telephone",
                "give --name with --postal-code, --email or --phone",
            )
        if self.phone and len(_digits(self.phone)) < SHORTEST_PHONE:
            raise MailDutyError(
                "PERSON_UNNAMED",
                f"a telephone number of fewer than {SHORTEST_PHONE} digits names nobody",
                "it would stand in many numbers",
                "give it with its area code",
            )

    def labels(self) -> list[str]:
        """What the index of people knows the person by."""
        return list(
            label_of(name=self.name, postal_code=self.postal_code, email=self.email, phone=self.phone)
        )

    def in_text(self, text: str) -> bool:
        """Whether a text may speak of the person: by e-mail, by number, by all words of the name and the code."""
        folded = text.casefold()
        if self.email and self.email.strip().casefold() in folded:
            return True
        number = _digits(self.phone).lstrip("0")
        if number and any(number in _digits(run) for run in _NUMBER.findall(text)):
            return True
        words = set(re.findall(r"\w+", self.name.casefold()))
        if not words or not words <= set(re.findall(r"\w+", folded)):
            return False
        code = re.sub(r"[\W_]", "", self.postal_code.casefold())
        return not code or code in re.sub(r"[\W_]", "", folded)


def texts(value: Any) -> Iterator[str]:
    """Every text in a value of JSON."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from texts(part)
    elif isinstance(value, (list, tuple)):
        for part in value:
            yield from texts(part)


def mentions(content: bytes, person: Person) -> bool:
    """Whether a line of a text file may speak of the person; of what is no text it cannot be told."""
    text = content.decode("utf-8", "replace")
    return person.in_text(text) and any(person.in_text(line) for line in text.splitlines())


def without(content: bytes, person: Person, rows: set[int]) -> tuple[bytes, int] | None:
    """A file without the person's lines, and how many they were; None where that cannot be done for sure.

    It can for UTF-8 text of a row a line (CSV without line breaks in cells, JSON lines): ``rows`` (from 1) and every
    other line that speaks of the person make way for :data:`ERASED`, so that the others keep their numbers. Not
    for workbooks, XML, other encodings, or where anything of the person is left.
    """
    lines = content.splitlines(keepends=True)
    try:
        said = [_read(line) for line in lines]
    except ValueError:
        return None
    struck = {row - 1 for row in rows} | {at for at, text in enumerate(said) if person.in_text(text)}
    if not struck or (0 in struck and not lines[0].lstrip().startswith(b"{")) or max(struck) >= len(lines):
        return None
    kept = [ERASED + _ending(line) if at in struck else line for at, line in enumerate(lines)]
    return b"".join(kept), len(struck)


def _read(line: bytes) -> str:
    """The text of a line. Raises ValueError where it is no line of its own."""
    text = line.decode("utf-8-sig")
    if "\0" in text or text.lstrip().startswith(("[", "<")):
        raise ValueError("a document, not a row a line")
    if text.lstrip().startswith("{"):
        return " ".join(texts(orjson.loads(line)))
    if text.count('"') % 2:
        raise ValueError("a cell goes on in the next line")
    return text


def _digits(text: str) -> str:
    return "".join(re.findall(r"\d", text))


def _ending(line: bytes) -> bytes:
    return line[len(line.rstrip(b"\r\n")) :]
