"""Answers remembered for short texts only: a file of strangers must not fill the memory with its cells."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Any, TypeVar

LONGEST_REMEMBERED = 200  # characters; what is longer is rare in honest files, and is worked out each time
_R = TypeVar("_R")


def remember_short(maxsize: int) -> Callable[[Callable[..., _R]], Callable[..., _R]]:
    """Decorator like `lru_cache` for a function whose first argument is a text; long texts are not kept."""

    def decorate(function: Callable[..., _R]) -> Callable[..., _R]:
        remembered = lru_cache(maxsize=maxsize)(function)

        @wraps(function)
        def answer(text: str, *more: Any, **named: Any) -> _R:
            return (remembered if len(text) <= LONGEST_REMEMBERED else function)(text, *more, **named)

        return answer

    return decorate
