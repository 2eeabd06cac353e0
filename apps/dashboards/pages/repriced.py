"""The last days at today's prices, in words."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from apps.dashboards.queries.prices import Again
from apps.dashboards.wording import money, times
from apps.dashboards.wording.models import model_of, provider_of, signed
from apps.dashboards.wording.shares import count, share
from apps.dashboards.wording.signs import NOTHING_KNOWN
from apps.rollups.reprice import DAYS, RepricedModel

MORE_THAN_ONE = 2


@dataclass(frozen=True)
class Moved:
    model: str
    provider: str
    billed: str
    today: str
    difference: str
    coverage: str


def models_of(again: Again | None) -> Iterable[RepricedModel]:
    return () if again is None or again.found is None else again.found.models


def moved_of(one: RepricedModel) -> Moved:
    name = (one.provider, one.model)
    return Moved(
        model=model_of(name),
        provider=provider_of(name),
        billed=money.dollars(one.repriced_billed_nano) if one.repriced else NOTHING_KNOWN,
        today=money.dollars(one.repriced_nano) if one.repriced else NOTHING_KNOWN,
        difference=signed(one.repriced_nano - one.repriced_billed_nano) if one.repriced else NOTHING_KNOWN,
        coverage=share(one.repriced / one.attempts),
    )


def providers_of(again: Again | None) -> list[Moved]:
    """All models of each provider together, and everything; nothing where there is one model alone."""
    models = [*models_of(again)]
    if len(models) < MORE_THAN_ONE:
        return []
    names = list(dict.fromkeys(one.provider for one in models))
    sums = [_together([one for one in models if one.provider == name], name) for name in names]
    each = [replace(moved_of(one), model=_("every model")) for one in sums] if len(names) > 1 else []
    return [*each, replace(moved_of(_together(models, "")), model=_("Together"), provider="")]


def _together(models: Sequence[RepricedModel], provider: str) -> RepricedModel:
    names = ("attempts", "repriced", "billed_nano", "repriced_billed_nano", "repriced_nano")
    return RepricedModel(provider, "", **{name: sum(getattr(one, name) for one in models) for name in names})


def repriced_answer(again: Again | None) -> str:
    if again is None or again.found is None:
        return _("Nobody has asked for it yet.") if again is None or not again.waits else _("It is being computed.")
    models = again.found.models
    billed, today = sum(one.repriced_billed_nano for one in models), sum(one.repriced_nano for one in models)
    if not sum(one.repriced for one in models):
        return _("No attempt of these days has both a cost and a price today.")
    return _("What was billed {billed} would cost {today} at today's prices: {change}.").format(
        billed=money.dollars(billed), today=money.dollars(today), change=_change(billed, today)
    )


def _change(billed: int, today: int) -> str:
    if today == billed or not billed:
        return _("the same")
    said = _("{share} less") if today < billed else _("{share} more")
    return said.format(share=share(abs(today - billed) / billed))


def repriced_basis(again: Again | None, zone: ZoneInfo) -> str:
    if again is None:
        said = _("Reads the requests of {days} days, newest first, and changes nothing that was billed.")
        return said.format(days=DAYS)
    if again.found is None:
        return _("It died too often and was given up.") if again.gave_up else _("From seconds to a few minutes.")
    found = again.found
    attempts, repriced = sum(one.attempts for one in found.models), sum(one.repriced for one in found.models)
    all_billed = sum(one.billed_nano for one in found.models)
    of_dollars = sum(one.repriced_billed_nano for one in found.models) / all_billed if all_billed else None
    read = _(
        "{window} UTC: {days} with requests, {requests}, every environment. Coverage: {attempts} of attempts that were billed, "
        "{dollars} of their dollars."
    ).format(
        window=times.window(found.first, found.last),
        days=count(found.days, "day"),
        requests=count(found.requests, "request"),
        attempts=share(repriced / attempts if attempts else None),
        dollars=share(of_dollars),
    )
    left = _("{days} were too many to read.").format(days=count(found.left, "older day")) if found.left else ""
    same = _("Same usage, same time of the day, your terms of today.")
    return " ".join(part for part in (read, left, same, *_computed(again, zone)) if part)


def _computed(again: Again, zone: ZoneInfo) -> Iterator[str]:
    if again.priced_at is not None:
        yield _("Computed {when}.").format(when=times.stamp(again.priced_at, zone))
    if again.waits:
        yield _("It is being computed anew.")
    elif again.gave_up:
        yield _("The last try was given up.")
