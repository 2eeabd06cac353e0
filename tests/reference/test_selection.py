"""Selection over columns against the reference, to the last digit, and what must hold whatever the prices are."""

from dataclasses import replace
from fractions import Fraction
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.costing.attempts import classify
from apps.costing.evaluate import evaluate
from apps.costing.selection import ASKED, CHOSEN, OFFERS, RATES, choose, judge
from tests.reference import selection as ref
from tests.reference.arbitrary import requests
from tests.reference.columns import NAMES, priced_frames
from tests.reference.equation import parts
from tests.reference.nouns import Assumptions, Request, Usage
from tests.reference.prices import RATES as LISTED
from tests.reference.prices import list_price

MODELS = sorted({name for _, name in LISTED})
rates = st.integers(0, 80_000_000_000) | st.sampled_from([0, 1, 150_000_000, 2_500_000_000, 5_000_000_000])
cards = st.builds(ref.Card, rates, rates, rates, rates, rates, rates, st.just(0) | st.just(0) | st.integers(0, 10**7))
candidates = st.builds(
    ref.Candidate,
    st.sampled_from(MODELS),
    cards,
    st.integers(0, 1_000_000) | st.sampled_from([950_000, 1_000_000]),
    st.none() | st.tuples(st.integers(0, 90_000), st.integers(1, 300)),
)
tasks = st.builds(
    ref.Task,
    st.lists(candidates, max_size=6, unique_by=lambda one: one.model).map(tuple),
    st.none() | st.none() | st.integers(0, 1_000_000),
)
OWN, PUBLISHED = Assumptions(price=list_price), Assumptions(price=list_price, list_first=True)


def discounted(card: ref.Card, per_cent: int) -> ref.Card:
    return ref.Card(**{name: getattr(card, name) * per_cent for name in card.__dataclass_fields__})


def offers(group: int, task: ref.Task) -> list[dict[str, Any]]:
    """By the product's own judgement of who is eligible."""
    schema = {"day": pl.Int64, "task": pl.Int64, "quality_micro": pl.Int64, "threshold_micro": pl.Int64}
    rows = [(0, 0, one.quality_micro, task.threshold_micro) for one in task.candidates]
    judged = judge(pl.DataFrame(rows, schema=schema, orient="row"))
    return [
        {
            "group": group,
            "model": MODELS.index(one.model),
            "eligible": eligible,
            "output_tokens": one.output and one.output[0],
            "answers": one.output and one.output[1],
            **dict(zip(RATES, list(one.card.__dict__.values()), strict=False)),
            "request_nano": one.card.request,
        }
        for one, eligible in zip(task.candidates, judged["own_eligible"], strict=True)
    ]


def chosen(asked: list[Request], judged: list[ref.Task]) -> pl.DataFrame:
    """What `choose` says of each request of which it can be asked, in columns of the requests."""
    rows = [
        (row, one, one.server)
        for row, (one, task) in enumerate(zip(asked, judged, strict=True))
        if one.server is not None and len(task.candidates) >= 2
        and one.server.usage.input_tokens is not None and one.server.usage.output_tokens is not None
        and {one.server.model.name, one.attempts[0].model.name} <= set(MODELS)
    ]  # fmt: skip
    frame = pl.DataFrame(
        [
            {
                "group": row,
                "planned": MODELS.index(str(one.attempts[0].model.name)),
                "serving": MODELS.index(str(server.model.name)),
                **{column: getattr(server.usage, name) for column, name in NAMES.items()},
            }
            for row, one, server in rows
        ],
        schema=ASKED,
    )
    found = choose(frame, pl.DataFrame([o for row, *_ in rows for o in offers(row, judged[row])], schema=OFFERS))
    places = pl.DataFrame({"request_row": pl.int_range(len(asked), dtype=pl.UInt32, eager=True)})
    told = pl.DataFrame({"request_row": [row for row, *_ in rows]}, schema={"request_row": pl.UInt32})
    return places.join(told.hstack(found), on="request_row", how="left", maintain_order="left").drop("request_row")


def evaluated(asked: list[Request], judged: list[ref.Task]) -> pl.DataFrame:
    known = chosen(asked, judged)
    frame, attempts = priced_frames(asked, own=OWN, published=OWN)
    both = [known, known.rename({name: f"published_{name}" for name in CHOSEN})]
    whole = evaluate(pl.concat([frame, *both], how="horizontal"), attempts).requests
    assert classify(frame, attempts.select(pl.all().exclude("serving"))).height == attempts.height
    return whole


@settings(max_examples=20, deadline=None)
@given(st.lists(st.tuples(requests(), tasks), min_size=1, max_size=12))
def test_every_figure_of_selection_is_that_of_the_reference(drawn: list[tuple[Request, ref.Task]]) -> None:
    asked, judged = [one for one, _ in drawn], [task for _, task in drawn]
    rows = evaluated(asked, judged).iter_rows(named=True)
    for request, task, row in zip(asked, judged, rows, strict=True):
        whole = parts(request, OWN)
        expected = ref.selected(request, whole, task)
        assert row["evaluable"] == expected.evaluable
        assert (row["optimal"], row["under_quality"]) == (expected.optimal, expected.under_quality)
        assert row["optimal_nano"] == expected.optimal_nano
        assert row["regret_nano"] == (expected.regret if expected.evaluable else None)
        public = ref.selected(request, parts(request, PUBLISHED), task)
        assert row["published_regret_nano"] == (public.regret if public.evaluable else None)
        if whole.token_cost is not None:
            told = row["token_nano"], row["retry_nano"], row["regret_nano"] or 0
            assert min(told) >= 0
            assert sum(told) == row["billed_nano"] == whole.billed


many = st.builds(
    lambda planned, serving, usage: (planned, serving, usage),
    st.sampled_from(MODELS),
    st.sampled_from(MODELS),
    st.builds(
        Usage,
        input_tokens=st.integers(0, 100_000_000) | st.integers(0, 20_000),
        cache_read=st.none() | st.integers(0, 30_000),
        cache_write=st.none() | st.integers(0, 3_000),
        output_tokens=st.integers(0, 100_000_000) | st.integers(0, 2_000),
        reasoning=st.none() | st.integers(0, 3_000),
    ),
)


@settings(max_examples=150, deadline=None)
@given(
    tasks.filter(lambda task: len(task.candidates) >= 2), st.lists(many, min_size=5, max_size=30), st.integers(1, 400)
)
def test_requests_of_one_group_are_priced_together_as_each_alone(
    task: ref.Task, asked: list[tuple[str, str, Usage]], per_cent: int
) -> None:
    """Also under any discount, by which no router's choices become better or worse."""
    cheaper = replace(task, candidates=tuple(replace(c, card=discounted(c.card, per_cent)) for c in task.candidates))
    frame = pl.DataFrame(
        [
            {
                "group": 0, "planned": MODELS.index(planned), "serving": MODELS.index(serving),
                **{column: getattr(usage, name) for column, name in NAMES.items()},
            }
            for planned, serving, usage in asked
        ],
        schema=ASKED,
    )  # fmt: skip
    for priced in (task, cheaper):
        found = choose(frame, pl.DataFrame(offers(0, priced), schema=OFFERS)).rows()
        for (planned, serving, usage), row in zip(asked, found, strict=True):
            expected = ref.choice(planned, serving, usage, priced)
            assert row == ((None,) * 3 if expected is None else (expected.planned, expected.optimal, expected.eligible))


@settings(max_examples=20, deadline=None)
@given(st.lists(st.tuples(requests(), tasks), min_size=1, max_size=4), st.integers(1, 400))
def test_a_router_that_always_plans_the_optimal_model_regrets_nothing(
    drawn: list[tuple[Request, ref.Task]], per_cent: int
) -> None:
    asked, judged = [], []
    for request, task in drawn:
        cheaper = replace(
            task, candidates=tuple(replace(c, card=discounted(c.card, per_cent)) for c in task.candidates)
        )
        server = request.server
        eligible = [one for one in cheaper.candidates if cheaper.eligible(one)]
        usable = server is not None and server.usage.input_tokens is not None and server.usage.output_tokens is not None
        if server is None or not eligible or not usable or request.server_position == 0:
            continue
        best = min(eligible, key=lambda one: ref.price_for(one, server.usage, server.model.name, cheaper))
        first = replace(request.attempts[0], model=replace(request.attempts[0].model, name=best.model))
        asked.append(replace(request, attempts=(first, *request.attempts[1:])))
        judged.append(cheaper)
    if asked:
        assert evaluated(asked, judged)["regret_nano"].fill_null(0).to_list() == [0] * len(asked)


CHEAP, DEAR = ref.Card(1, 1, 1, 1, 4, 4), ref.Card(10, 10, 10, 10, 40, 40)


@pytest.mark.parametrize(
    ("qualities", "threshold", "expected"),
    [
        ((900_000, 855_000), None, [True, True]),  # exactly 95 % of the best
        ((900_000, 854_999), None, [True, False]),
        ((900_000, 100_000), 50_000, [True, True]),  # the tenant's own threshold, however far from the best
        ((900_000, 899_999), 900_000, [True, False]),
        ((900_000, 899_999), 950_000, [False, False]),  # nobody reaches it
    ],
)
def test_eligible_are_those_that_reach_the_threshold(
    qualities: tuple[int, int], threshold: int | None, expected: list[bool]
) -> None:
    task = ref.Task((ref.Candidate("a", DEAR, qualities[0]), ref.Candidate("b", CHEAP, qualities[1])), threshold)
    schema = {"day": pl.Int64, "task": pl.Int64, "quality_micro": pl.Int64, "threshold_micro": pl.Int64}
    rows = [(0, 0, quality, threshold) for quality in qualities]
    assert judge(pl.DataFrame(rows, schema=schema, orient="row"))["own_eligible"].to_list() == expected
    assert [task.eligible(one) for one in task.candidates] == expected


def test_a_longer_answer_may_cost_more_at_a_lower_price_per_token() -> None:
    talkative = ref.Candidate("gpt-4o-mini", ref.Card(*[1_000_000] * 6), 1_000_000, (3_000, 10))
    terse = ref.Candidate("gpt-4o", ref.Card(*[2_000_000] * 6), 1_000_000, (1_000, 10))
    usage = Usage(input_tokens=0, output_tokens=1_000)
    found = ref.choice("gpt-4o", "gpt-4o", usage, ref.Task((talkative, terse)))
    assert found == ref.Choice(planned=2_000, optimal=2_000, eligible=True)
    assert ref.longer(talkative, terse) == Fraction(3)
