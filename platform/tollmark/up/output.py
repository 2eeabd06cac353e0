"""What the processes say, line by line, each with the name of who said it."""

import os
import selectors
import sys
from collections.abc import Iterator
from contextlib import contextmanager

COLOURS = {"up": 1, "web": 32, "worker": 34, "beat": 36, "postgres": 35, "valkey": 33}
OTHER = 37
WIDTH = max(map(len, COLOURS))


class Output:
    """Pipes that children write to, read from one thread."""

    def __init__(self) -> None:
        self._selector = selectors.DefaultSelector()
        self._coloured = sys.stdout.isatty()
        self.last_line: dict[str, str] = {}
        """By name, what was said last."""

    def say(self, name: str, text: str) -> None:
        self.last_line[name] = text
        tag = f"{name:{WIDTH}} | "
        if self._coloured:
            tag = f"\x1b[{COLOURS.get(name, OTHER)}m{tag}\x1b[0m"
        sys.stdout.write(f"{tag}{text}\n")
        sys.stdout.flush()

    @contextmanager
    def pipe(self, name: str) -> Iterator[int]:
        """The descriptor that one child writes to; ours is closed once the child has it."""
        reader, writer = os.pipe()
        os.set_blocking(reader, False)
        self._selector.register(reader, selectors.EVENT_READ, _Lines(name))
        try:
            yield writer
        finally:
            os.close(writer)

    def pump(self, seconds: float) -> None:
        """Wait at most so long for something to be said, and pass on all that was."""
        for key, _ in self._selector.select(seconds):
            chunk = os.read(key.fd, 1 << 16)
            for line in key.data.add(chunk):
                self.say(key.data.name, line)
            if not chunk:
                self._selector.unregister(key.fd)
                os.close(key.fd)

    def drain(self) -> None:
        """Pass on what has already been said."""
        while self._selector.get_map() and self._selector.select(0):
            self.pump(0)


class _Lines:
    """Bytes of one child, cut into lines; a carriage return ends one too, as progress bars have it."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._rest = b""

    def add(self, chunk: bytes) -> list[str]:
        """The lines that `chunk` completes; an empty chunk is the end, and completes what is left."""
        text = (self._rest + chunk).replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        *whole, self._rest = text.split(b"\n")
        if not chunk and self._rest:
            whole.append(self._rest)
        return [line.decode(errors="replace") for line in whole if line]
