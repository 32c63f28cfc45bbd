"""The stack of tests/stack, for Schemathesis."""

from tests.stack.conftest import http, sign_in, stack

__all__ = ["http", "sign_in", "stack"]
