"""Rules for dates: the forms that clients send, and the range in which an entry may lie.

`tests/cases/dates.json` holds the cases that the API, the importer and the app must agree on.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Self

from timesheets.model.text import strip

EARLIEST: Final = date(2000, 1, 1)
DAYS_AHEAD: Final = 366

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
# ISO 8601, extended (2026-11-20T09:00:00Z) and basic (20261120T0900). RFC 3339, section 5.6, permits
# lower-case letters, and a space for the T.
_DATE_TIME: Final = (
    r"([0-9]{4})(-?)([0-9]{2})\2([0-9]{2})"
    r"(?:[Tt ]([01][0-9]|2[0-4])(?:(:?)([0-5][0-9])(?:\6([0-5][0-9]|60)(?:[.,]([0-9]+))?)?)?"
    r"(?:[Zz]|([+-])([01][0-9]|2[0-3])(?::?([0-5][0-9]))?)?)?"
)
_WEEKDAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
# Java's Date.toString(): Wed May 10 17:40:20 GMT+02:00 2017
_JAVA: Final = (
    f"({'|'.join(_WEEKDAYS)}) ({'|'.join(_MONTHS)})"
    r" ([0-3][0-9]) (?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"
    r" [A-Za-z]{1,5}(?:[+-][0-9]{1,2}(?::?[0-5][0-9])?)? ([0-9]{4})"
)
_FORM: Final = "must be a date such as 2026-11-20, or an ISO 8601 or RFC 3339 date-time"
_NO_SUCH_DAY: Final = "must be a date that exists"
_DAY_MINUTES: Final = 24 * 60


@dataclass(frozen=True, slots=True)
class DateRange:
    """The dates that an entry may have."""

    first: date
    last: date

    @classmethod
    def around(cls, today: date, earliest: date = EARLIEST, days_ahead: int = DAYS_AHEAD) -> Self:
        """Return the range from `earliest` to `days_ahead` days after `today`, or to 9999-12-31."""
        return cls(earliest, today + timedelta(min(days_ahead, (date.max - today).days)))

    def parse(self, value: object) -> date:
        """Return the calendar date of a text, if it is in the range.

        Raises
        ------
        ValueError
            For any other value; the message names both ends of the range.

        """
        if not isinstance(value, str):
            raise ValueError("must be a string holding a date such as 2026-11-20")
        day = parse_date(value)
        if not self.first <= day <= self.last:
            raise ValueError(f"must be a date from {self.first} to {self.last}")
        return day


def parse_day(value: str) -> date:
    """Return a calendar date written `YYYY-MM-DD`.

    Raises
    ------
    ValueError
        For any other form, and for a date that does not exist.

    """
    text = strip(value)
    if not _DAY.fullmatch(text):
        raise ValueError("must be a date such as 2026-11-20")
    return _day(*text.split("-"))


def parse_date(value: str) -> date:
    """Return the calendar date that a date or date-time states, whatever its offset from UTC.

    Accepts calendar dates and date-times of ISO 8601, extended or basic, date-times of RFC 3339, and the form
    of Java's `Date.toString()`, which the published sample's Android app sends.

    Raises
    ------
    ValueError
        For any other form, and for a date or time that does not exist.

    """
    text = strip(value)
    found = re.fullmatch(_DATE_TIME, text)
    if found:
        year, _, month, day, *time = found.groups("")
        parsed = _day(year, month, day)
        if not _is_time(*time):
            raise ValueError(_FORM)
        return parsed
    found = re.fullmatch(_JAVA, text)
    if found:
        weekday, name, day, year = found.groups()
        parsed = _day(year, str(_MONTHS.index(name) + 1), day)
        if weekday != _WEEKDAYS[parsed.weekday()]:
            raise ValueError(_NO_SUCH_DAY)
        return parsed
    raise ValueError(_FORM)


def _day(year: str, month: str, day: str) -> date:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        raise ValueError(_NO_SUCH_DAY) from None


def _is_time(hour: str, _: str, minute: str, second: str, fraction: str, sign: str, *offset: str) -> bool:
    minutes = int(hour or 0) * 60 + int(minute or 0)
    if second == "60":  # a leap second: 23:59:60 in UTC (RFC 3339, appendix D)
        ahead = int(offset[0] or 0) * 60 + int(offset[1] or 0)
        return (minutes + (ahead if sign == "-" else -ahead)) % _DAY_MINUTES == _DAY_MINUTES - 1
    if hour == "24":  # the end of the day (ISO 8601-1:2019/Amd 1)
        return minutes == _DAY_MINUTES and not (second + fraction).strip("0")
    return True
