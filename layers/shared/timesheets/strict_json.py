"""Strict JSON (RFC 8259): unique member names, no NaN or Infinity, bounded nesting."""

import json
from collections import Counter
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any, Final, NoReturn

MAX_NAME: Final = 100
"""Characters of a member's name in an error."""


def refuse_duplicate(name: str) -> NoReturn:
    """Refuse an object that has two members with the same name.

    Raises
    ------
    ValueError
        Always.

    """
    raise ValueError(f"member {name[:MAX_NAME]!r} is given more than once")


class Decoder:
    """Decodes JSON texts by the same options."""

    def __init__(
        self,
        *,
        decimals: bool = False,
        max_depth: int | None = None,
        on_duplicate: Callable[[str], object] = refuse_duplicate,
    ) -> None:
        """Choose how to decode.

        Parameters
        ----------
        decimals
            Decode numbers as `Decimal` rather than `int` and `float`. A number whose exponent `Decimal`
            cannot hold becomes a NaN.
        max_depth
            How many objects and arrays may be nested in one another; None for Python's own limit.
        on_duplicate
            Called with the name of a duplicate member. Raises `ValueError`, or returns a value to stand in
            for the object.

        """

        def members(pairs: list[tuple[str, Any]]) -> object:
            value = dict(pairs)
            if len(value) == len(pairs):
                return value
            # Counted in one pass: a hostile body of many names must not take quadratic time.
            counts = Counter(name for name, _ in pairs)
            return on_duplicate(next(name for name, count in counts.items() if count > 1))

        number = _decimal if decimals else None
        self._decoder = json.JSONDecoder(
            object_pairs_hook=members, parse_constant=_refuse_constant, parse_float=number, parse_int=number
        )
        self._max_depth = max_depth

    def decode(self, text: str) -> object:
        """Return the value that a JSON text stands for.

        Raises
        ------
        ValueError
            If the text is not strict JSON. The message says what is wrong and where.

        """
        try:
            value = self._decoder.decode(text)
            # A text with few brackets cannot nest too deeply, so most are not walked.
            if (
                self._max_depth is not None
                and text.count("{") + text.count("[") > self._max_depth
                and _depth(value) > self._max_depth
            ):
                raise ValueError("nested too deeply")
        except json.JSONDecodeError as error:
            raise ValueError(f"{error.msg} at line {error.lineno}, column {error.colno}") from None
        except RecursionError:
            raise ValueError("nested too deeply") from None
        return value


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON number")


def _decimal(digits: str) -> Decimal:
    try:
        return Decimal(digits)
    except InvalidOperation:
        return Decimal("NaN")


def _depth(value: object) -> int:
    if isinstance(value, dict):
        value = list(value.values())
    return 1 + max(map(_depth, value), default=0) if isinstance(value, list) else 0
