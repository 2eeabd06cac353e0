"""A change as a clause, what it assumes, and what is missing, in sentences."""

from collections.abc import Iterator
from fractions import Fraction

from apps.advice.answer import Answer
from apps.advice.changes import Add, Cap, Change, Drop, Fallback, Move, PriceChange
from apps.advice.effect import NO_EVIDENCE, NO_PRICE, NOT_TOLD
from apps.advice.facts import MONTH_DAYS, Facts
from apps.dashboards.wording.shares import count
from apps.dashboards.wording.signs import NBSP


def asked(change: Change) -> str:
    match change:
        case Move(task, to):
            return f"If {to.written} answered {f'the requests of {task}' if task else 'the requests without a task'}"
        case Cap(retries, route):
            often = f"more than {count(retries, 'time')}" if retries else "at all"
            return f"If no request{_on(route)} were tried again {often}"
        case Fallback(to, route):
            return f"If {to.written} answered what fallbacks{_on(route)} answer now"
        case Drop(provider, to):
            return f"If {provider} were asked no more, and {to.written} answered instead"
        case Add(provider):
            return f"If {provider} were asked wherever it sells the same model for less"
        case PriceChange(provider, model, ppm):
            moved = f"{'rose' if ppm >= 0 else 'fell'} by {_per_cent(abs(ppm))}{NBSP}%"
            return f"If the price of {f'{provider}/{model}' if model else f'everything of {provider}'} {moved}"


def _on(route: str | None) -> str:
    return f" on the route {route}" if route else ""


def _per_cent(ppm: int) -> str:
    return f"{Fraction(ppm, 10_000).__float__():g}"


def assumed(change: Change, facts: Facts) -> Iterator[str]:
    yield (
        f"A month is {float(MONTH_DAYS)} days like the {count(facts.days, 'day')} that were looked at: same traffic, same "
        "prompts, prices as they were at the time of each request, at your terms."
    )
    if not facts.sample.whole:
        yield (
            "Read were some of the hours, spread evenly; scaled by what all of them were billed. The range is wider by 1.96 "
            "standard errors of that, over days."
        )
    yield from _of_kind(change)


def _of_kind(change: Change) -> Iterator[str]:
    match change:
        case Move():
            yield "Answers that a fallback gave, and failed attempts, cost what they did; the new model fails as often."
            yield from _OF_A_SWAP
        case Fallback():
            yield "Fallbacks are needed as often as today. Failed attempts cost what they did."
            yield from _OF_A_SWAP
        case Drop(provider, _):
            yield f"What failed at {provider} fails elsewhere too at the same cost, or not at all: both are in the range."
            yield from _OF_A_SWAP
        case Add():
            yield "The cheaper of the two is asked each time, and answers alike: the same model, whoever sells it."
            yield "Its cache holds as much as today\u2019s, or nothing: both are in the range."
        case Cap():
            yield "Attempts beyond are not made. What they served fails, and whoever asked does not ask again."
            yield (
                "A failed attempt of unknown billing saves between nothing and the price of its input. Quality is over all "
                "requests, a failed one counting 0; what is not known of an answer may be anything from 0 to 1."
            )
        case PriceChange():
            yield "Nobody is asked otherwise than today. A failed attempt of unknown billing was billed nothing, or its input."


_OF_A_SWAP = (
    "Costs move by the ratio of both prices for the same request, so that discounts your gateway reports stay in.",
    "Input counts as many tokens as the table says, and is cached as far as today, or not at all: both are in the range.",
    "Quality is that of your evidence, scores of 28 days and replay sets: Wilson\u2019s interval of each model, put together.",
)


def missing(found: Answer) -> Iterator[str]:
    for one in found.missing:
        if one.why == NO_PRICE:
            yield f"No price of {one.what} is known. One can be entered on the page Prices."
        elif one.why == NO_EVIDENCE:
            yield f"There is no quality evidence of {one.what}, which answers or would answer {_a_month(one.requests)}."
        elif one.why == NOT_TOLD:
            yield f"{_a_month(one.requests).capitalize()} do not tell all their attempts, and are not in it."
    if found.left and found.dollars is not None:
        yield f"{_a_month(found.left)} are of that kind, and not in the dollars: something of them has no known cost or price."


def _a_month(requests: int) -> str:
    return f"{count(requests, 'request')} a month"
