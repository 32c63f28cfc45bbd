"""Formats of other tools' exports: the columns that hold the fields of an entry. Data, not code.

Sources: the tools' documentation of their detailed CSV exports; for Kimai and solidtime, their source.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final


@dataclass(frozen=True, slots=True)
class Preset:
    """How a tool writes entries."""

    title: str
    signature: frozenset[str]
    """Columns by which its export is detected, casefolded."""
    columns: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """For each field, columns from the best to the worst; `A + B` joins two."""
    date_format: str | None = None
    """As in `strptime`; None for ISO 8601."""


PRESETS: Final[Mapping[str, Preset]] = {
    "clockify": Preset(
        "Clockify, detailed report",
        frozenset({"start date", "duration (h)", "user"}),
        {
            "user_id": ("Email", "User"),
            "date": ("Start Date",),
            "project": ("Project",),
            "hours": ("Duration (h)", "Duration (decimal)"),
            "notes": ("Description",),
        },
        "%m/%d/%Y",
    ),
    "toggl": Preset(
        "Toggl Track, detailed report",
        frozenset({"start date", "duration", "description"}),
        {
            "user_id": ("Email", "User", "Member"),
            "date": ("Start date",),
            "project": ("Project",),
            "hours": ("Duration",),
            "notes": ("Description",),
        },
    ),
    "harvest": Preset(
        "Harvest, detailed time report",
        frozenset({"date", "project", "task", "hours", "first name", "last name"}),
        {
            "user_id": ("Email", "First Name + Last Name"),
            "date": ("Date",),
            "project": ("Project",),
            "hours": ("Hours",),
            "notes": ("Notes",),
        },
    ),
    "kimai": Preset(
        "Kimai, timesheet export",
        frozenset({"date", "from", "to", "duration", "customer", "activity"}),
        {
            "user_id": ("E-mail", "Email", "Username", "User", "Name"),
            "date": ("Date",),
            "project": ("Project",),
            "hours": ("Duration",),
            "notes": ("Description",),
        },
    ),
    "tempo": Preset(
        "Tempo Timesheets, worklog export",
        frozenset({"issue key", "hours", "work date"}),
        {
            "user_id": ("Username", "Full name"),
            "date": ("Work date",),
            "project": ("Project Name", "Project Key"),
            "hours": ("Hours",),
            "notes": ("Work Description", "Issue summary"),
        },
        "%Y-%m-%d %H:%M",
    ),
    "solidtime": Preset(
        "solidtime, detailed report",
        frozenset({"user", "start", "end", "duration", "duration (decimal)"}),
        {
            "user_id": ("User",),
            "date": ("Start",),
            "project": ("Project",),
            "hours": ("Duration", "Duration (decimal)"),
            "notes": ("Description",),
        },
        "%Y-%m-%d %H:%M:%S",
    ),
}

SYNONYMS: Final[Mapping[str, Sequence[str]]] = {
    "user_id": ("user", "employee", "person", "name", "Mitarbeiter", "Benutzer", "Personalnummer", "Email"),
    "date": ("day", "Datum", "Tag", "fecha"),
    "project": ("Projekt", "job", "Auftrag", "proyecto", "projet"),
    "hours": ("duration", "time", "Stunden", "Dauer", "Zeit", "heures", "horas"),
    "notes": ("description", "comment", "Notiz", "Bemerkung", "Beschreibung"),
}
"""Names that spreadsheets give the fields; a missing field suggests them."""


def detect_preset(header: Sequence[str]) -> str | None:
    """Return the name of the tool whose export has this header, if any."""
    names = {name.casefold() for name in header}
    return next((name for name, preset in PRESETS.items() if preset.signature <= names), None)
