"""What was replayed with one release of a model says nothing of the next: it holds until another one answers."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from msgspec import structs

from apps.organizations import access
from apps.pricing.names import release_of
from apps.quality.freeze import freeze
from apps.quality.gather import Replayed
from apps.quality.models import Evidence
from apps.quality.releases import Answered, Carried, Releases, days_to_ask
from apps.traces.models import Outcome
from apps.traces.nouns import Request
from tests.quality.test_measured import scored
from tests.rollups.tenants import NOW, Tenant, store, tenant

DAY = timedelta(days=1)
TODAY = date(2026, 11, 20)
OLD, NEW = "gpt-4o-2024-05-13", "gpt-4o-2024-08-06"


@pytest.mark.parametrize(
    ("raw", "model", "release"),
    [
        ("gpt-4o-2024-08-06", "gpt-4o", "20240806"),
        ("gpt-4o-20240806", "gpt-4o", "20240806"),
        ("OpenAI/GPT-4o-2024-08-06", "gpt-4o", "20240806"),
        ("openai/gpt-4o-2024-08-06", "openai/gpt-4o", "20240806"),
        ("claude-3-5-sonnet-20241022", "claude-3-5-sonnet", "20241022"),
        ("claude-3-5-sonnet@20241022", "claude-3-5-sonnet", "20241022"),
        ("anthropic.claude-3-5-haiku-20241022-v1:0", "anthropic.claude-3-5-haiku", "20241022"),
        ("gpt-4o", "gpt-4o", ""),
        ("gpt-4o-mini-2024-07-18", "gpt-4o", ""),
        ("", "gpt-4o", ""),
    ],
)
def test_a_release_is_the_date_in_a_name_of_the_model(raw: str, model: str, release: str) -> None:
    assert release_of(raw, model) == release


def replayed(*names: str, came: date = TODAY - 10 * DAY) -> Replayed:
    at = datetime(came.year, came.month, came.day, 12, tzinfo=UTC)
    return Replayed("openai", 30, 30_000_000, None, 0, at, names)


def answered(**days: str) -> Releases:
    """`d5`: five days ago."""
    told = [(TODAY - int(ago[1:]) * DAY, name) for ago, name in days.items()]
    return Releases([Answered(day, "gpt-4o", name, 10) for day, name in told])


@pytest.mark.parametrize(
    ("names", "days", "holds"),
    [
        ((OLD,), {}, True),  # nobody says what answers
        ((OLD,), {"d1": "gpt-4o"}, True),
        ((OLD,), {"d1": OLD}, True),
        ((OLD,), {"d1": NEW}, False),
        ((NEW,), {"d3": OLD, "d1": NEW}, True),
        ((OLD,), {"d0": NEW, "d1": OLD}, True),  # what answers today changes tomorrow
        ((OLD,), {"d29": NEW}, True),  # too long ago to know
        ((OLD, NEW), {"d1": NEW}, False),  # of both, and nobody knows which outcome is of which
        ((NEW,), {"d1": "gpt-4o-20240806"}, True),  # the same, spelt otherwise
        (("gpt-4o",), {"d12": OLD, "d1": OLD}, True),
        (("gpt-4o",), {"d12": OLD, "d1": NEW}, False),
        (("gpt-4o",), {"d12": OLD, "d10": NEW, "d1": NEW}, True),  # it came on the day on which the new one answered
        (("gpt-4o",), {"d5": OLD, "d1": OLD}, True),  # what answered first after it came
        (("gpt-4o",), {"d5": OLD, "d1": NEW}, False),
    ],
)
def test_it_holds_until_another_release_answers(names: tuple[str, ...], days: dict[str, str], holds: bool) -> None:
    assert answered(**days).holds("gpt-4o", replayed(*names), TODAY) is holds


@pytest.mark.parametrize(
    ("names", "days", "holds"),
    [
        ((OLD,), {}, False),
        ((OLD,), {"d1": OLD}, True),  # it answers again
        (("gpt-4o",), {}, False),
        (("gpt-4o",), {"d1": NEW}, False),  # first seen after it came, since what answered before is forgotten
        (("gpt-4o",), {"d12": OLD, "d5": NEW, "d1": OLD}, True),
    ],
)
def test_what_ended_holds_again_only_if_its_own_release_answers(
    names: tuple[str, ...], days: dict[str, str], holds: bool
) -> None:
    assert answered(**days).holds("gpt-4o", replayed(*names), TODAY, ended=True) is holds


def test_what_still_held_is_of_the_release_that_answered_then() -> None:
    known, old = answered(d27=NEW, d20=OLD, d1=OLD).answered, replayed("gpt-4o", came=TODAY - 60 * DAY)
    assert Releases(known, Carried(TODAY - DAY)).holds("gpt-4o", old, TODAY)
    changed = [*known, Answered(TODAY, "gpt-4o", NEW, 10)]
    assert not Releases(changed, Carried(TODAY)).holds("gpt-4o", old, TODAY + DAY)


def test_the_release_that_answers_most_on_a_day_is_the_one_that_answers() -> None:
    both = [Answered(TODAY - DAY, "gpt-4o", OLD, 10), Answered(TODAY - DAY, "gpt-4o", NEW, 11)]
    assert Releases(both).before("gpt-4o", TODAY) == "20240806"
    assert Releases(both).before("gpt-4o-mini", TODAY) is None


def test_one_release_spelt_two_ways_answers_as_one() -> None:
    spelt = [
        Answered(TODAY - DAY, "gpt-4o", name, times) for name, times in ((NEW, 4), ("gpt-4o-20240806", 5), (OLD, 6))
    ]
    assert Releases(spelt).before("gpt-4o", TODAY) == "20240806"


@pytest.mark.parametrize(
    ("came", "first"),
    [((300,), 28), ((300, 10), 38), ((28,), 56), ((29,), 28), ((), 28)],
)
def test_answers_are_asked_for_at_most_eight_weeks_before_the_days_that_are_made(
    came: tuple[int, ...], first: int
) -> None:
    sets = [replayed("gpt-4o", came=TODAY - ago * DAY) for ago in came]
    assert days_to_ask(sets, [TODAY]) == (TODAY - first * DAY, TODAY + DAY)


def sent(name: str, days_ago: int, response: str | None, *, status: int = 200) -> Request:
    (attempt, *_) = (made := scored(name, "gpt-4o", None, days_ago=days_ago)).attempts
    return structs.replace(made, attempts=[structs.replace(attempt, response_model=response, status=status)])


def put(owner: Tenant, raw_model: str, days_ago: int) -> None:
    with access.scope(owner.organization_id):
        Outcome.objects.bulk_create(
            Outcome(
                organization_id=owner.organization_id, deployment_id=owner.deployment_id, replay_set="set", task="triage",
                prompt=f"p{n}", provider="openai", model="gpt-4o", raw_model=raw_model, score=1.0,
                received_at=NOW - days_ago * DAY,
            )
            for n in range(30)
        )  # fmt: skip


def days_known(owner: Tenant) -> list[int]:
    """How many days ago the days lie on which something is known of it."""
    with access.scope(owner.organization_id):
        found = Evidence.objects.filter(**owner.place, task="triage", model="gpt-4o", replayed=30)
        return sorted((NOW.date() - day).days for day in found.values_list("day", flat=True))


@pytest.mark.usefixtures("as_worker")
def test_evidence_of_a_replay_set_ends_the_day_after_another_release_answered() -> None:
    owner = tenant()
    put(owner, "gpt-4o", 9)
    store(owner, [
        *(sent(f"old{n}", n, OLD) for n in range(4, 11)),
        *(sent(f"new{n}", n, NEW) for n in range(4)),
        *(sent(f"failed{n}", 6, NEW, status=500) for n in range(9)),
    ])  # fmt: skip
    freeze(**owner.place, now=NOW)
    assert days_known(owner) == [3, 4, 5, 6, 7, 8, 9, 10]


@pytest.mark.usefixtures("as_worker")
def test_where_answers_never_say_their_release_it_holds() -> None:
    owner = tenant()
    put(owner, OLD, 9)
    store(owner, [sent(f"any{n}", n, "gpt-4o") for n in range(5)])
    freeze(**owner.place, now=NOW)
    assert days_known(owner) == [0, 1, 2, 3, 4]


def forget(owner: Tenant, *, until: datetime) -> None:
    """As raw rows are dropped."""
    with access.scope(owner.organization_id), connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM traces_attempt WHERE deployment_id = %s AND day < %s", [owner.deployment_id, until.date()]
        )
        assert cursor.rowcount


@pytest.mark.usefixtures("as_worker")
@pytest.mark.parametrize(("then", "known"), [(NEW, [38, 39, 40]), (OLD, [0, 1, 2, 37, 38, 39, 40])])
def test_evidence_that_ended_stays_ended_when_the_answers_that_ended_it_are_forgotten(
    then: str, known: list[int]
) -> None:
    """And what held holds on."""
    owner = tenant()
    put(owner, "gpt-4o", 41)
    store(owner, [*(sent(f"old{n}", n, OLD) for n in (41, 39)), *(sent(f"new{n}", n, then) for n in (38, 3, 2, 1))])
    for ago in (40, 39, 38, 37):
        freeze(**owner.place, now=(NOW - ago * DAY).replace(hour=0, minute=10))
    forget(owner, until=NOW - 37 * DAY)
    for ago in (2, 1, 0):
        freeze(**owner.place, now=(NOW - ago * DAY).replace(hour=0, minute=10))
    assert [ago for ago in days_known(owner) if ago in (0, 1, 2, 37, 38, 39, 40)] == known
