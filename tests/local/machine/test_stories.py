"""The API answers rare sequences of requests, unlikely at random, like the reference model."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from tests.local.callers import EXPORT, Newcomers
from tests.local.feed import Reader
from tests.local.machine.rules import Timesheets
from tests.local.machine.strategies import another, approval, blank, rejection


@pytest.fixture(scope="module")
def reader(newcomers: Newcomers) -> Reader:
    return Reader(newcomers.program("payroll", EXPORT))


def a_key_repeats_its_first_answer_after_changes(api: Timesheets) -> None:
    api.create_with_key("ana", "k1", LOGGED)
    api.correct(0, {"hours": Decimal(3)}, None, spelled=False)
    api.repeat_with_key(0)
    api.decide(0, None, None)
    api.repeat_with_key(0)
    api.reopen(0, None)
    api.delete("ana", 0, None)
    api.repeat_with_key(0)
    api.create_with_key("ana", "k1", LOGGED | {"hours": Decimal(2)})


def a_row_is_compared_with_the_row_sent_before(api: Timesheets) -> None:
    api.upload_one(ROW, spelled=False)
    api.correct(0, {"hours": Decimal(3), "notes": "Mine"}, None, spelled=False)
    api.upload_one(ROW, spelled=True)
    api.upload_one(ROW | {"hours": Decimal(4)}, spelled=False)
    api.upload_one(ROW, spelled=False)
    api.correct(0, {"hours": Decimal(2)}, None, spelled=False)
    api.upload_one(ROW | {"hours": Decimal(2)}, spelled=False)


def a_row_changes_a_rejected_entry_and_leaves_an_approved_one(api: Timesheets) -> None:
    api.upload_one(ROW, spelled=False)
    api.decide(0, rejection, None)
    api.upload_one(ROW, spelled=False)
    api.upload_one(ROW | {"hours": Decimal(4)}, spelled=False)
    api.decide(0, approval, None)
    api.upload_one(ROW | {"hours": Decimal(4)}, spelled=False)
    api.upload_many([ROW, ROW | {"external_id": "y"}, ROW | {"user_id": "carl"}, ROW | {"hours": Decimal(4)}])


def a_deleted_entry_frees_its_external_id(api: Timesheets) -> None:
    api.upload_one(ROW, spelled=False)
    api.delete("ana", 0, None)
    api.read("ana", 0)
    api.upload_one(ROW, spelled=False)
    api.upload_one(ROW | {"hours": Decimal(4)}, spelled=False)


def a_changed_row_moves_its_entry_to_another_owner(api: Timesheets) -> None:
    api.upload_one(ROW | {"notes": "Release"}, spelled=False)
    api.upload_one(ROW | {"user_id": "carl", "hours": Decimal(4)}, spelled=False)
    api.read("carl", 0)
    api.read("ana", 5)
    api.decide(0, rejection, None)
    api.upload_one(ROW, spelled=False)
    api.list_own("ana", {})
    api.list_own("carl", {})
    api.upload_many([ROW | {"user_id": "carl"}, ROW | {"hours": Decimal(1)}, ROW])


def a_decision_stands_until_it_is_reopened(api: Timesheets) -> None:
    api.create("ana", LOGGED, spelled=True)
    for decision in (rejection, another, approval, None, blank, {}):
        api.decide(0, decision, None)
    api.reopen(0, None)
    api.reopen(0, None)
    for decision in (None, approval, rejection):
        api.decide(0, decision, None)
    api.correct(0, {}, None, spelled=False)
    api.delete("ana", 0, None)


def many_decisions_apply_to_their_versions_only(api: Timesheets) -> None:
    for who in ("ana", "carl", "mia", "ana"):
        api.create(who, LOGGED, spelled=False)
    api.decide_many([(0, 0, approval), (1, 0, approval), (2, 0, rejection), (3, -1, approval)])
    api.decide_many([(0, -1, approval), (2, -1, rejection), (0, 0, rejection), (0, -1, rejection)])
    api.decide_many([(3, 0, approval), (3, 0, approval), (3, 0, rejection), (3, 1, rejection)])
    api.reopen(0, None)
    api.decide_many([(0, -1, approval), (0, -1, approval), (0, 0, {"approved": False})])
    api.correct(0, {"hours": Decimal(2)}, None, spelled=False)
    api.decide_many([(0, -1, approval), (0, 0, approval), (0, 1, approval)])
    api.delete("carl", 2, None)
    api.decide_many([(2, 0, approval), (1, 0, approval)])


def a_signature_follows_the_content(api: Timesheets) -> None:
    api.sign("ana", 0, 0)
    api.create("ana", LOGGED, spelled=False)
    api.upload_one(ROW, spelled=False)
    for n in (1, 0, 0, 1):
        api.sign("ana", 0, n)
    for decision in (approval, None):
        api.decide(0, decision, None)
        api.week("ana", 0)
    api.reopen(0, None)
    api.upload_one(ROW | {"hours": Decimal(4)}, spelled=False)
    api.week("ana", 0)
    api.upload_one(ROW, spelled=False)
    for n in (2, 0, 1):
        api.sign("ana", 0, n)
    api.withdraw("ana", 0)
    api.withdraw("ana", 0)
    api.sign("ana", 0, 1)
    api.sign("ana", 0, 0)
    api.upload_one(ROW | {"user_id": "carl"}, spelled=False)
    api.upload_one(ROW, spelled=False)
    api.week("ana", 0)


def an_empty_correction_resubmits_a_rejected_entry(api: Timesheets) -> None:
    api.create("ana", LOGGED, spelled=False)
    api.correct(0, {}, None, spelled=False)
    api.correct(0, {"hours": LOGGED["hours"]}, None, spelled=True)
    api.decide(0, rejection, None)
    api.correct(0, {}, None, spelled=False)
    api.list_approvals({})


def an_own_entry_is_never_decided_at_any_version(api: Timesheets) -> None:
    api.create("mia", LOGGED, spelled=False)
    for match in (None, 0, -1, 1):
        api.decide(0, approval, match)
        api.reopen(0, match)


LOGGED = {"date": 4, "project": "StoreZero", "hours": Decimal("7.5")}
ROW = LOGGED | {"user_id": "ana", "external_id": "x"}


@pytest.mark.parametrize(
    "story",
    [
        a_key_repeats_its_first_answer_after_changes,
        a_row_is_compared_with_the_row_sent_before,
        a_row_changes_a_rejected_entry_and_leaves_an_approved_one,
        a_deleted_entry_frees_its_external_id,
        a_changed_row_moves_its_entry_to_another_owner,
        a_decision_stands_until_it_is_reopened,
        many_decisions_apply_to_their_versions_only,
        a_signature_follows_the_content,
        an_empty_correction_resubmits_a_rejected_entry,
        an_own_entry_is_never_decided_at_any_version,
    ],
)
def test_a_rare_sequence_is_answered_like_the_model(
    story: Callable[[Timesheets], None], newcomers: Newcomers, reader: Reader
) -> None:
    api = Timesheets(newcomers, reader)
    story(api)
    api.teardown()
