"""A reference model of the API's rules: a dictionary of entries, without HTTP or a database.

An `id` is a number here, and times are left out, because the server chooses both.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

type Json = dict[str, Any]
type Filters = dict[str, str]
"""Query parameters, without `limit` and `cursor`."""

CLIENT_FIELDS = {"date", "project", "hours", "notes", "user_id", "external_id"}
"""`user_id` and `external_id` only in uploads."""


class Refused(Exception):
    """A problem: status, code and the pointers of a body's faults."""

    def __init__(self, status: int, code: str, faults: Iterable[str] = ()) -> None:
        super().__init__(status, code)
        self.status = status
        self.code = code
        self.faults = sorted(faults)


@dataclass
class Entry:
    """A stored entry."""

    id: int
    tick: int
    """The logical time of creation; equal for the entries of one upload."""
    user_id: str
    user_email: str | None
    user_name: str | None
    date: str
    project: str
    hours: Decimal
    notes: str | None
    external_id: str | None = None
    source: str | None = None
    status: str = "pending"
    reviewed_by: str | None = None
    reason: str | None = None
    version: int = 1
    modified_by: str = ""

    def body(self) -> Json:
        """Return the entry as JSON; fields without a value are absent."""
        fields = {name: value for name, value in vars(self).items() if name != "tick" and value is not None}
        return fields | {"approved": self.status == "approved"}


@dataclass
class Imported:
    """The row that a client last sent under an external_id, and its entry."""

    row: Json
    entry: Entry


@dataclass
class Model:
    """All entries, idempotency keys and imported rows."""

    entries: dict[int, Entry] = field(default_factory=dict)
    keys: dict[tuple[str, str], tuple[Json, Json]] = field(default_factory=dict)
    imported: dict[tuple[str, str], Imported] = field(default_factory=dict)
    histories: dict[int, list[Json]] = field(default_factory=lambda: defaultdict(list))
    """The changes of each entry, deleted ones too."""
    ids: int = 0
    ticks: int = 0

    # Requests of owners

    def create(self, owner: Json, body: Json, key: str | None = None) -> Json:
        refuse_faults(body, {"date", "project", "hours"})
        user_id = owner["user_id"]
        if key and (user_id, key) in self.keys:
            first_body, first_answer = self.keys[user_id, key]
            if body != first_body:
                raise Refused(422, "idempotency_key_reused")
            return first_answer
        self.ticks += 1
        answer = self._add(body, **owner).body()
        if key:
            self.keys[user_id, key] = (body, answer)
        return answer

    def read(self, user_id: str, entry_id: int) -> Json:
        return self._own(user_id, entry_id).body()

    def correct(self, user_id: str, entry_id: int, patch: Json, if_match: int | None = None) -> Json:
        refuse_faults(patch, set())
        entry = self._own(user_id, entry_id)
        self._change(unlocked(matching(entry, if_match)), "corrected", user_id, **patch)
        return entry.body()

    def delete(self, user_id: str, entry_id: int, if_match: int | None = None) -> None:
        entry = unlocked(matching(self._own(user_id, entry_id), if_match))
        self._log("deleted", user_id, entry.body(), entry.version + 1)
        self._remove(entry_id)

    def export(self, first: str, last: str) -> dict[tuple[str, str], Json]:
        """Return the rows of an export by person and project."""
        rows: dict[tuple[str, str], Json] = {}
        for entry in self.entries.values():
            if first <= entry.date <= last:
                none = {
                    "approved_hours": 0,
                    "pending_hours": 0,
                    "rejected_hours": 0,
                    "from": last,
                    "to": first,
                }
                row = rows.setdefault((entry.user_id, entry.project), none)
                row[f"{entry.status}_hours"] += entry.hours
                row |= {"from": min(row["from"], entry.date), "to": max(row["to"], entry.date)}
        return rows

    def list_own(self, user_id: str, filters: Filters) -> list[Entry]:
        return self._listed(lambda entry: entry.user_id == user_id, {"order": "desc"} | filters)

    # Requests of approvers

    def list_approvals(self, user_id: str, filters: Filters) -> list[Entry]:
        filters = {"order": "asc", "status": "pending"} | filters
        if filters["status"] != "pending" and "user_id" not in filters:
            raise Refused(400, "malformed_request")
        return self._listed(lambda entry: entry.user_id != user_id, filters)

    def read_approval(self, user_id: str, entry_id: int) -> Json:
        entry = self.entries.get(entry_id)
        if entry is None or entry.user_id == user_id:
            raise Refused(404, "not_found")
        return entry.body()

    def decide(self, user_id: str, entry_id: int, decision: Json | None, if_match: int | None = None) -> Json:
        decision = decision or {"approved": True}
        if "approved" not in decision:
            raise Refused(422, "invalid_entry", ["/approved"])
        reason = None if decision["approved"] else decision.get("reason", "").strip()
        if reason == "":
            raise Refused(422, "invalid_entry", ["/reason"])
        entry = self._others(user_id, entry_id)
        matching(entry, if_match)
        status = "approved" if decision["approved"] else "rejected"
        if entry.status not in {"pending", status}:
            raise Refused(409, "conflict")
        if entry.status != status:
            self._change(entry, status, user_id, status=status, reviewed_by=user_id, reason=reason)
        return entry.body()

    def decide_many(self, user_id: str, rows: list[Json]) -> list[Json]:
        results = []
        for index, row in enumerate(rows):
            result: Json = {"index": index}
            try:
                before = self.entries[row["id"]].version if row["id"] in self.entries else 0
                entry = self._decide_row(user_id, dict(row))
                result |= {"status": "unchanged" if entry["version"] == before else "decided", "entry": entry}
            except Refused as refused:
                result |= {"status": "refused", "code": refused.code, "faults": refused.faults}
            results.append(result)
        return results

    def _decide_row(self, user_id: str, row: Json) -> Json:
        entry_id, version = row.pop("id"), row.pop("version")
        if row.keys() == {"approved"} and not row["approved"]:
            raise Refused(422, "invalid_entry", ["/reason"])
        entry = self._others(user_id, entry_id)
        status = "approved" if row["approved"] else "rejected"
        if (entry.version, entry.status) == (version + 1, status):
            return entry.body()
        return self.decide(user_id, entry_id, row, version)

    def reopen(self, user_id: str, entry_id: int, if_match: int | None = None) -> Json:
        entry = self._others(user_id, entry_id)
        self._change(matching(entry, if_match), "reopened", user_id)
        return entry.body()

    # Requests of importing clients

    def upload_one(self, client: str, row: Json) -> tuple[str, Json]:
        """Return the row's outcome (created, updated, unchanged) and its entry."""
        self.ticks += 1
        return self._upload(client, row)

    def upload_many(self, client: str, rows: list[Json]) -> list[Json]:
        self.ticks += 1
        results = []
        for index, row in enumerate(rows):
            result: Json = {"index": index}
            try:
                status, entry = self._upload(client, row)
                result |= {"status": status, "id": entry["id"]}
            except Refused as refused:
                result |= {"status": "rejected", "code": refused.code, "faults": refused.faults}
            results.append(result)
        return results

    def _upload(self, client: str, row: Json) -> tuple[str, Json]:
        refuse_faults(row, {"user_id", "date", "project", "hours"})
        external_id = row.get("external_id")
        before = self.imported.get((client, external_id)) if external_id else None
        if before and before.row == row:
            return "unchanged", before.entry.body()
        if before is None:
            entry = self._add(row, source=client)
        else:
            entry = unlocked(before.entry)
            if row["user_id"] == entry.user_id:
                self._change(entry, "corrected", client, **{"notes": None} | row)
            else:
                self._log("deleted", client, entry.body(), entry.version + 1)
                del self.entries[entry.id]
                self.ids += 1
                entry.id = self.ids
                self.entries[entry.id] = entry
                self._change(entry, "created", client, **{"notes": None} | row)
        if external_id:
            self.imported[client, external_id] = Imported(row, entry)
        return "updated" if before else "created", entry.body()

    # Helpers

    def _add(self, body: Json, **others: Any) -> Entry:
        self.ids += 1
        fields = {"user_email": None, "user_name": None, "notes": None} | body | others
        by = fields.get("source") or fields["user_id"]
        self.entries[self.ids] = entry = Entry(id=self.ids, tick=self.ticks, modified_by=by, **fields)
        self._log("created", by, entry.body())
        return entry

    def _change(self, entry: Entry, kind: str, by: str, **fields: Any) -> None:
        """Write fields to an entry and reset its decision, unless `fields` has one.

        It is a new version by `by`, with a row in the history, if anything differs.
        """
        undecided = {"status": "pending", "reviewed_by": None, "reason": None}
        before = dict(vars(entry))
        vars(entry).update(undecided | fields)
        if vars(entry) != before:
            entry.version += 1
            entry.modified_by = by
            self._log(kind, by, entry.body())

    def _log(self, kind: str, by: str, body: Json, version: int | None = None) -> None:
        """Add a row to an entry's history; a deletion has a version of its own."""
        row = {"change": kind, "by": by, "version": version or body["version"], "entry": body}
        self.histories[body["id"]].append(row)

    def _remove(self, entry_id: int) -> None:
        gone = self.entries.pop(entry_id)
        self.imported = {key: kept for key, kept in self.imported.items() if kept.entry is not gone}

    def _own(self, user_id: str, entry_id: int) -> Entry:
        entry = self.entries.get(entry_id)
        if entry is None or entry.user_id != user_id:
            raise Refused(404, "not_found")
        return entry

    def _others(self, user_id: str, entry_id: int) -> Entry:
        entry = self.entries.get(entry_id)
        if entry is None:
            raise Refused(404, "not_found")
        if entry.user_id == user_id:
            raise Refused(403, "self_approval")
        return entry

    def _listed(self, belongs: Callable[[Entry], bool], filters: Filters) -> list[Entry]:
        kept = [
            entry
            for entry in self.entries.values()
            if belongs(entry)
            and filters.get("from", "") <= entry.date <= filters.get("to", "9999")
            and all(filters.get(name, was) == was for name, was in vars(entry).items())
        ]
        return sorted(kept, key=lambda entry: (entry.date, entry.tick), reverse=filters["order"] == "desc")


def matching(entry: Entry, if_match: int | None) -> Entry:
    if if_match not in {None, entry.version}:
        raise Refused(412, "version_mismatch")
    return entry


def unlocked(entry: Entry) -> Entry:
    if entry.status == "approved":
        raise Refused(409, "entry_locked")
    return entry


def refuse_faults(body: Json, required: set[str]) -> None:
    """Refuse a body with all of its faults, as far as the tests generate them."""
    faults = {f"/{name}" for name in (required - body.keys()) | (body.keys() - CLIENT_FIELDS)}
    if not 0 < body.get("hours", 1) <= 24:
        faults.add("/hours")
    if not body.get("project", "P").strip():
        faults.add("/project")
    if "date" in body and not _is_date(body["date"]):
        faults.add("/date")
    if faults:
        raise Refused(422, "invalid_entry", faults)


def _is_date(text: str) -> bool:
    try:
        dt.date.fromisoformat(text)
    except ValueError:
        return False
    return True
