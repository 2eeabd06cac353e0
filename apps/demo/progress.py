"""How far something is: a bar that moves on a terminal, a line for each tenth anywhere else."""

import sys
import threading
import time
from typing import TextIO

WIDTH = 32
REDRAW_S = 0.1


class Progress:
    """Counts up to `total`; may be advanced from several threads."""

    def __init__(self, what: str, *, total: int, stream: TextIO | None = None) -> None:
        self.done = 0
        self._what = what
        self._total = max(1, total)
        self._stream = stream or sys.stdout
        self._moves = self._stream.isatty()
        self._began = time.monotonic()
        self._drawn_at = 0.0
        self._tenths = 0
        self._lock = threading.Lock()

    def advance(self, number: int) -> None:
        with self._lock:
            self.done += number
            if self._moves:
                self._redraw()
            else:
                self._print_tenth()

    def finish(self) -> None:
        """The last state stays, on a line of its own; what was expected had been a guess."""
        self._total = max(1, self.done)
        if self._moves:
            self._stream.write(f"\r{self._line()}\n")
        elif self._tenths < 10:
            self._stream.write(f"{self._line()}\n")
        self._stream.flush()

    @property
    def seconds(self) -> float:
        return time.monotonic() - self._began

    def _redraw(self) -> None:
        now = time.monotonic()
        if now - self._drawn_at >= REDRAW_S:
            self._drawn_at = now
            self._stream.write(f"\r{self._line()}")
            self._stream.flush()

    def _print_tenth(self) -> None:
        tenths = min(10, 10 * self.done // self._total)
        if tenths > self._tenths:
            self._tenths = tenths
            self._stream.write(f"{self._line()}\n")
            self._stream.flush()

    def _line(self) -> str:
        share = min(1.0, self.done / self._total)
        bar = ("█" * round(share * WIDTH)).ljust(WIDTH, "·")
        return f"{self._what} {bar} {share:4.0%}  {self.done:,} in {self.seconds:.1f} s"
