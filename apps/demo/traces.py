"""Public trace files as requests: recognised by their first line, read as a stream, nothing added to what they measured.

Times are moved into the present; which model answered, how long it took, or whether it was tried again stays null where
a file does not say. Of none of them is it known whether failed attempts were left out, hence completeness `unknown`.
"""

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

from msgspec import DecodeError, Struct, json

from apps.demo.simulate.report import Attempt, Request, Usage


class UnknownFormatError(ValueError):
    """The file is none of those that can be replayed."""


@dataclass(frozen=True)
class Row:
    """One line of a file: when it happened in the file's own time, in seconds, and all that it says."""

    at_s: float | None
    """None: the file has no times."""
    attempt: Attempt
    latency_ms: float | None = None
    ttft_ms: float | None = None

    def request(self, *, request_id: str, received_at: datetime) -> Request:
        """The row as it is posted."""
        return Request(
            request_id=request_id,
            received_at=received_at,
            attempts=[self.attempt],
            latency_ms=self.latency_ms,
            ttft_ms=self.ttft_ms,
            completeness="unknown",
        )


@dataclass(frozen=True)
class Format:
    """A kind of file: how it is called, and how its lines are read."""

    name: str
    read: Callable[[Iterator[str]], Iterator[Row]]


def recognise(path: Path) -> Format:
    """Raises UnknownFormatError."""
    with path.open(encoding="utf-8") as file:
        first = _first_line(file)
    for marks, format_ in FORMATS.items():
        if all(mark in first for mark in marks):
            return format_
    known = ", ".join(format_.name for format_ in FORMATS.values())
    raise UnknownFormatError(f"{path} is none of: {known}. Its first line begins {first[:80]!r}.")


def read(path: Path) -> Iterator[Row]:
    """The file's rows, in its order. Raises UnknownFormatError, also for a line that does not fit."""
    format_ = recognise(path)
    with path.open(encoding="utf-8", newline="") as file:
        yield from format_.read(file)


def _first_line(file: TextIO) -> str:
    try:
        return file.readline(10_000)
    except UnicodeDecodeError as error:
        raise UnknownFormatError(f"{file.name} is not text: {error}. Unpack it first.") from error


def _azure(lines: Iterator[str]) -> Iterator[Row]:
    """Times without a zone, to 100 ns; only their distances count here."""
    for number, row in enumerate(csv.DictReader(lines), start=2):
        try:
            at = datetime.fromisoformat(row["TIMESTAMP"][:26]).replace(tzinfo=UTC).timestamp()
            usage = Usage(input_tokens=int(row["ContextTokens"]), output_tokens=int(row["GeneratedTokens"]))
        except (KeyError, ValueError, TypeError) as error:
            raise UnknownFormatError(f"line {number}: {error}") from error
        yield Row(at, Attempt(usage=usage))


class _MooncakeLine(Struct):
    timestamp: int
    input_length: int
    output_length: int


def _mooncake(lines: Iterator[str]) -> Iterator[Row]:
    """What could be read from a cache (`hash_ids`) is not what was; cached tokens stay null."""
    decoder = json.Decoder(_MooncakeLine)
    for number, text in enumerate(lines, start=1):
        try:
            line = decoder.decode(text)
        except DecodeError as error:
            raise UnknownFormatError(f"line {number}: {error}") from error
        yield Row(
            line.timestamp / 1000,
            Attempt(usage=Usage(input_tokens=line.input_length, output_tokens=line.output_length)),
        )


def _llmperf(lines: Iterator[str]) -> Iterator[Row]:
    """Without times. A row with an error and no duration answered nothing: its zeros are null."""
    for number, row in enumerate(csv.DictReader(lines), start=2):
        try:
            yield _llmperf_row(row)
        except (KeyError, ValueError, TypeError) as error:
            raise UnknownFormatError(f"line {number}: {error}") from error


def _llmperf_row(row: dict[str, str]) -> Row:
    code = row["error_code"] or None
    answered = float(row["end_to_end_latency_s"] or 0) > 0
    latency = round(float(row["end_to_end_latency_s"]) * 1000, 3) if answered else None
    first = round(float(row["ttft_s"]) * 1000, 3) if answered and row["ttft_s"] else None
    attempt = Attempt(
        provider=row["provider"],
        model=row["model"],
        latency_ms=latency,
        ttft_ms=first,
        status=int(code) if code and 100 <= int(code) <= 599 else None,
        error_type=code,
        usage=Usage(input_tokens=int(row["input_tokens"]), output_tokens=int(row["output_tokens"]))
        if answered
        else None,
    )
    return Row(None, attempt, latency, first)


FORMATS = {
    ("TIMESTAMP", "ContextTokens", "GeneratedTokens"): Format("Azure LLM inference trace (CSV)", _azure),
    ('"timestamp"', '"input_length"', '"output_length"'): Format("Mooncake trace (JSON lines)", _mooncake),
    ("provider", "error_code", "ttft_s", "end_to_end_latency_s"): Format("LLMPerf requests (CSV)", _llmperf),
}
"""By words that the first line holds."""
