"""An operator's word on a price that waits: it comes into force, or it does not; both stay on record."""

from datetime import datetime

from django.db import transaction

from apps.pricing.models import Edition, Proposal


class NothingWaitsError(Exception):
    """No such proposal, or somebody has decided it already."""


@transaction.atomic
def accept(
    *, proposal_id: int, by: str, now: datetime, in_force_from: datetime | None = None, note: str = ""
) -> Proposal:
    """Put a price into force from the instant proposed, or from another one that the operator knows better."""
    proposal = _decide(proposal_id, accepted=True, by=by, now=now, note=note)
    if in_force_from is not None:
        proposal.in_force_from = in_force_from
        proposal.save(update_fields=["in_force_from"])
    Edition.objects.create(
        price_list_id=proposal.price_list_id,
        provider=proposal.provider,
        model=proposal.model,
        service_tier=proposal.service_tier,
        in_force_from=proposal.in_force_from,
        recorded_at=now,
    )
    return proposal


@transaction.atomic
def refuse(*, proposal_id: int, by: str, now: datetime, note: str = "") -> Proposal:
    """What held before goes on; the same price is not proposed again by a list that says nothing new of it."""
    return _decide(proposal_id, accepted=False, by=by, now=now, note=note)


def _decide(proposal_id: int, *, accepted: bool, by: str, now: datetime, note: str) -> Proposal:
    waits = Proposal.objects.filter(pk=proposal_id, accepted=None)
    if not waits.update(accepted=accepted, decided_at=now, decided_by=by, note=note):
        raise NothingWaitsError("It waits no more: somebody has decided it, or a newer list says otherwise.")
    return Proposal.objects.select_related("price_list").get(pk=proposal_id)
