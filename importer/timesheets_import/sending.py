"""Batches to the API, a few at once, each until it is answered."""

import json
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Any, Final

import httpx2 as httpx

from timesheets.model.rows import MAX_ROWS
from timesheets_import.errors import GaveUp, NotSignedIn, Usage, printable
from timesheets_import.mapping import Checked
from timesheets_import.patience import Patience, retry_after
from timesheets_import.signing_in import SCOPE, Tokens

PATH: Final = "/timesheets/upload"
TIMEOUT: Final = httpx.Timeout(60, connect=10)
"""Seconds; API Gateway answers within 29."""

_TRANSIENT: Final = frozenset({"service_unavailable", "too_many_requests", "internal_error", "conflict"})
_OWN_FAULT: Final = frozenset({"internal_error", "conflict"})
"""Of one row, not of the whole service: tried a few times."""
_ROW_TRIES: Final = 5
_MULTI: Final = 207
_SERVER_ERROR: Final = 500
_LOOK: Final = 0.5
"""Seconds between two looks at whether somebody wants to stop."""

type Result = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows that go together."""

    number: int
    rows: list[Checked]


def batches(rows: Iterable[Checked], done: set[int]) -> Iterator[Batch]:
    """Cut rows into the batches that are not in yet; the same rows always make the same ones."""
    number, cut = 0, []
    for row in rows:
        cut.append(row)
        if len(cut) == MAX_ROWS:
            if number not in done:
                yield Batch(number, cut)
            number, cut = number + 1, []
    if cut and number not in done:
        yield Batch(number, cut)


class Sender:
    """Sends to one API."""

    def __init__(
        self, http: httpx.Client, url: str, tokens: Tokens, patience: Patience, *, at_once: int
    ) -> None:
        """Send up to `at_once` batches side by side."""
        self._http = http
        self._url = url
        self._tokens = tokens
        self._patience = patience
        self._at_once = at_once
        self._flying: set[Future[tuple[Batch, list[Result]]]] = set()

    def send(self, waiting: Iterable[Batch]) -> Iterator[tuple[Batch, list[Result]]]:
        """Yield each batch when it is answered, with what became of its rows.

        Raises
        ------
        Stop
            If the API can't be reached, or won't take them.

        """
        pool = ThreadPoolExecutor(self._at_once)
        try:
            for batch in waiting:
                self._flying.add(pool.submit(self._sent, batch))
                # One more than fly: no thread waits for the file.
                while len(self._flying) > self._at_once:
                    yield from self._landed()
            while self._flying:
                yield from self._landed()
        finally:
            self._patience.stop()
            pool.shutdown(wait=False, cancel_futures=True)  # none is left, unless it failed

    def last(self, seconds: float) -> Iterator[tuple[Batch, list[Result]]]:
        """Yield the batches that are still answered within so many seconds after all has stopped."""
        # Those that never began are cancelled, and would be waited for to the end.
        done, _ = wait([one for one in self._flying if not one.cancelled()], seconds)
        yield from (one.result() for one in done if one.exception() is None)

    def _landed(self) -> Iterator[tuple[Batch, list[Result]]]:
        done, _ = wait(self._flying, _LOOK, FIRST_COMPLETED)
        if not done:
            self._patience.hold()
        for one in done:
            self._flying.discard(one)
            yield one.result()

    def _sent(self, batch: Batch) -> tuple[Batch, list[Result]]:
        results: list[Result] = [{}] * len(batch.rows)
        left = list(range(len(batch.rows)))
        tries = 0
        while True:
            answers = self._answered([batch.rows[index].to_json() for index in left])
            again = []
            for index, result in zip(left, answers, strict=True):
                results[index] = result
                code = result.get("problem", {}).get("code")
                if code in _TRANSIENT and not (code in _OWN_FAULT and tries >= _ROW_TRIES):
                    again.append(index)
            if len(again) < len(left):
                self._patience.progress()
            if not again:
                return batch, results
            code = results[again[0]]["problem"]["code"]
            self._patience.again(tries, f"The API could not take {len(again)} rows of a batch ({code})")
            left = again
            tries += 1

    def _answered(self, rows: list[dict[str, Any]]) -> list[Result]:
        body = json.dumps(rows, ensure_ascii=False, separators=(",", ":")).encode()
        tries = 0
        refused = None
        while True:
            self._patience.hold()
            token = self._tokens.current(refused)
            headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
            asked = None
            try:
                answer = self._http.post(self._url, content=body, headers=headers)
            except httpx.RequestError as error:
                why = f"The API did not answer ({type(error).__name__})"
            else:
                if answer.status_code == _MULTI:
                    results = _results(answer, len(rows))
                    if results is not None:
                        return results
                    why = "The API's answer was cut off or is not its own"
                elif answer.status_code == httpx.codes.UNAUTHORIZED and refused is None:
                    refused = token
                    continue
                else:
                    _check_transient(answer)
                    why = f"The API answers {answer.status_code} ({_detail(answer)})"
                    asked = retry_after(answer.headers.get("Retry-After"))
            self._patience.again(tries, why, asked)
            tries += 1


def _results(answer: httpx.Response, rows: int) -> list[Result] | None:
    """Return the rows' results in their order; None if this is no answer of the API."""
    try:
        results = answer.json()["results"]
        found = {result["index"]: result for result in results if isinstance(result["status"], str)}
    except (ValueError, TypeError, KeyError):
        return None
    return [found[index] for index in range(rows)] if set(found) == set(range(rows)) else None


def _check_transient(answer: httpx.Response) -> None:
    """Let pass what may be better next time.

    Raises
    ------
    Stop
        For what will not be.

    """
    status, said = answer.status_code, _detail(answer)
    if status in (httpx.codes.REQUEST_TIMEOUT, httpx.codes.TOO_MANY_REQUESTS) or status >= _SERVER_ERROR:
        return
    if status == httpx.codes.UNAUTHORIZED:
        raise NotSignedIn(
            f"The API does not take the token ({said}). Check --audience, and that --issuer is the API's own"
        )
    if status == httpx.codes.FORBIDDEN:
        raise NotSignedIn(
            f"The API does not let this application import ({said}). Grant it {SCOPE} for the API's audience"
        )
    if status == httpx.codes.NOT_FOUND or answer.has_redirect_location or answer.is_success:
        raise Usage(
            f"{printable(str(answer.url))} is no Timesheets API (it answers {status}). Check --api: the"
            " address before /timesheets, stage included"
        )
    raise GaveUp(f"The API refuses a whole batch: {status}, {said}. Is this importer as new as the API?")


def _detail(answer: httpx.Response) -> str:
    try:
        body = answer.json()
        said = body.get("detail") or body.get("message")
    except (ValueError, AttributeError):
        said = None
    return printable(said) if isinstance(said, str) and said else answer.reason_phrase or "no more is said"


def reason(result: Result) -> str:
    """Return why a row was rejected."""
    problem = result.get("problem") or {}
    errors: Sequence[dict[str, str]] = problem.get("errors") or []
    said = "; ".join(
        f"{error.get('pointer', '').removeprefix('/')} {error.get('detail', '')}" for error in errors
    )
    return (said or str(problem.get("detail") or "no reason was given")).strip()
