"""Rows of an upload."""

from typing import Any

import pytest

from tests.support import DATES
from tests.unit.timesheets.model.support import FIELDS
from timesheets.model.batch import DuplicateMember
from timesheets.model.errors import Problem
from timesheets.model.rows import Row, parse_row, parse_rows
from timesheets.strict_json import Decoder

ROW: dict[str, Any] = {**FIELDS, "user_id": "auth0|ana"}


def test_a_row_names_its_user_and_may_have_an_external_id() -> None:
    row = parse_row(ROW | {"external_id": " E1 ", "version": 1}, DATES)
    assert (row.user_id, row.external_id, row.fields["project"]) == ("auth0|ana", "E1", "StoreZero")
    assert parse_row(ROW, DATES).external_id is None


def test_rows_of_equal_content_have_equal_digests() -> None:
    digest = parse_row(ROW, DATES).digest
    assert parse_row(ROW | {"hours": "7.250", "project": "Store\u200bZero "}, DATES).digest == digest
    assert parse_row(ROW | {"notes": "x"}, DATES).digest != digest
    assert parse_row(ROW | {"user_id": "auth0|carl"}, DATES).digest != digest


def test_a_bad_row_is_a_problem_among_good_ones() -> None:
    first, second, third = parse_rows([ROW, ROW | {"hours": 0}, ROW], DATES)
    assert isinstance(first, Row)
    assert isinstance(second, Problem)
    assert first == third


@pytest.mark.parametrize("body", [[], [ROW] * 101])
def test_an_upload_has_1_to_100_rows(body: object) -> None:
    with pytest.raises(Problem, match="not valid"):
        parse_rows(body, DATES)


@pytest.mark.parametrize(
    "duplicate",
    ['{"hours": 1, "hours": 2}', '{"source": {"a": 1, "a": 2}}', '{"id": [[{"b": 1}, {"a": 1, "a": 2}]]}'],
)
def test_a_duplicate_member_rejects_only_its_row(duplicate: str) -> None:
    decoder = Decoder(decimals=True, on_duplicate=DuplicateMember)
    good, bad = parse_rows([ROW, decoder.decode(duplicate)], DATES)
    assert isinstance(good, Row)
    assert isinstance(bad, Problem)
    assert bad.code == "malformed_request"
    assert "is given more than once" in bad.detail
