"""Send batches of rows to the API, a few at once, each until it is answered."""

import json
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Any, Final

import httpx2 as httpx

from timesheets.model.batch import MAX_ROWS
from timesheets_import.oauth import UNREACHABLE, Tokens
from timesheets_import.responses import Result, error_detail, permanent_error, row_results
from timesheets_import.retry import Retry, parse_retry_after
from timesheets_import.rows import FileRow
from timesheets_import.text import counted

PATH: Final = "/timesheets/upload"
TIMEOUT: Final = httpx.Timeout(60, connect=10)
"""Seconds; API Gateway answers within 29."""

_RETRYABLE: Final = frozenset({"service_unavailable", "too_many_requests", "internal_error", "conflict"})
_ROW_FAULTS: Final = frozenset({"internal_error", "conflict"})
"""Retryable codes that may concern one row only, which must not stop the others."""
_ROW_RETRIES: Final = 5
_POLL: Final = 0.5
"""Seconds between two checks for a signal."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows of one upload call."""

    number: int
    rows: list[FileRow]


def batches(rows: Iterable[FileRow], done: set[int]) -> Iterator[Batch]:
    """Divide rows into batches and leave out those that are done. Equal rows give equal batches."""
    number, batch = 0, []
    for row in rows:
        batch.append(row)
        if len(batch) == MAX_ROWS:
            if number not in done:
                yield Batch(number, batch)
            number, batch = number + 1, []
    if batch and number not in done:
        yield Batch(number, batch)


class Sender:
    """Sends batches to one API."""

    def __init__(self, http: httpx.Client, url: str, tokens: Tokens, retry: Retry, *, at_once: int) -> None:
        """Send up to `at_once` batches at a time."""
        self._http = http
        self._url = url
        self._tokens = tokens
        self._retry = retry
        self._at_once = at_once
        self._answered = False
        self._pending: set[Future[tuple[Batch, list[Result]]]] = set()

    def send(self, waiting: Iterable[Batch]) -> Iterator[tuple[Batch, list[Result]]]:
        """Yield each batch with its rows' results, in the order of the answers.

        Raises
        ------
        ImporterError
            If the API cannot be reached or refuses a batch.

        """
        pool = ThreadPoolExecutor(self._at_once)
        try:
            for batch in waiting:
                self._pending.add(pool.submit(self._deliver, batch))
                # One batch more than threads, so that no thread waits for the file.
                while len(self._pending) > self._at_once:
                    yield from self._finished()
            while self._pending:
                yield from self._finished()
        finally:
            self._retry.stop()
            pool.shutdown(wait=False, cancel_futures=True)

    def late_results(self, seconds: float) -> Iterator[tuple[Batch, list[Result]]]:
        """Yield the batches that are still answered within `seconds` after an early end."""
        # A cancelled future would never become done.
        done, _ = wait([future for future in self._pending if not future.cancelled()], seconds)
        yield from (future.result() for future in done if future.exception() is None)

    def _finished(self) -> Iterator[tuple[Batch, list[Result]]]:
        done, _ = wait(self._pending, _POLL, FIRST_COMPLETED)
        if not done:
            self._retry.hold()
        for future in done:
            self._pending.discard(future)
            yield future.result()

    def _deliver(self, batch: Batch) -> tuple[Batch, list[Result]]:
        """Send a batch, and again the rows of it that the API could not process."""
        results: list[Result] = [{}] * len(batch.rows)
        remaining = list(range(len(batch.rows)))
        attempt = 0
        while True:
            answers = self._post([batch.rows[index].to_json() for index in remaining])
            retryable = []
            for index, result in zip(remaining, answers, strict=True):
                results[index] = result
                code = result.get("problem", {}).get("code")
                if code in _RETRYABLE and not (code in _ROW_FAULTS and attempt >= _ROW_RETRIES):
                    retryable.append(index)
            if len(retryable) < len(remaining):
                self._retry.progress()
            if not retryable:
                return batch, results
            code = results[retryable[0]]["problem"]["code"]
            rows = counted(len(retryable), "row")
            self._retry.wait(attempt, f"The API could not process {rows} of a batch ({code})")
            remaining = retryable
            attempt += 1

    def _post(self, rows: list[dict[str, Any]]) -> list[Result]:
        text = json.dumps(rows, ensure_ascii=False, separators=(",", ":"))
        body = text.replace("\ufffd", r"\ufffd").encode()  # raw, it marks a body that was not UTF-8
        attempt = 0
        refused = None
        while True:
            self._retry.hold()
            token = self._tokens.current(refused)
            headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
            retry_after = None
            try:
                response = self._http.post(self._url, content=body, headers=headers)
            except httpx.RequestError as error:
                reason = f"The API did not answer ({type(error).__name__})"
                unreachable = not self._answered and isinstance(error, UNREACHABLE)
            else:
                self._answered = True
                unreachable = False
                if response.status_code == httpx.codes.MULTI_STATUS:
                    results = row_results(response, len(rows))
                    if results is not None:
                        return results
                    reason = "The API's answer was cut off or is not its own"
                elif response.status_code == httpx.codes.UNAUTHORIZED and refused is None:
                    refused = token
                    continue
                elif failure := permanent_error(response):
                    raise failure
                else:
                    reason = f"The API answers {response.status_code} ({error_detail(response)})"
                    retry_after = parse_retry_after(response.headers.get("Retry-After"))
            self._retry.wait(attempt, reason, retry_after, unreachable=unreachable)
            attempt += 1
