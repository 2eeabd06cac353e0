"""The four causes of a loss, over columns, against every order of them one request at a time."""

from fractions import Fraction
from typing import Any

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.costing import decay
from apps.costing.decay import CAUSES, KNOWN, PRICES, TRAFFIC, Cause
from apps.costing.selection import RATES
from tests.reference import decay as ref
from tests.reference.columns import NAMES
from tests.reference.nouns import Usage
from tests.reference.selection import Card

TASKS, MODELS = ("triage", "answers"), ("a", "b", "c", "d")
rates = st.sampled_from([100_000_000, 104_000_000, 106_000_000, 200_000_000, 1_000_000_000])
cards = st.builds(Card, rates, rates, rates, rates, rates, rates)
qualities = st.builds(
    ref.Quality,
    st.sampled_from([700_000, 890_000, 900_000, 950_000, 1_000_000]),
    st.none() | st.sampled_from([(90, 3), (200, 4)]),
)
usages = st.builds(Usage, input_tokens=st.integers(0, 5_000), cache_read=st.none() | st.integers(0, 900),
                   output_tokens=st.integers(0, 900))  # fmt: skip


@st.composite
def markets(draw: st.DrawFn) -> ref.Market:
    known = {
        task: draw(st.dictionaries(st.sampled_from(MODELS), qualities, min_size=2))
        for task in draw(st.lists(st.sampled_from(TASKS), min_size=1, unique=True))
    }
    priced = {model for models in known.values() for model in models}
    thresholds = {task: draw(st.none() | st.sampled_from([890_000, 950_000])) for task in known}
    return ref.Market({model: draw(cards) for model in sorted(priced)}, known, thresholds)


@st.composite
def days(draw: st.DrawFn) -> ref.Day:
    market = draw(markets())
    places = [(task, model) for task, models in market.known.items() for model in models]
    asked = st.builds(
        lambda place, serving, usage, n: ref.Asked(place[0], place[1], serving or place[1], usage, n),
        st.sampled_from(places), st.none() | st.none() | st.sampled_from(MODELS), usages, st.integers(1, 9),
    )  # fmt: skip
    return ref.Day(market, tuple(draw(st.lists(asked, min_size=1, max_size=6))))


def columns(one: ref.Day) -> decay.Day:
    """As the product has it; every row counted as it is judged by itself."""
    traffic: list[dict[str, Any]] = [
        {
            "task": asked.task, "lane": 0, "planned": asked.planned, "serving": asked.serving, "requests": asked.requests,
            **{column: getattr(asked.usage, name) for column, name in NAMES.items()},
            "optimal": asked.requests * ref.is_well(asked, ref.task_of(asked, *((one.market, one.market),) * 3)),
        }
        for asked in one.traffic
    ]  # fmt: skip
    known = [
        (task, model, quality.quality_micro, one.market.thresholds[task], *(quality.output or (None, None)))
        for task, models in one.market.known.items()
        for model, quality in models.items()
    ]
    prices = [
        (0, task, model, *list(card.__dict__.values())[: len(RATES)], 0)
        for task in TASKS
        for model, card in one.market.cards.items()
    ]
    return decay.Day(
        pl.DataFrame(traffic, schema=TRAFFIC),
        pl.DataFrame(known, schema=KNOWN, orient="row"),
        pl.DataFrame(prices, schema=PRICES, orient="row"),
    )


@settings(max_examples=12, deadline=None)
@given(days(), days())
def test_each_cause_has_the_part_that_it_has_on_average_over_all_orders(first: ref.Day, last: ref.Day) -> None:
    found = decay.split(columns(first), columns(last))
    assert found.parts == ref.parts(first, last)
    assert (found.before, found.after) == (ref.rate(first, last, ()), ref.rate(first, last, CAUSES))
    assert sum(found.parts.values()) == found.whole
    back = decay.split(columns(last), columns(first))
    assert back.parts == {cause: -part for cause, part in found.parts.items()}


@settings(max_examples=4, deadline=None)
@given(days(), days(), days())
def test_parts_sum_to_the_loss_also_against_several_first_days(one: ref.Day, two: ref.Day, last: ref.Day) -> None:
    first = [columns(one), columns(two)]
    found = decay.decayed(first, columns(last))
    well, all_of = (sum(getattr(day, name) for day in first) for name in ("optimal", "evaluable"))
    assert found.before == Fraction(well, all_of)
    assert sum(found.parts.values()) == found.whole
    both = decay.pooled([(found, 3), (decay.split(first[0], columns(last)), 1)])
    assert sum(both.parts.values()) == both.whole


@settings(max_examples=8, deadline=None)
@given(days(), markets(), st.sampled_from((*CAUSES, None)))
def test_what_alone_changed_is_the_whole_cause(first: ref.Day, other: ref.Market, changed: Cause | None) -> None:
    market, traffic = first.market, first.traffic
    match changed:
        case Cause.PRICE:
            market = ref.Market({**market.cards, **{m: c for m, c in other.cards.items() if m in market.cards}},
                                market.known, market.thresholds)  # fmt: skip
        case Cause.MODEL:  # a new one, or none
            known = {task: {**other.known.get(task, {}), **models} for task, models in market.known.items()}
            market = ref.Market({**other.cards, **market.cards}, known, market.thresholds)
        case Cause.QUALITY:
            known = {
                task: {model: other.known.get(task, {}).get(model, quality) for model, quality in models.items()}
                for task, models in market.known.items()
            }
            market = ref.Market(market.cards, known, market.thresholds)
        case Cause.MIX:
            traffic = traffic[:1]
    found = decay.split(columns(first), columns(ref.Day(market, traffic)))
    assert {cause for cause, part in found.parts.items() if part} <= {changed}
    assert found.parts.get(changed or Cause.MIX, Fraction()) == found.whole
