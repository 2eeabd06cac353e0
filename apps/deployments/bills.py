"""Bills of providers: entering, correcting, taking back, reading. All need an open organization."""

from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal

from apps.accounts.models import User
from apps.deployments.models import Deployment, ProviderBill
from apps.organizations import audit


@dataclass(frozen=True)
class Bill:
    """What one bill says. `usd_per_unit` on `rate_on`: for a bill that is not in USD, and only for one."""

    month: date
    provider: str
    amount_nano: int
    currency: str = ProviderBill.Currency.USD
    usd_per_unit: Decimal | None = None
    rate_on: date | None = None


def enter_bill(*, deployment: Deployment, bill: Bill, now: datetime, actor: User | None) -> ProviderBill:
    """Put a bill beside what was counted; the same month and provider again corrects it. Raises ValidationError."""
    row = ProviderBill.objects.filter(deployment=deployment, month=bill.month, provider=bill.provider).first()
    before = row.usd_nano if row else None
    row = row or ProviderBill(organization_id=deployment.organization_id, deployment=deployment)
    for field, value in asdict(bill).items():
        setattr(row, field, value)
    row.entered_at, row.entered_by = now, actor
    row.full_clean(validate_unique=False)
    row.save()
    _record("bill.entered", deployment, bill, now=now, actor=actor, usd_nano=row.usd_nano, usd_nano_before=before)
    return row


def remove_bill(*, deployment: Deployment, month: date, provider: str, now: datetime, actor: User | None) -> bool:
    """Whether there was one."""
    row = ProviderBill.objects.filter(deployment=deployment, month=month, provider=provider).first()
    if row is None:
        return False
    row.delete()
    bill = Bill(row.month, row.provider, row.amount_nano, row.currency, row.usd_per_unit, row.rate_on)
    _record("bill.removed", deployment, bill, now=now, actor=actor, usd_nano_before=row.usd_nano)
    return True


def bills_of(deployment: Deployment, *, first: date, last: date) -> list[ProviderBill]:
    """Of the months that begin between these days, both included."""
    rows = ProviderBill.objects.filter(deployment=deployment, month__gte=first, month__lte=last)
    return list(rows.select_related("entered_by"))


def _record(
    verb: str, deployment: Deployment, bill: Bill, *, now: datetime, actor: User | None, **more: object
) -> None:
    told = {field: str(value) if isinstance(value, Decimal | date) else value for field, value in asdict(bill).items()}
    audit.record(
        organization=deployment.organization, actor=actor, verb=verb, now=now, slug=deployment.slug, **told, **more
    )
