import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from apps.deployments import ingest_keys
from apps.deployments.models import Deployment, IngestKey
from apps.deployments.provision import Provisioned, provision
from apps.organizations import access, keys
from apps.organizations.models import AuditEvent, Membership, Organization, Role
from tests.names import unique

pytestmark = pytest.mark.usefixtures("as_worker")


def provisioned(slug: str | None = None, *, deployment: str = "chat") -> Provisioned:
    slug = slug or unique("provision")
    return provision(
        organization=slug,
        deployment=deployment,
        email=f"{slug}@example.com",
        password="a long password",
        now=timezone.now(),
    )


def test_it_makes_everything_that_a_first_trace_needs() -> None:
    made = provisioned()
    organization = Organization.objects.get(slug=made.organization)
    assert organization.vouched
    with access.scope(organization.pk):
        deployment = Deployment.objects.get()
        assert (deployment.slug, deployment.contributes) == ("chat", True)
        assert Membership.objects.get().role == Role.OWNER
        key = IngestKey.objects.get()
        assert keys.parse(made.ingest_key) == (key.key_id, bytes(key.secret_hash))
        assert "organization.founded" in AuditEvent.objects.values_list("verb", flat=True)


def test_repeating_it_changes_nothing_and_says_the_same() -> None:
    first = provisioned()
    again = provisioned(first.organization)
    assert again == first
    with access.scope(Organization.objects.get(slug=first.organization).pk):
        assert (Deployment.objects.count(), IngestKey.objects.count(), Membership.objects.count()) == (1, 1, 1)


def test_a_revoked_key_is_followed_by_another() -> None:
    first = provisioned()
    with access.scope(Organization.objects.get(slug=first.organization).pk):
        ingest_keys.revoke(key=IngestKey.objects.get(), now=timezone.now(), actor=None)
    second = provisioned(first.organization)
    assert second.ingest_key != first.ingest_key
    assert second.api_token == first.api_token


def test_a_second_deployment_joins_the_same_organization() -> None:
    first = provisioned()
    second = provisioned(first.organization, deployment="search")
    assert second.ingest_key != first.ingest_key
    with access.scope(Organization.objects.get(slug=first.organization).pk):
        assert Deployment.objects.count() == 2


def test_the_secret_is_stored_nowhere_in_clear() -> None:
    made = provisioned()
    secret = made.ingest_key.split("_")[2]
    with access.scope(Organization.objects.get(slug=made.organization).pk):
        row = IngestKey.objects.values().get()
        assert secret not in str(row)
        assert secret not in str(list(AuditEvent.objects.values()))


def test_the_command_prints_json() -> None:
    slug, out = unique("provision"), StringIO()
    call_command("provision", organization=slug, deployment="chat", email=f"{slug}@example.com", stdout=out)
    assert set(json.loads(out.getvalue())) == {
        "organization", "deployment", "ingest_key", "api_token", "sign_in_url"
    }  # fmt: skip


@pytest.mark.parametrize("slug", ["Acme", "a b", "acme-", "../x", "=cmd()", "a" * 64])
def test_a_malformed_name_is_refused_with_what_to_use(slug: str) -> None:
    with pytest.raises(CommandError, match=r"lower-case letters|at most 63"):
        call_command("provision", organization=slug, deployment="chat", email="x@example.com")
