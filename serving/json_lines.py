"""One value, one line of JSON: what every answer is written with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson


def encoded(value: Mapping[str, Any]) -> bytes:
    """One JSON line. Decimals and days become text; keys keep their order."""
    return orjson.dumps(value, default=str, option=orjson.OPT_APPEND_NEWLINE | orjson.OPT_NON_STR_KEYS)
