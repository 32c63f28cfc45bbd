"""Match a file's columns with the fields of an entry."""

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from timesheets.model.entry import SERVER_FIELDS
from timesheets.model.fields import REQUIRED
from timesheets_import.durations import HoursFormat
from timesheets_import.errors import UsageError
from timesheets_import.presets import PRESETS, SYNONYMS, detect_preset
from timesheets_import.text import listing, printable

API_FIELDS: Final = ("user_id", "date", "project", "hours", "notes", "external_id")
FIELDS: Final = (*API_FIELDS, "start", "end")
"""Fields that `--map` can name; start and end give the hours, and the date."""
SERVER_COLUMNS: Final = SERVER_FIELDS - {"user_id"}
"""Columns that only the server fills; they do not disturb an import."""
ENTRY_COLUMNS: Final = ("id", "version")
"""Columns of an exported list, by which the API recognises its entries."""

_MAX_COMPARED: Final = 200
"""Columns that are compared with a missing one."""

type Index = Mapping[str, Sequence[int]]


@dataclass(frozen=True, slots=True)
class Format:
    """How a file writes entries."""

    columns: Mapping[str, str] = field(default_factory=dict)
    """The column of each field that has another name in the file; `A + B` joins two columns."""
    date_format: str | None = None
    """As in `strptime`; None for ISO 8601."""
    ignore_other_columns: bool = False
    hours_format: HoursFormat = "hours"
    project: str | None = None
    """The project of rows that have none."""
    preset: str | None = None
    """A name in `PRESETS`."""
    assumed_dates: bool = False
    """Whether the date format is the preset's, which the tool's settings can change."""

    def column(self, name: str) -> str:
        """Return the file's name for a field."""
        return self.columns.get(name, name)

    @property
    def known(self) -> frozenset[str]:
        """Names of columns that have a meaning, casefolded."""
        presets = (column for p in PRESETS.values() for columns in p.columns.values() for column in columns)
        names = {*map(self.column, FIELDS), *presets}
        return frozenset(name.casefold() for name in names) | SERVER_COLUMNS

    def with_preset(self, header: Sequence[str]) -> "Format":
        """Return the format completed by the preset that is named or that the header shows.

        Options override it. A header that names all required fields needs none.
        """
        indexes = _indexes(header)
        named = all(_find(self.column(name), indexes) for name in ("user_id", *REQUIRED))
        name = self.preset or (None if named else detect_preset(header))
        if name is None:
            return self
        preset = PRESETS[name]
        found = {
            field: next((column for column in columns if _find(column, indexes)), columns[0])
            for field, columns in preset.columns.items()
            if not _find(field, indexes)
        }
        return replace(
            self,
            columns={**found, **self.columns},
            date_format=self.date_format or preset.date_format,
            assumed_dates=self.date_format is None,
            ignore_other_columns=True,
            preset=name,
        )


def parse_columns(options: Iterable[str]) -> dict[str, str]:
    """Read `--map` options such as `hours=Stunden`.

    Raises
    ------
    UsageError
        For any other form, an unknown field, or a field that is named twice.

    """
    columns: dict[str, str] = {}
    for option in options:
        name, _, column = (part.strip() for part in option.partition("="))
        if name not in FIELDS or not column:
            raise UsageError(
                f"--map {printable(option)} is not FIELD=COLUMN, such as hours=Stunden;"
                f" the fields are {', '.join(FIELDS)}"
            )
        if name in columns:
            raise UsageError(f"--map names {name} twice; remove one")
        columns[name] = column
    return columns


def match_columns(header: Sequence[str], form: Format) -> Index:
    """Return the indexes of each field's columns.

    Raises
    ------
    UsageError
        If a column is missing, stands twice or is not a field.

    """
    indexes = _indexes(header)
    matched = {name: found for name in FIELDS if (found := _find(form.column(name), indexes))}
    missing = missing_fields(matched, form)
    if missing:
        raise UsageError(_missing_message(missing, header, form))
    unmatched = [column for name, column in form.columns.items() if name not in matched]
    if unmatched and not form.preset:
        raise UsageError(f"--map names {listing(unmatched)}; the header has only {listing(header)}")
    used = {index for found in matched.values() for index in found}
    matched |= {name: found for name in ENTRY_COLUMNS if (found := _find(name, indexes))}
    others = [
        column
        for index, column in enumerate(header)
        if column and index not in used and column.casefold() not in SERVER_COLUMNS
    ]
    folded = {header[index].casefold() for index in used}
    twice = next((column for column in others if column.casefold() in folded), None)
    if twice:
        raise UsageError(f"The header has {printable(twice)} twice; rename or remove one")
    if others and not form.ignore_other_columns:
        raise UsageError(
            f"Not a field of an entry: {listing(others)}. Name the field (--map FIELD=COLUMN), or use"
            " --ignore-other-columns"
        )
    return matched


def missing_fields(present: Iterable[str], form: Format) -> list[str]:
    """Return the required fields that are neither present nor follow from others."""
    given = {*present}
    if {"start", "end"} <= given:
        given |= {"hours", "date"}  # whether start has a date shows in the rows
    if form.project:
        given.add("project")
    return [name for name in ("user_id", *REQUIRED) if name not in given]


def _missing_message(missing: Sequence[str], header: Sequence[str], form: Format) -> str:
    lines = [f"The header has no {listing([form.column(name) for name in missing])}."]
    names = {name.casefold(): name for name in header[:_MAX_COMPARED] if name}
    for name in missing:
        presets = [column for p in PRESETS.values() for column in p.columns.get(name, ())]
        for candidate in (form.column(name), *SYNONYMS.get(name, ()), *presets):
            close = difflib.get_close_matches(candidate.casefold(), names, 1, 0.8)
            if close:
                lines.append(f"{name}: did you mean {printable(names[close[0]], 50)}?")
                break
    if "project" in missing:
        lines.append("If all rows have one project, use --project NAME.")
    lines.append(
        f"Name columns with --map FIELD=COLUMN; the header has {listing(header) or 'no columns'}."
        " Check that the first line is the header"
    )
    return " ".join(lines)


def _indexes(header: Sequence[str]) -> dict[str, int]:
    return {name.casefold(): index for index, name in reversed([*enumerate(header)]) if name}


def _find(column: str, indexes: Mapping[str, int]) -> tuple[int, ...]:
    """Return the index of a column, or those of the columns that `A + B` joins; none if one is missing."""
    name = column.casefold()
    if name in indexes:
        return (indexes[name],)
    parts = [part.strip() for part in name.split("+")]
    return tuple(indexes[part] for part in parts) if all(part in indexes for part in parts) else ()
