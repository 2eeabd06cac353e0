"""The demo from nothing to a frozen median by one command, on a running platform; smaller, but by the same way."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import StringIO
from itertools import islice
from threading import Thread

import pytest
from django.core.management import CommandError, call_command
from django.db import connections
from django.utils import timezone

from apps.advice.models import Advised
from apps.benchmarks.closing import BusyError
from apps.benchmarks.freeze import freeze
from apps.benchmarks.models import Freeze, Snapshot
from apps.benchmarks.weeks import Week
from apps.demo import account
from apps.demo.lay import began
from apps.demo.past_weeks import held_open, weeks_to_freeze
from apps.demo.remove import remove
from apps.demo.simulate import cast
from apps.organizations.models import Organization
from apps.pricing.import_prices import import_prices
from tests.connections import acting_as
from tests.live import LivePlatform

pytestmark = pytest.mark.usefixtures("as_worker")
ORGANIZATIONS, DAYS = 14, 39
"""Enough for a median, and for a window or two of four complete weeks on any day of the week."""


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = cast.cast
    monkeypatch.setattr(cast, "DAYS", DAYS)
    monkeypatch.setattr(cast, "cast", lambda **given: tuple(islice(whole(**given), ORGANIZATIONS)))


@pytest.fixture(autouse=True)
def none_before_and_none_afterwards(database: None) -> Iterator[None]:
    with acting_as("worker"):
        remove()
    yield
    with acting_as("worker"):
        remove()


def seed(url: str) -> str:
    output = StringIO()
    call_command("demo", "seed", "--url", url, stdout=output)
    return output.getvalue()


def demo() -> list[str]:
    return list(Organization.objects.filter(pool=Organization.Pool.DEMO).values_list("slug", flat=True))


@pytest.mark.usefixtures("small")
def test_one_command_leads_to_a_median_and_the_next_continues(live_platform: LivePlatform) -> None:
    now = timezone.now()
    import_prices(now=now)
    said = seed(live_platform.url)
    assert f"{account.EMAIL} with the password {account.password()}" in said
    assert "0 duplicate, 0 in conflict, 0 rejected" in said
    assert len(demo()) == ORGANIZATIONS
    week = Week.last_due(now)
    (table,) = Snapshot.objects.filter(pool="demo", week=str(week), metric="efficiency_billing", stratum="complete")
    assert table.peers == "10-14"
    assert table.coarse_median is not None
    assert 0.5 < table.coarse_median <= 1
    until = time.monotonic() + 60
    while weeks_to_freeze(began=began(now=now), now=now):
        assert time.monotonic() < until, "the worker does not freeze the older weeks"
        time.sleep(0.2)
    ids = Organization.objects.filter(pool=Organization.Pool.DEMO).values_list("pk", flat=True)
    while not Advised.objects.filter(organization_id__in=list(ids)).exclude(computed_at=None).exists():
        assert time.monotonic() < until, "the worker advises nobody"
        time.sleep(0.2)
    again = seed(live_platform.url)
    assert "frozen" not in again
    assert " duplicate, 0 in conflict, 0 rejected" in again
    for organization in demo()[:3]:
        output = StringIO()
        call_command("verify", "--organization", organization, stdout=output)
        assert output.getvalue().endswith("all equal\n")


def test_the_weeks_to_freeze_are_those_whose_window_lies_in_the_demos_time() -> None:
    now = datetime(2026, 11, 24, 10, tzinfo=UTC)
    began = datetime(2026, 10, 20, tzinfo=UTC).date()
    assert [str(week) for week in weeks_to_freeze(began=began, now=now)] == ["2026-W47"]
    assert [str(week) for week in weeks_to_freeze(began=began - timedelta(days=1), now=now)] == ["2026-W47", "2026-W46"]
    assert weeks_to_freeze(began=began + timedelta(days=7), now=now) == []
    freeze(week=Week.parse("2026-W47"), now=now, pool="demo")
    assert [str(week) for week in weeks_to_freeze(began=began - timedelta(days=1), now=now)] == ["2026-W46"]


def test_nobody_freezes_a_week_that_is_held_open() -> None:
    week, now = Week.parse("2026-W40"), timezone.now()
    met: list[type[BaseException]] = []

    def freeze_meanwhile() -> None:
        try:
            freeze(week=week, now=now, pool="demo")
        except BusyError as error:
            met.append(type(error))
        finally:
            connections.close_all()

    with held_open(week):
        other = Thread(target=freeze_meanwhile)
        other.start()
        other.join()
    assert met == [BusyError]
    assert not Freeze.objects.filter(pool="demo", week=str(week)).exists()
    freeze_meanwhile()
    assert Freeze.objects.filter(pool="demo", week=str(week)).exists()


@pytest.mark.usefixtures("small")
def test_without_a_platform_it_says_where_it_looked() -> None:
    with pytest.raises(CommandError, match="no http"):
        seed("localhost")


@pytest.mark.usefixtures("small")
def test_removing_asks_first(monkeypatch: pytest.MonkeyPatch) -> None:
    questions: list[str] = []
    answers = iter(("n", "y"))

    def ask(question: str) -> str:
        questions.append(question)
        return next(answers)

    monkeypatch.setattr("builtins.input", ask)
    with pytest.raises(CommandError):
        seed("localhost")
    for left in (ORGANIZATIONS, 0):
        call_command("demo", "remove", stdout=StringIO())
        assert len(demo()) == left
    assert len(questions) == 2
