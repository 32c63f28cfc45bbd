"""Entries in DynamoDB: the only place that knows how they are kept.

One table. An entry lies in its owner's partition, under its id; an id names its owner (see `ids`), so one
read finds any entry. `by_date` sorts a partition by date, then by the time of logging: a local secondary
index, since only that kind reads as consistently as the table does. `pending` holds only the entries that
wait for a decision, over a few partitions, for those who decide.

    entry       PK = OWNER#<owner>    SK = <id>     by_date = <date>#<created_at>#<id>    pending = <shard>
    tombstone   PK = OWNER#<owner>    SK = <id>     expires_at; for the idempotency key of a deleted entry
    import      PK = IMPORT#<digest>  SK = IMPORT   which entry an external id stands for, and what was sent

Every change is one conditional write, or one transaction, on what was read.
"""

import heapq
import math
import os
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final

import botocore.session
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionError, HTTPClientError  # noqa: A004 botocore's name

from timesheets.model.entry import Entry
from timesheets.model.errors import Conflict, NotFound, Problem, Unavailable
from timesheets.model.ids import hash_of, owner_of
from timesheets.model.query import MAX_EXAMINED, ListQuery
from timesheets.store.items import (
    BY_DATE,
    PENDING,
    SHARDS,
    Item,
    entry_key,
    from_item,
    import_item,
    import_key,
    is_entry,
    partition_of,
    to_item,
    tombstone,
)

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

# botocore's default read timeout, 60 s, outlives the gateway's 29 s. At worst these are 12 s for one call.
_CONFIG: Final = Config(
    connect_timeout=1, read_timeout=2, retries={"mode": "standard", "total_max_attempts": 3}
)
_DATA: Final = f"{os.path.dirname(__file__)}/botocore"  # noqa: PTH120 pathlib is one more import
"""Where `make build` puts what botocore needs to know of DynamoDB (see layers/botocore_data.py)."""
_TRIES: Final = 3
"""For keys that DynamoDB leaves out of a batch."""

_TROUBLE: Final = frozenset(
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
"""DynamoDB's codes for: not now. The short ones stand in a cancelled transaction's reasons."""
_RACE: Final = frozenset({"ConditionalCheckFailed", "TransactionConflict", "TransactionConflictException"})
_SERVER_ERROR: Final = 500

KEY_REMEMBERED: Final = 30 * 24 * 60 * 60
"""Seconds for which the idempotency key of a deleted entry goes on creating nothing."""

_NEW: Final = {"ConditionExpression": "attribute_not_exists(PK)"}


@dataclass(frozen=True, slots=True)
class Import:
    """What is known of an external id: the entry it stands for, and a digest of the row last taken."""

    entry_id: str
    digest: str


class Store:
    """The table of entries.

    Every method raises `Unavailable` where DynamoDB, asked three times, does not answer or refuses for now.
    """

    def __init__(self, client: "DynamoDBClient", table_name: str) -> None:
        self._client = client
        self._table = table_name

    @classmethod
    def connect(cls) -> "Store":
        """Open the table that `TABLE_NAME` names, where botocore's own settings say DynamoDB is."""
        # Not boto3: its resource model costs a cold start, and nothing here uses it.
        session = botocore.session.get_session()
        session.set_config_variable("data_path", _DATA)
        client: Any = session.create_client("dynamodb", config=_CONFIG)
        return cls(client, os.environ["TABLE_NAME"])

    def find_own(self, user_id: str, entry_id: str) -> Entry:
        """Return one of a user's own entries.

        Raises
        ------
        NotFound
            For another's too.

        """
        if owner_of(entry_id) != hash_of(user_id):
            raise NotFound
        return self.find(entry_id)

    def find(self, entry_id: str) -> Entry:
        """Return an entry, whoever owns it: for those who decide.

        Raises
        ------
        NotFound
            If there is none.

        """
        if not owner_of(entry_id):
            raise NotFound
        answer = self._call("get_item", TableName=self._table, Key=entry_key(entry_id), ConsistentRead=True)
        item = answer.get("Item", {})
        if not is_entry(item):
            raise NotFound
        return from_item(item)

    def entries_of(self, user_id: str, query: ListQuery) -> Iterator[Entry]:
        """Yield a user's entries by date, reading no more of them than a page of `query` can need.

        Those that don't match `query` are among them.
        """
        return self._read(
            query, _examined(query), BY_DATE, "PK", partition_of(hash_of(user_id)), ConsistentRead=True
        )

    def pending(self, query: ListQuery) -> Iterator[Entry]:
        """Yield the entries that wait for a decision, by date, whoever owns them, as `entries_of` does.

        What was written a moment ago may be missing, and what was decided may still be there.
        """
        # All of them for one user, too: there may have been fewer shards when an entry was logged.
        # Half as much again as a shard's share, and two: so that seldom one has to be asked twice.
        wanted = _examined(query)
        chunk = math.ceil(1.5 * wanted / len(SHARDS)) + 2 if wanted else 0
        streams = [self._read(query, chunk, PENDING, PENDING, shard) for shard in SHARDS]
        return heapq.merge(*streams, key=attrgetter("position"), reverse=not query.ascending)

    def add(self, entry: Entry) -> tuple[Entry, bool]:
        """Keep a new entry, and tell whether it is new.

        Where its id is that of an idempotency key used before, the entry is returned as it was at first.

        Raises
        ------
        Problem
            `idempotency_key_reused` if the key was used for another request.

        """
        there = self._put(to_item(entry), **_NEW)
        if there is None or entry.request is None:
            return entry, True  # of a random id nothing but our own can be there: an answer got lost
        if there.get("request", {}).get("S") != entry.request:
            raise Problem(
                "idempotency_key_reused",
                "This Idempotency-Key was used for another request; send a key of its own with each entry",
            )
        created_at = there["created_at"]["S"]
        return replace(entry, created_at=created_at, modified_at=created_at), False

    def replace(self, old: Entry, new: Entry) -> None:
        """Put an entry's new state in the place of the one that was read.

        Raises
        ------
        Conflict
            If it is another by now.

        """
        if new is old:
            return
        there = self._put(to_item(new), **_still(old))
        # Where our own write is found there, its answer got lost, and botocore sent it again.
        if there is not None and not (is_entry(there) and from_item(there) == new):
            raise Conflict

    def remove(self, entry: Entry) -> None:
        """Delete an entry in the state that was read.

        Raises
        ------
        Conflict
            If it is another by now.

        """
        key = entry_key(entry.id)
        if entry.source is not None and entry.external_id is not None:
            # The source may send the same row again, and then it is a new entry.
            marker = import_key(entry.source, entry.external_id)
            self._transact(
                {"Delete": {"Key": key, **_unless_gone("version", "N", str(entry.version))}},
                {"Delete": {"Key": marker, **_unless_gone("entry_id", "S", entry.id)}},
            )
            return
        if entry.request is not None:
            grave = tombstone(entry, int(time.time()) + KEY_REMEMBERED)
            there = self._put(grave, **_still(entry))
        else:
            there = self._write("delete_item", Key=key, **_still(entry))
        if there is not None and is_entry(there):
            raise Conflict

    def imports(self, source: str, external_ids: Iterable[str]) -> dict[str, Import]:
        """Return what is known of up to 100 of an importing client's external ids."""
        keys = {one: import_key(source, one) for one in external_ids}
        if not keys:
            return {}
        names = {key["PK"]["S"]: one for one, key in keys.items()}
        wanted: dict[str, Any] = {self._table: {"Keys": list(keys.values()), "ConsistentRead": True}}
        found: dict[str, Import] = {}
        for attempt in range(_TRIES):
            time.sleep(0.05 * attempt)
            answer = self._call("batch_get_item", RequestItems=wanted)
            for item in answer["Responses"].get(self._table, []):
                found[names[item["PK"]["S"]]] = Import(item["entry_id"]["S"], item["digest"]["S"])
            wanted = answer.get("UnprocessedKeys") or {}
            if not wanted:
                return found
        raise Unavailable

    def add_imported(self, entry: Entry, digest: str) -> None:
        """Keep an entry under its external id, as yet unknown; `digest` stands for the row it came as.

        Raises
        ------
        Conflict
            If the external id is known by now.

        """
        self._transact(
            {"Put": {"Item": _known(entry, digest), **_NEW}}, {"Put": {"Item": to_item(entry), **_NEW}}
        )

    def replace_imported(self, known: Import, old: Entry, new: Entry, digest: str) -> None:
        """Put what a changed row says in the place of what was read, under another owner if it says so.

        Raises
        ------
        Conflict
            If the entry, or what is known of the external id, is another by now.

        """
        marker = {
            "Item": _known(new, digest),
            "ConditionExpression": "entry_id = :entry AND digest = :digest",
            "ExpressionAttributeValues": {":entry": {"S": known.entry_id}, ":digest": {"S": known.digest}},
        }
        if new.id == old.id:
            entry: list[dict[str, Any]] = [{"Put": {"Item": to_item(new), **_still(old)}}]
        else:
            entry = [
                {"Delete": {"Key": entry_key(old.id), **_still(old)}},
                {"Put": {"Item": to_item(new), **_NEW}},
            ]
        self._transact({"Put": marker}, *entry)

    def _read(
        self, query: ListQuery, chunk: int, index: str, attribute: str, value: str, **options: object
    ) -> Iterator[Entry]:
        """Yield the entries of one partition of an index, reading so many at a time; 0 for all there are."""
        first, last = _range(query)
        request: dict[str, Any] = {
            "IndexName": index,
            "KeyConditionExpression": f"{attribute} = :key AND {BY_DATE} BETWEEN :first AND :last",
            "ExpressionAttributeValues": {":key": {"S": value}, ":first": {"S": first}, ":last": {"S": last}},
            "ScanIndexForward": query.ascending,
            **({"Limit": chunk} if chunk else {}),
            **options,
        }
        while True:
            page = self._call("query", TableName=self._table, **request)
            yield from map(from_item, page["Items"])
            if "LastEvaluatedKey" not in page:
                return
            request["ExclusiveStartKey"] = page["LastEvaluatedKey"]

    def _put(self, item: Item, **condition: Any) -> Item | None:  # noqa: ANN401 expressions
        return self._write("put_item", Item=item, **condition)

    def _write(self, operation: str, **parameters: Any) -> Item | None:  # noqa: ANN401 expressions
        """Write upon a condition; where that fails, return what is there instead."""
        try:
            self._call(
                operation,
                TableName=self._table,
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
                **parameters,
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise
            there: Item = error.response.get("Item", {})  # type: ignore[assignment]
            return there
        return None

    def _transact(self, *actions: dict[str, dict[str, Any]]) -> None:
        for action in actions:
            for parameters in action.values():
                parameters["TableName"] = self._table
        self._call("transact_write_items", TransactItems=actions)

    def _call(self, operation: str, **parameters: Any) -> dict[str, Any]:  # noqa: ANN401 botocore's
        """Call DynamoDB; what it answers when it can't, and when another was faster, is told apart."""
        try:
            answer: dict[str, Any] = getattr(self._client, operation)(**parameters)
        except (HTTPClientError, ConnectionError) as error:
            raise Unavailable from error
        except ClientError as error:
            codes = _codes(error.response)
            status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
            if codes & _TROUBLE or status >= _SERVER_ERROR:
                raise Unavailable from error
            if codes & _RACE:
                raise Conflict from error
            raise
        return answer


def _codes(response: Mapping[str, Any]) -> set[str]:
    """Return an error's code and, of a cancelled transaction, its reasons'."""
    reasons = response.get("CancellationReasons", [])
    return {response["Error"]["Code"], *(reason.get("Code") for reason in reasons)}


def _examined(query: ListQuery) -> int:
    """Return how many entries a page may have to look at: one more than it holds, to know of the next."""
    if query.limit is None:
        return 0
    return (MAX_EXAMINED if query.narrows else query.limit) + 1


def _range(query: ListQuery) -> tuple[str, str]:
    """Return the first and the last value that `by_date` may have."""
    first, last = f"{query.first.isoformat()}#", f"{query.last.isoformat()}#~"  # ~ sorts after all else
    if query.after is None:
        return first, last
    if query.ascending:
        return f"{query.after}~", last
    # Just before: nothing lies between an id's last character and ~ after the character before it.
    return first, f"{query.after[:-1]}{chr(ord(query.after[-1]) - 1)}~"


def _still(entry: Entry) -> dict[str, Any]:
    """Return the condition that an entry is as it was read: each change counts its version up."""
    return {
        "ConditionExpression": "version = :version",
        "ExpressionAttributeValues": {":version": {"N": str(entry.version)}},
    }


def _unless_gone(attribute: str, kind: str, value: str) -> dict[str, Any]:
    """Return the condition that there is nothing any more, or what was read."""
    return {
        "ConditionExpression": f"attribute_not_exists(PK) OR {attribute} = :was",
        "ExpressionAttributeValues": {":was": {kind: value}},
    }


def _known(entry: Entry, digest: str) -> Item:
    assert entry.source is not None  # noqa: S101 only what was imported comes here
    assert entry.external_id is not None  # noqa: S101
    return import_item(entry.source, entry.external_id, entry.id, digest)
