"""Comma-separated values (RFC 4180), also in the form that Excel opens by a double click."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from timesheets.model.csv_cells import guard

MEDIA_TYPE: Final = "text/csv; charset=utf-8; header=present"

# Languages that write a decimal comma, and so separate the cells of a row by semicolons, but for some regions
# (Unicode CLDR 46).
_DECIMAL_COMMA: Final = (
    "(?!es-(?:419|do|gt|hn|mx|ni|pa|pe|pr|sv|us))"
    "(?:af|az|be|bg|bs|ca|cs|da|de|el|es|et|eu|fi|fo|fr|gl|hr|hu|hy|id|is|it|ka|kk|kl|ky|lb|lt|lv|mk|mn|nb|nl|nn"
    "|no|pl|pt|ro|ru|sk|sl|sq|sr|sv|tk|tr|uk|uz|vi)(?:-|$)"
)
_SWISS_POINT: Final = "de-ch|de-li|it-ch"
_QUOTED = re.compile('[",;\t\n\v\f\r\x85\u2028\u2029]|^ | $')


@dataclass(frozen=True, slots=True)
class Dialect:
    """The characters of a CSV file."""

    delimiter: str = ","
    decimal: str = "."
    mark: str = ""
    """At the beginning of the file; Excel recognises UTF-8 by U+FEFF."""


STANDARD: Final = Dialect()


def excel_dialect(languages: Sequence[str]) -> Dialect:
    """Return the dialect that Excel reads in the first of these locales (RFC 5646, in lower case)."""
    language = languages[0] if languages else ""
    if not re.match(_DECIMAL_COMMA, language):
        return Dialect(mark="\ufeff")
    return Dialect(";", "." if re.match(_SWISS_POINT, language) else ",", "\ufeff")


def to_csv(table: Iterable[Mapping[str, object]], columns: Sequence[str], dialect: Dialect = STANDARD) -> str:
    """Return a header row and the cells of each row. Texts are guarded (`timesheets.model.csv_cells`)."""
    rows = [dialect.delimiter.join(columns)]
    rows += [dialect.delimiter.join(_cell(row.get(name), dialect) for name in columns) for row in table]
    return dialect.mark + "".join(f"{row}\r\n" for row in rows)


def _cell(value: object, dialect: Dialect) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(value).replace(".", dialect.decimal)
    if isinstance(value, str):
        value = guard(value)
        return '"{}"'.format(value.replace('"', '""')) if _QUOTED.search(value) else value
    return "" if value is None else str(value)
