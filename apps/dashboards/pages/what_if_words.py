"""A change as a clause, what it assumes, and what is missing, in sentences."""

from collections.abc import Iterator
from fractions import Fraction

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.advice.answer import Answer
from apps.advice.changes import Add, Cap, Change, Drop, Fallback, Move, PriceChange
from apps.advice.effect import NO_EVIDENCE, NO_PRICE, NOT_TOLD
from apps.advice.facts import MONTH_DAYS, Facts
from apps.dashboards.wording.shares import count
from apps.dashboards.wording.signs import NBSP


def asked(change: Change) -> str:
    match change:
        case Move(task, to):
            without = _("If {model} answered the requests without a task")
            said = _("If {model} answered the requests of {task}") if task else without
            return said.format(model=to.written, task=task)
        case Cap(retries, route):
            return _capped(retries, route)
        case Fallback(to, route):
            on = _("If {model} answered what fallbacks on the route {route} answer now")
            said = on if route else _("If {model} answered what fallbacks answer now")
            return said.format(model=to.written, route=route)
        case Drop(provider, to):
            said = _("If {provider} were asked no more, and {model} answered instead")
            return said.format(provider=provider, model=to.written)
        case Add(provider):
            return _("If {provider} were asked wherever it sells the same model for less").format(provider=provider)
        case PriceChange(provider, model, ppm):
            return _repriced(f"{provider}/{model}" if model else _all_of(provider), ppm)


def _capped(retries: int, route: str | None) -> str:
    if not retries:
        on = _("If no request on the route {route} were tried again at all")
        return on.format(route=route) if route else _("If no request were tried again at all")
    on = _("If no request on the route {route} were tried again more than {times}")
    said = on if route else _("If no request were tried again more than {times}")
    return said.format(route=route, times=count(retries, "time"))


def _all_of(provider: str) -> str:
    return _("everything of {provider}").format(provider=provider)


def _repriced(what: str, ppm: int) -> str:
    said = _("If the price of {what} rose by {share}") if ppm >= 0 else _("If the price of {what} fell by {share}")
    return said.format(what=what, share=f"{_per_cent(abs(ppm))}{NBSP}%")


def _per_cent(ppm: int) -> str:
    return f"{Fraction(ppm, 10_000).__float__():g}"


def assumed(change: Change, facts: Facts) -> Iterator[str]:
    yield _(
        "A month is {month} days like the {days} that were looked at: same traffic, same prompts, prices as they were at the "
        "time of each request, at your terms."
    ).format(month=float(MONTH_DAYS), days=count(facts.days, "day"))
    if not facts.sample.whole:
        yield _(
            "Read were some of the hours, spread evenly; scaled by what all of them were billed. The range is wider by 1.96 "
            "standard errors of that, over days."
        )
    yield from _of_kind(change)


def _of_kind(change: Change) -> Iterator[str]:
    match change:
        case Move():
            yield _(
                "Answers that a fallback gave, and failed attempts, cost what they did; the new model fails as often."
            )
            yield from map(str, _OF_A_SWAP)
        case Fallback():
            yield _("Fallbacks are needed as often as today. Failed attempts cost what they did.")
            yield from map(str, _OF_A_SWAP)
        case Drop(provider):
            fails = _(
                "What failed at {provider} fails elsewhere too at the same cost, or not at all: both are in the range."
            )
            yield fails.format(provider=provider)
            yield from map(str, _OF_A_SWAP)
        case Add():
            yield _("The cheaper of the two is asked each time, and answers alike: the same model, whoever sells it.")
            yield _("Its cache holds as much as today’s, or nothing: both are in the range.")
        case Cap():
            yield _("Attempts beyond are not made. What they served fails, and whoever asked does not ask again.")
            yield _(
                "A failed attempt of unknown billing saves between nothing and the price of its input. Quality is over all "
                "requests, a failed one counting 0; what is not known of an answer may be anything from 0 to 1."
            )
        case PriceChange():
            yield _(
                "Nobody is asked otherwise than today. A failed attempt of unknown billing was billed nothing, or its input."
            )


_OF_A_SWAP = (
    gettext_lazy(
        "Costs move by the ratio of both prices for the same request, so that discounts your gateway reports stay in."
    ),
    gettext_lazy(
        "Input counts as many tokens as the table says, and is cached as far as today, or not at all: both are in the range."
    ),
    gettext_lazy(
        "Quality is that of your evidence, scores of 28 days and replay sets: Wilson’s interval of each model, put "
        "together."
    ),
)


def missing(found: Answer) -> Iterator[str]:
    for one in found.missing:
        if one.why == NO_PRICE:
            yield _("No price of {model} is known. One can be entered on the page Prices.").format(model=one.what)
        elif one.why == NO_EVIDENCE:
            yield _(
                "There is no quality evidence of {model}, which answers or would answer {requests} a month."
            ).format(model=one.what, requests=count(one.requests, "request"))
        elif one.why == NOT_TOLD:
            untold = _("{requests} a month do not tell all their attempts, and are not in it.")
            yield untold.format(requests=count(one.requests, "request"))
    if found.left and found.dollars is not None:
        left = _(
            "{requests} a month are of that kind, and not in the dollars: something of them has no known cost or price."
        )
        yield left.format(requests=count(found.left, "request"))
