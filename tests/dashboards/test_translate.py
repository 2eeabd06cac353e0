"""Text in another language: names are translated when they are read, and nothing that the rules may say is left out."""

import json
from datetime import date
from itertools import product
from typing import get_args

import pytest
from django.utils import translation

from apps.benchmarks.disclosure.gates import FIXES, Gate
from apps.benchmarks.disclosure.verdict import Place, say
from apps.benchmarks.disclosure.yardsticks import YARDSTICKS, Reference
from apps.dashboards.pages.comparison import Words, emphasised
from apps.dashboards.wording import times
from apps.dashboards.wording.benchmark import VERDICTS, fix, literature
from apps.dashboards.wording.counted import COUNTED, Noun
from apps.dashboards.wording.shares import count
from apps.dashboards.wording.translate import Names
from apps.rollups.metrics.registry import METRICS
from apps.rollups.metrics.selection import FEWEST_SCORES

DAYS = Names({1: "Monday"}) | Names({7: "Sunday"})
"""Words of Django's own, of which it brings translations."""


def test_names_are_in_the_language_of_whoever_reads_them() -> None:
    with translation.override("fr"):
        assert json.dumps(dict(DAYS)) == '{"1": "lundi", "7": "dimanche"}'
    assert DAYS[1] == "Monday"


def test_dates_name_their_month_in_that_language() -> None:
    with translation.override("fr"):
        said = (times.month(date(2026, 11, 2)), times.weekday(date(2026, 11, 2)))
    assert said == ("novembre 2026", "lundi")


@pytest.mark.parametrize("noun", get_args(Noun))
def test_whatever_is_counted_has_one_and_many(noun: Noun) -> None:
    assert (count(1, noun), count(2, noun)) == (f"1\u00a0{noun}", f"2\u00a0{noun}s")
    assert set(COUNTED) == set(get_args(Noun))


def test_every_place_that_a_verdict_may_tell_is_marked() -> None:
    assert {say(place, yardstick) for place, yardstick in product(Place, YARDSTICKS.values())} == set(VERDICTS)


@pytest.mark.parametrize("name", FIXES)
def test_what_opens_a_gate_is_said_on_pages_as_the_api_says_it(name: str) -> None:
    gate = Gate(name, passed=False, measured=None, needed=1.0)
    assert fix(gate) == gate.fix
    assert "{" not in gate.fix


@pytest.mark.parametrize("one", [one for yardstick in YARDSTICKS.values() for one in yardstick.literature])
def test_a_figure_of_the_study_is_told_without_naming_the_study_again(one: Reference) -> None:
    assert literature(one, "14 ms") == f"14 ms {one.label.removeprefix('study').removeprefix(', ')}".strip()


def test_the_registry_tells_the_number_of_scores_that_it_asks_for() -> None:
    assert f" {FEWEST_SCORES} " in METRICS["cost_per_quality"].coverage


def test_a_sentence_is_cut_at_what_stands_out_wherever_a_language_puts_it() -> None:
    many, few = Words("9", "worse"), Words("1", "you")
    assert emphasised("{many} of {all}, and {few}", many=many, all="10", few=few) == (many, Words(" of 10, and "), few)
    assert emphasised("{few}: {many}{all}.", many=many, all="10", few=few) == (few, Words(": "), many, Words("10."))
    assert emphasised("Nothing.") == (Words("Nothing."),)
