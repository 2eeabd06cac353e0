"""What was replayed with one release of a model says nothing of the next: it holds until another one answers."""

from datetime import UTC, date, datetime, timedelta

import pytest
from msgspec import structs

from apps.organizations import access
from apps.pricing.names import release_of
from apps.quality.freeze import freeze
from apps.quality.gather import Replayed
from apps.quality.models import Evidence
from apps.quality.releases import Answered, Releases
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
        ("gpt-4o-2024-08-06", "gpt-4o", "-2024-08-06"),
        ("OpenAI/GPT-4o-2024-08-06", "gpt-4o", "-2024-08-06"),
        ("openai/gpt-4o-2024-08-06", "openai/gpt-4o", "-2024-08-06"),
        ("anthropic.claude-3-5-haiku-20241022-v1:0", "anthropic.claude-3-5-haiku", "-20241022-v1:0"),
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
        (("gpt-4o",), {"d12": OLD, "d1": OLD}, True),
        (("gpt-4o",), {"d12": OLD, "d1": NEW}, False),
        (("gpt-4o",), {"d12": OLD, "d10": NEW, "d1": NEW}, True),  # it came on the day on which the new one answered
        (("gpt-4o",), {"d5": OLD, "d1": OLD}, True),  # what answered first after it came
        (("gpt-4o",), {"d5": OLD, "d1": NEW}, False),
    ],
)
def test_it_holds_until_another_release_answers(names: tuple[str, ...], days: dict[str, str], holds: bool) -> None:
    assert answered(**days).holds("gpt-4o", replayed(*names), TODAY) is holds


def test_the_release_that_answers_most_on_a_day_is_the_one_that_answers() -> None:
    both = [Answered(TODAY - DAY, "gpt-4o", OLD, 10), Answered(TODAY - DAY, "gpt-4o", NEW, 11)]
    assert Releases(both).before("gpt-4o", TODAY) == "-2024-08-06"
    assert Releases(both).before("gpt-4o-mini", TODAY) is None


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
