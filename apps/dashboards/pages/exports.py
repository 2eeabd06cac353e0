"""Exports of requests, in words: what is in the file, how far it is, until when it can be fetched."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import parse_qsl
from zoneinfo import ZoneInfo

from django.core.paginator import Page, Paginator
from django.utils.translation import gettext as _

from apps.dashboards.exports.begin import OPEN
from apps.dashboards.forms.requests import RequestFilter
from apps.dashboards.frame import Frame
from apps.dashboards.models import RequestExport
from apps.dashboards.pages.files import size
from apps.dashboards.pages.requests import WORDS
from apps.dashboards.wording import shares, times
from apps.dashboards.wording.signs import EN_DASH

PER_PAGE = 25
State = RequestExport.State


@dataclass(frozen=True)
class Row:
    what: str
    url: str
    window: str
    when: str
    rows: str
    state: str
    lacks: bool


@dataclass(frozen=True)
class Exports:
    frame: Frame
    name: str
    answer: str
    rows: tuple[Row, ...]
    pages: Page[RequestExport]
    waiting: bool
    requests: str


@dataclass(frozen=True)
class ExportPage:
    """`percent` is null unless it is being written; addresses are empty where there is nothing to do."""

    frame: Frame
    title: str
    answer: str
    basis: str
    state: str
    percent: int | None
    detail: str
    waiting: bool
    notice: str
    file: str
    cancel: str
    back: str
    requests: str


def build_list(
    stored: Iterable[RequestExport],
    *,
    frame: Frame,
    name: str,
    number: str,
    address: Callable[[RequestExport], str],
    requests: str,
    zone: ZoneInfo,
    now: datetime,
) -> Exports:
    """`number` is the page asked for, as it stands in the address."""
    known = list(stored)
    pages = Paginator(known, PER_PAGE).get_page(number)
    rows = tuple(_row(one, address(one), zone, now) for one in pages)
    ready = sum(one.state == State.DONE and one.expires_at > now for one in known)
    answer = (
        _("{files} can be fetched.").format(files=shares.count(ready, "file"))
        if ready
        else _("No file can be fetched now.")
    )
    return Exports(frame, name, answer, rows, pages, any(one.state in OPEN for one in pages), requests)


def build(
    one: RequestExport,
    *,
    frame: Frame,
    may_stop: bool,
    address: Callable[[str], str],
    back: str,
    requests: str,
    zone: ZoneInfo,
    now: datetime,
) -> ExportPage:
    """`address` gives that of a deed."""
    ready = one.state == State.DONE and one.expires_at > now
    begun = _("Begun {moment} by {maker}.") if one.created_by else _("Begun {moment}.")
    begun = begun.format(moment=times.stamp(one.created_at, zone), maker=one.created_by)
    percent = _percent(one)
    return ExportPage(
        frame=frame,
        title=_("Is the file with these requests ready?"),
        answer=_answer(one, ready=ready),
        basis=f"{_what(one)}. {_window(one, zone)}. {begun}",
        state=_("Waiting for its turn")
        if one.state == State.WAITING
        else _("{rows} written").format(rows=shares.count(one.rows, "row")),
        percent=percent if one.state == State.RUNNING else None,
        detail=_detail(one, zone),
        waiting=one.state in OPEN,
        notice=_notice(one, zone, ready=ready),
        file=address("export-file") if ready else "",
        cancel=address("cancel-export") if one.state in OPEN and may_stop else "",
        back=back,
        requests=f"{requests}?{one.said}" if one.said else requests,
    )


def _row(one: RequestExport, url: str, zone: ZoneInfo, now: datetime) -> Row:
    said = one.get_state_display()
    if one.state == State.RUNNING:
        said = _("{percent} % of the window written").format(percent=_percent(one))
    elif one.state == State.DONE:
        until = times.moment(one.expires_at, zone)
        said = _("no longer kept") if one.expires_at <= now else _("ready until {moment}").format(moment=until)
    return Row(
        what=_what(one),
        url=url,
        window=_window(one, zone),
        when=times.moment(one.created_at, zone),
        rows=f"{one.rows:,}",
        state=said,
        lacks=one.state == State.FAILED,
    )


def _what(one: RequestExport) -> str:
    """The filter in the words of its form."""
    fields = RequestFilter.base_fields
    set_ = [
        f"{fields[name].label} {WORDS.get(value, value)}"
        for name, value in parse_qsl(one.said)
        if name in fields and name not in ("since", "until")
    ]
    return ", ".join(set_) or _("All requests")


def _window(one: RequestExport, zone: ZoneInfo) -> str:
    end = min(one.until, one.created_at)
    return f"{times.stamp(one.since, zone)} {EN_DASH} {times.stamp(end, zone)}"


def _percent(one: RequestExport) -> int:
    """Of the window: it is written from its end to its beginning."""
    newest = min(one.until, one.created_at)
    whole, at = newest - one.since, one.after_at or newest
    return max(0, min(99, int(100 * (newest - at) / whole))) if whole.total_seconds() > 0 else 0


def _answer(one: RequestExport, *, ready: bool) -> str:
    if ready and not one.rows:
        return _("It is ready, and holds no request: none matched.")
    if ready:
        return _("It is ready: {requests}, {size}.").format(
            requests=shares.count(one.rows, "request"), size=size(one.size)
        )
    if one.state == State.DONE:
        return _("It is no longer kept.")
    if one.state == State.CANCELLED:
        return _("It was cancelled after {rows}.").format(rows=shares.count(one.rows, "row"))
    if one.state == State.FAILED:
        return _("It stopped, and would stop again: narrow the filter, or tell whoever runs Tollmark.")
    return _("It is being written. You may leave this page: it goes on.")


def _detail(one: RequestExport, zone: ZoneInfo) -> str:
    if one.after_at is None:
        return _("The newest come first.")
    return _("Down to {moment}; the newest come first.").format(moment=times.stamp(one.after_at, zone))


def _notice(one: RequestExport, zone: ZoneInfo, *, ready: bool) -> str:
    if not ready:
        return ""
    kept = _("It is kept until {moment}, for the members of this organization.")
    kept = kept.format(moment=times.stamp(one.expires_at, zone))
    if not one.is_cut:
        return kept
    cut = _("It holds the newest {number}, as many as a file may; there are older ones.")
    return f"{cut.format(number=shares.count(one.rows))} {kept}"
