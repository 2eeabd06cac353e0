"""Files of a deployment: what was handed over, how far it is, what became of it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.core.paginator import Page, Paginator

from apps.dashboards.frame import Frame
from apps.dashboards.wording import shares, times
from apps.ingest.files import bounds
from apps.ingest.files.dialects import OUTCOMES, TITLES
from apps.ingest.files.hand_over import RESUMABLE, STOPPABLE
from apps.ingest.models import Import

PER_PAGE = 25
PREVIEW_ROWS = 5
LONGEST_VALUE = 48
SHOWN_FAULTS = 20
FORMATS = {"ndjson": "NDJSON", "json": "JSON", "csv": "CSV", "parquet": "Parquet"}
State = Import.State
OPEN = (State.UNREAD, State.WAITING, State.RUNNING)
_NEW = {
    "": "Counted from now on; the hours they fall into are computed again.",
    OUTCOMES: "In the figures of their replay set now, and evidence of quality from tomorrow on.",
}
_KNOWN = {
    "": "The same request is here already. Nothing is counted twice.",
    OUTCOMES: "The set has this model on this prompt already; the first is kept.",
}
_SIZES = ((1 << 30, "GB"), (1 << 20, "MB"), (1 << 10, "kB"))


@dataclass(frozen=True)
class Row:
    name: str
    url: str
    what: str
    when: str
    rows: str
    state: str
    lacks: bool
    """Whether somebody has to do something about it."""


@dataclass(frozen=True)
class Files:
    frame: Frame
    name: str
    rows: tuple[Row, ...]
    pages: Page[Import]
    may_change: bool
    waiting: bool
    largest: str


@dataclass(frozen=True)
class Count:
    what: str
    number: str
    why: str
    worse: bool = False


@dataclass(frozen=True)
class Fault:
    row: str
    why: str


@dataclass(frozen=True)
class Preview:
    names: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class FilePage:
    """`percent` is null unless the file is being read; addresses are empty where there is nothing to do."""

    frame: Frame
    name: str
    answer: str
    basis: str
    state: str
    percent: int | None
    detail: str
    waiting: bool
    counts: tuple[Count, ...]
    faults: tuple[Fault, ...]
    more_faults: str
    report: str
    cancel: str
    resume: str
    again: str
    """Where to hand it over again, when it has stopped and is no longer here."""
    back: str
    preview: Preview | None


def build_list(
    stored: Iterable[Import],
    *,
    frame: Frame,
    name: str,
    number: str,
    may_change: bool,
    largest: int,
    address: Callable[[Import], str],
    zone: ZoneInfo,
) -> Files:
    """`number` is the page asked for, as it stands in the address."""
    pages = Paginator(list(stored), PER_PAGE).get_page(number)
    rows = tuple(row_of(one, address(one), zone) for one in pages)
    return Files(frame, name, rows, pages, may_change, any(one.state in OPEN for one in pages), size(largest))


def row_of(one: Import, url: str, zone: ZoneInfo) -> Row:
    lacks = one.state in (State.COLUMNS, State.FAILED) or (one.state == State.DONE and one.rejected > 0)
    said = one.get_state_display()
    if one.state == State.RUNNING:
        said = f"{int(100 * one.share)} % read"
    elif one.state == State.DONE and one.rejected:
        said = f"read, {shares.count(one.rejected, 'row')} not taken"
    return Row(one.name, url, what(one), times.moment(one.created_at, zone), f"{one.rows:,}", said, lacks)


def build_file(
    one: Import,
    *,
    frame: Frame,
    faults: Sequence[tuple[int, str]],
    may_change: bool,
    here: bool,
    address: Callable[[str], str],
    back: str,
    preview: Preview | None,
    zone: ZoneInfo,
) -> FilePage:
    """`here` says whether the file is still there; `address` gives that of a deed."""
    stopped = one.state in RESUMABLE
    maker = f" by {one.created_by}" if one.created_by else " with a key"
    return FilePage(
        frame=frame,
        name=one.name,
        answer=_answer(one),
        basis=f"{what(one)}, {size(one.size)}, handed over {times.stamp(one.created_at, zone)}{maker}.",
        state=_headline(one),
        percent=int(100 * one.share) if one.state == State.RUNNING else None,
        detail=_detail(one),
        waiting=one.state in OPEN,
        counts=_counts(one),
        faults=tuple(Fault(f"{row:,}", why) for row, why in faults),
        more_faults=_more(one, len(faults)),
        report=address("file-report") if one.rejected else "",
        cancel=address("cancel-file") if may_change and one.state in STOPPABLE else "",
        resume=address("resume-file") if may_change and stopped and here else "",
        again=back if may_change and stopped and not here else "",
        back=back,
        preview=preview,
    )


def _answer(one: Import) -> str:
    if one.state == State.DONE:
        if not one.rows:
            return "It was read to its end, and held no row."
        return f"It was read to its end: {shares.count(one.accepted, 'row')} of {one.rows:,} came in new."
    if one.state == State.FAILED:
        return f"It stopped. {one.fault}"
    if one.state == State.CANCELLED:
        return f"It was cancelled after {shares.count(one.rows, 'row')}. What came in until then stays."
    if one.state == State.COLUMNS:
        return "Nobody knows this table yet: say which of its columns is what, and in which units."
    return "It is being read. You may leave this page: it goes on."


def _headline(one: Import) -> str:
    return {State.UNREAD: "Looking at what it is", State.WAITING: "Waiting for its turn"}.get(
        State(one.state), f"{shares.count(one.rows, 'row')} read"
    )


def _detail(one: Import) -> str:
    taken = f"{one.accepted:,} new, {one.duplicate:,} known before, {one.rejected:,} not taken."
    return taken if one.rows else "This page looks every two seconds."


def _counts(one: Import) -> tuple[Count, ...]:
    if not one.rows:
        return ()
    found = [
        Count("New", f"{one.accepted:,}", _NEW.get(one.dialect, _NEW[""])),
        Count("Known before", f"{one.duplicate:,}", _KNOWN.get(one.dialect, _KNOWN[""])),
    ]
    if one.conflict:
        found.append(
            Count("In conflict", f"{one.conflict:,}", "The same id with other content: the first was kept.", worse=True)
        )
    if one.rejected:
        reasons = shares.listed([f"{code.replace('_', ' ')} ({number:,})" for code, number in one.reasons.items()])
        found.append(Count("Not taken", f"{one.rejected:,}", f"{reasons}.", worse=True))
    return tuple(found)


def _more(one: Import, shown: int) -> str:
    if one.rejected <= shown:
        return ""
    named = min(one.rejected, bounds.MOST_FAULTS)
    rest = f" The report names the first {named:,}." if one.rejected > named else ""
    return f"{one.rejected - shown:,} more rows were not taken.{rest}"


def what(one: Import) -> str:
    """`Helicone export, NDJSON`."""
    title = TITLES.get(one.dialect, "")
    form = FORMATS.get(one.format, "")
    packed = f", {one.packing}" if one.packing else ""
    return f"{', '.join(part for part in (title, form) if part)}{packed}" or "Not looked at yet"


def size(number: int) -> str:
    for unit, name in _SIZES:
        if number >= unit:
            return f"{number / unit:.{0 if number >= 10 * unit else 1}f} {name}"
    return f"{number} bytes"


def preview_of(names: Sequence[str], rows: Iterable[dict[str, Any] | None]) -> Preview:
    shown = tuple(tuple(_value(row.get(name)) for name in names) for row in rows if row is not None)
    return Preview(tuple(names), shown)


def _value(value: Any) -> str:
    said = "" if value is None else " ".join(str(value)[: 4 * LONGEST_VALUE].split())
    return said if len(said) <= LONGEST_VALUE else f"{said[:LONGEST_VALUE]}…"


def as_cell(value: object) -> str:
    """For a table that somebody opens: what a spreadsheet would take for a formula is text."""
    said = str(value)
    return f"'{said}" if said.lstrip().startswith(("=", "+", "-", "@")) or said[:1] in "\t\r\n" else said
