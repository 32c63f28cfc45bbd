"""Find the `user_id` of a person that a file names otherwise: by email, name or number."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from timesheets.model.text import clean
from timesheets_import.cells import cell_text
from timesheets_import.errors import UsageError
from timesheets_import.files import inspect, open_input
from timesheets_import.layout import Kind, detect
from timesheets_import.records import read_records
from timesheets_import.text import listing, printable

_ID_COLUMNS: Final = ("user_id", "userid", "user id", "id", "sub")
_FIRST_NAMES: Final = ("first name", "given name", "given_name", "firstname", "vorname")
_LAST_NAMES: Final = ("last name", "family name", "family_name", "lastname", "nachname")


class People:
    """The users of a tenant, by everything that names them."""

    def __init__(self, source: str, ids: Mapping[str, frozenset[str]]) -> None:
        """Take the ids of each name, in casefolded NFC."""
        self._source = source
        self.ids = ids

    def user_id(self, name: str) -> str:
        """Return the user's id.

        Raises
        ------
        LookupError
            If no user or several have this name.

        """
        ids = self.ids.get(_key(name), frozenset())
        if len(ids) == 1:
            return next(iter(ids))
        if ids:
            raise LookupError(f"names {len(ids)} users in {self._source} ({listing(sorted(ids))})")
        raise LookupError(f"is not in {self._source}")


def read_people(path: Path) -> People:
    """Read a CSV or JSON Lines file with a column `user_id` and others that name the person.

    Raises
    ------
    UsageError
        If it cannot be read, or has no ids.

    """
    name = printable(str(path))
    ids: defaultdict[str, set[str]] = defaultdict(set)
    with open_input(str(path)) as stream:
        source = inspect(stream)
        kind: Kind | None = "xlsx" if source.workbook else None
        layout = detect(stream, source.encoding, known=_ID_COLUMNS, kind=kind)
        for record in read_records(stream, layout):
            if record.fault:
                raise UsageError(f"--users {name}: line {record.line}: {record.fault}")
            cells = record.cells
            row = dict(zip(layout.header, cells, strict=True)) if isinstance(cells, list) else cells
            _add({key.casefold(): cell_text(str(value)) for key, value in row.items() if value}, ids)
    if not ids:
        raise UsageError(
            f"--users {name} has no user ids. It needs a header with user_id and, for example, email or name"
        )
    return People(name, {key: frozenset(found) for key, found in ids.items()})


def _add(row: Mapping[str, str], ids: Mapping[str, set[str]]) -> None:
    user_id = next((clean(row[name]).lstrip("'") for name in _ID_COLUMNS if row.get(name)), None)
    if user_id:
        for name in (user_id, *row.values(), *_full_names(row)):
            ids[_key(name)].add(user_id)


def _full_names(row: Mapping[str, str]) -> Iterable[str]:
    first, last = (next((row[n] for n in names if n in row), "") for names in (_FIRST_NAMES, _LAST_NAMES))
    return (f"{first} {last}", f"{last}, {first}", f"{last} {first}") if first and last else ()


def _key(name: str) -> str:
    return re.sub(r"\s+", " ", clean(name)).casefold()
