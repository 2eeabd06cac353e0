"""Programs prove themselves with `Authorization: Bearer tmk_...`; a token reads the one organization it belongs to."""

import hmac
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.utils import timezone
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from apps.organizations import access, keys
from apps.organizations.models import ApiToken, Organization

REFUSED = "This token is not valid. Send `Authorization: Bearer tmk_...` with a token from the organization's settings."


@dataclass(frozen=True)
class Program:
    """Who calls: a program of one organization, as DRF's `request.user`."""

    organization: Organization
    key_id: str
    scopes: frozenset[str]
    deployment_ids: frozenset[int] | None
    """None: every deployment of the organization."""
    is_authenticated: bool = True
    is_active: bool = True

    @property
    def pk(self) -> str:
        """What throttling counts by."""
        return self.key_id


class TokenAuthentication(BaseAuthentication):
    """Opens the token's organization for the request's transaction; unknown, expired and revoked are refused alike."""

    def authenticate(self, request: Request) -> tuple[Program, None] | None:
        scheme, _, text = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        parsed = keys.parse(text.strip())
        organization_id = _organization_of(*parsed, now=timezone.now()) if parsed else None
        if parsed is None or organization_id is None:
            raise AuthenticationFailed(REFUSED)
        access.open_organization(organization_id)
        return _program(organization_id, parsed[0]), None

    def authenticate_header(self, request: Request) -> str:  # noqa: ARG002
        return 'Bearer realm="api"'


def _program(organization_id: int, key_id: str) -> Program:
    token = ApiToken.objects.select_related("organization").get(organization_id=organization_id, key_id=key_id)
    only = None if token.deployment_ids is None else frozenset(token.deployment_ids)
    return Program(token.organization, key_id, frozenset(token.scopes.split()), only)


def _organization_of(key_id: str, secret_hash: bytes, *, now: datetime) -> int | None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM organizations_find_token(%s)", [key_id])
        row = cursor.fetchone()
        if row is None:
            return None
        organization_id, stored, expires_at, revoked_at = row
        valid = (
            hmac.compare_digest(bytes(stored), secret_hash) and not revoked_at and (not expires_at or expires_at > now)
        )
        if not valid:
            return None
        cursor.execute("SELECT organizations_find_token_used(%s, %s)", [key_id, now])
        return int(organization_id)


class TokenScheme(OpenApiAuthenticationExtension):
    """How the OpenAPI description names it."""

    target_class = "apps.organizations.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:  # noqa: ARG002
        return {"type": "http", "scheme": "bearer", "description": "An API token of the organization: `tmk_...`"}
