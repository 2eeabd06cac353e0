"""Keys of a deployment, or tokens of an organization: what there is, never a secret but the one just made."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.core.paginator import Page, Paginator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from apps.dashboards.frame import Frame
from apps.dashboards.wording import shares, times
from apps.dashboards.wording.translate import Names
from apps.deployments.models import IngestKey
from apps.organizations.models import ApiToken
from apps.organizations.scopes import EVERYTHING

PER_PAGE = 50
STATES = Names(
    {"in use": gettext_noop("in use"), "revoked": gettext_noop("revoked"), "expired": gettext_noop("expired")}
)


@dataclass(frozen=True)
class Row:
    """`revoke` is where to revoke it; empty where that is done, or not allowed."""

    label: str
    shown: str
    created: str
    last_used: str
    until: str
    state: str
    live: bool
    revoke: str
    reads: str = ""
    """Of a token, what it reads."""


@dataclass(frozen=True)
class Keys:
    frame: Frame
    rows: tuple[Row, ...]
    pages: Page[IngestKey | ApiToken]
    fresh: str
    """The text of a key just made: shown this once."""
    may_change: bool


def build(
    stored: Iterable[IngestKey] | Iterable[ApiToken],
    *,
    frame: Frame,
    number: str,
    fresh: str,
    may_change: bool,
    revoke: Callable[[str], str],
    zone: ZoneInfo,
    now: datetime,
    names: Mapping[int, str] | None = None,
) -> Keys:
    """`number` is the page asked for, as it stands in the address; `names` are those of deployments, for tokens."""
    keys: list[IngestKey | ApiToken] = list(stored)
    pages = Paginator(keys, PER_PAGE).get_page(number)
    rows = tuple(
        _row(one, revoke=revoke if may_change else None, zone=zone, now=now, names=names or {}) for one in pages
    )
    return Keys(frame, rows, pages, fresh, may_change)


def _row(
    key: IngestKey | ApiToken,
    *,
    revoke: Callable[[str], str] | None,
    zone: ZoneInfo,
    now: datetime,
    names: Mapping[int, str],
) -> Row:
    state = state_of(key, now=now)
    day = times.day(key.created_at.astimezone(zone).date())
    made = _("{day} by {maker}").format(day=day, maker=key.created_by) if key.created_by else day
    return Row(
        label=key.label,
        shown=shown_of(key),
        created=made,
        last_used=times.ago(key.last_used_at, now=now) if key.last_used_at else _("never"),
        until=until_of(key, state, zone),
        state=STATES[state],
        live=state == "in use",
        revoke=revoke(key.key_id) if revoke and state == "in use" else "",
        reads=_reads(key, names) if isinstance(key, ApiToken) else "",
    )


def _reads(token: ApiToken, names: Mapping[int, str]) -> str:
    """`figures, requests of chat and voice-notes`."""
    what = _("everything") if token.scopes == EVERYTHING else ", ".join(token.scopes.split())
    if token.deployment_ids is None:
        return _("{what}, of all deployments").format(what=what)
    known = [names[one] for one in token.deployment_ids if one in names]
    said = _("{what}, of {deployments}") if known else _("{what}, of deployments that are gone")
    return said.format(what=what, deployments=shares.listed(known))


def shown_of(key: IngestKey | ApiToken) -> str:
    """Enough to know it by, and to find nothing out."""
    return f"tmk_{key.key_id}_…{key.last_four}"


def state_of(key: IngestKey | ApiToken, *, now: datetime) -> str:
    """A key of STATES, and what the API says."""
    if key.revoked_at:
        return "revoked"
    return "expired" if key.expires_at and key.expires_at <= now else "in use"


def until_of(key: IngestKey | ApiToken, state: str, zone: ZoneInfo) -> str:
    ended = key.revoked_at or key.expires_at
    if ended is None:
        return _("in use, does not expire")
    said = {"revoked": _("revoked {day}"), "expired": _("expired {day}"), "in use": _("in use until {day}")}[state]
    return said.format(day=times.day(ended.astimezone(zone).date()))
