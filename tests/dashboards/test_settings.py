"""Declarations of a deployment, from a date on, and its contribution."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from apps.dashboards.forms.declaration import Declare, as_declared
from apps.dashboards.pages.settings import build
from apps.deployments.models import Assumptions
from apps.deployments.queries import assumptions_of
from apps.organizations import access
from tests.dashboards.frames import FRAME
from tests.dashboards.tenants import Acme

TODAY = date(2026, 11, 24)
DECLARED = {
    "effective_from": "2026-11-01",
    "workload": "user-facing",
    "value": "3.20",
    "engagement_loss": "1.2",
    "hours": "14",
    "rate": "95.5",
}


def form(**changed: str) -> Declare:
    return Declare({**DECLARED, **changed}, today=TODAY)


def test_dollars_and_shares_are_stored_exactly() -> None:
    declared = form(value="3.200001", engagement_loss="1.2345")
    assert declared.is_valid(), declared.errors
    found = declared.declaration()
    assert (found.value_per_1000_nano, found.engagement_loss_ppm) == (3_200_001_000, 12_345)
    assert (found.maintenance_hours, found.hourly_rate_nano) == (Decimal(14), 95_500_000_000)


def test_what_is_left_empty_is_not_declared() -> None:
    declared = form(value="", hours="", rate="")
    assert declared.is_valid()
    assert declared.declaration().value_per_1000_nano is None
    assert declared.declaration().maintenance_hours is None


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("value", "$3.20", "without a currency sign"),
        ("value", "NaN", "without a currency sign"),
        ("value", "-1", "greater than or equal to 0"),
        ("engagement_loss", "51", "less than or equal to 50"),
        ("effective_from", "yesterday", "such as 2026-11-22"),
        ("effective_from", "2031-01-01", "more than a year ahead"),
        ("effective_from", "1999-12-31", "from 2000-01-01 on"),
        ("rate", "", "fill in both, or neither"),
        ("hours", "", "fill in both, or neither"),
    ],
)
def test_what_cannot_be_taken_is_said_with_what_to_do(field: str, typed: str, said: str) -> None:
    declared = form(**{field: typed})
    assert not declared.is_valid()
    assert said in " ".join(map(str, declared.errors[field]))


def test_what_is_in_force_fills_the_form_and_survives_it() -> None:
    row = Assumptions(
        user_facing=False, value_per_1000_nano=500_000_000, engagement_loss_ppm=12_000, effective_from=TODAY
    )
    shown = {name: "" if value is None else str(value) for name, value in as_declared(row, today=TODAY).items()}
    assert shown["engagement_loss"] == "1.2"
    again = Declare(shown, today=TODAY)
    assert again.is_valid(), again.errors
    assert again.declaration().value_per_1000_nano == 500_000_000
    assert again.declaration().user_facing is False


def test_the_page_marks_what_is_in_force_today() -> None:
    rows = [_row(date(2000, 1, 1)), _row(date(2026, 11, 1), value=2 * 10**9), _row(date(2026, 12, 1))]
    page = build(rows, frame=FRAME, name="chat", contributes=True, contribution="/", may_change=True, today=TODAY)
    assert [one.current for one in page.history] == [False, True, False]
    assert page.history[-1].when == "from the beginning"
    assert "a thousand of them are worth $2.00" in page.answer


def _row(day: date, *, value: int | None = None) -> Assumptions:
    return Assumptions(effective_from=day, user_facing=True, value_per_1000_nano=value, engagement_loss_ppm=12_000)


def post(place: Acme, rest: str, values: dict[str, Any]) -> Any:
    return place.client().post(place.at(rest), values, follow=True)


def test_a_declaration_is_kept_from_its_date_on(place: Acme) -> None:
    answer = post(place, "chat/settings", DECLARED)
    assert "is being computed again" in answer.content.decode()
    deployment = place.deployment()
    with access.scope(deployment.organization_id):
        [_, latest] = assumptions_of(deployment)
    assert (latest.effective_from, latest.value_per_1000_nano) == (date(2026, 11, 1), 3_200_000_000)


def test_a_refused_declaration_stays_in_the_form(place: Acme) -> None:
    answer = post(place, "chat/settings", {**DECLARED, "rate": ""})
    text = answer.content.decode()
    assert "fill in both, or neither" in text
    assert 'aria-invalid="true"' in text
    deployment = place.deployment()
    with access.scope(deployment.organization_id):
        assert len(assumptions_of(deployment)) == 1


def test_contribution_is_switched_off_and_on(place: Acme) -> None:
    assert "It no longer contributes" in post(place, "chat/contribution", {"contributes": "no"}).content.decode()
    assert not place.deployment().contributes
    post(place, "chat/contribution", {"contributes": "yes"})
    assert place.deployment().contributes


def test_a_deployment_is_added_and_waits_for_its_first_trace(place: Acme) -> None:
    answer = post(place, "-/add", {"name": "Voice Notes", "slug": "", "workload": "background"})
    assert answer.request["PATH_INFO"] == place.at("voice-notes/")
    assert b"Waiting for the first trace" in answer.content


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"name": "", "workload": "background"}, "Give it the name your team uses"),
        ({"name": "Chat", "slug": "chat", "workload": "background"}, "choose another"),
        ({"name": "x", "slug": "No Slug!", "workload": "background"}, "lower-case letters"),
        ({"name": "聊天", "workload": "background"}, "write one"),
    ],
)
def test_a_deployment_that_cannot_be_added_says_why(place: Acme, values: dict[str, str], said: str) -> None:
    assert said in post(place, "-/add", values).content.decode()
