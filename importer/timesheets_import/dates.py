"""Read dates in the form that `--date-format` names."""

import re
import warnings
from datetime import date, datetime
from typing import Final

from timesheets_import.errors import UsageError
from timesheets_import.text import printable

_SAMPLES: Final = (date(2024, 2, 29), date(2026, 11, 30), date(2031, 1, 2))


def check_date_format(form: str) -> str:
    """Return a `strptime` format that names a day, a month and a year.

    Raises
    ------
    UsageError
        If it does not: a written date could not be read back.

    """
    try:
        with warnings.catch_warnings(action="ignore"):  # Python warns of a day without a year
            complete = all(_strptime(day.strftime(form), form) == day for day in _SAMPLES)
    except (ValueError, re.PatternError):  # a directive that is unknown or stands twice
        complete = False
    if not complete:
        raise UsageError(
            f"--date-format {printable(form)} does not name a day, a month and a year. Write 20.11.2026 as"
            " %d.%m.%Y, 11/20/2026 as %m/%d/%Y and 20/11/26 as %d/%m/%y"
        )
    return form


def convert_date(text: str, form: str) -> str:
    """Return a date in ISO 8601. An ISO date stays, unless the format begins with the year itself.

    Raises
    ------
    ValueError
        If the text has neither form.

    """
    try:
        return _strptime(text, form).isoformat()
    except ValueError:
        if form.startswith("%Y") and not form.startswith("%Y-%m-%d"):
            raise
        return date.fromisoformat(text).isoformat()


def _strptime(text: str, form: str) -> date:
    return datetime.strptime(text, form).date()  # noqa: DTZ007 a calendar date has no zone
