"""Requests without the scope of their route."""

from tests.local.attempts.world import DECIDE, DECISIONS, GOOD, NO_SCOPE, ONE_ENTRY, REJECT, SUBMISSIONS, Row

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
