"""Numbers the changes of entries. Safe to run at any time, repeatedly and several times at once."""

from collections.abc import Iterable, Sequence
from itertools import batched
from typing import Final

from timesheets.model.errors import Conflict, Unavailable
from timesheets.store.changes import MAX_NUMBERED, Changes
from timesheets.store.dynamodb import Item, back_off
from timesheets.store.log import entry_id_of
from timesheets.telemetry import count, logger

_ATTEMPTS: Final = 8
"""While others number changes, too."""


def number_entries(changes: Changes, entry_ids: Iterable[str]) -> set[str]:
    """Number the unnumbered changes of entries, each entry's in order of version.

    A change that cannot be numbered stays back with the later ones of its entry; the others go on.

    Returns
    -------
    set[str]
        The entries with changes that could not be numbered.

    Raises
    ------
    Unavailable, Conflict
        If DynamoDB is not available, or others keep changing the head. Call it again.

    """
    failures: set[str] = set()
    pending = [key for entry_id in entry_ids for key in changes.unnumbered(entry_id)]
    for keys in batched(pending, MAX_NUMBERED, strict=False):
        _number_all(changes, keys, failures)
    return failures


def _number_all(changes: Changes, keys: Sequence[Item], failures: set[str]) -> None:
    """Number changes together, or else by halves, until those that fail are alone."""
    keys = [key for key in keys if _entry_of(key) not in failures]
    for attempt in range(_ATTEMPTS):
        try:
            if keys:
                changes.number(keys)
        except Unavailable:
            raise
        except Conflict:
            back_off(attempt)
            keys = _remaining(changes, keys)
        except Exception as error:  # noqa: BLE001 a fault of one change must not stop the others
            if len(keys) == 1:
                logger.error("change not numbered", entry_id=_entry_of(keys[0]), cause=type(error).__name__)
                count("ChangesNotNumbered")
                failures.add(_entry_of(keys[0]))
                return
            half = len(keys) // 2
            _number_all(changes, keys[:half], failures)
            _number_all(changes, keys[half:], failures)
            return
        else:
            return
    raise Conflict


def _remaining(changes: Changes, keys: Sequence[Item]) -> list[Item]:
    """Return those of the changes that have no number by now."""
    entry_ids = dict.fromkeys(map(_entry_of, keys))
    unnumbered = [key for entry_id in entry_ids for key in changes.unnumbered(entry_id)]
    return [key for key in unnumbered if key in keys]


def _entry_of(key: Item) -> str:
    return entry_id_of(key["SK"]["S"])
