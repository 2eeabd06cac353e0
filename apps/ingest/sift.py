"""Decoded requests to rows and rejections. Pure."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from apps.ingest.accept import accept
from apps.ingest.limits import Limits
from apps.ingest.native import Decoded
from apps.ingest.refusals import ItemError, Rejection
from apps.ingest.resolve import NATIVE, Owner, Resolved, resolve


@dataclass
class Sifted:
    """Every item of a post is in one of the first two; `rejected` is in the order of the post."""

    resolved: list[Resolved] = field(default_factory=list)
    rejected: list[Rejection] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def sift(decoded: Decoded, *, owner: Owner, now: datetime, limits: Limits, skew: timedelta | None) -> Sifted:
    found = Sifted(rejected=list(decoded.rejected))
    for index, request in zip(decoded.indexes, decoded.requests, strict=True):
        try:
            received_at, warnings = accept(request, now=now, limits=limits, skew=skew)
        except ItemError as refused:
            found.rejected.append(Rejection(index, refused.code, refused.message))
            continue
        found.resolved.append(resolve(request, received_at, warnings, owner=owner, source=NATIVE, now=now))
        found.warnings += warnings
    found.rejected.sort(key=lambda rejection: rejection.index)
    return found
