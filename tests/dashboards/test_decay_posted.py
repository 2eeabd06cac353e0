"""The simulated rule that ages, through the public path alone: prices typed on their page, requests posted over HTTP,
and the curve with its causes read over HTTP, within a point of the simulator's own ledger."""

import json
import time
import urllib.request
from datetime import date, timedelta
from typing import Any

import msgspec
import pytest
from django.utils import timezone

from apps.organizations import access
from apps.quality.freeze import freeze
from apps.rollups import decay
from apps.rollups.sweep import rebuild_all
from apps.traces.models import StaleHour
from tests.connections import acting_as
from tests.dashboards.tenants import Acme, acme
from tests.live import LivePlatform
from tests.rollups import static_rule as rule
from tests.tollmark.posts import send

pytestmark = pytest.mark.load

NOW = timezone.now()
FIRST = NOW.date() - timedelta(days=rule.DAYS)
A_POST = 400
PATIENCE_S = 60


def typed(place: Acme, model: str, dollars: tuple[float, float], since: date) -> None:
    form = {"deed": "price", "provider": rule.SELLER, "model": model, "effective_from": since.isoformat()}
    answer = place.client().post(place.at("chat/prices"), form | {"input": dollars[0], "output": dollars[1]})
    assert answer.status_code == 302


def computed(place: Acme) -> None:
    """As the worker does it: evidence of every day, cells, and each day against the first ones."""
    deployment = place.deployment()
    owner: Any = {"organization_id": deployment.organization_id, "deployment_id": deployment.pk}
    deadline = time.monotonic() + PATIENCE_S
    with acting_as("worker"):
        freeze(**owner, now=NOW)
        while time.monotonic() < deadline:
            rebuild_all(now=timezone.now())
            with access.scope(deployment.organization_id):
                if not StaleHour.objects.filter(**owner).exists():
                    break
        while time.monotonic() < deadline and decay.refresh(**owner, now=NOW) != 0:
            time.sleep(0.1)


def read(platform: LivePlatform, place: Acme) -> Any:
    headers = {"Authorization": f"Bearer {place.token}"}
    asked = urllib.request.Request(f"{platform.url}/api/v1/deployments/chat/decay", headers=headers)
    with urllib.request.urlopen(asked, timeout=30) as answer:
        return json.load(answer)


def test_the_curve_and_each_cause_are_the_ledgers_for_what_was_posted(live_platform: LivePlatform) -> None:
    place, requests = acme(), rule.requests(FIRST)
    for model, dollars in rule.DOLLARS.items():
        typed(place, model, dollars, FIRST - timedelta(days=90))
    typed(place, "rival", rule.CHEAPER, rule.day_of(FIRST, rule.CUT))
    for n in range(0, len(requests), A_POST):
        some = requests[n : n + A_POST]
        counts = send(live_platform.url, place.ingest_key, b"\n".join(msgspec.json.encode(one) for one in some))
        assert (counts["accepted"], counts["rejected"]) == (len(some), 0)
    computed(place)
    told = read(live_platform, place)
    assert len(told["days"]) == rule.DAYS
    first = rule.ledger(0).good / rule.ledger(0).requests
    for n, day in enumerate(told["days"]):
        truth = rule.ledger(n)
        assert day["rate"]["value"] == pytest.approx(truth.good / truth.requests, abs=0.01)
        if n >= 7:
            assert day["loss"] == pytest.approx(first - truth.good / truth.requests, abs=0.01)
            assert day["causes"] == {cause: pytest.approx(part, abs=0.01) for cause, part in truth.lost.items()}
    assert set(told["days"][-1]["causes"]) == {rule.PRICE, rule.MODEL, rule.WORSE, rule.MIX}
    assert [(one["kind"], one["model"]) for one in told["events"]] == [
        ("price_change", "rival"),
        ("new_model", "newcomer"),
    ]
