"""What authorizer and handlers must agree on about access tokens."""

from typing import Final

CLOCK_LEEWAY: Final = 5
"""Seconds by which the issuer's clock and ours may differ."""
