"""A person's week, and its signature: the owner confirms the week's content.

The signature covers the content that the owner logged: each entry's id, date, project, hours and notes. It
does not cover decisions, and it locks nothing.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import chain
from typing import Any

from timesheets.model.entry import Entry, json_number, rfc3339
from timesheets.model.errors import version_mismatch
from timesheets.model.ids import hash_of
from timesheets.model.week import Week, summary


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """The signature of one person's week."""

    week: str
    """The week's name, such as `2026-W47`."""
    user_id: str
    user_email: str | None
    user_name: str | None
    at: str
    """UTC (RFC 3339, section 5.6)."""
    total_hours: Decimal
    """As signed."""
    digest: str
    """The digest of the content that was signed."""
    signed_tag: str
    """The tag of the week just before it was signed."""
    versions: Mapping[str, int]
    """The signed entries' versions by id."""


@dataclass(frozen=True, slots=True)
class PersonWeek:
    """One person's entries in a week, and their signature if there is one."""

    week: Week
    entries: tuple[Entry, ...]
    signature: Signature | None

    @property
    def digest(self) -> str:
        """The digest of the content that a signature covers."""
        contents = sorted(
            (entry.id, entry.date.isoformat(), entry.project, f"{entry.hours:.2f}", entry.notes or "")
            for entry in self.entries
        )
        return hash_of(*chain.from_iterable(contents))

    @property
    def current(self) -> bool:
        """Whether the week is signed and its content is as signed."""
        return self.signature is not None and self.signature.digest == self.digest

    @property
    def tag(self) -> str:
        """The opaque tag of the week's state: the entries' versions, and the signature."""
        versions = sorted(f"{entry.id} {entry.version}" for entry in self.entries)
        signature = self.signature
        identity = () if signature is None else (signature.at, signature.digest)
        return hash_of(self.week.name, *versions, *identity)

    def sign(
        self,
        tags: Collection[str],
        *,
        user_id: str,
        user_email: str | None,
        user_name: str | None,
        now: datetime,
    ) -> Signature:
        """Return the signature of this state, which `tags` must name; the present one if it is current.

        The tag from before the present signature names its content, too, so a request can be repeated.

        Raises
        ------
        Problem
            `version_mismatch`.

        """
        present = self.signature if self.current else None
        if self.tag not in tags and (present is None or present.signed_tag not in tags):
            raise version_mismatch("week")
        return present or Signature(
            week=self.week.name,
            user_id=user_id,
            user_email=user_email,
            user_name=user_name,
            at=rfc3339(now),
            total_hours=sum((entry.hours for entry in self.entries), Decimal(0)),
            digest=self.digest,
            signed_tag=self.tag,
            versions={entry.id: entry.version for entry in self.entries},
        )

    def to_json(self) -> dict[str, Any]:
        """Return the week's sums for callers, with `submitted` once it is signed."""
        sums = summary(self.week, self.entries)
        return sums if self.signature is None else sums | {"submitted": self._submitted(self.signature)}

    def _submitted(self, signature: Signature) -> dict[str, Any]:
        return {
            "at": signature.at,
            "total_hours": json_number(signature.total_hours),
            "current": self.current,
            "versions": dict(sorted(signature.versions.items())),
        }
