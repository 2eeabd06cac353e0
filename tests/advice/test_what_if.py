"""What a change would bring: ranges against the definition by fractions, and what must hold whatever was asked."""

from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.advice.answer import Answer, what_if
from apps.advice.assumed import OTHER_MAKER, SAME_MAKER, SURE, UNTOLD, Lengths, Unsure, factors
from apps.advice.changes import Add, Cap, Change, Drop, Fallback, Model, Move, PriceChange
from apps.advice.facts import MONTH_DAYS, Facts, Sample
from apps.advice.load import hours_to_read
from apps.advice.quality import Quality, Swap, difference
from apps.advice.ranges import NOTHING, Range
from tests.advice.drawn import FIRST, TASKS, facts, known
from tests.reference.arbitrary import usual
from tests.reference.equation import parts
from tests.reference.nouns import Assumptions, Attempt, Request, Usage
from tests.reference.nouns import Model as Named
from tests.reference.prices import RATES, STEP_US, list_price

MONTHLY = MONTH_DAYS / 28
drawn = st.lists(usual(), min_size=1, max_size=12)
models = st.sampled_from([Model(*one) for one in RATES])
changes: st.SearchStrategy[Change] = st.one_of(
    st.builds(Move, st.sampled_from(TASKS), models),
    st.builds(Cap, st.integers(0, 3), st.sampled_from([None, "fast"])),
    st.builds(Drop, st.sampled_from(["openai", "anthropic"]), models),
    st.builds(Add, st.sampled_from(["openai", "azure"])),
    st.builds(Fallback, models, st.sampled_from([None, "deep"])),
    st.builds(PriceChange, st.just("openai"), st.none() | st.just("gpt-4o"), st.integers(-1_000_000, 3_000_000)),
)


def dollars(found: Answer) -> Range:
    assert found.dollars is not None
    return found.dollars


@settings(max_examples=12, deadline=None)
@given(drawn, changes)
def test_a_range_has_the_exact_answer_in_it_and_less_doubt_makes_it_no_wider(
    asked: list[Request], change: Change
) -> None:
    read = facts(asked)
    wide, exact = what_if(read, change), what_if(read, change, SURE)
    narrow = what_if(read, change, Unsure(tokens=False, answers=False))
    if wide.dollars is None or narrow.dollars is None or exact.dollars is None:
        assert wide.dollars is narrow.dollars is exact.dollars is None
        assert wide.missing or wide.left
        return
    assert wide.dollars.low <= narrow.dollars.low <= narrow.dollars.high <= wide.dollars.high
    assert wide.dollars.low <= exact.dollars.low
    assert exact.dollars.high <= wide.dollars.high
    assert wide.dollars.low >= -wide.base_nano - _unknown_upper(read)
    assert (wide.requests, wide.base_nano) == (exact.requests, exact.base_nano)


def _unknown_upper(read: Facts) -> int:
    return int(2 * (read.seen["input_upper_nano"].sum() or 0)) + 2


@settings(max_examples=10, deadline=None)
@given(drawn, st.sampled_from(TASKS), models)
def test_without_doubt_a_move_costs_what_the_definition_says(asked: list[Request], task: str | None, to: Model) -> None:
    told = list(enumerate(asked))
    moved = [one for row, one in told if TASKS[row % 3] == task and _planned_served(one, to)]
    expected = sum((_moved(one, to) for one in moved), start=Fraction(0))
    found = what_if(facts(asked), Move(task, to), SURE)
    assert dollars(found) == Range(int(expected), int(expected)).scaled(MONTHLY)
    assert found.requests == round(len(moved) * MONTHLY)


def _planned_served(one: Request, to: Model) -> bool:
    if one.server is None:
        return False
    first, server = one.attempts[0].model, one.server.model
    return (first.provider, first.name) == (server.provider, server.name) != to


def _moved(one: Request, to: Model) -> int:
    """billed x price(other) / price(own) less billed, on uncached input; where the own price is nothing, the other's."""
    server = one.server
    assert server is not None
    billed = parts(replace(one, attempts=(server,), serving=0), Assumptions(price=list_price)).billed
    assert billed is not None
    own = list_price(server.model, server.usage, one.started_us(server))
    whole = max(server.usage.input_tokens or 0, server.usage.cache_read or 0)
    uncached = Usage(input_tokens=whole, output_tokens=server.usage.output_tokens)
    other = list_price(Named(to.provider, to.name, server.model.service_tier), uncached, one.started_us(server))
    assert own is not None
    assert other is not None
    return (round(Fraction(billed * other, own)) if own else other) - billed


@settings(max_examples=6, deadline=None)
@given(drawn, models)
def test_what_changes_nothing_brings_nothing(asked: list[Request], model: Model) -> None:
    most = max(len(one.attempts) for one in asked)
    alone = [
        replace(one, attempts=tuple(replace(a, model=Named(*model, "standard")) for a in one.attempts)) for one in asked
    ]
    read = facts(alone)
    everywhere = [Move(task, model) for task in TASKS]
    idle: list[Change] = [*everywhere, Fallback(model), Cap(most), Cap(most - 1), PriceChange("openai", None, 0)]
    for change in idle:
        found = what_if(read, change)
        assert (found.dollars, found.quality, found.failing) == (NOTHING, (0.0, 0.0), 0)


@settings(max_examples=6, deadline=None)
@given(drawn, st.integers(-1_000_000, 2_000_000), st.integers(0, 2_000_000), st.sampled_from([None, "gpt-4o"]))
def test_a_higher_price_never_costs_less(asked: list[Request], ppm: int, more: int, model: str | None) -> None:
    read = facts(asked)
    lower, higher = (dollars(what_if(read, PriceChange("openai", model, one))) for one in (ppm, ppm + more))
    assert lower.low <= higher.low
    assert lower.high <= higher.high
    dearer = replace(read, price=lambda usage: read.price(usage) * (1_000_000 + more) // 1_000_000 + more)
    to = Move("triage", Model("openai", "gpt-4o-mini"))
    before, after = dollars(what_if(read, to)), dollars(what_if(dearer, to))
    assert before.low <= after.low
    assert before.high <= after.high


@settings(max_examples=6, deadline=None)
@given(drawn, st.integers(0, 3))
def test_fewer_retries_never_cost_more_and_lose_what_they_served(asked: list[Request], retries: int) -> None:
    read = facts(asked)
    found, laxer = what_if(read, Cap(retries)), what_if(read, Cap(retries + 1))
    assert dollars(found).high <= dollars(laxer).high <= 0
    assert found.failing == round(sum((one.serving or 0) > retries for one in asked if one.server) * MONTHLY)
    assert found.quality is not None
    assert -1 <= found.quality[0] <= found.quality[1] <= 0


def day(n: int, model: str, tokens: tuple[int, int], task: int = 0) -> Request:
    """Of the task triage (every third request is)."""
    usage = Usage(input_tokens=tokens[0], cache_read=0, output_tokens=tokens[1])
    return Request(
        attempts=(Attempt(Named("openai", model, "standard"), usage, 0, 200, None),),
        outcome="served",
        serving=0,
        received_us=STEP_US - 10**12 + n + task,
        completeness="complete",
    )


def test_by_hand_one_task_to_another_model() -> None:
    """30 requests, 10 of them triage, each of 100,000 tokens in and 10,000 out on gpt-4o: $0.35 a request, $3.50 in 28 days.

    On gpt-4o-mini, of the same maker: 90,000 to 111,200 tokens in at $0.15 a million; answers as replayed, 0.8 times as long,
    give or take a factor of exp(1.96 x sqrt(2/200)) = 1.2165: 0.657 to 0.974 of 10,000 at $0.60 a million. In thousandths,
    outwards: $0.0135 + $0.003942 = $0.017442 to $0.01668 + $0.005844 = $0.022524, less $0.35; ten times, by 30.4 / 28.
    """
    asked = [day(n, "gpt-4o", (100_000, 10_000)) for n in range(30)]
    told = {
        ("triage", "gpt-4o"): known(900_000, 400, lengths=(200_000, 200)),
        ("triage", "gpt-4o-mini"): known(870_000, 400, lengths=(160_000, 200)),
    }
    found = what_if(facts(asked, told), Move("triage", Model("openai", "gpt-4o-mini")))
    per_request = (17_442_000 - 350_000_000, 22_524_000 - 350_000_000)
    assert found.dollars == Range(*(10 * one for one in per_request)).scaled(MONTHLY)
    assert found.base_nano == round(3_500_000_000 * MONTHLY)
    assert (found.requests, found.coverage, found.missing) == (11, 1.0, ())
    assert found.lanes[0].factors.compared == 200
    assert found.quality == pytest.approx((-0.0746, 0.0145), abs=1e-4)  # Newcombe's interval of 348/400 and 360/400


def test_what_is_missing_is_named_and_nothing_is_made_up_for_it() -> None:
    asked = [day(n, "gpt-4o", (1_000, 100)) for n in range(6)]
    read = facts(asked)
    unlisted = what_if(read, Move("triage", Model("nobody", "unlisted")))
    assert (unlisted.dollars, unlisted.quality) == (None, None)
    assert [one.why for one in unlisted.missing] == ["no_price", "no_evidence", "no_evidence"]
    nobody = what_if(read, Move("unheard of", Model("openai", "gpt-4o-mini")))
    assert (nobody.dollars, nobody.missing[0].why) == (NOTHING, "nothing")
    untold = facts([replace(one, completeness="count_only") for one in asked])
    capped = what_if(untold, Cap(0))
    assert (capped.dollars, [(one.why, one.requests) for one in capped.missing]) == (None, [("not_told", 7)])
    unpriced = facts([replace(one, attempts=(replace(one.attempts[0], model=Named("x", "y")),)) for one in asked])
    found = what_if(unpriced, Move("triage", Model("openai", "gpt-4o-mini")))
    assert (found.dollars, found.requests, found.left) == (None, 0, 2)


def test_a_sample_is_scaled_by_what_was_billed_and_is_less_sure() -> None:
    asked = [day(n, "gpt-4o", (1_000 + 100 * (n % 7), 100)) for n in range(84)]
    read = facts(asked)
    sampled = replace(read, sample=Sample(96, 672, 7 * read.read_nano))
    change = Move("triage", Model("openai", "gpt-4o-mini"))
    one, seven = dollars(what_if(read, change)), dollars(what_if(sampled, change))
    assert seven.low < 7 * one.low < 7 * one.high < seven.high
    assert what_if(sampled, change).requests == round(7 * 28 * MONTHLY)
    nearly = replace(read, sample=Sample(671, 672, read.read_nano))
    assert seven.high - seven.low > 7 * (dollars(what_if(nearly, change)).high - dollars(what_if(nearly, change)).low)


@given(st.integers(1, 28), st.integers(1, 10**9))
@settings(max_examples=20, deadline=None)
def test_the_hours_that_are_read_are_spread_over_the_day_and_as_few_as_asked(days: int, requests: int) -> None:
    found = hours_to_read(FIRST, FIRST + timedelta(days=days - 1), requests=requests, most=20_000)
    assert 1 <= len(found) <= days * 24
    assert len(found) == days * 24 or len(found) <= max(1, days * 24 * 20_000 // requests + 1)
    if len(found) >= 24:
        assert len({one.hour for one in found}) == 24


def test_assumed_factors_are_symmetrical_and_evidence_narrows_them() -> None:
    for low, high in (SAME_MAKER, OTHER_MAKER, UNTOLD):
        assert low * high == pytest.approx(1_000_000, rel=1e-3)
    one, other = Lengths(30_000, 300), Lengths(60_000, 300)
    longer = factors(same_maker=False, of=one, to=other, unsure=Unsure())
    shorter = factors(same_maker=False, of=other, to=one, unsure=Unsure())
    assert longer.answers[0] < 2_000 < longer.answers[1]
    assert longer.answers[0] * shorter.answers[1] == pytest.approx(1_000_000, rel=1e-2)
    few = factors(same_maker=False, of=Lengths(1_000, 10), to=Lengths(2_000, 10), unsure=Unsure())
    assert few.answers[0] < longer.answers[0]
    assert longer.answers[1] < few.answers[1]


qualities = st.builds(Quality, st.integers(0, 1_000_000), st.integers(1, 5_000))


@settings(max_examples=30, deadline=None)
@given(st.lists(st.builds(Swap, st.integers(0, 99), qualities, qualities), max_size=5))
def test_the_interval_of_a_difference_has_the_difference_in_it_and_turns_round(swaps: list[Swap]) -> None:
    low, high = difference(swaps)
    whole = sum(one.requests for one in swaps)
    change = sum(one.requests * (one.to.mean - one.of.mean) for one in swaps) / whole if whole else 0.0
    assert -1 <= low <= change + 1e-12
    assert change - 1e-12 <= high <= 1
    back = difference([Swap(one.requests, one.to, one.of) for one in swaps])
    assert back == pytest.approx((-high, -low))


def test_another_seller_of_the_same_model_changes_no_quality_and_is_asked_only_where_it_is_cheaper() -> None:
    dear = replace(day(0, "gpt-4o", (1_000, 100)).attempts[0], model=Named("azure", "gpt-4o", "standard"))
    asked = [replace(day(n, "gpt-4o", (1_000, 100)), attempts=(dear,)) for n in range(3)]
    read = facts(asked)
    found = what_if(read, Add("openai"))
    assert found.dollars == Range(-1_050_000, -1_050_000).scaled(
        MONTHLY
    )  # $0.00385 against $0.0035 each, no cache to lose
    assert found.quality == (0.0, 0.0)
    assert what_if(facts([day(0, "gpt-4o", (1_000, 100))]), Add("azure")).dollars == NOTHING
    assert what_if(read, Add("nobody")).missing[0].why == "no_price"
    gone = what_if(read, Drop("azure", Model("openai", "gpt-4o")))
    assert (gone.dollars, gone.quality) == (found.dollars, (0.0, 0.0))
