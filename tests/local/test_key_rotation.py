"""The issuer's keys rotate while the API is serving."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import httpx2 as httpx
import pytest

from local.stack import rotate_key

if TYPE_CHECKING:
    from tests.local.support import Stack

COOLDOWN = 10
"""Seconds: the authorizer's default KEYS_COOLDOWN."""


@pytest.mark.long
def test_old_tokens_go_on_working_and_new_ones_work_within_the_cooldown(
    stack: "Stack", http: httpx.Client, sign_in: Callable[..., str]
) -> None:
    def status(token: str) -> int:
        return http.get("/timesheets", headers={"Authorization": f"Bearer {token}"}).status_code

    tokens = [sign_in("ana")]
    assert status(tokens[0]) == 200
    # The key that comes next is published already: whoever fetched keys before knows it.
    rotate_key(stack.settings)
    tokens.append(sign_in("ana"))
    assert [status(token) for token in tokens] == [200, 200]
    # The one after it was never seen by an authorizer that has fetched before.
    rotate_key(stack.settings)
    rotated_at = time.monotonic()
    tokens.append(sign_in("ana"))
    while status(tokens[-1]) != 200:
        assert time.monotonic() < rotated_at + COOLDOWN + 2, "still refused"
        time.sleep(0.2)
    # From here on no authorizer may refuse it: by now each may fetch again.
    time.sleep(max(0.0, rotated_at + COOLDOWN - time.monotonic()))
    assert [status(token) for token in tokens] == [200, 200, 200]
