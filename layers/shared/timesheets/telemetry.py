"""The functions' log and metrics. No token, body or field of an entry may be passed to either."""

from typing import Final

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

from timesheets.model.errors import Problem
from timesheets.settings import SettingError

logger: Final = Logger()
_metrics: Final = Metrics()


def count(metric: str, times: int = 1, **dimensions: str) -> None:
    """Add to a counter in CloudWatch (embedded metric format), with dimensions such as `code`."""
    for name, value in dimensions.items():
        _metrics.add_dimension(name=name, value=value)
    _metrics.add_metric(name=metric, unit=MetricUnit.Count, value=times)
    _metrics.flush_metrics()


def internal_error(error: Exception) -> Problem:
    """Log an unexpected exception and return the problem that the caller sees instead."""
    if isinstance(error, SettingError):
        logger.error("setting not valid", detail=str(error))
    else:
        logger.error("unexpected error", error=type(error).__name__, exc_info=error)
    return Problem("internal_error", "Something went wrong on our side; try again later")
