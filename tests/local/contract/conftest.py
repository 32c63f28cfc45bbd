"""The stack of tests/stack, for Schemathesis."""

from tests.local.conftest import http, import_token, sign_in, stack

__all__ = ["http", "import_token", "sign_in", "stack"]
