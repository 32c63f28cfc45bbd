"""Settings of the functions."""

from datetime import date

import pytest

from timesheets.settings import SettingError, Settings

TODAY = date(2026, 11, 28)


@pytest.mark.parametrize(
    ("environ", "first", "last"),
    [
        ({}, date(2000, 1, 1), date(2027, 11, 29)),
        ({"EARLIEST_DATE": "1987-06-05", "DAYS_AHEAD": "0"}, date(1987, 6, 5), TODAY),
        ({"EARLIEST_DATE": "0001-01-01", "DAYS_AHEAD": "999999"}, date.min, date(4764, 10, 24)),
    ],
)
def test_entries_may_have_dates_between_two_settings(
    environ: dict[str, str], first: date, last: date
) -> None:
    dates = Settings(environ).entry_dates(TODAY)
    assert (dates.first, dates.last) == (first, last)


@pytest.mark.parametrize(
    ("environ", "message"),
    [
        ({"EARLIEST_DATE": "2000-02-30"}, "EARLIEST_DATE must be a date such as 2000-01-01"),
        ({"EARLIEST_DATE": "yesterday"}, "EARLIEST_DATE must be a date such as 2000-01-01"),
        ({"DAYS_AHEAD": "-1"}, "DAYS_AHEAD must be a whole number of days"),
        ({"DAYS_AHEAD": "1e1"}, "DAYS_AHEAD must be a whole number of days"),
        ({"DAYS_AHEAD": "1" * 5000}, "DAYS_AHEAD must be a whole number of days"),
    ],
)
def test_a_bad_limit_of_dates_is_a_setting_error(environ: dict[str, str], message: str) -> None:
    with pytest.raises(SettingError, match=message):
        Settings(environ).entry_dates(TODAY)


def test_the_time_zone_has_a_name_of_the_database() -> None:
    assert Settings({"TIME_ZONE": "Europe/Berlin"}).time_zone.key == "Europe/Berlin"


@pytest.mark.parametrize(
    "name", ["Europe/Berln", "../etc/passwd", "/etc/localtime", "Europe", "x" * 300, "a\0"]
)
def test_a_bad_time_zone_is_a_setting_error(name: str) -> None:
    with pytest.raises(SettingError, match="TIME_ZONE must be a name such as Europe/Berlin"):
        _ = Settings({"TIME_ZONE": name}).time_zone
