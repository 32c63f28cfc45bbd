"""Rows of a request that decides many entries, each on exactly one version."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from timesheets.model.batch import MAX_ROWS, parse_batch
from timesheets.model.entry import DECISION_CHECKS, Decision, check_reason
from timesheets.model.errors import Problem
from timesheets.model.fields import Check, parse_fields

MAX_VERSION: Final = 999_999_999


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """A valid row."""

    entry_id: str
    """May be no entry's id."""
    version: int
    """The version of the entry that the reviewer has seen."""
    decision: Decision


def parse_decisions(body: object) -> list[DecisionRow | Problem]:
    """Return the rows of a request, decoded JSON: an array of 1 to 100. A bad row is a problem.

    Raises
    ------
    Problem
        `invalid_entry` for anything but such an array.

    """
    return parse_batch(body, _parse_row, shape=f"an array of 1 to {MAX_ROWS} decisions")


def _parse_row(body: object) -> DecisionRow:
    fields = parse_fields(body, _CHECKS, required=("id", "version", "approved"))
    decision = Decision(fields["approved"], fields.get("reason"))
    check_reason(decision)
    return DecisionRow(fields["id"], fields["version"], decision)


def _parse_id(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("must be the id of an entry, a string")
    return value


def _parse_version(value: object) -> int:
    if not (
        isinstance(value, Decimal)
        and value.is_finite()
        and 1 <= value <= MAX_VERSION
        and value == value.to_integral_value()
    ):
        raise ValueError(f"must be the version of the entry, a whole number from 1 to {MAX_VERSION}")
    return int(value)


_CHECKS: Final[Mapping[str, Check]] = {"id": _parse_id, "version": _parse_version, **DECISION_CHECKS}
