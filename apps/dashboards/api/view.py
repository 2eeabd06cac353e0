"""What every address of the read API has in common: tokens, politeness, and errors as problem documents (RFC 9457)."""

from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import Any, ClassVar

import structlog
from django.db.models import QuerySet
from django.http import Http404, HttpResponseBase
from redis import RedisError
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.permissions import BasePermission, IsAuthenticated
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import UserRateThrottle
from rest_framework.views import APIView, exception_handler

from apps.dashboards.api.english import InEnglish
from apps.dashboards.api.validator import Unchanged, is_known, tag
from apps.deployments.models import Deployment
from apps.deployments.queries import deployment_or_404, deployments_of
from apps.organizations.authentication import Program, TokenAuthentication
from apps.organizations.models import Organization
from apps.organizations.scopes import Scope

READS_A_MINUTE = 240


class TokenThrottle(UserRateThrottle):
    """Counts by token, not by address: programs of one host may be many."""

    scope = "read_api"
    rate = f"{READS_A_MINUTE}/min"

    def allow_request(self, request: Request, view: APIView) -> bool:
        """Without Redis nobody is counted: figures that can be read are worth more than a limit on politeness."""
        try:
            return super().allow_request(request, view)
        except RedisError:
            return True


class WithinScope(BasePermission):
    def has_permission(self, request: Request, view: APIView) -> bool:
        scope = getattr(view, "scope", None)
        self.message = (
            f"This token does not read this: it needs the scope `{scope}`, which an owner gives when making one."
        )
        program: object = request.user
        return isinstance(program, Program) and scope in program.scopes


class ReadView(InEnglish):
    """A read of one organization, the one that the token belongs to, as far as its scopes and deployments reach."""

    scope: ClassVar[Scope] = Scope.FIGURES
    authentication_classes = (TokenAuthentication,)
    permission_classes = (IsAuthenticated, WithinScope)
    throttle_classes = (TokenThrottle,)
    renderer_classes: Sequence[type[BaseRenderer]] = (JSONRenderer,)

    validator = ""
    """The entity tag, where it is known before the answer."""

    @property
    def program(self) -> Program:
        program: object = self.request.user
        if not isinstance(program, Program):
            raise TypeError("reached without a token")
        return program

    @property
    def organization(self) -> Organization:
        return self.program.organization

    def deployment(self, slug: str) -> Deployment:
        """Raises Http404 alike for a slug that does not exist, one of another organization, and one the token is not for."""
        found, only = deployment_or_404(self.organization, slug), self.program.deployment_ids
        if only is not None and found.pk not in only:
            raise Http404("No such deployment.")
        return found

    def readable(self) -> QuerySet[Deployment]:
        """Every deployment that the token is for."""
        every, only = deployments_of(self.organization), self.program.deployment_ids
        return every if only is None else every.filter(pk__in=only)

    def deployment_and_readable(self, slug: str) -> tuple[Deployment, list[Deployment]]:
        """Both from one statement. Raises what `deployment` raises."""
        readable = list(self.readable())
        found = next((one for one in readable if one.slug == slug), None) or self.deployment(slug)
        structlog.contextvars.bind_contextvars(deployment=found.pk)
        return found, readable

    def unless_known(self, *state: object) -> None:
        """To be called before an answer is computed of what `state` stands for. Raises Unchanged, which becomes 304."""
        self.validator = tag(self.request, self.program.key_id, *state)
        if is_known(self.request, self.validator):
            raise Unchanged

    def handle_exception(self, exc: Exception) -> Response:
        if isinstance(exc, Unchanged):
            return Response(status=HTTPStatus.NOT_MODIFIED)
        self.validator = ""
        return super().handle_exception(exc)

    def finalize_response(
        self, request: Request, response: HttpResponseBase, *args: Any, **kwargs: Any
    ) -> Any:  # a Response, or a stream
        """Where a view knew no state, the tag is made of what it answered."""
        is_answer = request.method in ("GET", "HEAD") and response.status_code == HTTPStatus.OK
        if is_answer and not self.validator and isinstance(response, Response):
            try:
                self.unless_known(self.lasting(response.data))
            except Unchanged:
                response = Response(status=HTTPStatus.NOT_MODIFIED)
        final: HttpResponseBase = super().finalize_response(request, response, *args, **kwargs)  # type: ignore[arg-type]
        if self.validator:
            final["ETag"] = self.validator
        return final

    def lasting(self, data: Any) -> Any:
        """Of an answer, what is not different each time it is asked for."""
        return data

    def get_exception_handler(self) -> Callable[[Exception, dict[str, Any]], Response | None]:
        return problem


def problem(error: Exception, context: dict[str, Any]) -> Response | None:
    """The error as a problem document; None for what is not an answer but a fault."""
    response = exception_handler(error, context)
    if response is None:
        return None
    status = HTTPStatus(response.status_code)
    document: dict[str, Any] = {"type": "about:blank", "title": status.phrase, "status": status.value}
    if isinstance(error, ValidationError):
        document |= {"detail": "The query cannot be answered; see `errors`.", "errors": response.data}
    elif isinstance(error, Http404):
        document["detail"] = str(error) or "There is nothing here."
    elif isinstance(error, APIException):
        document["detail"] = str(error.detail)
    response.data = document
    response.content_type = "application/problem+json"
    return response
