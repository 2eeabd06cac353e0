"""What happens in the demo has the measured shapes, and keeps the rules of retrying."""

import random
import statistics
import subprocess
import sys
from datetime import timedelta
from itertools import pairwise

import pytest
from msgspec.structs import replace

from apps.demo.simulate import measured
from apps.demo.simulate.answers import Demand, answer, call
from apps.demo.simulate.arrivals import DAY_US, HOUR_US, count, moments
from apps.demo.simulate.dispatch import HEDGE_AFTER_US, LONGEST_WAIT_US, in_turn, side_by_side
from apps.demo.simulate.draws import STEPS, at_level, unroll
from apps.demo.simulate.happen import LENGTHS, on_day
from apps.demo.simulate.offers import FIRST_TOKEN, GPT_5_MINI, HAIKU, SONNET
from apps.demo.simulate.profile import Deployment, Faults, Job, Source
from apps.demo.simulate.skills import CRITERIA, LEVELS, skill
from tests.demo.now import BEGAN, SEED

CALM = Faults(rate_limited=0, connection=0, storms=0, server=0, hang=0, cut=0, malformed=0, refused=0)
DEMAND = Demand(input=2_000, cacheable=0.5, outputs=LENGTHS["conversation"]["output"], timeout_us=30_000_000)
STEADY = Deployment("demo-x", "steady", (Job("chat", GPT_5_MINI),), weekly=7_000)


def rng() -> random.Random:
    return random.Random(7)


@pytest.mark.parametrize("level", [0.05, 0.25, 0.5, 0.75, 0.95])
def test_an_unrolled_table_keeps_the_measured_quantiles(level: float) -> None:
    for quantiles in (measured.CONVERSATION["input"], measured.CODE["output"], measured.FIRST_TOKEN_MS["replicate"]):
        table = unroll(measured.GRID, quantiles)
        assert len(table) == STEPS
        assert table[int(level * STEPS)] == pytest.approx(at_level(measured.GRID, quantiles, level), rel=0.05)


def test_quantiles_that_fall_are_refused() -> None:
    with pytest.raises(ValueError, match="must not fall"):
        at_level((0.1, 0.5), (2.0, 1.0), 0.3)


def test_first_tokens_take_as_long_as_with_the_measured_provider() -> None:
    draw = rng()
    firsts = [answer(draw, HAIKU, DEMAND, start_us=0).first_us or 0 for _ in range(4_000)]
    assert statistics.median(firsts) / 1000 == pytest.approx(statistics.median(FIRST_TOKEN["bedrock"]), rel=0.05)


def test_arrivals_follow_the_hours_of_the_working_day_in_its_own_zone() -> None:
    found = moments(rng(), replace(STEADY, gap_cv=1.0, zone_hours=9), 40_000)
    assert found == sorted(found)
    assert found[0] >= 0
    assert found[-1] < DAY_US
    share = sum(one // HOUR_US == (5 - 9) % 24 for one in found) / len(found)
    assert share * 24 == pytest.approx(measured.HOUR_WEIGHTS[5] / statistics.mean(measured.HOUR_WEIGHTS), rel=0.1)


def test_arrivals_are_as_bursty_as_asked() -> None:
    for cv in (1.0, 3.0):
        gaps = []
        found = moments(rng(), replace(STEADY, gap_cv=cv), 40_000)
        noon = [one for one in found if 10 * HOUR_US <= one < 12 * HOUR_US]
        gaps = [later - earlier for earlier, later in pairwise(noon)]
        assert statistics.pstdev(gaps) / statistics.mean(gaps) == pytest.approx(cv, rel=0.15)


def test_weekends_are_quieter_and_days_vary_as_measured() -> None:
    days = [(BEGAN + timedelta(days=day), day / 7) for day in range(7 * 60)]
    found = [(day.weekday(), count(SEED, STEADY, day, weeks)) for day, weeks in days]
    weekend = statistics.mean(number for weekday, number in found if weekday >= 5)
    week = statistics.mean(number for weekday, number in found if weekday < 5)
    assert weekend / week == pytest.approx(measured.WEEKEND_FACTOR, rel=0.1)
    numbers = [number for weekday, number in found if weekday < 5]
    assert statistics.pstdev(numbers) / statistics.mean(numbers) == pytest.approx(measured.DAILY_CV, rel=0.25)


def test_a_storm_refuses_as_the_measured_provider_did_and_no_one_else() -> None:
    draw = rng()
    calls = [call(draw, CALM, SONNET, DEMAND, start_us=0, stormy=True, again=False) for _ in range(5_000)]
    refused = sum(one.status == 429 for one in calls) / len(calls)
    assert refused == pytest.approx(measured.RATE_LIMITED_STORM, abs=0.02)
    tries, serving = in_turn(draw, CALM, (SONNET, HAIKU), DEMAND, start_us=0, storm=True)
    assert tries[0].offer.provider == tries[1].offer.provider if len(tries) > 1 else serving == 0
    other = [in_turn(draw, CALM, (SONNET, GPT_5_MINI), DEMAND, start_us=0, storm=True)[1] for _ in range(200)]
    assert None not in other


def test_retries_of_one_model_wait_twice_as_long_each_time_and_a_fallback_does_not_wait() -> None:
    broken = replace(CALM, server=1.0)
    tries, serving = in_turn(rng(), broken, (SONNET,) * 7 + (HAIKU,), DEMAND, start_us=1_000, storm=False)
    assert serving is None
    waits = [later.start_us - earlier.end_us for earlier, later in pairwise(tries)]
    for turn, wait in enumerate(waits[:-1]):
        full = min(LONGEST_WAIT_US, 500_000 * 2**turn)
        assert 0.75 * full <= wait <= full
    assert waits[-1] < 20_000
    assert tries[0].start_us == 1_000


def test_a_bad_request_is_not_tried_again() -> None:
    tries, serving = in_turn(rng(), replace(CALM, refused=1.0), (SONNET,) * 3, DEMAND, start_us=0, storm=False)
    assert ([one.status for one in tries], serving) == ([400], None)


def test_a_timeout_ends_at_the_timeout_without_status_or_tokens() -> None:
    made = call(rng(), replace(CALM, hang=1.0), SONNET, DEMAND, start_us=0, stormy=False, again=False)
    assert (made.latency_us, made.status, made.error, made.output) == (30_000_000, None, "timeout", None)


def test_an_answer_slower_than_the_timeout_is_a_timeout() -> None:
    hasty = replace(DEMAND, timeout_us=50_000)
    assert call(rng(), CALM, SONNET, hasty, start_us=0, stormy=False, again=False).error == "timeout"


def test_a_cut_stream_has_a_first_token_and_no_tokens_to_bill() -> None:
    made = call(rng(), replace(CALM, cut=1.0), SONNET, DEMAND, start_us=0, stormy=False, again=False)
    assert made.error == "cut"
    assert made.first_us is not None
    assert made.first_us <= made.latency_us
    assert made.output is None


def test_a_malformed_answer_is_billed_in_full() -> None:
    made = call(rng(), replace(CALM, malformed=1.0), SONNET, DEMAND, start_us=0, stormy=False, again=False)
    assert (made.error, made.status, made.input) == ("invalid_output", 200, 2_000)
    assert made.output is not None


def test_the_hedged_answer_that_ends_first_is_served_and_both_are_paid() -> None:
    draw = rng()
    winners = set()
    for _ in range(300):
        tries, serving = side_by_side(draw, (SONNET, GPT_5_MINI), DEMAND, start_us=0)
        assert serving is not None
        winners.add((len(tries), serving))
        assert tries[serving].end_us == min(one.end_us for one in tries)
        assert all(one.output is not None for one in tries)
        if len(tries) == 2:
            assert tries[1].start_us == HEDGE_AFTER_US < tries[0].latency_us
    assert {(2, 0), (2, 1)} <= winners


def test_cached_tokens_are_part_of_the_input_and_come_in_whole_steps() -> None:
    draw = rng()
    for offer in (GPT_5_MINI, HAIKU):
        made = [answer(draw, offer, DEMAND, start_us=0) for _ in range(200)]
        assert all((one.cached or 0) + (one.written or 0) == 896 for one in made)
    small = replace(DEMAND, input=900)
    assert answer(draw, GPT_5_MINI, small, start_us=0).cached == 0


def test_answers_are_as_good_as_their_models_and_no_model_is_best_at_every_task() -> None:
    tasks = ("chat", "faq", "answer", "escalate", "extract", "classify", "summarize", "complete", "explain")
    best = {max(LEVELS, key=lambda model: skill(task, model)) for task in tasks}
    assert len(best) > 1
    scored = replace(STEADY, source=Source(scored=1.0))
    made = on_day(deployment=scored, day=BEGAN, began=BEGAN, seed=SEED)
    judged = [one.criteria_met for one in made if one.criteria_met is not None]
    assert len(judged) == sum(one.serving is not None for one in made) > 500
    assert statistics.mean(judged) / CRITERIA == pytest.approx(skill("chat", "gpt-5-mini"), abs=0.02)
    assert set(judged) >= {2, 3, 4}


def test_the_same_things_happen_whether_answers_are_scored_or_not() -> None:
    plain, scored = (
        on_day(deployment=one, day=BEGAN, began=BEGAN, seed=SEED)
        for one in (STEADY, replace(STEADY, source=Source(scored=1.0)))
    )
    for one in scored:
        one.criteria_met = None
    assert [(one.received_us, one.tries, one.serving) for one in plain] == [
        (one.received_us, one.tries, one.serving) for one in scored
    ]


def test_it_knows_nothing_of_the_products_arithmetic() -> None:
    code = (
        "import sys, apps.demo.simulate.cast, apps.demo.simulate.stream, apps.demo.simulate.ledger;"
        "print(' '.join(m for m in sys.modules if m.startswith(("
        "'apps.costing', 'apps.pricing', 'apps.rollups', 'apps.benchmarks', 'apps.sketches', 'django'))))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.strip(), done.stderr) == (0, "", "")
