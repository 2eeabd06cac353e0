from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory

from apps.deployments.models import Deployment
from apps.deployments.provision import provision
from apps.organizations import access, keys, tokens
from apps.organizations.authentication import TokenAuthentication
from apps.organizations.models import ApiToken, Organization
from tests.connections import acting_as
from tests.names import unique

pytestmark = pytest.mark.usefixtures("database")


def provisioned() -> tuple[Organization, str]:
    slug = unique("token")
    with acting_as("worker"):
        made = provision(
            organization=slug, deployment="chat", email=f"{slug}@example.com", password=None, now=timezone.now()
        )
        return Organization.objects.get(slug=slug), made.api_token


def asking(text: str | None) -> Request:
    return Request(APIRequestFactory().get("/", headers={} if text is None else {"authorization": text}))


def test_a_token_opens_its_organization_for_the_transaction() -> None:
    organization, text = provisioned()
    with transaction.atomic():
        answer = TokenAuthentication().authenticate(asking(f"Bearer {text}"))
        assert answer is not None
        assert answer[0].organization == organization
        assert {row.organization_id for row in Deployment.objects.all()} == {organization.pk}
    assert Deployment.objects.count() == 0


def test_its_use_is_noted() -> None:
    organization, text = provisioned()
    with transaction.atomic():
        TokenAuthentication().authenticate(asking(f"Bearer {text}"))
    with access.scope(organization.pk):
        assert ApiToken.objects.get().last_used_at is not None


def test_unknown_expired_and_revoked_tokens_are_refused_alike() -> None:
    organization, revoked = provisioned()
    now = timezone.now()
    with access.scope(organization.pk):
        tokens.revoke(token=ApiToken.objects.get(), now=now, actor=None)
        _, expired = tokens.issue(
            organization=organization, label="x", now=now - timedelta(days=2), actor=None, lifetime=timedelta(days=1)
        )
    refusals = set()
    for text in (keys.make().text, expired, revoked, revoked[:-1] + "!", "tmk_nonsense"):
        with transaction.atomic(), pytest.raises(AuthenticationFailed) as refusal:
            TokenAuthentication().authenticate(asking(f"Bearer {text}"))
        refusals.add(str(refusal.value.detail))
    assert len(refusals) == 1


def test_a_secret_of_another_key_does_not_fit() -> None:
    _, one = provisioned()
    _, other = provisioned()
    body = one[:13] + other[13:-6]
    with transaction.atomic(), pytest.raises(AuthenticationFailed):
        TokenAuthentication().authenticate(asking(f"Bearer {body}{keys._check(body)}"))


@pytest.mark.parametrize("header", [None, "", "Basic dXNlcjpwYXNz"])
def test_without_a_bearer_token_nobody_is_recognised(header: str | None) -> None:
    assert TokenAuthentication().authenticate(asking(header)) is None
