"""Is anything lost on the way in? The ledger of posts in words, and what to do about each reason."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from apps.dashboards import addresses
from apps.dashboards.frame import Frame
from apps.dashboards.pages import files as file_pages
from apps.dashboards.pages import health_sentences as sentences
from apps.dashboards.pages.health_sentences import Sums, sums_of
from apps.dashboards.pages.keys import shown_of, state_of, until_of
from apps.dashboards.pages.price_entry import price_entry
from apps.dashboards.queries.health import Health, Pricing, Sample
from apps.dashboards.wording import times
from apps.dashboards.wording.models import LACKING
from apps.dashboards.wording.shares import count, share
from apps.dashboards.wording.translate import Names
from apps.ingest.advice import advice
from apps.ingest.models import Import
from apps.rollups.labels import LIMITS

SOURCES: Mapping[str, tuple[str, str]] = {
    "native": (gettext_noop("Own JSON"), gettext_noop("requests")),
    "otlp": ("OpenTelemetry", gettext_noop("spans")),
    "litellm": (gettext_noop("LiteLLM's callback"), gettext_noop("calls")),
    "file": (gettext_noop("Files"), gettext_noop("rows")),
    "scores": (gettext_noop("Scores"), gettext_noop("scores")),
    "annotations": (gettext_noop("Annotations"), gettext_noop("annotations")),
}
"""How it came in, and what an item of it is."""
KINDS = Names(
    {
        "rejected": gettext_noop("items not taken"),
        "refused": gettext_noop("posts turned down"),
        "warning": gettext_noop("items taken, with a warning"),
    }
)


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
    why: str
    url: str
    """Where its price is entered; empty where it would change nothing."""


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


def build(health: Health, *, frame: Frame, name: str, slug: str, deployment: str) -> HealthPage:
    """`slug` and `deployment` name it in addresses."""
    files_url = addresses.files(slug, deployment)
    return HealthPage(
        frame=frame,
        name=name,
        answer=sentences.answer(health, name),
        basis=sentences.basis(health),
        sources=tuple(_by_source(health)),
        days=tuple(_by_day(health)),
        whys=tuple(whys(health)),
        examples=tuple(_example(one, health.zone) for one in health.samples),
        examples_basis=sentences.examples_basis(health),
        models=tuple(_models(health.pricing, addresses.prices(slug, deployment))),
        models_basis=sentences.models_basis(health.pricing),
        skew=sentences.skew_in_words(health.skew, health.zone),
        keys=tuple(_keys(health)),
        keys_basis=sentences.keys_basis(health),
        aside=tuple(sentences.set_aside(health.aside, health.zone)),
        files=tuple(_file(one, addresses.file(slug, deployment, one.key), health.zone) for one in health.files),
        files_basis=sentences.files_basis(health),
        keys_url=addresses.keys(slug, deployment),
        files_url=files_url,
    )


def whys(health: Health) -> Iterator[Why]:
    for one in health.reasons:
        yield Why(one.code, KINDS[one.kind], count(one.number), _(advice(one.kind, one.code)), one.kind != "warning")
    folded = _("labels, the least used added up as `__other__`")
    fewer = _("Send fewer different ones: an id or a date in a label makes each request its own.")
    for label in health.folded:
        yield Why(label, folded, _("over {number}").format(number=LIMITS[label]), fewer, lost=False)


def _by_source(health: Health) -> Iterator[Line]:
    for source in _sources(health):
        rows = [one for one in health.arrived if one.source == source]
        latest = max(one.latest for one in rows)
        last = f"{times.moment(latest, health.zone)}, {times.ago(latest, now=health.now)}"
        yield _line(source, sums_of(rows), last=last)


def _sources(health: Health) -> list[str]:
    """In the order of the list above, and what an older version wrote behind."""
    there = {one.source for one in health.arrived}
    return [one for one in SOURCES if one in there] + sorted(there - set(SOURCES))


def _by_day(health: Health) -> Iterator[Line]:
    by_day: dict[date, list[Line]] = defaultdict(list)
    for one in health.arrived:
        by_day[one.day].append(_line(one.source, sums_of([one]), day=times.day(one.day)))
    for day in health.days:
        yield from by_day.get(day) or [_line("", Sums(), day=times.day(day))]


def _line(source: str, sums: Sums, *, day: str = "", last: str = "") -> Line:
    title, unit = _words_of(source)
    return Line(
        day=day,
        source=title,
        unit=unit if source else _("nothing came"),
        received=count(sums.received),
        accepted=count(sums.accepted),
        duplicate=count(sums.duplicate),
        conflict=count(sums.conflict),
        rejected=count(sums.rejected),
        refused=count(sums.refused),
        last=last,
    )


def _words_of(source: str) -> tuple[str, str]:
    """Its title, and what an item of it is; of what an older version wrote, what it is called."""
    title, unit = SOURCES.get(source, (source, gettext_noop("items")))
    return _(title), _(unit)


def _example(one: Sample, zone: ZoneInfo) -> Example:
    title, _unit = _words_of(one.source)
    place = (_("row {number}") if one.source == "file" else _("item {number}")).format(number=count(one.number))
    return Example(times.moment(one.at, zone), title, place, one.code, one.message)


def _models(pricing: Pricing, prices: str) -> Iterator[Model]:
    for one in pricing.models[: sentences.NAMED_MODELS]:
        part = share(one.unpriced / pricing.attempts)
        url = "" if one.lacks == "tokens" else price_entry(one.provider, one.model, pricing.first, prices=prices)
        yield Model(
            one.model or _("not told"),
            one.provider or _("not told"),
            count(one.unpriced),
            part,
            LACKING[one.lacks],
            url,
        )


def _keys(health: Health) -> Iterator[Key]:
    for one in health.keys:
        state = state_of(one, now=health.now)
        used = one.last_used_at
        last = f"{times.moment(used, health.zone)}, {times.ago(used, now=health.now)}" if used else _("never")
        yield Key(one.label, shown_of(one), last, until_of(one, state, health.zone), state == "in use")


def _file(one: Import, url: str, zone: ZoneInfo) -> File:
    row = file_pages.row_of(one, url, zone)
    return File(row.name, row.url, row.when, row.rows, row.state, row.lacks)
