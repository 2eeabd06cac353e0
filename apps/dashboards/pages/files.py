"""Files of a deployment: what was handed over, how far it is, what became of it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.core.paginator import Page, Paginator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from apps.dashboards.frame import Frame
from apps.dashboards.wording import shares, times
from apps.dashboards.wording.translate import Names
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
_NEW = Names(
    {
        "": gettext_noop("Counted from now on; the hours they fall into are computed again."),
        OUTCOMES: gettext_noop("In the figures of their replay set now, and evidence of quality from tomorrow on."),
    }
)
_KNOWN = Names(
    {
        "": gettext_noop("The same request is here already. Nothing is counted twice."),
        OUTCOMES: gettext_noop("The set has this model on this prompt already; the first is kept."),
    }
)
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
        said = _("{percent} % read").format(percent=int(100 * one.share))
    elif one.state == State.DONE and one.rejected:
        said = _("read, {rows} not taken").format(rows=shares.count(one.rejected, "row"))
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
    basis = (
        _("{what}, {size}, handed over {moment} by {maker}.")
        if one.created_by
        else _("{what}, {size}, handed over {moment} with a key.")
    )
    return FilePage(
        frame=frame,
        name=one.name,
        answer=_answer(one),
        basis=basis.format(
            what=what(one), size=size(one.size), moment=times.stamp(one.created_at, zone), maker=one.created_by
        ),
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
            return _("It was read to its end, and held no row.")
        return _("It was read to its end: {rows} of {number} came in new.").format(
            rows=shares.count(one.accepted, "row"), number=shares.count(one.rows)
        )
    if one.state == State.FAILED:
        return _("It stopped. {why}").format(why=one.fault)
    if one.state == State.CANCELLED:
        return _("It was cancelled after {rows}. What came in until then stays.").format(
            rows=shares.count(one.rows, "row")
        )
    if one.state == State.COLUMNS:
        return _("Nobody knows this table yet: say which of its columns is what, and in which units.")
    return _("It is being read. You may leave this page: it goes on.")


def _headline(one: Import) -> str:
    read = _("{rows} read").format(rows=shares.count(one.rows, "row"))
    waits = {State.UNREAD: _("Looking at what it is"), State.WAITING: _("Waiting for its turn")}
    return waits.get(State(one.state), read)


def _detail(one: Import) -> str:
    if not one.rows:
        return _("This page looks every two seconds.")
    new, known, rejected = (shares.count(number) for number in (one.accepted, one.duplicate, one.rejected))
    return _("{new} new, {known} known before, {rejected} not taken.").format(new=new, known=known, rejected=rejected)


def _counts(one: Import) -> tuple[Count, ...]:
    if not one.rows:
        return ()
    found = [
        Count(_("New"), f"{one.accepted:,}", _NEW.get(one.dialect, _NEW[""])),
        Count(_("Known before"), f"{one.duplicate:,}", _KNOWN.get(one.dialect, _KNOWN[""])),
    ]
    if one.conflict:
        found.append(
            Count(
                _("In conflict"),
                f"{one.conflict:,}",
                _("The same id with other content: the first was kept."),
                worse=True,
            )
        )
    if one.rejected:
        reasons = shares.listed([f"{code.replace('_', ' ')} ({number:,})" for code, number in one.reasons.items()])
        found.append(Count(_("Not taken"), f"{one.rejected:,}", f"{reasons}.", worse=True))
    return tuple(found)


def _more(one: Import, shown: int) -> str:
    if one.rejected <= shown:
        return ""
    named = min(one.rejected, bounds.MOST_FAULTS)
    more = _("{number} more rows were not taken.").format(number=shares.count(one.rejected - shown))
    if one.rejected <= named:
        return more
    rest = _("The report names the first {number}.").format(number=shares.count(named))
    return f"{more} {rest}"


def what(one: Import) -> str:
    """`Helicone export, NDJSON`."""
    title = _(TITLES.get(one.dialect, ""))
    form = FORMATS.get(one.format, "")
    packed = f", {one.packing}" if one.packing else ""
    return f"{', '.join(part for part in (title, form) if part)}{packed}" or _("Not looked at yet")


def size(number: int) -> str:
    for unit, name in _SIZES:
        if number >= unit:
            return f"{number / unit:.{0 if number >= 10 * unit else 1}f} {name}"
    return _("{number} bytes").format(number=number)


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
