"""The API answers random sequences of requests like the reference model (see model.py).

`EXAMPLES=2000 .venv/bin/pytest tests/local/machine` tries more sequences than the default.
"""

import os

from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.local.callers import EXPORT, Newcomers
from tests.local.feed import Reader
from tests.local.machine.rules import Timesheets
from tests.support import LONG


def test_random_requests_are_answered_like_the_model(newcomers: Newcomers) -> None:
    reader = Reader(newcomers.program("payroll", EXPORT))

    class Example(Timesheets):
        def __init__(self) -> None:
            super().__init__(newcomers, reader)

    run_state_machine_as_test(
        Example,
        settings=settings(
            max_examples=int(os.environ.get("EXAMPLES", "8" if LONG else "2")),
            stateful_step_count=50,
            deadline=None,  # a cold start is slow
            print_blob=True,
            suppress_health_check=[HealthCheck.too_slow],  # each step is an HTTP request
        ),
    )
