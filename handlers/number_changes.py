"""Number the changes of entries; the table's stream wakes this function with their keys.

Only the entries' ids are taken from the records, so repeated, reordered and missing records do no harm.
"""

from typing import Any

from timesheets.store.changes import Changes
from timesheets.store.dynamodb import Table
from timesheets.store.log import entry_id_of
from timesheets.stream.numbering import number_entries

changes = Changes(Table.connect())


def lambda_handler(event: dict[str, Any], _context: object) -> None:
    """Number the changes of the entries in a batch; Lambda repeats the batch after an exception."""
    sort_keys = (record["dynamodb"]["Keys"]["SK"]["S"] for record in event["Records"])
    number_entries(changes, dict.fromkeys(map(entry_id_of, sort_keys)))
