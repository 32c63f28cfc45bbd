"""No id, parameter, header, body, key or cursor gives access to another person's entry."""

import re
import string
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx2 as httpx
import pytest

from tests.local.callers import EXPORT, MANAGER, Caller, Newcomers

GOOD = {"date": "2026-11-20", "project": "StoreZero", "hours": 7.5}
REJECT = {"approved": False, "reason": "No"}
NOT_FOUND = (404, "not_found")
NO_SCOPE = (403, "insufficient_scope")
OWN = (403, "self_approval")
MALFORMED = (400, "malformed_request")
INVALID = (422, "invalid_entry")
OK = (200, None)
CREATED = (201, None)
MULTI = (207, None)
GONE = (204, None)
STALE = (412, "version_mismatch")
NO_STATE = (428, "precondition_required")

HIDDEN = ("id", "imported", "ana", "undecided", "approved", "rejected")
"""The names of values that no answer may hold: ana's entries, ana, and the entries of mia's own."""

type Row = tuple[str, str, str, dict[str, Any], tuple[int, str | None]]
"""Caller, method, path, further parts of the request, expected answer. $names refer to `World.names`."""


@dataclass(frozen=True)
class World:
    """Ana's two entries (one imported for her), her signed week, and the callers who try to reach them."""

    callers: dict[str, Caller]
    names: dict[str, str]

    def attempt(self, row: Row) -> httpx.Response:
        who, method, path, request, _ = row
        # The client would normalize dots and slashes in a URL; a raw target is sent unchanged.
        target = self.real(path).replace("|", "%7C").encode()
        return self.callers[who](method, "/", extensions={"target": target}, **self.real(request))

    def real(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {name: self.real(inner) for name, inner in value.items()}
        if isinstance(value, list):
            return [self.real(inner) for inner in value]
        return re.sub(r"\$(\w+)", lambda m: self.names[m[1]], value) if isinstance(value, str) else value

    def entries(self) -> list[bytes]:
        """Return the entries and the weeks of ana and of mia, which no attempt may change."""
        paths = ("/timesheets", "/timesheets/weeks/2026-W47")
        return [self.callers[name]("GET", path).content for name in ("ana", "mia") for path in paths]


@pytest.fixture(scope="module")
def world(newcomers: Newcomers) -> World:
    callers = {name: newcomers.person(name) for name in ("ana", "carl")}
    callers |= {name: newcomers.person(name, MANAGER) for name in ("mia", "max")}
    callers["deleter"] = newcomers.person("deleter", "delete:timesheets")
    callers["approver"] = newcomers.person("approver", "approve:timesheets")
    callers |= {"program": newcomers.program(), "rival": newcomers.program("rival")}
    callers["payroll"] = newcomers.program("payroll", EXPORT)
    row = GOOD | {"user_id": callers["ana"].sub, "external_id": "x-1"}
    imported = callers["program"]("POST", "/timesheets/upload", json=row)
    keyed = callers["ana"]("POST", json=GOOD, headers={"Idempotency-Key": "ana-s-key"})
    undecided, approved, rejected = (callers["mia"].entry() for _ in range(3))
    callers["max"]("PUT", f"/approvals/{approved['id']}")
    callers["max"]("PUT", f"/approvals/{rejected['id']}", json=REJECT)
    entry_id = keyed.json()["id"]
    path = "/timesheets/weeks/2026-W47"
    state = {"If-Match": callers["ana"]("GET", path).headers["ETag"]}
    signed = callers["ana"]("PUT", f"{path}/submission", headers=state)
    return World(
        callers,
        {
            "id": entry_id,
            "ID": entry_id.swapcase(),
            "head": entry_id[:-1],
            "tail": entry_id[1:],
            "encoded": "".join(f"%{ord(letter):02x}" for letter in entry_id),
            "imported": imported.json()["id"],
            "own": callers["carl"].entry()["id"],
            "undecided": undecided["id"],
            "approved": approved["id"],
            "rejected": rejected["id"],
            "ana": callers["ana"].sub,
            "carl": callers["carl"].sub,
            "mia": callers["mia"].sub,
            "client": callers["program"].client_id,
            "week": signed.headers["ETag"],
        },
    )


ONE_ENTRY: list[tuple[str, dict[str, Any]]] = [
    ("GET", {}),
    ("PATCH", {"json": {"hours": 1}}),
    ("PATCH", {"json": {}}),
    ("PATCH", {"json": {"hours": 1}, "headers": {"If-Match": "*"}}),
    ("DELETE", {}),
    ("DELETE", {"headers": {"If-Match": '"1"'}}),
]
BY_ID: list[Row] = [
    (who, method, f"/timesheets/{entry}", request, NOT_FOUND)
    for who in ("carl", "mia")
    for entry in ("$id", "$imported")
    for method, request in ONE_ENTRY
]
BY_ID += [
    (who, "GET", f"/timesheets/{entry}/history", {}, NOT_FOUND)
    for who in ("carl", "mia")
    for entry in ("$id", "$imported")
]

DECISIONS: list[tuple[str, dict[str, Any]]] = [
    ("PUT", {}),
    ("PUT", {"json": {"approved": True}}),
    ("PUT", {"json": REJECT}),
    ("PUT", {"headers": {"If-Match": "*"}}),
    ("DELETE", {}),
]
SUBMISSIONS: list[tuple[str, dict[str, Any]]] = [
    ("PUT", {}),
    ("PUT", {"headers": {"If-Match": "$week"}}),
    ("DELETE", {}),
    ("DELETE", {"headers": {"If-Match": "$week"}}),
]
DECIDE = {"id": "$id", "version": 1, "approved": True}
WITHOUT_SCOPE: list[Row] = [
    *(
        (who, method, "/approvals/$id", request, NO_SCOPE)
        for who in ("ana", "carl", "program")
        for method, request in DECISIONS
    ),
    *(
        (who, "GET", path, {}, NO_SCOPE)
        for who in ("ana", "carl", "program")
        for path in (
            "/approvals",
            "/approvals?status=approved&user_id=$ana",
            "/approvals?status=rejected&user_id=$carl",
            "/approvals/$id",
            "/approvals/$imported",
            "/approvals/$own",
            "/approvals/$ID",
            "/approvals/$id/history",
            "/approvals/$imported/history",
            "/approvals/$own/history",
        )
    ),
    *(
        (who, "GET", f"/approvals/weeks/{path}", {}, NO_SCOPE)
        for who in ("ana", "carl", "program", "payroll", "deleter")
        for path in ("2026-W47", "2026-W47?only=missing", "2026-W47?user_id=$ana", "2026-W99")
    ),
    *(
        (who, "POST", "/approvals", {"json": body}, NO_SCOPE)
        for who in ("ana", "carl", "program")
        for body in ([DECIDE], [DECIDE | REJECT], [DECIDE, DECIDE | {"id": "$imported"}], [])
    ),
    *(
        (who, "GET", f"/changes{query}", {}, NO_SCOPE)
        for who in ("ana", "carl", "mia", "approver", "program")
        for query in ("", "?after=0", "?after=999999999999999", "?limit=0", "?scope=export:timesheets")
    ),
    *(
        (who, "GET", f"/exports/{path}", {}, NO_SCOPE)
        for who in ("ana", "carl", "mia", "approver", "program")
        for path in (
            "weeks/2026-W47",
            "weeks/2026-W47?user_id=$ana",
            "weeks/2026-W99",
            "months/2026-11",
            "months/2026-11?user_id=$ana",
        )
    ),
    *(
        ("payroll", method, path, {}, NO_SCOPE)
        for method, path in (
            ("GET", "/timesheets"),
            ("GET", "/timesheets/$id"),
            ("GET", "/timesheets/$id/history"),
            ("DELETE", "/timesheets/$id"),
            ("GET", "/timesheets/weeks/2026-W47"),
            ("GET", "/approvals"),
            ("GET", "/approvals/$id"),
            ("GET", "/approvals/$id/history"),
            ("PUT", "/approvals/$id"),
            ("DELETE", "/approvals/$id"),
        )
    ),
    *(
        (who, "GET", f"/timesheets/{entry}/history", {}, NO_SCOPE)
        for who in ("program", "approver")
        for entry in ("$id", "$imported")
    ),
    *(
        (who, method, path, request, NO_SCOPE)
        for who in ("program", "approver")
        for path in ("/timesheets/$id", "/timesheets/$imported")
        for method, request in ONE_ENTRY
    ),
    *(
        (who, "GET", path, {}, NO_SCOPE)
        for who in ("program", "approver")
        for path in ("/timesheets", "/timesheets?user_id=$ana", "/timesheets/weeks/2026-W47")
    ),
    *(
        (who, method, "/timesheets/weeks/2026-W47/submission", request, NO_SCOPE)
        for who in ("program", "approver", "payroll", "deleter")
        for method, request in SUBMISSIONS
    ),
    ("program", "POST", "/timesheets", {"json": GOOD | {"user_id": "$ana"}}, NO_SCOPE),
    *(
        (who, "POST", "/timesheets/upload", {"json": body}, NO_SCOPE)
        for who in ("ana", "carl", "mia", "approver", "payroll")
        for body in (GOOD | {"user_id": "$ana"}, [GOOD | {"user_id": "$ana", "external_id": "x-1"}])
    ),
]

SELF_APPROVAL: list[Row] = [
    ("mia", method, f"/approvals/{entry}", request, OWN)
    for entry in ("$undecided", "$approved", "$rejected")
    for method, request in [
        *DECISIONS,
        ("PUT", {"json": {"approved": True}, "headers": {"X-User-Id": "$ana"}}),
        ("DELETE", {"headers": {"If-Match": "*"}}),
    ]
]

OWN_APPROVALS: list[Row] = [
    *(
        ("mia", "GET", f"/approvals/{entry}", request, NOT_FOUND)
        for entry in ("$undecided", "$approved", "$rejected")
        for request in ({}, {"headers": {"X-User-Id": "$ana"}}, {"headers": {"If-None-Match": '"1"'}})
    ),
    *(
        ("mia", "GET", f"/approvals/{entry}/history", {}, NOT_FOUND)
        for entry in ("$undecided", "$approved", "$rejected")
    ),
    *(
        ("mia", "GET", f"/approvals?{query}", {}, MALFORMED)
        for query in (
            "status=approved",
            "status=rejected&project=StoreZero",
            "status=approved&user_id=",
            "status=approved&user_id=$ana&user_id=$mia",
            "status=pending&status=approved&user_id=$ana",
            "status=*&user_id=$ana",
            "status=approved&sub=$ana",
        )
    ),
    *(
        ("mia", "GET", f"/approvals/weeks/2026-W47?{query}", {}, MALFORMED)
        for query in (
            "user_id=$mia",
            "only=own",
            "only=missing&only=pending",
            "cursor=$undecided",
            "not_user_id=",
        )
    ),
    *(
        ("mia", method, "/approvals/weeks/2026-W47", {"json": {"approved": True}}, NOT_FOUND)
        for method in ("POST", "PUT", "PATCH", "DELETE")
    ),
    ("mia", "GET", "/approvals?status=approved&user_id=$mia", {}, OK),
    ("mia", "GET", "/approvals?status=rejected&user_id=$mia", {}, OK),
    ("mia", "GET", "/approvals?user_id=$mia", {}, OK),
]

MANY: list[Row] = [
    *(
        (
            "mia",
            "POST",
            "/approvals",
            {"json": [DECIDE | {"id": entry, "version": version} | decision]},
            MULTI,
        )
        for entry in ("$undecided", "$approved", "$rejected")
        for version in (1, 2, 3)
        for decision in ({}, REJECT)
    ),
    *(
        ("mia", "POST", "/approvals", {"json": [DECIDE | {"id": entry}]}, MULTI)
        for entry in (
            *(
                "$ID",
                "$head",
                "$tail",
                "$encoded",
                "$id\u0000",
                "$id ",
                " $id",
                "${id}0",
                "$id,$imported",
                "*",
                "",
            ),
            *("../$id", "OWNER#$id", "LOG#$id#000000001", "$ana", "x-1", "9" * 3000),
            *(["$id"], {"S": "$id"}, None, 1, True),
        )
    ),
    *(
        ("mia", "POST", "/approvals", {"json": [DECIDE | {"version": version}]}, MULTI)
        for version in (0, -1, 2, 99, 10**30, 1.5, "1", '"1"', "*", None, True, [1], {"N": "1"})
    ),
    *(
        ("mia", "POST", "/approvals", {"json": [DECIDE | other]}, MULTI)
        for other in (
            *({"user_id": "$ana"}, {"reviewed_by": "$ana"}, {"status": "approved"}, {"If-Match": "*"}),
            *(
                {"approved": None},
                {"approved": "true"},
                {"approved": 1},
                {"approved": False},
                {"reason": "x"},
            ),
        )
    ),
    *(
        ("mia", "POST", "/approvals", {"json": [{n: v for n, v in DECIDE.items() if n != name}]}, MULTI)
        for name in DECIDE
    ),
    *(
        ("mia", "POST", "/approvals", {"json": body}, INVALID)
        for body in (DECIDE, {"decisions": [DECIDE]}, [], [DECIDE] * 101, "$id")
    ),
    ("mia", "POST", "/approvals?user_id=$ana", {"json": [[DECIDE]]}, MULTI),
    ("mia", "POST", "/approvals/$id", {"json": [DECIDE]}, NOT_FOUND),
    ("mia", "PUT", "/approvals", {"json": [DECIDE]}, NOT_FOUND),
    ("mia", "PATCH", "/approvals", {"json": [DECIDE]}, NOT_FOUND),
    ("mia", "DELETE", "/approvals", {"json": [DECIDE]}, NOT_FOUND),
]

PARAMETERS: list[Row] = [
    *(
        ("carl", "GET", f"/timesheets?{query}", {}, MALFORMED)
        for query in (
            "user_id=$ana",
            "user_id=$carl&user_id=$ana",
            "sub=$ana",
            "owner=$ana",
            "user=$ana",
            "id=$id",
            "USER_ID=$ana",
            "user_id[]=$ana",
            "external_id=x-1",
            "status=pending&status=approved",
            "limit=1&limit=100",
            "from=2026-11-20&from=2026-11-01",
            "project=*&user_id=*",
            "project=",
            "cursor=",
            "cursor=$id",
            "cursor=null",
        )
    ),
    *(
        ("carl", method, f"/timesheets/$id?{query}", request, NOT_FOUND)
        for query in ("user_id=$ana", "sub=$ana", "owner=$ana", "id=$own")
        for method, request in (("GET", {}), ("PATCH", {"json": {"hours": 1}}), ("DELETE", {}))
    ),
    ("carl", "GET", "/timesheets/weeks/$id", {}, MALFORMED),
]

WEEKS: list[Row] = [
    *(
        ("carl", method, f"/timesheets/weeks/{week}/submission", request, MALFORMED)
        for week in ("$id", "2026-W54", "2026-W47%23$ana", "SIGN%232026-W47", "$ana", "*")
        for method, request in SUBMISSIONS[1:]
    ),
    *(
        ("carl", "PUT", "/timesheets/weeks/2026-W47/submission", {"headers": headers}, refusal)
        for headers, refusal in (
            ({}, NO_STATE),
            ({"If-Match": "*"}, NO_STATE),
            ({"If-Match": "$week"}, STALE),
            ({"If-Match": 'W/"1", $week'}, STALE),
            ({"If-Match": "$week", "X-User-Id": "$ana"}, STALE),
            ({"If-None-Match": "$week"}, NO_STATE),
            ({"If-Match": "$id"}, MALFORMED),
        )
    ),
    *(
        ("carl", "DELETE", f"/timesheets/weeks/2026-W47/submission{query}", {"headers": headers}, GONE)
        for query in ("", "?user_id=$ana")
        for headers in ({}, {"If-Match": "*"}, {"If-Match": "$week"}, {"X-User-Id": "$ana"})
    ),
    *(
        ("carl", method, f"/timesheets/{path}", SUBMISSIONS[1][1], NOT_FOUND)
        for path in ("weeks/2026-W47/submission/$id", "$id/submission", "weeks/$id/2026-W47/submission")
        for method in ("GET", "PUT", "PATCH", "DELETE")
    ),
    ("carl", "GET", "/timesheets/weeks/2026-W47/submission", {}, NOT_FOUND),
    ("carl", "GET", "/timesheets/SIGN%232026-W47", {}, NOT_FOUND),
    ("carl", "DELETE", "/timesheets/SIGN%232026-W47", {}, NOT_FOUND),
]

PRETENCES = {
    "X-User-Id": "$ana",
    "X-User": "$ana",
    "X-Sub": "$ana",
    "X-Forwarded-User": "$ana",
    "X-Remote-User": "$ana",
    "X-Amzn-Oidc-Identity": "$ana",
    "X-Amz-Security-Token": "$ana",
    "principalId": "$ana",
    "Cookie": "user_id=$ana; sub=$ana",
    "From": "$ana",
    "X-Original-Url": "/approvals/$id",
    "X-Rewrite-Url": "/approvals/$id",
    "X-Forwarded-Prefix": "/approvals",
    "X-Http-Method-Override": "DELETE",
    "X-Method-Override": "PATCH",
    "If-Match": '"1"',
    "If-None-Match": '"1"',
    "Idempotency-Key": "ana-s-key",
    "Range": "bytes=0-10",
}
HEADERS: list[Row] = [
    *(
        ("carl", method, "/timesheets/$id", request | {"headers": {name: value}}, NOT_FOUND)
        for name, value in PRETENCES.items()
        for method, request in (
            ("GET", {}),
            ("PATCH", {"json": {"hours": 1}}),
            ("DELETE", {}),
            ("POST", {"json": {"hours": 1}}),
            ("PUT", {"json": {"approved": True}}),
        )
    ),
    ("carl", "GET", "/timesheets", {"headers": PRETENCES}, OK),
    ("carl", "GET", "/timesheets/weeks/2026-W47", {"headers": PRETENCES}, OK),
    ("carl", "GET", "/timesheets", {"headers": PRETENCES | {"Accept": "text/csv"}}, OK),
]

CLAIMS = {
    "id": "$id",
    "user_id": "$ana",
    "user_email": "ana@exampleco.com",
    "user_name": "Ana",
    "status": "approved",
    "approved": True,
    "reviewed_by": "$carl",
    "reviewed_at": "2026-11-20T00:00:00Z",
    "reason": "None",
    "source": "$client",
    "created_at": "2026-11-20T00:00:00Z",
    "modified_at": "2026-11-20T00:00:00Z",
    "version": 99,
}
"""Fields that only the server sets: accepted and overwritten."""

BODIES: list[Row] = [
    *(("carl", "POST", "/timesheets", {"json": GOOD | {name: CLAIMS[name]}}, CREATED) for name in CLAIMS),
    *(("carl", "PATCH", "/timesheets/$own", {"json": {name: CLAIMS[name]}}, OK) for name in CLAIMS),
    ("carl", "POST", "/timesheets", {"json": GOOD | CLAIMS}, CREATED),
    ("carl", "PATCH", "/timesheets/$own", {"json": CLAIMS}, OK),
    ("carl", "PATCH", "/timesheets/$id", {"json": CLAIMS | {"user_id": "$carl"}}, NOT_FOUND),
    *(
        ("carl", "POST", "/timesheets", {"json": GOOD | {name: "$ana"}}, INVALID)
        for name in ("owner", "sub", "pk", "PK", "sk", "external_id", "userId", "__proto__")
    ),
    *(
        ("carl", "PATCH", "/timesheets/$own", {"json": {name: "$ana"}}, INVALID)
        for name in ("owner", "sub", "pk", "PK", "sk", "external_id")
    ),
    ("carl", "POST", "/timesheets", {"json": GOOD, "headers": {"Idempotency-Key": "ana-s-key"}}, CREATED),
    (
        "carl",
        "POST",
        "/timesheets",
        {"json": GOOD | {"hours": 1}, "headers": {"Idempotency-Key": "ana-s-key-2"}},
        CREATED,
    ),
]

IDS: list[Row] = [
    ("carl", method, path, request, NOT_FOUND)
    for path in (
        "/timesheets/$ID",
        "/timesheets/$encoded",
        "/timesheets/$id/",
        "/timesheets//$id",
        "//timesheets/$id",
        "/timesheets/./$id",
        "/timesheets/x/../$id",
        "/timesheets/../approvals/$id",
        "/timesheets/..%2fapprovals%2f$id",
        "/timesheets/%2e%2e/approvals/$id",
        "/timesheets/$own%2f..%2f$id",
        "/timesheets/$own/../$id",
        "/timesheets/$own,$id",
        "/timesheets/0$id",
        "/timesheets/${id}0",
        "/timesheets/$head",
        "/timesheets/$tail",
        "/timesheets/$id%00",
        "/timesheets/%00$id",
        "/timesheets/$id%20",
        "/timesheets/$id.json",
        "/timesheets/$id;user_id=$ana",
        "/timesheets/$id%3fuser_id=$ana",
        "/timesheets/$id%23",
        "/timesheets/$ana%23$id",
        "/timesheets/*",
        "/timesheets/%2a",
        "/timesheets/%7bid%7d",
        "/timesheets/$ana",
        "/timesheets/x-1",
        "/timesheets/%ff",
        "/timesheets/" + "9" * 3000,
        "/TIMESHEETS/$id",
    )
    for method, request in (("GET", {}), ("PATCH", {"json": {"hours": 1}}), ("DELETE", {}))
]
IDS += [
    ("carl", "GET", path, {}, NOT_FOUND)
    for path in (
        "/timesheets/$ID/history",
        "/timesheets/$encoded/history",
        "/timesheets/$head/history",
        "/timesheets/$own/../$id/history",
        "/timesheets/$own%2f..%2f$id/history",
        "/timesheets/$id%2fhistory",
        "/timesheets/$id/history/",
        "/timesheets/$id/history/1",
        "/timesheets/$id%23000000001/history",
        "/timesheets/LOG%23$id/history",
        "/timesheets/%2a/history",
        "/timesheets/$id/HISTORY",
    )
]

IMPORTS: list[Row] = [
    (
        who,
        "POST",
        "/timesheets/upload",
        {"json": GOOD | {"user_id": "$carl", "hours": 2} | fields},
        CREATED,
    )
    for who, fields in [
        ("rival", {"external_id": "x-1"}),
        ("rival", {"external_id": "x-2", "source": "$client"}),
        ("rival", {"external_id": "x-3", "id": "$imported"}),
        ("program", {"id": "$id"}),
        ("program", {"external_id": "$head"}),
        ("program", {"external_id": "$client#x-1"}),
        ("program", {"external_id": "X-1"}),
    ]
]


@pytest.mark.parametrize(
    "rows",
    [
        BY_ID,
        WITHOUT_SCOPE,
        SELF_APPROVAL,
        OWN_APPROVALS,
        MANY,
        PARAMETERS,
        WEEKS,
        HEADERS,
        BODIES,
        IDS,
        IMPORTS,
    ],
    ids=[
        "by its id",
        "without the scope",
        "a manager's own entry",
        "a manager's own entry in a list",
        "by a decision among many",
        "by a parameter",
        "by a week",
        "by a header",
        "by a body",
        "by a variation of its id",
        "by an import",
    ],
)
def test_no_attempt_reaches_an_entry_of_another_person(rows: list[Row], world: World) -> None:
    before = world.entries()
    wrong = []
    for row in rows:
        answer = world.attempt(row)
        code = answer.json()["code"] if answer.status_code >= 400 else None
        shown = any(world.names[name] in answer.text for name in HIDDEN)
        if (answer.status_code, code) != row[-1] or shown:
            wrong.append((row, answer.status_code, answer.text))
    assert wrong == []
    assert world.entries() == before  # an undone change would show in the version


LOOKALIKES: dict[str, Callable[[str], str]] = {
    "upper case": str.upper,
    "a letter less": lambda sub: sub[:-1],
    "a letter more": lambda sub: f"{sub}x",
    "more behind a #": lambda sub: f"{sub}#2026-11-20",
    "a key's prefix": lambda sub: f"user#{sub}",
    "encoded": lambda sub: sub.replace("|", "%7C"),
    "a wildcard": lambda sub: f"{sub[:-1]}*",
    "a digit of another script": lambda sub: sub.translate(str.maketrans(string.digits, "٠١٢٣٤٥٦٧٨٩")),
    "a letter of another script": lambda sub: sub.replace("a", "\u0430"),
    "another accent": lambda sub: sub.replace("é", "è"),
}


@pytest.mark.parametrize("lookalike", LOOKALIKES.values(), ids=LOOKALIKES)
def test_a_similar_sub_is_another_person(lookalike: Callable[[str], str], newcomers: Newcomers) -> None:
    ana = newcomers.person("ana")
    ana = newcomers.person("ana", sub=f"{ana.sub}-é")
    other = newcomers.person("other", sub=lookalike(ana.sub))
    manager = newcomers.person("manager", MANAGER)
    entry = ana.entry(date="2001-01-01")
    path = f"/timesheets/{entry['id']}"
    assert other("GET").json() == []
    assert [other(method, path, json={}).status_code for method in ("GET", "PATCH", "DELETE")] == [404] * 3
    theirs = other.entry(date="2001-01-01")
    assert ana("GET").json() == [entry]
    assert other("GET").json() == [theirs]
    assert manager.every("/approvals", {"user_id": ana.sub, "from": "2001-01-01", "to": "2001-01-01"}) == [
        entry
    ]
    assert manager.every("/approvals", {"user_id": other.sub, "from": "2001-01-01", "to": "2001-01-01"}) == [
        theirs
    ]


@pytest.mark.parametrize("mark", ["#", "|", ":", "/", ",", "%23", " "])
def test_joined_names_do_not_collide(mark: str, newcomers: Newcomers) -> None:
    """The name and the key of one caller, joined, must not equal those of another caller."""
    base = newcomers.person("ana").sub
    people = {"c": newcomers.person("", sub=f"{base}{mark}b"), f"b{mark}c": newcomers.person("", sub=base)}
    answers = [who("POST", json=GOOD, headers={"Idempotency-Key": key}) for key, who in people.items()]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json()["id"] != answers[1].json()["id"]
    client = newcomers.program().client_id
    programs = {
        "c": newcomers.program(client_id=f"{client}{mark}b"),
        f"b{mark}c": newcomers.program(client_id=client),
    }
    answers = [
        program("POST", "/timesheets/upload", json=GOOD | {"user_id": base, "external_id": key})
        for key, program in programs.items()
    ]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json()["id"] != answers[1].json()["id"]


@dataclass(frozen=True)
class Cursors:
    """Two callers, with a cursor of ana's own list and one of mia's approvals."""

    ana: Caller
    mia: Caller
    of_ana: str
    of_mia: str


def cursor_of(answer: httpx.Response) -> str:
    return httpx.URL(answer.links["next"]["url"]).params["cursor"]


@pytest.fixture(scope="module")
def cursors(newcomers: Newcomers) -> Cursors:
    ana, mia = newcomers.person("ana"), newcomers.person("mia", MANAGER)
    for day in range(1, 4):
        ana.entry(date=f"2026-11-0{day}")
        mia.entry(date=f"2026-11-0{day}")
    own = ana("GET", "/timesheets?limit=1")
    waiting = mia("GET", "/approvals", params={"user_id": ana.sub, "limit": 1})
    return Cursors(ana, mia, cursor_of(own), cursor_of(waiting))


def test_a_cursor_is_valid_for_its_own_list_only(cursors: Cursors, newcomers: Newcomers) -> None:
    ana, mia, of_ana, of_mia = cursors.ana, cursors.mia, cursors.of_ana, cursors.of_mia
    carl, max_ = newcomers.person("carl"), newcomers.person("max", MANAGER)
    assert ana("GET", "/timesheets", params={"limit": 1, "cursor": of_ana}).status_code == 200
    assert mia("GET", "/approvals", params={"user_id": ana.sub, "cursor": of_mia}).status_code == 200
    attempts: list[tuple[Caller, str, dict[str, Any]]] = [
        (carl, "/timesheets", {"limit": 1, "cursor": of_ana}),
        (carl, "/timesheets", {"limit": 1, "cursor": of_mia}),
        (mia, "/timesheets", {"limit": 1, "cursor": of_ana}),
        (mia, "/timesheets", {"cursor": of_mia}),
        (mia, "/approvals", {"cursor": of_ana}),
        (mia, "/approvals", {"user_id": ana.sub, "cursor": of_ana}),
        (mia, "/approvals", {"cursor": of_mia}),
        (mia, "/approvals", {"user_id": carl.sub, "cursor": of_mia}),
        (mia, "/approvals", {"user_id": ana.sub, "order": "desc", "cursor": of_mia}),
        (max_, "/approvals", {"user_id": ana.sub, "cursor": of_mia}),
        (ana, "/timesheets", {"cursor": of_mia}),
        *(
            (ana, "/timesheets", {"limit": 1, "cursor": of_ana} | other)
            for other in (
                {"from": "2026-11-01"},
                {"to": "2026-11-30"},
                {"project": "StoreZero"},
                {"status": "pending"},
                {"order": "asc"},
            )
        ),
    ]
    answers = [(caller("GET", path, params=query), query) for caller, path, query in attempts]
    assert [(a.status_code, a.json()["code"], q) for a, q in answers] == [(*MALFORMED, q) for _, q in answers]


def test_a_cursor_with_a_changed_character_is_refused(cursors: Cursors) -> None:
    cursor = cursors.of_ana
    alphabet = f"{string.ascii_uppercase}{string.ascii_lowercase}{string.digits}-_"  # RFC 4648, section 5

    def others(place: int) -> list[str]:
        # Up to four bits of the last character may be padding, so all its variants are tried.
        bits = range(1, 16) if place == len(cursor) - 1 else [1]
        return [alphabet[alphabet.index(cursor[place]) ^ each] for each in bits]

    changed = [
        cursor[:place] + other + cursor[place + 1 :]
        for place in range(len(cursor))
        for other in others(place)
    ]
    changed += [cursor[:-1], cursor[1:], f"{cursor}A", f"A{cursor}", cursor * 2, cursor.swapcase()]
    changed += [f"{cursor}{more}" for more in ("=", "==", "%3D", " ", "\n", "\0", ".", "é")]
    changed += [cursor.replace("-", "+").replace("_", "/") + "/", "A" * 5000, "é", "0", "{}"]
    taken = [
        (each, answer.status_code)
        for each in changed
        if (answer := cursors.ana("GET", "/timesheets", params={"limit": 1, "cursor": each})).status_code
        != 400
        or answer.json()["code"] != "malformed_request"
    ]
    assert taken == []
