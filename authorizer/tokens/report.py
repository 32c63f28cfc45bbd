"""Logs and counts refusals and failures; never any part of a token.

A success writes no log line and no metric: API Gateway's access log records it, and each would cost as
much as verifying the signature.
"""

import functools
import os
from typing import TYPE_CHECKING

from .errors import InvalidToken, OperationalError

if TYPE_CHECKING:
    from aws_lambda_powertools import Logger, Metrics


@functools.cache
def _powertools() -> "tuple[Logger, Metrics]":
    # Imported at the first report: a start that refuses nothing must not pay for it.
    from aws_lambda_powertools import Logger, Metrics  # noqa: PLC0415

    return Logger(), Metrics()


def refusal(error: InvalidToken) -> None:
    """Report a refused token."""
    logger, metrics = _powertools()
    logger.info("token refused", reason=error.reason)
    metrics.add_dimension(name="reason", value=error.reason)
    _count("TokensRefused")


def failure(error: Exception) -> None:
    """Report that a token could not be checked; an operator has to act.

    Logs only the type of an unexpected error, because its text may hold part of a token.
    """
    detail = str(error) if isinstance(error, OperationalError) else "unexpected"
    _powertools()[0].error("could not check the token", reason=type(error).__name__, detail=detail)
    _count("AuthorizerFailed")


def refresh_failure(error: OperationalError) -> None:
    """Report that keys were due and could not be fetched, and that the cached ones stay in use."""
    _powertools()[0].warning("could not refresh keys; using cached ones", detail=str(error))
    _count("KeysNotRefreshed")


def _count(metric: str) -> None:
    metrics = _powertools()[1]
    metrics.add_metric(name=metric, unit="Count", value=1)
    metrics.flush_metrics()


# A snapshot contains loaded modules, so the import costs no start under SnapStart.
if os.environ.get("AWS_LAMBDA_INITIALIZATION_TYPE") == "snap-start":
    _powertools()
