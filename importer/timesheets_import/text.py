"""Text of files and servers, made safe for messages."""

from collections.abc import Sequence
from typing import Final

_MAX_NAMES: Final = 10


def printable(text: str, limit: int = 200) -> str:
    """Return at most `limit` characters of a text, with control characters escaped for a terminal."""
    shown = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text[:limit])
    return shown + ("..." if len(text) > limit else "")


def listing(names: Sequence[str]) -> str:
    """Return the first ten names, and the number of the others."""
    shown = ", ".join(printable(name, 50) for name in names[:_MAX_NAMES])
    return shown + (f" and {len(names) - _MAX_NAMES:,} more" if len(names) > _MAX_NAMES else "")


def counted(number: int, noun: str) -> str:
    """Return a number with its noun: `1 row`, `1,000 rows`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
