"""Settings of the functions, read from environment variables that the template sets."""

import os
from collections.abc import Mapping
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from timesheets.model.dates import DateRange

DEFAULT_LEEWAY: Final = 5
MAX_LEEWAY: Final = 60
"""Seconds."""
MAX_DAYS_AHEAD: Final = 999_999


class SettingError(ValueError):
    """An environment variable is missing or its value is not valid."""


def clock_leeway(environ: Mapping[str, str]) -> int:
    """Return by how many seconds the issuer's clock and ours may differ: `TOKEN_LEEWAY`, 5 by default.

    Raises
    ------
    SettingError
        Unless it is a whole number from 0 to 60.

    """
    text = environ.get("TOKEN_LEEWAY") or str(DEFAULT_LEEWAY)
    if not _is_whole_number(text, MAX_LEEWAY):
        raise SettingError(f"TOKEN_LEEWAY must be a whole number of seconds from 0 to {MAX_LEEWAY}")
    return int(text)


class Settings:
    """The handlers' settings. Each is checked when first used, since no function has all of them.

    Every property raises `SettingError` for a variable that is missing or not valid.
    """

    def __init__(self, environ: Mapping[str, str]) -> None:
        """Read from `environ`. Nothing is checked yet."""
        self._environ = environ

    @cached_property
    def table_name(self) -> str:
        """The DynamoDB table: `TABLE_NAME`."""
        return self._required("TABLE_NAME")

    @cached_property
    def allowed_origins(self) -> frozenset[str]:
        """The origins that may read responses (Fetch standard, section 3.3): `ALLOWED_ORIGINS`, or `*`."""
        return frozenset(self._required("ALLOWED_ORIGINS").split(","))

    @cached_property
    def cursor_secret(self) -> bytes:
        """The key of the code that guards cursors: `CURSOR_SECRET`."""
        return self._required("CURSOR_SECRET").encode()

    @cached_property
    def token_leeway(self) -> int:
        """Seconds by which the issuer's clock and ours may differ: `TOKEN_LEEWAY`."""
        return clock_leeway(self._environ)

    @cached_property
    def event_bus_name(self) -> str:
        """The EventBridge bus for events: `EVENT_BUS_NAME`."""
        return self._required("EVENT_BUS_NAME")

    @cached_property
    def time_zone(self) -> "ZoneInfo":
        """The time zone in which weeks end: `TIME_ZONE`, a name of the IANA database."""
        from zoneinfo import ZoneInfo  # noqa: PLC0415 for one function only

        name = self._required("TIME_ZONE")
        try:
            return ZoneInfo(name)
        except (KeyError, ValueError, OSError):
            raise SettingError("TIME_ZONE must be a name such as Europe/Berlin") from None

    def entry_dates(self, today: date) -> "DateRange":
        """Return the dates that an entry may have: `EARLIEST_DATE` to `DAYS_AHEAD` days after `today`."""
        # The authorizer reads its settings without the model.
        from timesheets.model.dates import DAYS_AHEAD, EARLIEST, DateRange  # noqa: PLC0415

        earliest = self._environ.get("EARLIEST_DATE") or EARLIEST.isoformat()
        ahead = self._environ.get("DAYS_AHEAD") or str(DAYS_AHEAD)
        if not _is_whole_number(ahead, MAX_DAYS_AHEAD):
            raise SettingError(f"DAYS_AHEAD must be a whole number of days from 0 to {MAX_DAYS_AHEAD}")
        try:
            return DateRange.around(today, date.fromisoformat(earliest), int(ahead))
        except ValueError:
            raise SettingError("EARLIEST_DATE must be a date such as 2000-01-01") from None

    def _required(self, name: str) -> str:
        value = self._environ.get(name)
        if not value:
            raise SettingError(f"{name} is not set; set it in the function's environment")
        return value


def _is_whole_number(text: str, largest: int) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= len(str(largest)) and int(text) <= largest


settings: Final = Settings(os.environ)
