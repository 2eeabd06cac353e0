"""How rules age, through the real path: stored, evidence frozen, rolled up, compared; against a ledger of its own, and as
page and API tell it."""

import html
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.utils import timezone
from msgspec import structs

from apps.dashboards.figures.decay import STUDY_NAME, Moment, causes, falling
from apps.dashboards.figures.plots import Event
from apps.dashboards.wording import times
from apps.dashboards.wording.signs import MINUS
from apps.organizations import access
from apps.organizations.models import Organization
from apps.pricing.agree import PerToken, set_own_price
from apps.quality.freeze import freeze
from apps.rollups import decay, events
from apps.rollups.chosen import Chosen, chosen
from apps.rollups.models import Decay
from apps.rollups.sweep import rebuild_all
from tests.connections import acting_as
from tests.dashboards.drawn import drawn
from tests.dashboards.tenants import Acme, acme
from tests.dashboards.test_api import get
from tests.rollups import static_rule as rule
from tests.rollups.tenants import Tenant, store

NOW = timezone.now()
FIRST = NOW.date() - timedelta(days=rule.DAYS)
LAST = NOW.date() - timedelta(days=1)
SECOND, LATER, DAY = timedelta(seconds=1), timedelta(minutes=5), timedelta(days=1)


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
def place(database: None) -> Acme:
    """Twenty-two days of a deployment whose rules never change, rolled up and compared."""
    made = acme()
    owner = owner_of(made)
    with acting_as("worker"):
        priced(owner)
        store(owner, rule.requests(FIRST))
        freeze(**owner.place, now=NOW)
        rebuild_all(now=NOW, of=[owner.organization_id])
        assert (owner.organization_id, owner.deployment_id) in all_claimed(NOW)
        assert decay.refresh(**owner.place, now=NOW) == rule.DAYS - 7 - decay.MOST_DAYS
        assert (owner.organization_id, owner.deployment_id) in all_claimed(NOW + SECOND)
        assert decay.refresh(**owner.place, now=NOW + SECOND) == 0
    return made


def all_claimed(now: datetime) -> list[tuple[int, int]]:
    """Of however many other deployments there are."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(decay, "MOST_MESSAGES", 1_000_000)
        return list(decay.claimed(now=now))


@pytest.fixture(scope="module")
def owner(place: Acme) -> Tenant:
    return owner_of(place)


def owner_of(place: Acme) -> Tenant:
    deployment = place.deployment()
    return Tenant(deployment.organization_id, deployment.pk)


def text_of(place: Acme, rest: str = "chat/decay") -> str:
    answer = place.client().get(place.at(rest))
    assert answer.status_code == 200
    plain = re.sub(r"<[^>]+>", "", html.unescape(answer.content.decode()))
    return re.sub(r"\s+", " ", plain.replace("\u00a0", " "))


@pytest.mark.usefixtures("as_worker")
def test_every_day_and_every_cause_is_that_of_the_ledger(owner: Tenant) -> None:
    found = seen(owner)
    assert [(one.first, one.basis.value) for one in found.chosen.epochs] == [(FIRST, "first_seen")]
    for n in range(rule.DAYS):
        choices, told = found.chosen.days[rule.day_of(FIRST, n)], rule.ledger(n)
        assert (choices.optimal, choices.evaluable, choices.served) == (told.good, told.requests, told.requests)
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
        events.Event(rule.day_of(FIRST, rule.CUT), events.Kind.PRICE, "rival", cut),
        events.Event(rule.day_of(FIRST, rule.CAME), events.Kind.CAME, "newcomer"),
    )


def test_the_page_says_how_well_what_was_lost_and_why(place: Acme) -> None:
    text = text_of(place)
    first, last = (sum(rule.ledger(n).good for n in days) for days in (range(7), range(rule.DAYS - 7, rule.DAYS)))
    assert (
        f"Not well: {100 * last / 266:.1f} % of choices are within 5 % of the cheapest model that is good enough."
        in text
    )
    assert f"your rules have lost {100 * (first - last) / 266:.1f} points since" in text
    assert "held already with the first request, 22 days ago: how old they are, nobody told." in text
    assert "Revisiting rules" not in text
    assert f"Why {100 * first / 266:.1f} % became {100 * last / 266:.1f} %" in text
    lost = {
        cause: sum(rule.ledger(n).lost[cause] for n in range(rule.DAYS - 7, rule.DAYS)) / 7
        for cause in rule.ledger(0).lost
    }
    told = {
        name: float(figure) for name, figure in re.findall(r"(Price change|New model|Traffic mix)(\d+\.\d) pp", text)
    }
    for cause, name in (("price_change", "Price change"), ("new_model", "New model"), ("traffic_mix", "Traffic mix")):
        assert told[name] == pytest.approx(100 * lost[cause], abs=0.11)  # rounded so that they add up as they are read
    assert f"rival {MINUS}43 %" in text
    assert "newcomer appears" in text
    assert "literature, not peers" in text
    assert "No band of peers" in text
    assert "100.0 % of those that an attempt served" in text


def test_the_api_says_the_same_day_by_day(place: Acme) -> None:
    told = get(place, "deployments/chat/decay").json()
    assert [one["rate"]["optimal"] for one in told["days"]] == [rule.ledger(n).good for n in range(rule.DAYS)]
    assert [one["causes"] is None for one in told["days"]] == [n < 7 for n in range(rule.DAYS)]
    policy = told["policy"]
    assert (policy["basis"], policy["first_day"], policy["age_days"]) == ("first_seen", FIRST.isoformat(), rule.DAYS)
    assert policy["loss_low"] < policy["loss"] < policy["loss_high"]
    assert sum(told["causes"].values()) == pytest.approx(policy["loss"], abs=1e-8)
    assert [(one["kind"], one["model"]) for one in told["events"]] == [
        ("price_change", "rival"),
        ("new_model", "newcomer"),
    ]
    assert float(told["excess_usd"]) > 0
    assert get(place, "deployments/chat/policies").json()["results"] == [policy]


def test_without_evidence_the_page_says_how_to_get_some(database: None) -> None:
    empty = acme()
    assert "No complete day of production has requests yet" in text_of(empty)
    with acting_as("worker"):
        some = [one for one in rule.requests(FIRST) if one.received_at.date() == LAST][:3]
        store(owner_of(empty), some)
        rebuild_all(now=NOW, of=[empty.organization().pk])
    text = text_of(empty)
    assert "Selection is not measured: no request belongs to a task with evidence" in text
    assert "Or upload a replay set" in text
    assert "Why it changed" not in text
    assert get(empty, "deployments/chat/decay").json()["policy"]["recent"]["value"] is None


def test_the_chart_is_such_as_plotly_draws() -> None:
    moments = [Moment(FIRST, 87.0, 85.0, 89.0), Moment(LAST, 70.0, 68.0, 72.0)]
    at = datetime.combine(LAST, time(), UTC)
    figure = drawn(falling([("v1", moments), ("v2", moments)], FIRST, [Event(at, "v2"), Event(at, "x cheaper")]))
    assert [line.name for line in figure.data if line.showlegend is not False] == ["v1", "v2", STUDY_NAME]
    assert figure.data[-1].line.dash == "dash"
    assert (len(figure.layout.shapes), len({note.yshift for note in figure.layout.annotations})) == (2, 2)
    gained = causes({"price_change": 3.0, "quality": -1.0, "new_model": 1.0, "traffic_mix": 0.0}, label="")
    assert [(one.kind, one.x, one.width) for one in gained.segments] == [("price_change", 0, 75), ("new_model", 75, 25)]


@pytest.mark.usefixtures("as_worker")
def test_what_has_not_changed_is_not_computed_again_and_what_has_is_not_shown(
    owner: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = seen(owner)
    with monkeypatch.context() as patch:
        patch.setattr(decay, "_days", lambda *_: pytest.fail("nothing is to be read"))
        assert decay.refresh(**owner.place, now=NOW + LATER) == 0
    assert seen(owner).aged.splits == before.aged.splits
    assert (owner.organization_id, owner.deployment_id) not in all_claimed(NOW + 2 * decay.PACE)
    (late, *_) = [one for one in rule.requests(FIRST) if one.received_at.date() == LAST]
    store(owner, [structs.replace(late, request_id="late")])
    rebuild_all(now=NOW + LATER, of=[owner.organization_id])
    assert LAST not in seen(owner).aged.splits
    with monkeypatch.context() as patch:
        patch.setattr(decay, "ROWS_A_REBUILD", 0)
        assert decay.refresh(**owner.place, now=NOW + 2 * LATER) == 0  # one day, however little may be read
    assert LAST in seen(owner).aged.splits


def test_rules_that_are_declared_on_the_page_begin_anew(place: Acme, owner: Tenant) -> None:
    client, address = place.client(), place.at("chat/decay")
    for said in (
        {"since": (NOW.date() + 2 * DAY).isoformat(), "label": "v2"},
        {"since": LAST.isoformat(), "label": " "},
    ):
        assert client.post(address, said).status_code == 200
    said = {"since": rule.day_of(FIRST, 10).isoformat(), "label": "rules  v2"}
    assert client.post(address, said).status_code == client.post(address, said).status_code == 302
    text = text_of(place)
    assert f"rules v2 was declared 12 days ago, for {times.day(rule.day_of(FIRST, 10))}".replace("\u00a0", " ") in text
    assert "The causes of some of the last seven days are being computed" in text
    first, second = get(place, "deployments/chat/policies").json()["results"]
    assert (first["basis"], first["last_day"]) == ("first_seen", rule.day_of(FIRST, 9).isoformat())
    assert (second["basis"], second["name"], second["last_day"]) == ("declared", "rules v2", None)
    with acting_as("worker"):
        assert decay.refresh(**owner.place, now=NOW + 3 * LATER) == 0
        assert sorted(seen(owner).aged.splits) == [rule.day_of(FIRST, n) for n in (7, 8, 9, *range(17, rule.DAYS))]
    text = text_of(place)
    assert "Why " in text
    lost = 100 * sum(rule.ledger(n).lost[rule.PRICE] for n in (7, 8, 9)) / 3
    (told,) = re.findall(rf"{MINUS}\d+\.\d pp price change {MINUS}(\d+\.\d) pp", text.replace("pp", "pp "))
    assert float(told) == pytest.approx(lost, abs=0.11), "what the rules of before lost, and why"


def test_rules_of_before_have_their_causes_too(place: Acme) -> None:
    before, now = get(place, "deployments/chat/policies").json()["results"]
    for epoch, days in ((before, (7, 8, 9)), (now, range(17, rule.DAYS))):
        assert sum(epoch["causes"].values()) == pytest.approx(epoch["loss"], abs=1e-8)
        if epoch is before:
            whole = {cause: sum(rule.ledger(n).lost[cause] for n in days) / 3 for cause in epoch["causes"]}
            assert epoch["causes"] == {cause: pytest.approx(part, abs=0.01) for cause, part in whole.items()}
    assert get(place, "deployments/chat/decay").json()["causes"] == now["causes"]


@pytest.mark.usefixtures("as_worker")
def test_a_comparison_that_keeps_dying_is_given_up(owner: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
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
