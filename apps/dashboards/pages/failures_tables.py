"""The tables of what failures cost: parts, causes, routes, and models, the dearest first."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from apps.costing.causes import OK
from apps.dashboards.pages.behind import Behind
from apps.dashboards.pages.failures_answer import at_least
from apps.dashboards.queries.failures import Failures, Overhead, in_vain, overhead
from apps.dashboards.queries.requests import ANY, FALLBACK, RETRIED
from apps.dashboards.wording import money
from apps.dashboards.wording.causes import CAUSES
from apps.dashboards.wording.shares import count, share
from apps.rollups.labels import OTHER
from apps.rollups.sums import AttemptSums, RequestSums

MOST_ROWS = 20
PARTS = (
    ("wasted_nano", gettext_noop("Wasted attempts"), gettext_noop("billed, and not the one that answered"), "wasted"),
    (
        "premium_nano",
        gettext_noop("Fallback premium"),
        gettext_noop("the answer came from a dearer model than planned"),
        "premium",
    ),
    ("failed_nano", gettext_noop("Requests without an answer"), gettext_noop("all that was billed for them"), "lost"),
)


@dataclass(frozen=True)
class Part:
    name: str
    note: str
    figure: str
    share: str
    width: float
    """In percent of the largest."""
    colour: str
    url: str


@dataclass(frozen=True)
class Cause:
    name: str
    attempts: str
    share: str
    figure: str
    money_share: str
    width: float
    unknown: str
    url: str


@dataclass(frozen=True)
class Place:
    """A route, or a model of a provider; figures of requests are empty where rows are attempts."""

    name: str
    note: str
    number: str
    retry_rate: str
    failed: str
    fallback: str
    per_thousand: str
    figure: str
    width: float
    url: str


def parts(spent: Overhead, sums: RequestSums, behind: Behind) -> tuple[Part, ...]:
    urls = {
        "wasted_nano": behind.at(again=RETRIED, outcome="served"),
        "premium_nano": behind.at(again=FALLBACK, outcome="served"),
        "failed_nano": behind.at(outcome="failed"),
    }
    largest = max(getattr(spent, key) for key, *_ in PARTS)
    failed = _("{requests}; all that was billed for them").format(requests=count(sums.failed, "request"))
    notes = {"failed_nano": failed}
    return tuple(
        Part(
            name=_(title),
            note=notes.get(key, _(note)),
            figure=money.dollars(nano),
            share=share(nano / spent.nano) if spent.nano else "",
            width=_width(nano, largest),
            colour=colour,
            url=urls[key],
        )
        for key, title, note, colour in PARTS
        for nano in [getattr(spent, key)]
    )


def causes(found: Mapping[str, AttemptSums], behind: Behind) -> tuple[Cause, ...]:
    attempts = sum(in_vain(cause, sums) for cause, sums in found.items())
    spent = sum(sums.wasted_nano for sums in found.values())
    largest = max((sums.wasted_nano for sums in found.values()), default=0)
    ordered = sorted(found.items(), key=lambda one: (-one[1].wasted_nano, -in_vain(*one)))
    return tuple(
        Cause(
            name=cause_name(cause),
            attempts=count(in_vain(cause, sums)),
            share=share(in_vain(cause, sums) / attempts) if attempts else "",
            figure=money.dollars(sums.wasted_nano),
            money_share=share(sums.wasted_nano / spent) if spent else "",
            width=_width(sums.wasted_nano, largest),
            unknown=count(sums.billing_unknown) if sums.billing_unknown else "",
            url=behind.at(again=RETRIED) if cause == OK else behind.at(cause=cause),
        )
        for cause, sums in ordered
    )


def cause_name(cause: str) -> str:
    words = _("answered, and not used") if cause == OK else CAUSES.get(cause, cause)
    return words[0].upper() + words[1:]


def routes(found: Failures, behind: Behind) -> tuple[Place, ...]:
    return _places(((_named(route), "", sums, {"route": route}) for route, sums in found.routes.items()), behind)


def planned(found: Failures, behind: Behind) -> tuple[Place, ...]:
    rows = (
        (_named(model), _named(who), sums, {"model": model, "provider": who})
        for (who, model), sums in found.planned.items()
    )
    return _places(rows, behind)


def asked(found: Mapping[tuple[str, str], AttemptSums], behind: Behind) -> tuple[Place, ...]:
    largest = max((sums.wasted_nano for sums in found.values()), default=0)
    ordered = sorted(found.items(), key=lambda one: (-one[1].wasted_nano, -one[1].attempts))[:MOST_ROWS]
    return tuple(
        Place(
            name=_named(model),
            note=_named(provider),
            number=count(sums.attempts),
            retry_rate="",
            failed="",
            fallback="",
            per_thousand="",
            figure=money.dollars(sums.wasted_nano),
            width=_width(sums.wasted_nano, largest),
            url=behind.at(model=model, provider=provider, cause=ANY),
        )
        for (provider, model), sums in ordered
    )


def _places(rows: Iterable[tuple[str, str, RequestSums, dict[str, str]]], behind: Behind) -> tuple[Place, ...]:
    """The dearest first."""
    known = [(name, note, sums, overhead(sums), filters) for name, note, sums, filters in rows]
    ordered = sorted(known, key=lambda one: (-(one[3].nano if one[3] else 0), -one[2].requests))[:MOST_ROWS]
    largest = max((spent.nano for *_rest, spent, _filters in ordered if spent), default=0)
    return tuple(
        Place(
            name=name,
            note=note,
            number=count(sums.requests),
            retry_rate=ratio(sums.retried, sums.counted),
            failed=ratio(sums.failed, sums.outcome_known),
            fallback=ratio(sums.fallbacks, sums.fallback_known),
            per_thousand=money.dollars(money.per_thousand(spent.nano, sums.split)) if spent else "",
            figure=at_least(spent.nano, sums) if spent else _("not known"),
            width=_width(spent.nano, largest) if spent else 0.0,
            url=behind.at(**filters, cause=ANY),
        )
        for name, note, sums, spent, filters in ordered
    )


def ratio(part: int, whole: int) -> str:
    return share(part / whole) if whole else _("not known")


def _width(nano: int, largest: int) -> float:
    return round(100 * nano / largest, 2) if largest else 0.0


def _named(label: str) -> str:
    return {"": _("not told"), OTHER: _("all others")}.get(label, label)
