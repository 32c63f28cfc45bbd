"""Requests for entries and weeks of other people: by id, parameter, header, body and import."""

from tests.local.attempts.world import (
    CREATED,
    GONE,
    GOOD,
    INVALID,
    MALFORMED,
    NO_STATE,
    NOT_FOUND,
    OK,
    ONE_ENTRY,
    STALE,
    SUBMISSIONS,
    Row,
)

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
