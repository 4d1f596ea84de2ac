"""The 26 exceptions an item can wait in: each with a sentence, an owner and what clears it (``exceptions.yaml``).

A ground of a decision has a reason code; each reason code opens one exception. An exception is open from the record
whose decision has the ground, until a later record of the item has it no more or a reviewer settles it. Codes that
only later work can open (collection, filing, payment, the answers of CBP) say by which event.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Protocol

import yaml

from serving.decisions.reasons import reason

OWNERS = ("data desk", "classifier", "broker", "risk desk", "finance", "carrier")
_NAMES_PEOPLE = frozenset(
    {"SCREENING_MATCH"}
)  # what was met is a name; the queue is read by more than may read it
UNLISTED = "E02"  # what a code that is not listed opens: somebody has to look, and no answer may fail over it


@dataclass(frozen=True, slots=True)
class ExceptionCode:
    """An exception: what it means, who works it off, what clears it, which reasons open it, which later event."""

    code: str
    name: str
    sentence: str
    owner: str
    clears: str
    reasons: tuple[str, ...]
    later: str | None = None


@dataclass(frozen=True, slots=True)
class OpenException:
    """One exception of one item: its code, the reason code that opened it, and what was met in this item."""

    code: str
    reason: str
    message: str

    def as_json(self) -> dict[str, str]:
        """``{"code","reason","message","owner","clears"}``."""
        known = EXCEPTIONS[self.code]
        return {
            "code": self.code,
            "reason": self.reason,
            "message": self.message,
            "owner": known.owner,
            "clears": known.clears,
        }


class Grounded(Protocol):
    """A ground of a decision: its reason code and what was met."""

    @property
    def code(self) -> str: ...

    @property
    def message(self) -> str: ...


def _load() -> tuple[dict[str, ExceptionCode], tuple[str, ...]]:
    said = yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text(encoding="utf-8"))
    of_no_item = tuple(said.pop("none"))
    return {
        code: ExceptionCode(code, **{**given, "reasons": tuple(given["reasons"])})
        for code, given in said.items()
    }, of_no_item


EXCEPTIONS, _OF_NO_ITEM = _load()
_OPENS = {reason: code for code, known in EXCEPTIONS.items() for reason in known.reasons}


def exception_of(reason: str) -> str:
    """The exception a reason code opens, ``E01`` to ``E26``."""
    return _OPENS.get(reason, UNLISTED)


def of_no_item(reason: str) -> bool:
    """Whether a reason code opens nothing: true of every item of those days, or not about an item at all."""
    return any(fnmatchcase(reason, pattern) for pattern in _OF_NO_ITEM)


def opened(grounds: Iterable[Grounded]) -> tuple[OpenException, ...]:
    """The exceptions that the grounds of a decision open, in their order; each code and reason once."""
    return _once(OpenException(exception_of(g.code), g.code, _said(g)) for g in grounds)


def exceptions_of_error(error: Mapping[str, Any]) -> tuple[OpenException, ...]:
    """The exceptions of a row that could not be read: of its first fault and of the others under ``also``.

    Each names the field and the rule, never what stood there: a cell in the wrong column may hold anybody's name.
    """
    return _once(
        OpenException(exception_of(fault["code"]), fault["code"], _of_field(fault))
        for fault in (error, *(error.get("also") or ()))
    )


def _said(ground: Grounded) -> str:
    return reason(ground.code).sentence if ground.code in _NAMES_PEOPLE else ground.message


def _of_field(fault: Mapping[str, Any]) -> str:
    sentence = reason(fault["code"]).sentence
    return f"{fault['field']}: {sentence}" if fault.get("field") else sentence


def _once(found: Iterable[OpenException]) -> tuple[OpenException, ...]:
    first: dict[tuple[str, str], OpenException] = {}
    for one in found:
        first.setdefault((one.code, one.reason), one)
    return tuple(first.values())


def cleared(
    before: Iterable[OpenException], after: Iterable[OpenException], settled: Collection[str] = ()
) -> tuple[OpenException, ...]:
    """Those open before that are no more: their ground is gone, or a reviewer settled their code or reason."""
    still = {(one.code, one.reason) for one in after}
    return tuple(one for one in before if (one.code, one.reason) not in still or _settled(one, settled))


def left_open(open_now: Iterable[OpenException], settled: Collection[str]) -> tuple[OpenException, ...]:
    """What stays open after a review that settled some codes (``E05``) or reasons (``HTS_UNSURE``)."""
    return tuple(one for one in open_now if not _settled(one, settled))


def _settled(one: OpenException, settled: Collection[str]) -> bool:
    return one.code in settled or one.reason in settled
