"""Key rotation while the API serves requests."""

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
def test_tokens_of_old_and_new_keys_are_accepted_after_rotations(
    stack: "Stack", http: httpx.Client, sign_in: Callable[..., str]
) -> None:
    def status(token: str) -> int:
        return http.get("/timesheets", headers={"Authorization": f"Bearer {token}"}).status_code

    tokens = [sign_in("ana")]
    assert status(tokens[0]) == 200
    # The next key is published already, so an authorizer that has fetched keys knows it.
    rotate_key(stack.settings)
    tokens.append(sign_in("ana"))
    assert [status(token) for token in tokens] == [200, 200]
    # No authorizer has seen the key after it yet.
    rotate_key(stack.settings)
    rotated_at = time.monotonic()
    tokens.append(sign_in("ana"))
    while status(tokens[-1]) != 200:
        assert time.monotonic() < rotated_at + COOLDOWN + 2, "refused after the cooldown"
        time.sleep(0.2)
    # After the cooldown every authorizer may fetch again, so none may refuse the token.
    time.sleep(max(0.0, rotated_at + COOLDOWN - time.monotonic()))
    assert [status(token) for token in tokens] == [200, 200, 200]
