"""Reminders: the week that they are about, and who gets one."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.support import REMINDER_SCHEMA
from timesheets.model.person import Person
from timesheets.model.reminder import Kind, Reminder, earlier, reminder_due, week_before
from timesheets.model.week import Week, parse_week, week_of

WEEK = parse_week("2026-W47")
ANA = Person(user_id="auth0|ana", user_email="ana@exampleco.com", user_name="Ana")


@pytest.mark.parametrize(
    ("time", "zone", "week"),
    [
        ("2026-11-23T09:00:00Z", "UTC", "2026-W47"),
        ("2026-11-23T00:00:00Z", "UTC", "2026-W47"),
        ("2026-11-22T23:59:59Z", "UTC", "2026-W46"),
        ("2026-11-29T23:59:59Z", "UTC", "2026-W47"),
        # Monday 10:00 in the first and in the last time zone: Sunday evening and Monday evening in UTC.
        ("2026-11-22T20:00:00Z", "Pacific/Kiritimati", "2026-W47"),
        ("2026-11-23T22:00:00Z", "Etc/GMT+12", "2026-W47"),
        ("2026-11-23T04:59:59Z", "America/New_York", "2026-W46"),
        ("2026-11-23T05:00:00Z", "America/New_York", "2026-W47"),
        # The Monday after each change of the clock in Berlin: midnight is 22:00, then 23:00 in UTC.
        ("2026-03-22T22:59:59Z", "Europe/Berlin", "2026-W11"),
        ("2026-03-22T23:00:00Z", "Europe/Berlin", "2026-W12"),
        ("2026-03-29T21:59:59Z", "Europe/Berlin", "2026-W12"),
        ("2026-03-29T22:00:00Z", "Europe/Berlin", "2026-W13"),
        ("2026-10-25T22:59:59Z", "Europe/Berlin", "2026-W42"),
        ("2026-10-25T23:00:00Z", "Europe/Berlin", "2026-W43"),
        # A year with 53 weeks, and a 1 January that is a Monday.
        ("2027-01-04T09:00:00Z", "UTC", "2026-W53"),
        ("2027-01-11T09:00:00Z", "UTC", "2027-W01"),
        ("2024-01-01T09:00:00Z", "UTC", "2023-W52"),
        ("2023-12-31T23:30:00Z", "Europe/Berlin", "2023-W52"),
        ("2023-12-31T23:30:00Z", "UTC", "2023-W51"),
        ("2026-11-23T10:00:00+01:00", "UTC", "2026-W47"),
    ],
)
def test_the_week_is_the_last_one_that_was_over(time: str, zone: str, week: str) -> None:
    assert week_before(datetime.fromisoformat(time), ZoneInfo(zone)) == parse_week(week)


@given(
    time=st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 bounds
    zone=st.timezones(),
)
def test_the_week_ended_less_than_a_week_ago(time: datetime, zone: ZoneInfo) -> None:
    days = (time.astimezone(zone).date() - week_before(time, zone).last).days
    assert 1 <= days <= 7


REMIND, REPORT = "incomplete", "inactive"


@pytest.mark.parametrize(
    ("published", "idle_since", "due"),
    [
        pytest.param({}, "2026-W40", REMIND, id="never reminded"),
        pytest.param({"W47": REMIND}, "2026-W40", None, id="reminded by an earlier run"),
        pytest.param({"W47": REPORT}, "2026-W40", None, id="reported by an earlier run"),
        pytest.param({"W46": REMIND}, "2026-W46", REMIND, id="a second reminder"),
        pytest.param({"W45": REMIND, "W46": REMIND}, "2026-W45", REPORT, id="no hours after two reminders"),
        pytest.param(
            {"W44": REMIND, "W45": REMIND, "W46": REMIND}, "2026-W40", REPORT, id="more than two reminders"
        ),
        pytest.param({"W45": REMIND, "W46": REMIND}, "2026-W47", REMIND, id="late hours in the week before"),
        pytest.param(
            {"W45": REMIND, "W46": REMIND}, "2026-W46", REMIND, id="late hours in the first of the two weeks"
        ),
        pytest.param({"W44": REMIND, "W46": REMIND}, "2026-W40", REMIND, id="two reminders with a gap"),
        pytest.param({"W44": REMIND, "W45": REMIND}, "2026-W40", REMIND, id="two reminders before a gap"),
        pytest.param(
            {"W44": REMIND, "W45": REMIND, "W46": REPORT}, "2026-W44", None, id="reported last week"
        ),
        pytest.param(
            {"W42": REMIND, "W43": REMIND, "W44": REPORT}, "2026-W42", None, id="reported three weeks ago"
        ),
        pytest.param(
            {"W42": REMIND, "W43": REMIND, "W44": REPORT},
            "2026-W43",
            REMIND,
            id="late hours since the report",
        ),
        pytest.param(
            {"W43": REMIND, "W44": REMIND, "W45": REPORT, "W46": REMIND},
            "2026-W46",
            REMIND,
            id="one reminder since the report",
        ),
        pytest.param(
            {"W43": REMIND, "W44": REPORT, "W45": REMIND, "W46": REMIND},
            "2026-W45",
            REPORT,
            id="two reminders since the report",
        ),
    ],
)
def test_the_reminder_that_is_due(published: dict[str, Kind], idle_since: str, due: Kind | None) -> None:
    marks = {f"2026-{week}": kind for week, kind in published.items()}
    assert reminder_due(WEEK, marks, lambda first: first.name >= idle_since) == due


@given(
    first=st.dates(min_value=parse_week("2000-W10").first, max_value=parse_week("2100-W10").first).map(
        week_of
    )
)
def test_someone_who_stops_logging_gets_two_reminders_and_one_report(first: Week) -> None:
    weeks = [first, *(earlier(first, -n) for n in range(1, 8))]
    published: dict[str, Kind] = {}
    for week in weeks:
        kind = reminder_due(week, published, lambda since: since.first >= first.first)
        published |= {week.name: kind} if kind else {}
    assert published == {weeks[0].name: REMIND, weeks[1].name: REMIND, weeks[2].name: REPORT}


@pytest.mark.parametrize("person", [ANA, Person(user_id="auth0|ana")])
def test_the_detail_of_an_event(person: Person) -> None:
    detail = Reminder("incomplete", WEEK, person).to_json()
    jsonschema.validate(detail, REMINDER_SCHEMA, format_checker=jsonschema.FormatChecker())
    assert detail["id"] == "2026-W47#auth0|ana"
    assert (detail["week"], detail["from"], detail["to"]) == ("2026-W47", "2026-11-16", "2026-11-22")
    assert detail.get("user_name") == person.user_name
