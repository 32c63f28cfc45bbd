"""What operators learn: a log line and a metric for each refusal and each failure, of a token never a trace.

A success writes neither: API Gateway's access log records it, and each costs as much as a signature.
"""

import functools
import os
from typing import TYPE_CHECKING

from .errors import OperationalError, Refused

if TYPE_CHECKING:
    from aws_lambda_powertools import Logger, Metrics


@functools.cache
def _powertools() -> "tuple[Logger, Metrics]":
    # Imported at the first need: a start that refuses nothing does not wait for it.
    from aws_lambda_powertools import Logger, Metrics  # noqa: PLC0415

    return Logger(), Metrics()


def refused(refusal: Refused) -> None:
    """Report a token that is not to be trusted."""
    logger, metrics = _powertools()
    logger.info("token refused", reason=refusal.reason)
    metrics.add_dimension(name="reason", value=refusal.reason)
    _count("TokensRefused")


def failed(error: Exception) -> None:
    """Report that a token could not be checked: someone has to act.

    Of an error that nobody foresaw only the type is logged: its text might hold anything.
    """
    detail = str(error) if isinstance(error, OperationalError) else "unexpected"
    _powertools()[0].error("tokens can't be checked", reason=type(error).__name__, detail=detail)
    _count("AuthorizerFailed")


def keys_kept(error: OperationalError) -> None:
    """Report that keys were due, could not be fetched, and the old ones serve on."""
    _powertools()[0].warning("keys not refreshed; the old ones serve on", detail=str(error))
    _count("KeysNotRefreshed")


def _count(metric: str) -> None:
    metrics = _powertools()[1]
    metrics.add_metric(name=metric, unit="Count", value=1)
    metrics.flush_metrics()


if os.environ.get("AWS_LAMBDA_INITIALIZATION_TYPE") == "snap-start":  # a snapshot's start costs nobody
    _powertools()
