"""An organization as a candidate: its gates, and the opaque names by which its kin is told."""

from collections.abc import Iterable
from datetime import datetime

from allauth.account.models import EmailAddress
from django.utils.crypto import salted_hmac

from apps.benchmarks.disclosure.freemail import is_free_mail
from apps.benchmarks.disclosure.gates import OrganizationFacts, failed, organization_gates
from apps.benchmarks.models import Candidate
from apps.benchmarks.stored import dump
from apps.benchmarks.weeks import Week
from apps.organizations.models import Membership, Organization


def candidate(organization: Organization, *, week: Week, now: datetime) -> Candidate:
    """As of now, not yet saved; needs the organization's scope."""
    members = list(Membership.objects.filter(organization=organization).values_list("user_id", flat=True))
    gates = organization_gates(_facts(organization, members), on=week.freeze_at.date())
    domain = _domain(organization)
    return Candidate(
        organization=organization,
        pool=organization.pool,
        week=str(week),
        eligible=not failed(gates),
        gates=dump(gates),
        kin=sorted({_opaque(f"member {member}") for member in members} | ({domain} if domain else set())),
        domain=domain,
        written_at=now,
    )


def _facts(organization: Organization, members: Iterable[object]) -> OrganizationFacts:
    return OrganizationFacts(
        vouched=organization.vouched,
        mail_verified=EmailAddress.objects.filter(user_id__in=list(members), verified=True).exists(),
        domain=organization.domain,
        domain_verified=organization.domain_verified_at is not None,
        created_on=organization.created_at.date(),
    )


def _domain(organization: Organization) -> str:
    """'' without a verified domain; one where anybody gets an address makes nobody kin."""
    if organization.domain_verified_at is None or is_free_mail(organization.domain):
        return ""
    return _opaque(f"domain {organization.domain.strip('.').lower()}")


def _opaque(name: str) -> str:
    """The benchmark role compares these; it reads neither people nor domains."""
    return salted_hmac("benchmarks.kin", name, algorithm="sha256").hexdigest()
