"""Who may ask what of which address. An address that is not here fails the tests, so that nobody forgets to decide."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from django.urls import URLPattern, URLResolver, get_resolver

from apps.organizations.models import Role

METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "TRACE")
SAFE = ("GET", "HEAD")


class Page(NamedTuple):
    """The lowest role that may read and the lowest that may post; None: nobody may."""

    reads: Role | None
    posts: Role | None

    def needed(self, method: str) -> Role | None:
        return self.reads if method in SAFE else self.posts if method == "POST" else None


VIEWER, EDITOR, OWNER = Role.VIEWER, Role.EDITOR, Role.OWNER
_ORGANIZATION, _DEPLOYMENT = "o/<slug:organization>/", "o/<slug:organization>/<slug:deployment>/"
PAGES: Mapping[str, Page] = {
    _ORGANIZATION: Page(VIEWER, None),
    f"{_ORGANIZATION}-/add": Page(EDITOR, EDITOR),
    f"{_ORGANIZATION}-/chargeback.csv": Page(VIEWER, None),
    f"{_ORGANIZATION}-/members": Page(OWNER, OWNER),
    f"{_ORGANIZATION}-/members/<uuid:member>/role": Page(None, OWNER),
    f"{_ORGANIZATION}-/members/<uuid:member>/remove": Page(OWNER, OWNER),
    f"{_ORGANIZATION}-/tokens": Page(OWNER, OWNER),
    f"{_ORGANIZATION}-/tokens/<slug:key_id>/revoke": Page(OWNER, OWNER),
    _DEPLOYMENT: Page(VIEWER, EDITOR),
    f"{_DEPLOYMENT}failures": Page(VIEWER, None),
    f"{_DEPLOYMENT}failures.csv": Page(VIEWER, None),
    f"{_DEPLOYMENT}waiting": Page(VIEWER, None),
    f"{_DEPLOYMENT}waiting.csv": Page(VIEWER, None),
    f"{_DEPLOYMENT}what-if": Page(VIEWER, None),
    f"{_DEPLOYMENT}decay": Page(VIEWER, EDITOR),
    f"{_DEPLOYMENT}standing": Page(VIEWER, None),
    f"{_DEPLOYMENT}money": Page(VIEWER, None),
    f"{_DEPLOYMENT}money/table.csv": Page(VIEWER, None),
    f"{_DEPLOYMENT}money/chargeback.csv": Page(VIEWER, None),
    f"{_DEPLOYMENT}money/bills": Page(VIEWER, EDITOR),
    f"{_DEPLOYMENT}health": Page(VIEWER, None),
    f"{_DEPLOYMENT}compare": Page(VIEWER, EDITOR),
    f"{_DEPLOYMENT}compare/<int:mark>/remove": Page(None, EDITOR),
    f"{_DEPLOYMENT}requests": Page(VIEWER, None),
    f"{_DEPLOYMENT}requests/<day:day>/<requestid:request_id>": Page(VIEWER, None),
    f"{_DEPLOYMENT}requests/exports": Page(VIEWER, VIEWER),
    f"{_DEPLOYMENT}requests/exports/<uuid:key>": Page(VIEWER, None),
    f"{_DEPLOYMENT}requests/exports/<uuid:key>/cancel": Page(None, EDITOR),
    f"{_DEPLOYMENT}requests/exports/<uuid:key>/requests.csv": Page(VIEWER, None),
    f"{_DEPLOYMENT}prices": Page(VIEWER, EDITOR),
    f"{_DEPLOYMENT}providers": Page(VIEWER, None),
    f"{_DEPLOYMENT}providers/replay-sets": Page(VIEWER, EDITOR),
    f"{_DEPLOYMENT}keys": Page(VIEWER, EDITOR),
    f"{_DEPLOYMENT}keys/<slug:key_id>/revoke": Page(EDITOR, EDITOR),
    f"{_DEPLOYMENT}files": Page(VIEWER, EDITOR),
    f"{_DEPLOYMENT}files/<uuid:key>": Page(VIEWER, EDITOR),
    f"{_DEPLOYMENT}files/<uuid:key>/cancel": Page(None, EDITOR),
    f"{_DEPLOYMENT}files/<uuid:key>/resume": Page(None, EDITOR),
    f"{_DEPLOYMENT}files/<uuid:key>/report.csv": Page(VIEWER, None),
    f"{_DEPLOYMENT}rules": Page(VIEWER, EDITOR),
    f"{_DEPLOYMENT}tasks": Page(VIEWER, EDITOR),
    f"{_DEPLOYMENT}settings": Page(VIEWER, EDITOR),
    f"{_DEPLOYMENT}contribution": Page(None, EDITOR),
}
"""Of an organization: a stranger finds nothing there, and a lower role is refused."""

READS = (
    "api/v1/deployments/",
    "api/v1/chargeback",
    "api/v1/deployments/<slug:slug>/trend",
    "api/v1/deployments/<slug:slug>/cost",
    "api/v1/deployments/<slug:slug>/failures",
    "api/v1/deployments/<slug:slug>/waiting",
    "api/v1/deployments/<slug:slug>/what-if",
    "api/v1/deployments/<slug:slug>/fixes",
    "api/v1/deployments/<slug:slug>/cost/breakdown",
    "api/v1/deployments/<slug:slug>/cost/chargeback",
    "api/v1/deployments/<slug:slug>/cost/bills",
    "api/v1/deployments/<slug:slug>/ingestion",
    "api/v1/deployments/<slug:slug>/metrics",
    "api/v1/deployments/<slug:slug>/annotations",
    "api/v1/deployments/<slug:slug>/assumptions",
    "api/v1/deployments/<slug:slug>/prices",
    "api/v1/deployments/<slug:slug>/prices/models",
    "api/v1/deployments/<slug:slug>/prices/terms",
    "api/v1/deployments/<slug:slug>/prices/today",
    "api/v1/deployments/<slug:slug>/decay",
    "api/v1/deployments/<slug:slug>/policies",
    "api/v1/deployments/<slug:slug>/standing",
    "api/v1/deployments/<slug:slug>/events",
    "api/v1/deployments/<slug:slug>/requests",
    "api/v1/deployments/<slug:slug>/replay-sets",
    "api/v1/deployments/<slug:slug>/rules",
    "api/v1/deployments/<slug:slug>/thresholds",
    "api/v1/deployments/<slug:slug>/providers",
)
"""Of programs with a token of the organization."""

WAYS_IN = (
    "api/v1/traces",
    "api/v1/scores",
    "api/v1/annotations",
    "api/v1/replay-sets",
    "api/v1/imports",
    "v1/traces",
    "api/public/otel/v1/traces",
    "v1/litellm",
    "v1/logs",
    "v1/metrics",
)
"""Of programs with a key of the deployment."""

ASKED = ("api/v1/imports/<uuid:key>",)
"""What programs with such a key may read."""

OPEN: Mapping[str, tuple[str, ...]] = {
    "healthz": SAFE,
    "readyz": SAFE,
    "api/v1/traces/schema.json": SAFE,
    "api/v1/schema": (*SAFE, "OPTIONS"),
    "api/v1/docs": SAFE,
    "api/v1/client.py": SAFE,
    "unsubscribe/<str:token>": (*SAFE, "POST"),
    "theme": ("POST",),
    "method": SAFE,
}
"""Nobody's data: everybody is answered alike, to these methods."""


ABSENT = ("metrics",)
"""Not there unless the operator has set a token for it."""


class Account(NamedTuple):
    """What a GET answers to a stranger to the platform, and to somebody who is signed in."""

    anonymous: int
    signed_in: int


ACCOUNTS: Mapping[str, Account] = {
    "": Account(302, 302),
    "operations": Account(302, 404),
    "operations/prices/<int:proposal>": Account(405, 405),
    "accounts/login/": Account(200, 302),
    "accounts/logout/": Account(302, 200),
    "accounts/inactive/": Account(200, 200),
    "accounts/signup/": Account(200, 302),
    "accounts/reauthenticate/": Account(302, 403),
    "accounts/email/": Account(302, 200),
    "accounts/confirm-email/": Account(200, 200),
    "accounts/password/change/": Account(302, 302),
    "accounts/password/set/": Account(302, 200),
    "accounts/password/reset/": Account(200, 200),
    "accounts/login/code/confirm/": Account(302, 302),
    "accounts/^confirm-email/(?P<key>[-:\\w]+)/$": Account(200, 200),
    "accounts/password/reset/key/done/": Account(200, 200),
    "accounts/^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$": Account(200, 200),
    "accounts/password/reset/done/": Account(200, 200),
    "accounts/2fa/": Account(302, 200),
    "accounts/2fa/authenticate/": Account(302, 302),
    "accounts/2fa/reauthenticate/": Account(302, 403),
    "accounts/2fa/totp/activate/": Account(302, 200),
    "accounts/2fa/totp/deactivate/": Account(302, 404),
    "accounts/2fa/recovery-codes/": Account(302, 404),
    "accounts/2fa/recovery-codes/generate/": Account(302, 200),
    "accounts/2fa/recovery-codes/download/": Account(302, 404),
}
"""Of the person who is signed in and of nobody else: no address of these names anybody. These people have no password yet,
so that they cannot prove themselves again by one (403), no second factor (404), and
no right to the operators' page (404)."""


def addresses() -> dict[str, URLPattern]:
    """Every address that the resolver leads to a view, as the log names it."""
    return dict(_walk(get_resolver().url_patterns, ""))


def _walk(patterns: list[URLPattern | URLResolver], before: str) -> Iterator[tuple[str, URLPattern]]:
    for pattern in patterns:
        address = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, address)
        else:
            yield address, pattern
