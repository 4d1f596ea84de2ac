"""A handful of text files as one piece of bytes, to be kept beside what was computed from them and read back later.

The hash is that of the text, not of its packing: another zlib packs otherwise, and must not look like another law.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import zlib
from collections.abc import Mapping

from data.errors import MailDutyError


def packed(files: Mapping[str, bytes]) -> tuple[str, bytes]:
    """SHA-256 of the files with their names, and their bytes packed. Files must be UTF-8."""
    plain = _plain(files)
    return hashlib.sha256(plain).hexdigest(), gzip.compress(plain, compresslevel=9, mtime=0)


def unpacked(sha256: str, content: bytes) -> dict[str, bytes]:
    """The files again, by name. Raises ``ARCHIVE_CORRUPT`` where they are not those of ``sha256``."""
    try:
        plain = gzip.decompress(content)
        if hashlib.sha256(plain).hexdigest() != sha256:
            raise ValueError("another hash")
        return {name: text.encode() for name, text in json.loads(plain).items()}
    except (OSError, EOFError, ValueError, zlib.error) as why:
        raise MailDutyError(
            "ARCHIVE_CORRUPT",
            f"what was kept as {sha256[:12]} is not what it was: {why}",
            "law and tariff are kept as they were, to the byte",
            "restore the ledger from a copy",
            sha256=sha256,
        ) from why


def _plain(files: Mapping[str, bytes]) -> bytes:
    texts = {name: raw.decode() for name, raw in files.items()}
    return json.dumps(texts, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()
