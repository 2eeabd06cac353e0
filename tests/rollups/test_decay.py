"""How rules age, through the real path: stored, evidence frozen, rolled up, compared, against a ledger of its own."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.db import connection

from apps.deployments.annotate import annotate
from apps.deployments.models import Annotation, Deployment
from apps.organizations import access
from apps.organizations.models import Organization
from apps.pricing.agree import PerToken, set_own_price
from apps.quality.freeze import freeze
from apps.rollups import decay
from apps.rollups.chosen import Chosen, chosen
from apps.rollups.events import Event, Kind
from apps.rollups.models import Decay
from apps.rollups.sweep import rebuild_all
from tests.rollups import static_rule as rule
from tests.rollups.tenants import NOW, Tenant, store, tenant

FIRST = NOW.date() - timedelta(days=rule.DAYS)
LAST = NOW.date() - timedelta(days=1)
LATER = timedelta(minutes=5)


@dataclass(frozen=True)
class Seen:
    chosen: Chosen
    aged: decay.Aged


def priced(owner: Tenant) -> None:
    with access.scope(owner.organization_id):
        organization = Organization.objects.get(pk=owner.organization_id)
        for model, dollars in rule.DOLLARS.items():
            enter(organization, model, dollars, FIRST - timedelta(days=90))
        enter(organization, "rival", rule.CHEAPER, rule.day_of(FIRST, rule.CUT))


def enter(organization: Organization, model: str, dollars: tuple[float, float], since: date) -> None:
    price = PerToken(*(round(one * 10**9) for one in dollars))
    set_own_price(organization=organization, provider=rule.SELLER, model=model, effective_from=since, price=price,
                  now=NOW, actor=None)  # fmt: skip


def seen(owner: Tenant, now: datetime = NOW) -> Seen:
    with access.scope(owner.organization_id):
        found = chosen(**owner.place, last=now.date() - timedelta(days=1))
        return Seen(found, decay.aged(found, **owner.place))


@pytest.fixture(scope="module")
def owner(database: None) -> Tenant:
    from tests.connections import acting_as

    with acting_as("worker"):
        made = tenant()
        priced(made)
        store(made, rule.requests(FIRST))
        freeze(**made.place, now=NOW)
        rebuild_all(now=NOW)
        assert (made.organization_id, made.deployment_id) in list(decay.claimed(now=NOW))
        assert decay.refresh(**made.place, now=NOW) == 0
    return made


@pytest.mark.usefixtures("as_worker")
def test_every_day_and_every_cause_is_that_of_the_ledger(owner: Tenant) -> None:
    found = seen(owner)
    assert [(one.first, one.basis.value) for one in found.chosen.epochs] == [(FIRST, "first_seen")]
    for n in range(rule.DAYS):
        day, told = found.chosen.days[rule.day_of(FIRST, n)], rule.ledger(n)
        assert (day.optimal, day.evaluable, day.served) == (told.good, told.requests, told.requests)
    assert sorted(found.aged.splits) == [rule.day_of(FIRST, n) for n in range(7, rule.DAYS)]
    for day, split in found.aged.splits.items():
        truth = rule.ledger((day - FIRST).days)
        assert sum(split.parts.values()) == split.loss
        assert split.loss / decay.SCALE == pytest.approx(
            rule.ledger(0).good / 38 - truth.good / truth.requests, abs=1e-8
        )
        for cause, part in split.parts.items():
            assert part / decay.SCALE == pytest.approx(truth.lost[cause.value], abs=0.01), (day, cause)


@pytest.mark.usefixtures("as_worker")
def test_price_cuts_and_new_models_are_told_with_their_days(owner: Tenant) -> None:
    cut = round(1_000 * sum(rule.CHEAPER) / sum(rule.DOLLARS["rival"]))
    assert seen(owner).aged.events == (
        Event(rule.day_of(FIRST, rule.CUT), Kind.PRICE, "rival", cut),
        Event(rule.day_of(FIRST, rule.CAME), Kind.CAME, "newcomer"),
    )


@pytest.mark.usefixtures("as_worker")
def test_what_has_not_changed_is_not_computed_again_and_what_has_is_not_shown(
    owner: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = seen(owner)
    with monkeypatch.context() as patch:
        patch.setattr(decay, "_days", lambda *_: pytest.fail("nothing is to be read"))
        assert decay.refresh(**owner.place, now=NOW + LATER) == 0
    assert seen(owner).aged.splits == before.aged.splits
    assert (owner.organization_id, owner.deployment_id) not in list(decay.claimed(now=NOW + 2 * decay.PACE))
    where: dict[str, Any] = {**owner.place, "day": LAST}
    with access.scope(owner.organization_id), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE rollups_request_day SET optimal = optimal - 1 WHERE organization_id = %(organization_id)s "
            "AND deployment_id = %(deployment_id)s AND day = %(day)s AND task = 'steady' AND environment = 'production'",
            where,
        )
    assert LAST not in seen(owner).aged.splits
    with monkeypatch.context() as patch:
        patch.setattr(decay, "ROWS_A_REBUILD", 0)
        assert decay.refresh(**owner.place, now=NOW + 2 * LATER) == 0  # one day, however little may be read
    assert LAST in seen(owner).aged.splits


@pytest.mark.usefixtures("as_worker")
def test_a_declared_policy_begins_anew_and_one_that_keeps_dying_is_given_up(
    owner: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    with access.scope(owner.organization_id):
        deployment = Deployment.objects.select_related("organization").get(pk=owner.deployment_id)
        at = datetime.combine(rule.day_of(FIRST, 10), time(), NOW.tzinfo)
        annotate(deployment=deployment, kind=Annotation.Kind.POLICY, label="rules v2", at=at, now=NOW, actor=None)  # type: ignore[arg-type]
    found = seen(owner)
    assert [(one.label, one.basis.value) for one in found.chosen.epochs] == [
        ("", "first_seen"),
        ("rules v2", "declared"),
    ]
    assert found.aged.splits == {}
    assert decay.refresh(**owner.place, now=NOW + 3 * LATER) == 0
    assert min(seen(owner).aged.splits) == rule.day_of(FIRST, 17)

    def fail(*_: object) -> int:
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr(decay, "_refresh", fail)
        for _ in range(5):
            with pytest.raises(RuntimeError):
                decay.refresh(**owner.place, now=NOW)
        assert decay.refresh(**owner.place, now=NOW) is None
    row = Decay.objects.get(**owner.place)
    assert (row.quarantined_at, row.last_error) == (NOW, "builtins.RuntimeError")
