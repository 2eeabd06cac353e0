"""A client that keeps a batch until it is answered for, and counts what was."""

import threading
import time
from datetime import UTC, datetime, timedelta

from tests.tollmark import posts


class Client(threading.Thread):
    """Posts without end, one batch after another; a batch without an answer is sent again."""

    def __init__(self, name: str, url: str, key: str, *, size: int) -> None:
        super().__init__(name=name, daemon=True)
        self.url, self.key, self.size = url, key, size
        self.sent = self.accepted = self.duplicate = self.other = self.repeated = 0
        self.longest_wait_s = 0.0
        self._ended = threading.Event()

    def run(self) -> None:
        number = 0
        while not self._ended.is_set():
            body = posts.batch(f"{self.name}-{number}", self.size, until=datetime.now(UTC), over=timedelta(hours=3))
            self.sent += self.size
            self._deliver(body)
            number += 1
            self._ended.wait(0.5)

    def end(self) -> None:
        """After the batch that is under way was answered."""
        self._ended.set()
        self.join(180)
        if self.is_alive():
            raise TimeoutError("the last batch was never answered")

    def _deliver(self, body: bytes) -> None:
        started = time.monotonic()
        while True:
            try:
                counts = posts.send(self.url, self.key, body, seconds=20)
                break
            except OSError:  # refused, cut off, too late, or 503: whoever answers otherwise has a fault
                self.repeated += 1
                time.sleep(0.5)
        self.longest_wait_s = max(self.longest_wait_s, time.monotonic() - started)
        self.accepted += counts["accepted"]
        self.duplicate += counts["duplicate"]
        self.other += counts["conflict"] + counts["rejected"]
