"""Publish a reminder for each person who has logged nothing in the last week; a schedule wakes this function.

Lambda repeats a run that raises an exception, and the schedule repeats it every hour. Each run publishes the
reminders that no earlier run has marked.
"""

from datetime import UTC, datetime
from typing import Any

from timesheets.bulk.reminders import ReminderRun
from timesheets.model.reminder import week_before
from timesheets.settings import SettingError, settings
from timesheets.store.dynamodb import Table
from timesheets.stream.bus import Bus
from timesheets.telemetry import count, logger

RESERVE = 60_000
"""Milliseconds that the last page may take."""

table = Table.connect()
bus = Bus.connect()


class IncompleteError(Exception):
    """Some reminders are not published yet."""


def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:  # noqa: ANN401 Lambda's context
    """Publish the reminders of the last week that was over at the event's time."""
    week = week_before(time_of(event), settings.time_zone)
    run = ReminderRun(table, week, bus.publish_reminders)
    cause = None
    try:
        complete = run.run(has_time=lambda: context.get_remaining_time_in_millis() > RESERVE)
    except Exception as error:  # noqa: BLE001 Lambda repeats the run
        # Other errors' texts may quote a person.
        cause, complete = str(error) if isinstance(error, SettingError) else type(error).__name__, False
    published = dict(run.published)
    if published:
        count("RemindersPublished", run.published.total())
    if not complete:
        logger.warning("reminders not complete", week=week.name, published=published, cause=cause)
        raise IncompleteError(f"Reminders of {week.name} are left for the next run")
    logger.info("reminders complete", week=week.name, published=published)
    return {"week": week.name, "published": published}


def time_of(event: dict[str, Any]) -> datetime:
    """Return the time for which the schedule, or an operator, invokes the function.

    Raises
    ------
    ValueError
        If it is missing, has another form (RFC 3339, section 5.6) or lies in the future.

    """
    try:
        time = datetime.fromisoformat(event["time"])
    except (KeyError, TypeError, ValueError):
        time = None
    if time is None or time.tzinfo is None:
        raise ValueError('Invoke with a time and its offset, such as {"time": "2026-11-23T09:00:00Z"}')
    if time > datetime.now(UTC):
        raise ValueError("The time must not lie in the future: nobody is late yet")
    return time
