"""Personal data at rest: sealed with the operator's key, committed to in the chain, and erasable.

The key comes from ``MAILDUTY_KEY`` (several with commas between: the first seals, all unseal), else it is made once
in ``ledger.key`` in the home folder. Which keys have sealed something is marked in the ledger, so that another key
is noticed before it seals anything.
"""

from __future__ import annotations

import hmac
import os
import re
import secrets
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from data.errors import MailDutyError
from serving.ledger.chain import canonical
from serving.settings import home

if TYPE_CHECKING:
    from cryptography.fernet import MultiFernet


@dataclass(frozen=True)
class Sealer:
    """Seals and unseals with the keys it holds; the first is the one in use."""

    keys: tuple[bytes, ...] = field(repr=False)  # never in a log

    @cached_property
    def _fernet(self) -> MultiFernet:
        from cryptography.fernet import Fernet, MultiFernet

        try:
            return MultiFernet([Fernet(key) for key in self.keys])
        except ValueError as error:
            raise MailDutyError(
                "LEDGER_KEY",
                "the key that seals personal data is not in order",
                "it is 32 bytes in base64",
                "give MAILDUTY_KEY as it was made; nothing is lost",
            ) from error

    def seal(self, content: bytes) -> bytes:
        """``content`` so that only the key opens it, and any change to it is seen."""
        return self._fernet.encrypt(content)

    def unseal(self, sealed: bytes) -> bytes:
        """What was sealed. Raises ``LEDGER_KEY_WRONG`` where none of the keys opens it."""
        from cryptography.fernet import InvalidToken

        try:
            return self._fernet.decrypt(sealed)
        except InvalidToken as error:
            raise wrong_key() from error

    def close_over(self, personal: Mapping[str, Any]) -> tuple[bytes, str]:
        """Personal data sealed, and its mark: a commitment under a salt that is sealed with it.

        Once the blob is erased the mark says nothing of the person, and can no longer be opened by anyone.
        """
        salt = secrets.token_hex(32)
        said = orjson.loads(canonical(personal))
        return self.seal(canonical({"salt": salt, "personal": said})), _mark(salt, said)

    def open_up(self, sealed: bytes, mark: str | None) -> dict[str, Any]:
        """Personal data again. Raises ``LEDGER_PERSONAL_CHANGED`` where it is not what the record committed to."""
        held = orjson.loads(self.unseal(sealed))
        if mark is None or not hmac.compare_digest(_mark(held["salt"], held["personal"]), mark):
            raise MailDutyError(
                "LEDGER_PERSONAL_CHANGED",
                "the personal data of the record is not what was sealed with it",
                "a record commits to the personal data it came with",
                "find out who wrote to the table of personal data; restore it from a copy",
            )
        return held["personal"]

    def subject(self, label: str) -> str:
        """How a person is found without being named: a keyed hash of a label of :func:`labels`."""
        return _keyed(self.keys[0], "subject", label)

    def subjects(self, label: str) -> tuple[str, ...]:
        """The same under every key held, the one in use first: to look for what older keys have indexed."""
        return tuple(_keyed(key, "subject", label) for key in self.keys)

    def marks(self) -> tuple[str, ...]:
        """What each key is known by in the ledger; nothing of the key can be told from it."""
        return tuple(_keyed(key, "key", "")[:32] for key in self.keys)


def labels(personal: Any) -> Iterator[str]:
    """What a person in ``personal`` may be found by: name with postal code, e-mail, telephone; normalised."""
    if isinstance(personal, Mapping):
        yield from label_of(**{str(k): v for k, v in personal.items() if isinstance(v, str)})
        for part in personal.values():
            yield from labels(part)
    elif isinstance(personal, (list, tuple)):
        for part in personal:
            yield from labels(part)


def label_of(
    name: str = "", postal_code: str = "", email: str = "", phone: str = "", **_: str
) -> Iterator[str]:
    """Labels of one person; spelling, spaces and case do not matter, a foreign trunk prefix does."""
    if words := " ".join(sorted(re.findall(r"\w+", name.casefold()))):
        yield f"name {words}|{re.sub(r'[^0-9a-z]', '', postal_code.casefold())}"
    if email.strip():
        yield f"email {email.strip().casefold()}"
    if digits := "".join(re.findall(r"\d", phone)).lstrip("0"):
        yield f"phone {digits}"


def sealer(*, may_make: bool) -> Sealer | None:
    """The operator's key; made in the home folder where there is none and ``may_make`` says so, else None."""
    if named := os.environ.get("MAILDUTY_KEY", "").strip():
        return Sealer(tuple(part.strip().encode() for part in named.split(",") if part.strip()))
    path = home() / "ledger.key"
    try:
        if may_make and not path.exists():
            _make(path)
        return Sealer((path.read_bytes().strip(),))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise MailDutyError(
            "LEDGER_KEY",
            f"the key {path} cannot be used: {error.strerror}",
            "personal data is kept sealed",
            "set MAILDUTY_KEY, or MAILDUTY_HOME to a folder that can be written",
        ) from error


def missing_key() -> MailDutyError:
    """For a ledger with sealed data on a machine without the key."""
    return MailDutyError(
        "LEDGER_KEY_MISSING",
        "the ledger holds sealed personal data and there is no key here",
        "what is sealed opens only with the key that sealed it",
        "set MAILDUTY_KEY, or put ledger.key back into the home folder; nothing is lost",
    )


def wrong_key() -> MailDutyError:
    """For a key that is not the one the ledger was sealed with."""
    return MailDutyError(
        "LEDGER_KEY_WRONG",
        "the key given is not the one that sealed the personal data of this ledger",
        "what is sealed opens only with the key that sealed it",
        "set MAILDUTY_KEY to that key; for a new one write new,old. Nothing is lost",
    )


def _make(path: Path) -> None:
    """A new key, in place whole or not at all; of two processes that make one, the first wins."""
    from cryptography.fernet import Fernet

    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, scratch = tempfile.mkstemp(dir=path.parent, prefix=".key-")  # readable by its owner only
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(Fernet.generate_key() + b"\n")
            file.flush()
            os.fsync(file.fileno())
        os.link(scratch, path)
    except FileExistsError:
        pass
    finally:
        os.unlink(scratch)


def _mark(salt: str, personal: Mapping[str, Any]) -> str:
    return hmac.digest(bytes.fromhex(salt), canonical(personal), "sha256").hex()


def _keyed(key: bytes, use: str, text: str) -> str:
    return hmac.digest(key, f"mailduty {use} {text}".encode(), "sha256").hex()
