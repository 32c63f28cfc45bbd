"""What a healthy deployment answers, compared with what came, in plain words; nothing here sends anything."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

from ops.findings import MAX_SHOWN, Finding, fault, shown
from timesheets.model.errors import Code
from timesheets.routes import ROUTES, Route
from timesheets.web.problems import STATUSES

EXPOSED: Final = ("link", "etag", "location", "retry-after")
"""Header fields that a page at another origin must be let read."""
SENT: Final = ("authorization", "content-type", "idempotency-key", "if-match")
"""Header fields that such a page must be let send."""
CHALLENGES: Final = {
    "invalid_token": 'Bearer error="invalid_token"',
    "insufficient_scope": 'Bearer error="insufficient_scope"',
}
"""What stands in WWW-Authenticate (RFC 6750, section 3)."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer, in which nothing is left of a token."""

    url: str
    """What was asked."""
    status: int
    headers: Mapping[str, str]
    """Names in any case."""
    text: str

    @property
    def body(self) -> Any:  # noqa: ANN401 JSON is Any
        """What the JSON of the body says, its numbers exact; None where there is none."""
        try:
            return json.loads(self.text, parse_float=Decimal)
        except (ValueError, RecursionError):
            return None

    def member(self, name: str) -> Any:  # noqa: ANN401
        """Return a member of the body, None if it has none of that name."""
        body = self.body
        return body.get(name) if isinstance(body, dict) else None

    def __str__(self) -> str:
        """Say what came, in one line."""
        text = self.text[: MAX_SHOWN + 1]
        return f"{self.status} {shown(text)}" if text else str(self.status)


def judged(what: str, wrong: Iterable[str], cure: str = "") -> Finding:
    """Make one finding of all that is wrong with one thing."""
    told = "; ".join(wrong)
    return fault(f"{what}: {told}", cure) if told else Finding("ok", what)


def has_status(answer: Answer, *expected: int) -> Iterator[str]:
    """Compare the status."""
    if answer.status not in expected:
        yield f"expected {' or '.join(map(str, expected))}; came {answer}"


def has_header(answer: Answer, name: str, expected: str) -> Iterator[str]:
    """Compare a header field."""
    given = answer.headers.get(name)
    if given != expected:
        yield f"expected {name}: {expected}; came {shown(given) if given else 'none'}"


def is_problem(answer: Answer, code: Code, origin: str | None) -> Iterator[str]:
    """Compare an answer with one of the contract's problems (RFC 9457)."""
    if answer.status != STATUSES[code]:
        yield f"expected {int(STATUSES[code])} {code}; came {answer}"
    elif answer.member("code") != code:
        yield f"expected the code {code}; came {shown(answer.text)}"
    if not answer.headers.get("content-type", "").startswith("application/problem+json"):
        yield from has_header(answer, "Content-Type", "application/problem+json")
    if code in CHALLENGES:
        yield from has_header(answer, "WWW-Authenticate", CHALLENGES[code])
    yield from may_be_read(answer, origin)


def may_be_read(answer: Answer, origin: str | None) -> Iterator[str]:
    """Look whether a page may read an answer: one of `origin`; of any at all, if that is empty.

    None for an answer to a request that named no origin, which need not allow one.
    """
    if origin is not None:
        yield from allows_origin(answer, origin)
    missing = _missing(answer, "access-control-expose-headers", EXPOSED)
    if missing:
        yield f"Access-Control-Expose-Headers lacks {', '.join(missing)}"


def allows_origin(answer: Answer, origin: str) -> Iterator[str]:
    """Look whether a page at an origin, or at some origin, may read an answer (Fetch, section 3.3)."""
    given = answer.headers.get("access-control-allow-origin")
    if not given or (origin and given not in ("*", origin)):
        expected = f"{origin} or *" if origin else "an origin or *"
        yield f"expected Access-Control-Allow-Origin: {expected}; came {shown(given) if given else 'none'}"


def allows(answer: Answer, route: Route, origin: str) -> Iterator[str]:
    """Judge the answer to a preflight for a route (Fetch, section 3.2.2)."""
    yield from has_status(answer, 200, 204)
    yield from allows_origin(answer, origin)
    if route.method.lower() not in _listed(answer, "access-control-allow-methods"):
        yield f"Access-Control-Allow-Methods lacks {route.method}"
    missing = _missing(answer, "access-control-allow-headers", SENT)
    if missing:
        yield f"Access-Control-Allow-Headers lacks {', '.join(missing)}"


def _missing(answer: Answer, name: str, expected: Iterable[str]) -> list[str]:
    given = _listed(answer, name)
    return [field for field in expected if field not in given]


def _listed(answer: Answer, name: str) -> list[str]:
    return [field.strip().lower() for field in answer.headers.get(name, "").split(",")]


def is_entry(answer: Answer, status: int, origin: str | None, **members: object) -> Iterator[str]:
    """Compare an answer with an entry, and its ETag with the entry's version."""
    if answer.status != status:
        yield from has_status(answer, status)
        return
    for name, expected in members.items():
        given = answer.member(name)
        if given != expected:
            yield f"expected {name} {shown(expected)}; came {shown(given)}"
    yield from has_header(answer, "ETag", f'"{answer.member("version")}"')
    yield from may_be_read(answer, origin)


def is_list(answer: Answer, origin: str | None) -> Iterator[str]:
    """Look whether an answer is a page of a list."""
    try:
        listed(answer)
    except ValueError as error:
        yield str(error)
    else:
        yield from may_be_read(answer, origin)


def listed(answer: Answer) -> list[dict[str, Any]]:
    """Return the entries of a page.

    Raises
    ------
    ValueError
        If it is none.

    """
    body = answer.body
    if answer.status != HTTPStatus.OK or not isinstance(body, list):
        raise ValueError(f"expected 200 and a JSON array; came {answer}")
    return [entry for entry in body if isinstance(entry, dict)]


def is_week(answer: Answer) -> Iterator[str]:
    """Look whether an answer is a week with a total."""
    if total_hours(answer) is None:
        yield f"expected 200 and a total_hours; came {answer}"


def total_hours(answer: Answer) -> Decimal | None:
    """Return a week's total; None where the answer is no week."""
    given = answer.member("total_hours") if answer.status == HTTPStatus.OK else None
    return Decimal(given) if isinstance(given, int | Decimal) else None


def has_risen(before: Decimal, after: Decimal | None, hours: Decimal) -> Iterator[str]:
    """Compare a week's total with the one before an entry was logged."""
    if after != before + hours:
        yield f"expected {before + hours}; came {'none' if after is None else after}"


def is_taken(answer: Answer, *statuses: str) -> Iterator[str]:
    """Compare what became of an upload's only row."""
    result = _only_result(answer)
    if answer.status != HTTPStatus.MULTI_STATUS or result is None:
        yield f"expected 207 and one result; came {answer}"
    elif result.get("status") not in statuses:
        yield f"expected {' or '.join(statuses)}; came {shown(result)}"


def code_of_row(answer: Answer) -> str:
    """Return the code of the problem with an upload's only row; empty if there is none."""
    problem = (_only_result(answer) or {}).get("problem")
    return str(problem.get("code")) if isinstance(problem, dict) else ""


def _only_result(answer: Answer) -> dict[str, Any] | None:
    results = answer.member("results")
    if isinstance(results, list) and len(results) == 1 and isinstance(results[0], dict):
        return results[0]
    return None


def next_page(answer: Answer, api: str) -> str | None:
    """Return the path and query of a list's next page, below the API's address; None on the last page.

    Raises
    ------
    ValueError
        If the Link (RFC 8288) leads elsewhere.

    """
    found = re.search(r'<([^>]*)>\s*;\s*rel="?next"?', answer.headers.get("link", ""))
    if not found:
        return None
    address = _resolved(answer, found[1])
    if not address.startswith(f"{api}/"):
        raise ValueError(f"expected a Link to the list's next page; came {shown(answer.headers['link'])}")
    return address.removeprefix(api)


def leads_to(answer: Answer, api: str, path: str) -> Iterator[str]:
    """Resolve the Location of an answer (RFC 9110, section 10.2.2)."""
    given = answer.headers.get("location")
    if not given:
        yield "expected a Location; came none"
    elif _resolved(answer, given) != api + path:
        yield f"expected a Location that leads to {path}; came {shown(given)}"
    elif urlsplit(given).scheme or given.startswith("/"):
        yield f"expected a Location relative to the request; came {shown(given)}, which holds here only"


def _resolved(answer: Answer, reference: str) -> str:
    """Resolve a reference against the request that it answers (RFC 3986, section 5)."""
    try:
        return urljoin(answer.url, reference)
    except ValueError:  # such as half an IPv6 address
        return ""


def week_of(day: date) -> str:
    """Name the ISO week of a day, such as `2026-W47`."""
    year, week, _ = day.isocalendar()
    return f"{year:04}-W{week:02}"


def closed_route(scopes: frozenset[str]) -> Route | None:
    """Choose a route that scopes do not open: one that could do no harm, should it be open after all."""
    closed = [route for route in ROUTES if route.scope not in scopes]
    return min(closed, key=lambda route: (route.method != "GET", "{" in route.path), default=None)
