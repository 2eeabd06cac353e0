"""What every address of the read API has in common: tokens, politeness, and errors as problem documents (RFC 9457)."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.http import Http404
from redis import RedisError
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.permissions import IsAuthenticated
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import UserRateThrottle
from rest_framework.views import APIView, exception_handler

from apps.deployments.models import Deployment
from apps.deployments.queries import deployment_or_404
from apps.organizations.authentication import Program, TokenAuthentication
from apps.organizations.models import Organization

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


class ReadView(APIView):
    """A read of one organization, the one that the token belongs to."""

    authentication_classes = (TokenAuthentication,)
    permission_classes = (IsAuthenticated,)
    throttle_classes = (TokenThrottle,)
    renderer_classes = (JSONRenderer,)

    @property
    def organization(self) -> Organization:
        program: object = self.request.user
        if not isinstance(program, Program):
            raise TypeError("reached without a token")
        return program.organization

    def deployment(self, slug: str) -> Deployment:
        """Raises Http404 alike for a slug that does not exist and for one of another organization."""
        return deployment_or_404(self.organization, slug)

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
