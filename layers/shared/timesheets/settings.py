"""Settings that the authorizer and the handlers share, read from the environment."""

from collections.abc import Mapping
from typing import Final

DEFAULT_LEEWAY: Final = 5
MAX_LEEWAY: Final = 60
"""Seconds."""


def clock_leeway(environ: Mapping[str, str]) -> int:
    """Return by how many seconds the issuer's clock and ours may differ: `TOKEN_LEEWAY`, 5 by default.

    Raises
    ------
    ValueError
        Unless it is a whole number from 0 to 60.

    """
    text = environ.get("TOKEN_LEEWAY") or str(DEFAULT_LEEWAY)
    if not (
        text.isascii() and text.isdecimal() and len(text) <= len(str(MAX_LEEWAY)) and int(text) <= MAX_LEEWAY
    ):
        raise ValueError(f"TOKEN_LEEWAY must be a whole number of seconds from 0 to {MAX_LEEWAY}")
    return int(text)
