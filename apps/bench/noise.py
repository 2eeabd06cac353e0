"""A neighbour that pays no heed: posts at a fixed rate for some seconds, whatever it is answered.

A program of its own, so that it does not slow down who measures: `python -m apps.bench.noise HOST PORT POSTS_A_SECOND
ITEMS SECONDS`, with the key on the standard input. Writes how many posts were answered with which status, as JSON.
"""

import json
import sys
import time
from collections import Counter
from datetime import UTC, datetime
from http.client import HTTPConnection, HTTPException

from apps.bench import load


def send(host: str, port: int, key: str, *, rate: float, items: int, seconds: float) -> Counter[str]:
    """Each post has requests of its own, made beforehand for as many as could be sent."""
    now = datetime.now(UTC)
    bodies = [
        load.lines(load.requests(items, prefix=f"noise-{now:%H%M%S%f}-{number}", now=now))
        for number in range(round(rate * seconds))
    ]
    connection = HTTPConnection(host, port, timeout=30)
    headers = {"Authorization": f"Bearer {key}", "Content-Type": load.NDJSON}
    answered: Counter[str] = Counter()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    began = time.perf_counter()
    for number, body in enumerate(bodies):
        time.sleep(max(0.0, began + number / rate - time.perf_counter()))
        if time.perf_counter() - began > seconds:
            break
        answered[_posted(connection, body, headers)] += 1
    return answered


def _posted(connection: HTTPConnection, body: bytes, headers: dict[str, str]) -> str:
    try:
        connection.request("POST", "/api/v1/traces", body, headers)
        response = connection.getresponse()
        response.read()
    except (OSError, HTTPException):
        connection.close()  # a refusal before the body was read ends the connection
        return "closed"
    return str(response.status)


def main() -> None:
    host, port, rate, items, seconds = sys.argv[1:]
    key = sys.stdin.readline().strip()
    answered = send(host, int(port), key, rate=float(rate), items=int(items), seconds=float(seconds))
    sys.stdout.write(json.dumps(answered))


if __name__ == "__main__":
    main()
