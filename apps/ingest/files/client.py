"""Handing a file over from elsewhere, with a key, and asking how far it is."""

import http.client
import json
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

TIMEOUT_S = 300.0
PAUSE_S = 1.0
PATH = "/api/v1/imports"
OPEN = frozenset({"unread", "waiting", "running"})

Answer = dict[str, Any]


class Refused(Exception):
    """The server does not take it, or is not there; the message says why."""


class Client:
    def __init__(self, url: str, key: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise Refused(f"{url} is no http:// or https:// address.")
        self._parts, self._key = parts, key

    def hand_over(self, path: Path, *, columns: Mapping[str, Any] | None = None) -> Answer:
        """Sends the file as it is, piece by piece. Raises Refused, and OSError for a file that cannot be read."""
        query = {"name": path.name} | ({"columns": json.dumps(columns)} if columns else {})
        with path.open("rb") as file:
            length = str(path.stat().st_size)
            return self._ask("POST", f"{PATH}?{urlencode(query)}", file, {"Content-Length": length})

    def follow(
        self, said: Answer, *, show: Callable[[Answer], None], sleep: Callable[[float], None] = time.sleep
    ) -> Answer:
        """Until it is read, has stopped, or waits for somebody. Raises Refused."""
        while said["state"] in OPEN:
            show(said)
            sleep(PAUSE_S)
            said = self._ask("GET", f"{PATH}/{said['id']}")
        return said

    def _ask(self, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None) -> Answer:
        kind = http.client.HTTPSConnection if self._parts.scheme == "https" else http.client.HTTPConnection
        connection = kind(self._parts.hostname or "", self._parts.port, timeout=TIMEOUT_S)
        said = {"Authorization": f"Bearer {self._key}", "Content-Type": "application/octet-stream", **(headers or {})}
        try:
            connection.request(method, self._parts.path.rstrip("/") + path, body, said)
            response = connection.getresponse()
            status, text = response.status, response.read()
        except (OSError, http.client.HTTPException) as error:
            raise Refused(f"{self._parts.netloc} could not be reached: {error}.") from error
        finally:
            connection.close()
        try:
            answer: Answer = json.loads(text)
        except ValueError:
            answer = {}
        if status >= 300:
            raise Refused(f"{status} {answer.get('code', '')}: {answer.get('message', 'no reason was given')}")
        return answer
