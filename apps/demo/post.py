"""Posting NDJSON to an ingest endpoint: one kept connection, gzip, patience with a busy server.

A post may be repeated without harm, since a request that is already stored is counted as a duplicate.
"""

import gzip
import random
import time
from collections import Counter
from collections.abc import Callable
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from typing import Self
from urllib.parse import urlsplit

from msgspec import DecodeError, Struct, field, json

PATH = "/api/v1/traces"
TIMEOUT_S = 60.0
PATIENCE_S = 120.0
"""How long one post is tried again before it is given up."""
FIRST_WAIT_S, LONGEST_WAIT_S = 0.5, 15.0
BUSY = (429, 502, 503, 504)


class RefusedError(RuntimeError):
    """The server will not take the post, and would not take it later either."""


class UnreachableError(RuntimeError):
    """Nobody answered, or nobody had time, for as long as was waited."""


class Rejection(Struct, frozen=True):
    """One request the server did not take; `index` counts from 0 in the post."""

    index: int
    code: str
    message: str


class Answer(Struct, frozen=True):
    """What the server did with each request of a post."""

    accepted: int
    duplicate: int
    conflict: int
    rejected: tuple[Rejection, ...] = ()


class Tally(Struct):
    """Answers added up."""

    accepted: int = 0
    duplicate: int = 0
    conflict: int = 0
    rejected: Counter[str] = field(default_factory=Counter)
    """By code."""
    first_message: str | None = None
    """Of the first rejection."""

    def add(self, answer: Answer) -> None:
        self.accepted += answer.accepted
        self.duplicate += answer.duplicate
        self.conflict += answer.conflict
        self.rejected.update(one.code for one in answer.rejected)
        if self.first_message is None and answer.rejected:
            self.first_message = answer.rejected[0].message

    def __str__(self) -> str:
        rejected = ", ".join(f"{number:,} rejected as {code}" for code, number in self.rejected.most_common())
        counts = f"{self.accepted:,} accepted, {self.duplicate:,} duplicate, {self.conflict:,} in conflict"
        return f"{counts}, {rejected or '0 rejected'}"


class Poster:
    """One connection to one server; `sleep` is an argument so that tests need not wait."""

    def __init__(
        self, url: str, *, patience_s: float = PATIENCE_S, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise RefusedError(f"{url} is no http:// or https:// address.")
        kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
        self._connection = kind(parts.hostname, parts.port, timeout=TIMEOUT_S)
        self._path = parts.path.rstrip("/") + ("" if parts.path.rstrip("/").endswith(PATH) else PATH)
        self._url = url
        self._patience_s = patience_s
        self._sleep = sleep

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def post(self, lines: bytes, *, key: str) -> Answer:
        """Send NDJSON until it is stored. Raises RefusedError or UnreachableError; then some of it may be stored."""
        body = gzip.compress(lines, 1, mtime=0)
        waited, tries = 0.0, 0
        while True:
            problem, asked_s = self._try(body, key)
            if isinstance(problem, Answer):
                return problem
            wait = _wait_s(tries, asked_s)
            if waited + wait > self._patience_s:
                raise UnreachableError(f"{self._url}: {problem} (after {waited:.0f} s)")
            self._sleep(wait)
            waited, tries = waited + wait, tries + 1

    def _try(self, body: bytes, key: str) -> tuple[Answer | str, float | None]:
        """The answer; or what stood in its way, and for how many seconds the server asked to be left alone."""
        headers = {
            "Authorization": f"Bearer {key}",
            "Content-Type": "application/x-ndjson",
            "Content-Encoding": "gzip",
        }
        try:
            self._connection.request("POST", self._path, body, headers)
            response = self._connection.getresponse()
            text = response.read()
        except (OSError, HTTPException) as error:
            self._connection.close()
            return f"{type(error).__name__}: {error}", None
        if response.status in BUSY:
            return f"answered {response.status}: {_shortened(text)}", _retry_after_s(response)
        if response.status != 200:
            raise RefusedError(f"{self._url} answered {response.status}: {_shortened(text)}")
        try:
            return json.decode(text, type=Answer), None
        except DecodeError as error:
            raise RefusedError(f"{self._url} does not answer as an ingest endpoint does: {error}") from error


def _wait_s(tries: int, asked_s: float | None) -> float:
    """What the server asked for, and a little more so that not all return at once; else doubled each time."""
    wait = asked_s if asked_s is not None else min(LONGEST_WAIT_S, FIRST_WAIT_S * 2**tries)
    return wait + random.random() * 0.25  # noqa: S311


def _retry_after_s(response: HTTPResponse) -> float | None:
    """Retry-After in seconds; its other form, a date, is left to our own patience."""
    try:
        return max(0.0, float(response.headers["Retry-After"]))
    except (TypeError, ValueError):
        return None


def _shortened(text: bytes) -> str:
    return text[:500].decode(errors="replace").strip() or "nothing"
