"""Keep the directory of people and number changes of entries; the table's stream wakes this function.

Only keys are taken from the records, so repeated, reordered and missing records do no harm.
"""

from typing import Any

from timesheets.store.changes import Changes
from timesheets.store.dynamodb import Table
from timesheets.store.items import owner_in
from timesheets.store.log import LOG_PREFIX, entry_id_of
from timesheets.store.people import People
from timesheets.stream.numbering import number_entries
from timesheets.stream.people import refresh_people

table = Table.connect()
changes = Changes(table)
people = People(table)


def lambda_handler(event: dict[str, Any], _context: object) -> None:
    """Number the changes of the entries in a batch; Lambda repeats the batch after an exception.

    People come first: exports list those in the directory, and hold every change up to a number.
    """
    keys = [record["dynamodb"]["Keys"] for record in event["Records"]]
    changed = [key["SK"]["S"] for key in keys if key["SK"]["S"].startswith(LOG_PREFIX)]
    refresh_people(people, dict.fromkeys(owner_in(key["PK"]["S"]) for key in keys))
    number_entries(changes, dict.fromkeys(map(entry_id_of, changed)))
