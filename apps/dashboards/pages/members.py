"""Who belongs to an organization."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID
from zoneinfo import ZoneInfo

from django.core.paginator import Page, Paginator

from apps.dashboards.frame import Frame
from apps.dashboards.wording import times
from apps.organizations.models import Membership, Role

PER_PAGE = 50


@dataclass(frozen=True)
class Row:
    name: str
    email: str
    role: str
    since: str
    you: bool
    change: str
    remove: str


@dataclass(frozen=True)
class Members:
    frame: Frame
    rows: tuple[Row, ...]
    pages: Page[Membership]
    roles: tuple[tuple[str, str], ...]


def build(
    memberships: Sequence[Membership],
    *,
    frame: Frame,
    number: str,
    you: UUID,
    change: Callable[[UUID], str],
    remove: Callable[[UUID], str],
    zone: ZoneInfo,
) -> Members:
    pages = Paginator(memberships, PER_PAGE).get_page(number)
    rows = tuple(
        Row(
            name=one.user.name or one.user.email,
            email=one.user.email if one.user.name else "",
            role=one.role,
            since=times.day(one.created_at.astimezone(zone).date()),
            you=one.user_id == you,
            change=change(one.user_id),
            remove=remove(one.user_id),
        )
        for one in pages
    )
    return Members(frame, rows, pages, tuple((role.value, str(role.label).split(":")[0]) for role in Role))
