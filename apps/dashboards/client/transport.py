"""What every generated client begins with, word for word: how it asks, waits, remembers and fails."""

import gzip
import json
import os
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from http.client import HTTPException, HTTPMessage, HTTPResponse
from pathlib import Path
from typing import Any, BinaryIO, cast
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

Query = Mapping[str, object]
_BUSY = (429, 503)
_LARGE = 1_000


class TollmarkError(Exception):
    """Why there is no answer. `document` is what the platform said of it; with `status` 0 nobody answered at all."""

    def __init__(self, status: int, document: Mapping[str, Any], retry_after: float | None = None) -> None:
        said = document.get("detail") or document.get("message") or document.get("title") or "no reason was given"
        errors = document.get("errors")
        super().__init__(f"{status}: {said}" + (f" {json.dumps(errors)}" if errors else ""))
        self.status = status
        self.document = document
        self.retry_after = retry_after


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """A token goes to the host that it is meant for, and to no other."""

    def redirect_request(
        self, req: urllib.request.Request, fp: Any, code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> None:
        return None


class Transport:
    """How the platform at `url` is asked.

    token, ingest_key: what reads, and what reports to a deployment; only what is used has to be there.
    timeout: seconds without a byte after which nobody is there.
    patience: seconds in all that one call waits, as Retry-After says, while the platform answers 429 or 503.
    remember: of so many answers the entity tag is kept, so that what has not changed is not sent again.
    """

    def __init__(
        self,
        url: str,
        *,
        token: str = "",
        ingest_key: str = "",
        timeout: float = 60.0,
        patience: float = 120.0,
        remember: int = 64,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._url = url.rstrip("/")
        self._keys = {"token": token, "ingest_key": ingest_key}
        self._timeout = timeout
        self._patience = patience
        self._remember = remember
        self._sleep = sleep
        self._known: dict[str, tuple[str, bytes]] = {}
        self._lock = threading.Lock()
        self._opener = urllib.request.build_opener(_NoRedirects)

    def _get(self, key: str, path: str, query: Query) -> Any:
        address = self._address(path, query)
        with self._lock:
            tag, body = self._known.get(address, ("", b""))
        headers = {"Accept": "application/json", **({"If-None-Match": tag} if tag else {})}
        with self._open(key, address, headers) as answer:
            if answer.status != 304:
                body = _read(answer)
                self._note(address, answer.headers.get("ETag", ""), body)
        return _parsed(body)

    def _each(self, key: str, path: str, query: Query) -> Iterator[Any]:
        """The results of this page and of all that follow."""
        following: Query | None = query
        while following is not None:
            page = self._get(key, path, following)
            yield from page["results"]
            following = _query_of(page["next"]) if page["next"] else None

    def _rows(self, key: str, path: str, query: Query) -> Iterator[Any]:
        for line in self._lines(key, path, query, "application/x-ndjson", header=False):
            yield _parsed(line.encode())

    def _csv(self, key: str, path: str, query: Query) -> Iterator[str]:
        return self._lines(key, path, query, "text/csv", header=True)

    def _lines(self, key: str, path: str, query: Query, kind: str, *, header: bool) -> Iterator[str]:
        """Of this page and of all that follow; a header is told once. They are read as they are taken."""
        following: Query | None = query
        skipped = 0
        while following is not None:
            with self._open(key, self._address(path, following), {"Accept": kind}) as answer:
                following = _linked(answer.headers.get("Link", ""))
                for number, line in enumerate(_split(answer)):
                    if number >= skipped:
                        yield line
            skipped = 1 if header else 0

    def _post(self, key: str, path: str, query: Query, body: object, headers: Mapping[str, object]) -> Any:
        sent = json.dumps(body if isinstance(body, Mapping) else list(_items(body)), allow_nan=False).encode()
        said = {name: _text(value) for name, value in headers.items() if value is not None}
        if len(sent) > _LARGE:
            sent, said["Content-Encoding"] = gzip.compress(sent, 6, mtime=0), "gzip"
        return self._send(key, path, query, sent, {"Content-Type": "application/json", **said})

    def _send(self, key: str, path: str, query: Query, body: bytes | Path, headers: Mapping[str, str]) -> Any:
        said = {"Accept": "application/json", **headers}
        with self._open(key, self._address(path, query), said, body) as answer:
            return _parsed(_read(answer))

    def _open(
        self, key: str, address: str, headers: Mapping[str, str], body: bytes | Path | None = None
    ) -> HTTPResponse:
        """Asked again as long as the platform is busy and patience lasts."""
        waited, tried = 0.0, 0
        while True:
            try:
                return self._ask(key, address, headers, body)
            except TollmarkError as error:
                pause = max(0.1, min(2.0**tried, 30.0) if error.retry_after is None else error.retry_after)
                if error.status not in _BUSY or waited + pause > self._patience:
                    raise
                self._sleep(pause)
                waited, tried = waited + pause, tried + 1

    def _ask(self, key: str, address: str, headers: Mapping[str, str], body: bytes | Path | None) -> HTTPResponse:
        said = {**headers, "Authorization": f"Bearer {self._secret(key)}"}
        if isinstance(body, Path):
            with body.open("rb") as file:
                return self._once(address, {**said, "Content-Length": str(os.fstat(file.fileno()).st_size)}, file)
        return self._once(address, said, body)

    def _once(self, address: str, headers: Mapping[str, str], body: bytes | BinaryIO | None) -> HTTPResponse:
        request = urllib.request.Request(address, data=body, headers=dict(headers))
        try:
            found: HTTPResponse = self._opener.open(request, timeout=self._timeout)
            return found
        except urllib.error.HTTPError as error:
            if error.code == 304:
                return cast(HTTPResponse, error)  # it has what an answer has
            raise _refused(error) from None
        except (OSError, HTTPException) as error:
            raise _nobody(error) from error

    def _secret(self, key: str) -> str:
        if not self._keys[key]:
            raise ValueError(f"this needs {key}=...")
        return self._keys[key]

    def _address(self, path: str, query: Query) -> str:
        said = {name: _text(value) for name, value in query.items() if value is not None}
        return f"{self._url}{path}?{urlencode(said)}" if said else f"{self._url}{path}"

    def _note(self, address: str, tag: str, body: bytes) -> None:
        with self._lock:
            self._known.pop(address, None)
            if tag and self._remember > 0:
                self._known[address] = (tag, body)
            while len(self._known) > self._remember:
                del self._known[next(iter(self._known))]


def _refused(error: urllib.error.HTTPError) -> TollmarkError:
    with error:
        try:
            said = error.read()
        except (OSError, HTTPException):
            said = b""
    try:
        document = json.loads(said)
    except ValueError:
        document = {"title": error.reason, "detail": said.decode(errors="replace").strip()}
    if not isinstance(document, dict):
        document = {"title": error.reason, "detail": str(document)}
    return TollmarkError(error.code, document, _seconds(error.headers.get("Retry-After", "")))


def _nobody(error: Exception) -> TollmarkError:
    return TollmarkError(0, {"title": "Nobody answered", "detail": str(error) or type(error).__name__})


def _seconds(said: str) -> float | None:
    """Of Retry-After: a number of seconds, or a moment."""
    if said.isascii() and said.isdigit():
        return float(said)
    try:
        moment = parsedate_to_datetime(said)
    except ValueError:
        return None
    return max(0.0, ((moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - datetime.now(UTC)).total_seconds())


def _read(answer: HTTPResponse) -> bytes:
    try:
        return answer.read()
    except (OSError, HTTPException) as error:
        raise _nobody(error) from error


def _split(answer: HTTPResponse) -> Iterator[str]:
    try:
        for line in answer:
            yield line.decode()
    except (OSError, HTTPException) as error:
        raise _nobody(error) from error
    if answer.length:  # the connection ended before the answer did
        raise _nobody(EOFError("The answer was cut short."))


def _parsed(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError as error:
        raise TollmarkError(0, {"title": "This is not Tollmark", "detail": "The answer is not JSON."}) from error


def _linked(header: str) -> Query | None:
    """Where a table goes on."""
    address, _, relation = header.partition(">")
    return _query_of(address.removeprefix("<")) if 'rel="next"' in relation else None


def _query_of(address: str) -> Query:
    """Only its query counts: which host is asked is not for an answer to say."""
    return dict(parse_qsl(urlsplit(address).query, keep_blank_values=True))


def _items(body: object) -> Sequence[object]:
    if not isinstance(body, Sequence) or isinstance(body, str | bytes):
        raise TypeError("what is sent is an object, or a sequence of objects")
    return body


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime) and value.tzinfo is None:
        raise ValueError(f"{value} needs a time zone")
    return value.isoformat() if isinstance(value, date) else str(value)


def _part(value: object) -> str:
    """A value as one part of a path; what would be another path is none."""
    said = quote(str(value), safe="")
    if said in ("", ".", ".."):
        raise ValueError(f"{value!r} names nothing")
    return said
