"""The one error of the project: what is the fact, which rule stands against it, what can be done."""

from __future__ import annotations

from typing import Any


class MailDutyError(Exception):
    """An error a clerk can act on.

    ``code`` is stable and upper case (``HTS_UNKNOWN``), ``fact`` says what was met, ``rule`` which rule
    stands against it, ``remedy`` what to do. ``where`` holds anything that locates it: row, field, value,
    unit. ``str()`` reads "fact. rule. remedy".
    """

    def __init__(self, code: str, fact: str, rule: str = "", remedy: str = "", **where: Any) -> None:
        self.code = code
        self.fact = fact
        self.rule = rule
        self.remedy = remedy
        self.where = where
        super().__init__(code, fact, rule, remedy)

    def __str__(self) -> str:
        return ". ".join(part.strip().rstrip(".") for part in (self.fact, self.rule, self.remedy) if part)

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuilt, (type(self), self.code, self.fact, self.rule, self.remedy, self.where)

    def as_dict(self) -> dict[str, Any]:
        """``{"code", "message", "fact", "rule", "remedy", ...where}``; empty parts are left out."""
        parts = {"fact": self.fact, "rule": self.rule, "remedy": self.remedy}
        named = {name: text for name, text in parts.items() if text}
        return {**self.where, **named, "code": self.code, "message": str(self)}


def _rebuilt(
    kind: type[MailDutyError], code: str, fact: str, rule: str, remedy: str, where: dict[str, Any]
) -> MailDutyError:
    """Unpickles an error that a worker process raised, with its ``where``."""
    return kind(code, fact, rule, remedy, **where)
