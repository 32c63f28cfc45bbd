"""Clients with faults: calls that fail, answers that are lost, and an index that lags."""

from collections.abc import Callable
from random import Random
from typing import Any

from botocore.exceptions import EndpointConnectionError, ReadTimeoutError

from timesheets.store.log import CHANGES, LOG_PREFIX, entry_id_of

type Fault = Callable[[], object]
"""Raises an exception, or does something else at the moment of a call."""


class Killed(BaseException):
    """The process was killed."""


def kill() -> None:
    """End the process: all its later calls fail, too."""
    raise Killed


def refuse() -> None:
    """Fail to connect."""
    raise EndpointConnectionError(endpoint_url="http://dynamodb")


def lose() -> None:
    """Lose an answer."""
    raise ReadTimeoutError(endpoint_url="http://dynamodb")


FAULTS: dict[str, tuple[Fault, bool]] = {
    "killed before": (kill, False),
    "killed after": (kill, True),
    "refused": (refuse, False),
    "answer lost": (lose, True),
}
"""Each fault, and whether it comes after the call is done."""


class Faults:
    """Counts the calls of a process, and has a fault at one of them."""

    def __init__(self, at: int = 0, fault: Fault = kill, *, after: bool = False) -> None:
        """Have the fault at call `at`, from 1, before or after the call is done."""
        self._at = at
        self._fault = fault
        self._after = after
        self._dead = False
        self.calls = 0

    def of(self, client: object) -> Any:
        """Return a client whose calls are counted."""
        return _Client(client, self._call)

    def _call(self, function: Callable[..., Any], parameters: dict[str, Any]) -> Any:
        if self._dead:
            raise Killed
        self.calls += 1
        here = self.calls == self._at
        if here and not self._after:
            self._have_fault()
        answer = function(**parameters)
        if here and self._after:
            self._have_fault()
        return answer

    def _have_fault(self) -> None:
        try:
            self._fault()
        except Killed:
            self._dead = True
            raise


def lagging(client: object, random: Random) -> Any:
    """Return a client that sees the index of the numbered changes late: it misses some of them at times."""

    def call(function: Callable[..., Any], parameters: dict[str, Any]) -> Any:
        answer = function(**parameters)
        if parameters.get("IndexName") == CHANGES and random.random() < 0.6:
            answer["Items"] = [item for item in answer["Items"] if random.random() < 0.9]
        return answer

    return _Client(client, call)


def announcing(client: object, announce: Callable[[str], object]) -> Any:
    """Return a client that announces the entry of each change that it logs, as the table's stream does."""

    def call(function: Callable[..., Any], parameters: dict[str, Any]) -> Any:
        answer = function(**parameters)
        items = [action["Put"]["Item"] for action in parameters.get("TransactItems", []) if "Put" in action]
        for sort_key in (item["SK"]["S"] for item in items):
            if sort_key.startswith(LOG_PREFIX):
                announce(entry_id_of(sort_key))
        return answer

    return _Client(client, call)


def metered(client: object, units: list[float]) -> Any:
    """Return a client that adds the read and write units of its calls to `units`.

    DynamoDB Local counts equal writes of one transaction once, so each write is a transaction of its own.
    """

    def call(function: Callable[..., Any], parameters: dict[str, Any]) -> Any:
        actions = parameters.get("TransactItems")
        requests = [{"TransactItems": [action]} for action in actions] if actions else [parameters]
        for request in requests:
            answer = function(**request, ReturnConsumedCapacity="TOTAL")
            consumed = answer.get("ConsumedCapacity", [])
            units.extend(
                one["CapacityUnits"] for one in ([consumed] if "TableName" in consumed else consumed)
            )
        return answer

    return _Client(client, call)


class _Client:
    def __init__(self, client: object, call: Callable[[Callable[..., Any], dict[str, Any]], Any]) -> None:
        self._client = client
        self._call = call

    def __getattr__(self, operation: str) -> Callable[..., Any]:
        function = getattr(self._client, operation)
        return lambda **parameters: self._call(function, parameters)
