"""Publishes decisions: a reader of the feed that keeps its position in the table."""

import time
from collections.abc import Callable
from typing import Final

from timesheets.model.change import Change
from timesheets.store.changes import Changes
from timesheets.stream.events import StateChange, state_change

READER: Final = "events"
PAGE: Final = 20
"""Changes between two writes of the position: at most so many are published again after a crash."""
LAG: Final = 0.2
"""Seconds between two readings of an index that does not have the next number yet."""


def publish_decisions(
    changes: Changes, publish: Callable[[StateChange], None], *, has_time: Callable[[], bool]
) -> bool:
    """Publish the decisions after the reader's position, in order; return whether that was all.

    An exception of `publish` ends the run. The position is then before the change that was not published.
    """
    position = changes.position(READER)
    while True:
        feed = changes.read(position, PAGE)
        done = 0
        try:
            for change in feed.changes:
                if made := _state_change(changes, change):
                    publish(made)
                done += 1
        finally:
            if done:
                changes.move(READER, position, position + done)
        position += done
        if position >= feed.head:
            return True
        if not has_time():
            return False
        if not done:
            time.sleep(LAG)


def _state_change(changes: Changes, change: Change) -> StateChange | None:
    if change.kind in {"created", "deleted", "erased"}:
        return None
    return state_change(change, changes.find(change.entry_id, change.version - 1))
