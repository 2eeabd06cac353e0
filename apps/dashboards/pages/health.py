"""Is anything lost on the way in? The ledger of posts in words, and what to do about each reason."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from apps.dashboards import addresses
from apps.dashboards.frame import Frame
from apps.dashboards.pages import files as file_pages
from apps.dashboards.pages.keys import shown_of, state_of, until_of
from apps.dashboards.queries.health import DAYS, Aside, Health, Pricing, Sample, Skew
from apps.dashboards.wording import times
from apps.dashboards.wording.shares import count, duration, listed, share
from apps.dashboards.wording.signs import NBSP
from apps.ingest.accept import SKEW_CORRECTED_FROM
from apps.ingest.advice import advice
from apps.ingest.models import Import

SOURCES: Mapping[str, tuple[str, str]] = {
    "native": ("Own JSON", "requests"),
    "otlp": ("OpenTelemetry", "spans"),
    "litellm": ("LiteLLM's callback", "calls"),
    "file": ("Files", "rows"),
    "scores": ("Scores", "scores"),
}
"""How it came in, and what an item of it is."""
KINDS = {"rejected": "items not taken", "refused": "posts turned down", "warning": "items taken, with a warning"}
STOPPED = {
    "derive": "No requests have been derived from spans since {at}: it was tried too often in vain.",
    "rebuild": "Figures have not been computed again since {at}: it was tried too often in vain.",
}
NAMED_MODELS = 20


@dataclass(frozen=True)
class Line:
    """Counts of one source, or of one day of it; `last` is empty in a line of a day."""

    day: str
    source: str
    unit: str
    received: str
    accepted: str
    duplicate: str
    conflict: str
    rejected: str
    refused: str
    lost: bool
    last: str = ""


@dataclass(frozen=True)
class Why:
    code: str
    kind: str
    number: str
    todo: str
    lost: bool


@dataclass(frozen=True)
class Example:
    when: str
    source: str
    place: str
    code: str
    message: str


@dataclass(frozen=True)
class Model:
    name: str
    provider: str
    unpriced: str
    share: str


@dataclass(frozen=True)
class Key:
    label: str
    shown: str
    last_used: str
    until: str
    live: bool


@dataclass(frozen=True)
class File:
    name: str
    url: str
    when: str
    rows: str
    state: str
    lacks: bool


@dataclass(frozen=True)
class HealthPage:
    """All in words; a sentence stands where a table would be empty."""

    frame: Frame
    name: str
    answer: str
    basis: str
    sources: tuple[Line, ...]
    days: tuple[Line, ...]
    whys: tuple[Why, ...]
    examples: tuple[Example, ...]
    examples_basis: str
    models: tuple[Model, ...]
    models_basis: str
    skew: str
    keys: tuple[Key, ...]
    keys_basis: str
    aside: tuple[str, ...]
    files: tuple[File, ...]
    files_basis: str
    keys_url: str
    files_url: str


@dataclass
class Sums:
    """Items but `refused`, which are posts."""

    accepted: int = 0
    duplicate: int = 0
    conflict: int = 0
    rejected: int = 0
    refused: int = 0

    @property
    def received(self) -> int:
        return self.accepted + self.duplicate + self.conflict + self.rejected


def build(health: Health, *, frame: Frame, name: str, slug: str, deployment: str) -> HealthPage:
    """`slug` and `deployment` name it in addresses."""
    files_url = addresses.files(slug, deployment)
    return HealthPage(
        frame=frame,
        name=name,
        answer=_answer(health, name),
        basis=_basis(health),
        sources=tuple(_by_source(health)),
        days=tuple(_by_day(health)),
        whys=tuple(
            Why(one.code, KINDS[one.kind], count(one.number), advice(one.kind, one.code), one.kind != "warning")
            for one in health.reasons
        ),
        examples=tuple(_example(one, health.zone) for one in health.samples),
        examples_basis=_examples_basis(health),
        models=tuple(_models(health.pricing)),
        models_basis=_models_basis(health.pricing),
        skew=skew_in_words(health.skew, health.zone),
        keys=tuple(_keys(health)),
        keys_basis=_keys_basis(health),
        aside=tuple(_aside(health.aside, health.zone)),
        files=tuple(_file(one, addresses.file(slug, deployment, one.key), health.zone) for one in health.files),
        files_basis=_files_basis(health),
        keys_url=addresses.keys(slug, deployment),
        files_url=files_url,
    )


def total(health: Health) -> Sums:
    return _sums(health.arrived)


def _sums(rows: Iterable[object]) -> Sums:
    found = Sums()
    for row in rows:
        for field in ("accepted", "duplicate", "conflict", "rejected", "refused"):
            setattr(found, field, getattr(found, field) + getattr(row, field))
    return found


def _answer(health: Health, name: str) -> str:
    sums = total(health)
    said = f"{_of_items(sums, name)}{_of_posts(sums)}"
    besides = list(_besides(health))
    return f"{said} Look at {listed(besides)} too." if besides else said


def _of_items(sums: Sums, name: str) -> str:
    if not sums.received:
        if sums.refused:
            return "Nothing got in during the last seven days."
        return f"Nothing reached {name} in the last seven days, so nothing could be lost here."
    if not sums.rejected:
        return f"No item is lost: all {count(sums.received)} of the last seven days were taken or known before."
    part = share(sums.rejected / sums.received)
    return f"Something is lost: {count(sums.rejected)} of {count(sums.received, 'item')} ({part}) were not taken."


def _of_posts(sums: Sums) -> str:
    if not sums.refused:
        return ""
    return f" {count(sums.refused, 'post')} {'was' if sums.refused == 1 else 'were'} turned down whole, and what was in them is not known."


def _besides(health: Health) -> Iterator[str]:
    if health.pricing.models:
        yield "models without a price"
    if health.skew.posts:
        yield "the sender's clock"
    if health.aside.units or health.aside.stopped:
        yield "what was set aside"
    if any(one.state == Import.State.FAILED for one in health.files):
        yield "files that stopped"


def _basis(health: Health) -> str:
    posts = sum(one.posts for one in health.arrived if one.source != "file")
    files = sum(one.posts for one in health.arrived if one.source == "file")
    days = health.days
    came = f"{count(posts, 'post')} and {count(files, 'file')} that were read to their end"
    return (
        f"{times.window(days[-1], days[0])}, days on the clock of {health.zone.key}, n: {came}. A post that was answered 401, 429 "
        "or 503 is not in it: nothing of it was stored, exporters send it again after 429 and 503, and whoever runs the "
        "installation finds their number in its metrics."
    )


def _by_source(health: Health) -> Iterator[Line]:
    for source in _sources(health):
        rows = [one for one in health.arrived if one.source == source]
        latest = max(one.latest for one in rows)
        last = f"{times.moment(latest, health.zone)}, {times.ago(latest, now=health.now)}"
        yield _line(source, _sums(rows), last=last)


def _sources(health: Health) -> list[str]:
    """In the order of the list above, and what an older version wrote behind."""
    there = {one.source for one in health.arrived}
    return [one for one in SOURCES if one in there] + sorted(there - set(SOURCES))


def _by_day(health: Health) -> Iterator[Line]:
    by_day: dict[date, list[Line]] = defaultdict(list)
    for one in health.arrived:
        by_day[one.day].append(_line(one.source, _sums([one]), day=times.day(one.day)))
    for day in health.days:
        yield from by_day.get(day) or [_line("", Sums(), day=times.day(day))]


def _line(source: str, sums: Sums, *, day: str = "", last: str = "") -> Line:
    title, unit = SOURCES.get(source, (source, "items"))
    fields = (sums.received, sums.accepted, sums.duplicate, sums.conflict, sums.rejected, sums.refused)
    lost = bool(sums.rejected or sums.refused)
    return Line(day, title, unit if source else "nothing came", *map(count, fields), lost=lost, last=last)


def _example(one: Sample, zone: ZoneInfo) -> Example:
    title, _ = SOURCES.get(one.source, (one.source, ""))
    place = f"row {one.number:,}" if one.source == "file" else f"item {one.number:,}"
    return Example(times.moment(one.at, zone), title, place, one.code, one.message)


def _examples_basis(health: Health) -> str:
    rejected = total(health).rejected
    if not rejected:
        return "No item was turned down in these days."
    return (
        f"The newest {count(len(health.samples))} that were kept, of {count(rejected)} not taken: up to three of each post. Items "
        "count from 0 in their post, rows of a file from 1. What stood in them is not kept."
    )


def _models(pricing: Pricing) -> Iterator[Model]:
    for one in pricing.models[:NAMED_MODELS]:
        part = f"{share(one.unpriced / pricing.attempts)} of all attempts"
        yield Model(one.model or "not told", one.provider or "not told", count(one.unpriced), part)


def _models_basis(pricing: Pricing) -> str:
    window = f"{times.window(pricing.first, pricing.last)}, days in UTC, all environments"
    if not pricing.attempts:
        return f"No attempt is rolled up yet in {window}, so it is not known whether a model lacks a price."
    whole = sum(one.unpriced for one in pricing.models)
    if not whole:
        return f"Every attempt that had to be priced has a price. {window}, n: {count(pricing.attempts, 'attempt')}."
    more = len(pricing.models) - NAMED_MODELS
    left = f" {count(more, 'more model')} are not named." if more > 0 else ""
    return (
        f"{count(whole)} of {count(pricing.attempts, 'attempt')} ({share(whole / pricing.attempts)}) have no price, and their requests "
        f"are in no dollar figure. {window}.{left} Send the name that the provider uses, or `cost` with `currency`."
    )


def skew_in_words(skew: Skew, zone: ZoneInfo) -> str:
    from_s = int(SKEW_CORRECTED_FROM.total_seconds())
    who = "Only posts of own JSON that carry `Sent-At` tell what their sender's clock says."
    if not skew.posts or skew.latest_ms is None or skew.least_ms is None or skew.most_ms is None:
        return f"No clock was seen to be wrong by {from_s}{NBSP}s or more in these days. {who}"
    latest = f", at {times.moment(skew.latest_at, zone)}" if skew.latest_at else ""
    reach = _wrong(skew.latest_ms)
    if skew.least_ms != skew.most_ms:
        reach += f"; in all between {_wrong(skew.least_ms)} and {_wrong(skew.most_ms)}"
    return (
        f"In {count(skew.posts, 'post')} the sender's clock was wrong by {from_s}{NBSP}s or more: the latest{latest}, was {reach}. "
        f"The times of their requests were corrected by as much. {who}"
    )


def _wrong(milliseconds: int) -> str:
    """What was added to its times is what the clock is behind."""
    return f"{duration(abs(milliseconds) * 1000)} {'behind' if milliseconds > 0 else 'ahead'}"


def _keys(health: Health) -> Iterator[Key]:
    for one in health.keys:
        state = state_of(one, now=health.now)
        used = one.last_used_at
        last = f"{times.moment(used, health.zone)}, {times.ago(used, now=health.now)}" if used else "never"
        yield Key(one.label, shown_of(one), last, until_of(one, state, health.zone), state == "in use")


def _keys_basis(health: Health) -> str:
    if not health.keys:
        return "There is no key, so nothing can report."
    more = health.all_keys - len(health.keys)
    left = f" {count(more, 'more key')} are not shown." if more > 0 else ""
    return f"When a key was last recognised, to the minute, whether or not its post was then taken.{left}"


def _aside(aside: Aside, zone: ZoneInfo) -> Iterator[str]:
    for what, at in aside.stopped:
        yield f"{STOPPED[what].format(at=times.stamp(at, zone))} Tell whoever runs the installation; nothing that came is lost."
    if aside.units:
        latest = f", the latest at {times.moment(aside.latest, zone)}" if aside.latest else ""
        yield (
            f"{count(aside.units, 'unit')} of spans could not be turned into requests{latest}, with "
            f"{listed([f'`{error}`' for error in aside.errors])}. The spans are kept, and tried again when new ones of the same "
            "unit come."
        )
    if not (aside.units or aside.stopped):
        yield "Nothing is set aside: every span that came could be read as part of a request."


def _file(one: Import, url: str, zone: ZoneInfo) -> File:
    row = file_pages.row_of(one, url, zone)
    return File(row.name, row.url, row.when, row.rows, row.state, row.lacks)


def _files_basis(health: Health) -> str:
    if not health.all_files:
        return f"No file was handed over in these {DAYS} days."
    shown: Sequence[Import] = health.files
    more = f" The latest {count(len(shown))} are shown." if health.all_files > len(shown) else ""
    return f"{count(health.all_files, 'file')} handed over in these days. A file is counted above once it was read to its end.{more}"
