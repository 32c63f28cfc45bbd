"""The people who log hours."""

from dataclasses import dataclass
from typing import Final

NAMES: Final = ("user_id", "user_email", "user_name")
"""The members that name a person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A person who has logged or signed, or for whom entries were imported."""

    user_id: str
    """The `sub` of their tokens."""
    user_email: str | None = None
    user_name: str | None = None
    last_week: str | None = None
    """The last ISO week with hours or a signature, such as `2026-W47`; None if it is not known yet."""

    def names(self) -> dict[str, str]:
        """Return the members that name the person, without those that have no value."""
        values = {name: getattr(self, name) for name in NAMES}
        return {name: value for name, value in values.items() if value is not None}
