"""One DynamoDB table: reads, queries and transactions.

Every call raises `Unavailable` if DynamoDB does not respond, or refuses for now, after three attempts.
"""

import os
import random
import time
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, Self

import botocore.session
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionError, HTTPClientError  # noqa: A004 botocore's name

from timesheets.model.errors import Conflict, Unavailable
from timesheets.settings import settings

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

type Item = dict[str, Any]
"""An item or a key, in DynamoDB's JSON: `{"version": {"N": "1"}}`."""
type Condition = dict[str, Any]
"""The parameters of a condition."""
type Action = dict[str, dict[str, Any]]
"""One write, or check, as `TransactWriteItems` takes it: `{"Put": {...}}` or `{"Delete": {...}}`."""

# botocore's default read timeout, 60 s, is longer than the gateway's 29 s. One call takes at most 12 s here.
_CONFIG: Final = Config(
    connect_timeout=1, read_timeout=2, retries={"mode": "standard", "total_max_attempts": 3}
)
_DATA: Final = f"{os.path.dirname(__file__)}/botocore"  # noqa: PTH120 pathlib is one more import
"""Where `make build` puts botocore's model of DynamoDB (see layers/botocore_data.py)."""
_BATCH_ATTEMPTS: Final = 3

_RETRYABLE: Final = frozenset(
    {
        "InternalServerError",
        "ProvisionedThroughputExceeded",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "ServiceUnavailable",
        "ThrottlingError",
        "ThrottlingException",
        "TransactionInProgressException",
    }
)
"""Error codes of a call, and of the reasons of a cancelled transaction, that a later attempt may not get."""
_RACE: Final = frozenset({"ConditionalCheckFailed", "TransactionConflict"})
_SERVER_ERROR: Final = 500

IS_NEW: Final[Condition] = {"ConditionExpression": "attribute_not_exists(PK)"}


class ConditionFailed(Conflict):
    """The condition of a transaction's first write did not hold."""

    def __init__(self, item: Item) -> None:
        super().__init__()
        self.item = item
        """The item in the table; empty if there is none."""


class Table:
    """The table that holds all items."""

    def __init__(self, client: "DynamoDBClient", name: str | None = None) -> None:
        """Use a client. The table's name is by default the setting `TABLE_NAME`."""
        self.client = client
        self._name = name

    @classmethod
    def connect(cls) -> Self:
        """Create the client now, while a function starts; the first request checks `TABLE_NAME`."""
        # Not boto3: its resource model costs a cold start, and nothing here uses it.
        session = botocore.session.get_session()
        session.set_config_variable("data_path", _DATA)
        client: Any = session.create_client("dynamodb", config=_CONFIG)
        return cls(client)

    @property
    def name(self) -> str:
        """The table's name."""
        return self._name or settings.table_name

    def get(self, key: Item) -> Item:
        """Return an item, or an empty one if there is none."""
        item: Item = self._call("get_item", TableName=self.name, Key=key, ConsistentRead=True).get("Item", {})
        return item

    def get_many(self, keys: Sequence[Item]) -> list[Item]:
        """Return those of up to 100 items that exist, in any order."""
        if not keys:
            return []
        requests: dict[str, Any] = {self.name: {"Keys": keys, "ConsistentRead": True}}
        found: list[Item] = []
        for attempt in range(_BATCH_ATTEMPTS):
            if attempt:
                time.sleep(0.05 * attempt)
            response = self._call("batch_get_item", RequestItems=requests)
            found += response["Responses"].get(self.name, [])
            requests = response.get("UnprocessedKeys") or {}
            if not requests:
                return found
        raise Unavailable

    def query(
        self,
        index: str | None,
        condition: str,
        values: Mapping[str, str | int],
        *,
        page_size: int,
        **options: object,
    ) -> Iterator[Item]:
        """Yield the items that meet a key condition, `page_size` a call (0 for no limit).

        `index` is None for the table itself; `options` are further parameters of `Query`.
        """
        request: dict[str, Any] = {
            "TableName": self.name,
            "KeyConditionExpression": condition,
            "ExpressionAttributeValues": {
                name: {"S": value} if isinstance(value, str) else number(value)
                for name, value in values.items()
            },
            **({"IndexName": index} if index else {}),
            **({"Limit": page_size} if page_size else {}),
            **options,
        }
        while True:
            page = self._call("query", **request)
            yield from page["Items"]
            if "LastEvaluatedKey" not in page:
                return
            request["ExclusiveStartKey"] = page["LastEvaluatedKey"]

    def write(self, *actions: Action) -> None:
        """Do all the actions, or none.

        Raises
        ------
        Conflict
            If a condition does not hold or another write interferes; `ConditionFailed` if it is the condition
            of the first action.

        """
        targets: list[Action] = [
            {kind: {"TableName": self.name, **parameters}}
            for action in actions
            for kind, parameters in action.items()
        ]
        (first,) = targets[0].values()
        first["ReturnValuesOnConditionCheckFailure"] = "ALL_OLD"
        # botocore sends a token, so an attempt whose answer was lost is not repeated (ClientRequestToken).
        self._call("transact_write_items", TransactItems=targets)

    def _call(self, operation: str, **parameters: Any) -> dict[str, Any]:  # noqa: ANN401 botocore's
        """Call DynamoDB; map outages to Unavailable and lost races to Conflict."""
        try:
            response: dict[str, Any] = getattr(self.client, operation)(**parameters)
        except (HTTPClientError, ConnectionError) as error:
            raise Unavailable from error
        except ClientError as error:
            codes = _codes(error.response)
            status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
            if codes & _RETRYABLE or status >= _SERVER_ERROR:
                raise Unavailable from error
            item = _failed_item(error.response)
            if item is not None:
                raise ConditionFailed(item) from error
            if codes & _RACE:
                raise Conflict from error
            raise
        return response


def number(value: int | Decimal) -> Item:
    """Return a number in DynamoDB's JSON, without trailing zeros: as DynamoDB returns it."""
    return {"N": f"{Decimal(value).normalize():f}"}


def back_off(attempt: int) -> None:
    """Wait a random time before a lost race is repeated, longer from attempt to attempt (from 0 on)."""
    time.sleep(random.uniform(0, 0.02 * 2**attempt))  # noqa: S311 not a secret


def put(item: Item, condition: Condition) -> Action:
    """Return the action that puts an item if a condition holds."""
    return {"Put": {"Item": item, **condition}}


def delete(key: Item, condition: Condition) -> Action:
    """Return the action that deletes an item if a condition holds."""
    return {"Delete": {"Key": key, **condition}}


def update(key: Item, expression: str, values: Item, condition: str) -> Action:
    """Return the action that changes attributes of an item if a condition holds (`UpdateExpression`)."""
    parameters = {"UpdateExpression": expression, "ConditionExpression": condition}
    return {"Update": {"Key": key, "ExpressionAttributeValues": values, **parameters}}


def check(key: Item, condition: Condition) -> Action:
    """Return the action that changes nothing and requires that a condition holds."""
    return {"ConditionCheck": {"Key": key, **condition}}


def equals(**values: Item) -> Condition:
    """Return the condition that an item's attributes have these values, in DynamoDB's JSON."""
    return {
        "ConditionExpression": " AND ".join(f"{name} = :{name}" for name in values),
        "ExpressionAttributeValues": {f":{name}": value for name, value in values.items()},
    }


def absent_or(condition: Condition) -> Condition:
    """Return the condition that there is no item, or that `condition` holds."""
    expression = f"attribute_not_exists(PK) OR {condition['ConditionExpression']}"
    return {**condition, "ConditionExpression": expression}


def _failed_item(response: Mapping[str, Any]) -> Item | None:
    """Return the item that the condition of the first write did not allow; None for another error."""
    reasons = response.get("CancellationReasons", [])
    if reasons and reasons[0].get("Code") == "ConditionalCheckFailed":
        return dict(reasons[0].get("Item", {}))
    return None


def _codes(response: Mapping[str, Any]) -> set[str]:
    """Return an error's code and the codes of a cancelled transaction's reasons."""
    reasons = response.get("CancellationReasons", [])
    return {response["Error"]["Code"], *(reason.get("Code") for reason in reasons)}
