"""Requests of a manager for their own entries, and decisions on entries that they did not see."""

from tests.local.attempts.world import (
    DECIDE,
    DECISIONS,
    INVALID,
    MALFORMED,
    MULTI,
    NOT_FOUND,
    OK,
    OWN,
    REJECT,
    Row,
)

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
