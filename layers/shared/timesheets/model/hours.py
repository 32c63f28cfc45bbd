"""Rules for hours: more than 0, at most 24, at most two decimals, exact.

`tests/cases/hours.json` holds the cases that the API, the importer and the app must agree on.
"""

import re
from decimal import Decimal
from typing import Final

from timesheets.model.text import strip

MAX_HOURS: Final = Decimal(24)

_NUMBER = re.compile(r"[+-]?([0-9]{1,30}(\.[0-9]{0,30})?|\.[0-9]{1,30})")


def parse_hours(value: object) -> Decimal:
    """Return hours with two decimals. `value` is a JSON number (`Decimal`) or a text such as `7.25` or `.5`.

    Raises
    ------
    ValueError
        For anything else, and for a number out of range or of more than two decimals. Zeros at the end
        are not counted.

    """
    if isinstance(value, str):
        digits = strip(value)
        value = Decimal(digits) if _NUMBER.fullmatch(digits) else None
    if not isinstance(value, Decimal) or value.is_nan():
        raise ValueError("must be a number, or a string holding one, such as 7.25")
    if not 0 < value <= MAX_HOURS:
        raise ValueError("must be more than 0 and at most 24")
    hours = value.quantize(Decimal("0.01"))
    if hours != value:
        raise ValueError("must have at most two decimals")
    return hours
