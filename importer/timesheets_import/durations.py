"""Read durations as people and tools write them, and round them to hundredths of an hour."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Final, Literal

HoursFormat = Literal["hours", "minutes", "seconds"]
"""The unit of a number without one."""

_SECONDS: Final = {"hours": 3600, "minutes": 60, "seconds": 1}
_NUMBER: Final = r"[0-9]{1,30}(?:[.,][0-9]{0,30})?|[.,][0-9]{1,30}"
_FORMS: Final = tuple(
    re.compile(form.replace("N", f"({_NUMBER})").replace(" ", r"\s*"), re.IGNORECASE)
    for form in (
        r"([0-9]{1,4}):([0-5][0-9])(?::([0-5][0-9](?:[.,][0-9]{0,9})?))?",  # 7:15, 07:15:00
        # 7h 15m, 435 min
        r"(?:N h(?:(?:ou)?rs?)?)? (?:N m(?:in(?:ute)?s?)?)? (?:N s(?:ec(?:ond)?s?)?)?",
        r"N h N()",  # 7h30
        r"PT(?:NH)?(?:NM)?(?:NS)?",  # ISO 8601
    )
)
_CLOCK: Final = ("%H:%M", "%H:%M:%S", "%I:%M %p", "%I:%M:%S %p")


def parse_duration(text: str, unit: HoursFormat = "hours") -> Fraction | None:
    """Return hours; None if the text has no known form. A number without a unit has `unit`."""
    if re.fullmatch(rf"\+?(?:{_NUMBER})", text):
        # A comma in minutes or seconds may separate thousands.
        return None if "," in text and unit != "hours" else _fraction(text) * _SECONDS[unit] / 3600
    for form in _FORMS:
        if text and (match := form.fullmatch(text)):
            hours, minutes, seconds = (_fraction(part or "0") for part in match.groups())
            return hours + minutes / 60 + seconds / 3600 if any(match.groups()) else None
    return None


def parse_moment(text: str, date_format: str | None = None) -> datetime:
    """Return a date-time, or a time of day on 1900-01-01.

    Raises
    ------
    ValueError
        If the text is neither.

    """
    forms = [date_format, *(f"{date_format} {clock}" for clock in _CLOCK)] if date_format else []
    for form in (*_CLOCK, *forms):
        try:
            return datetime.strptime(text.upper(), form)  # noqa: DTZ007 files have local time
        except (ValueError, re.PatternError):  # a format that names the hour twice
            continue
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise ValueError("start and end must be times such as 09:00, or date-times") from None


def elapsed(start: datetime, end: datetime) -> Fraction:
    """Return the hours between two moments. A time of day before the start is on the next day.

    Raises
    ------
    ValueError
        If the end is not after the start, or only one of them has an offset from UTC.

    """
    if (start.tzinfo is None) != (end.tzinfo is None):
        raise ValueError("must have an offset from UTC like start, or none")
    duration = end.replace(tzinfo=UTC) - start.replace(tzinfo=UTC) if start.tzinfo is None else end - start
    if duration < timedelta(0) and not (has_date(start) or has_date(end)):
        duration += timedelta(days=1)
    if duration <= timedelta(0):
        raise ValueError("must be after start")
    return Fraction(duration // timedelta(microseconds=1), 3_600_000_000)


def has_date(moment: datetime) -> bool:
    """Return whether a moment is more than a time of day."""
    return moment.year > 1900  # noqa: PLR2004 strptime's year without a date


class Rounding:
    """Rounds hours to two decimals, half to even, so that the parts of a day have the right sum."""

    def __init__(self) -> None:
        """Start with no remainders."""
        self.count = 0
        """Durations that were rounded."""
        self._remainders: dict[object, Fraction] = {}

    def round(self, hours: Fraction, day: object) -> Decimal:
        """Return hours with two decimals. `day` is the same for all parts of one person's day.

        A part takes the remainder of the parts before it: three times 20 minutes are 0.33, 0.34 and 0.33.
        """
        if (hours * 100).denominator == 1:
            return Decimal(int(hours * 100)).scaleb(-2)
        self.count += 1
        total = hours + self._remainders.pop(day, 0)
        cents = round(total * 100)
        if remainder := total - Fraction(cents, 100):
            self._remainders[day] = remainder
        return Decimal(cents).scaleb(-2)


def _fraction(number: str) -> Fraction:
    return Fraction(Decimal(number.replace(",", ".")))
