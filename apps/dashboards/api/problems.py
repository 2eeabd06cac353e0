"""How errors are described: RFC 9457."""

from typing import Any

from drf_spectacular.utils import OpenApiResponse
from rest_framework import serializers


class Problem(serializers.Serializer[dict[str, Any]]):
    type = serializers.CharField(help_text="Always `about:blank`: the status says what it is.")
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField(required=False, help_text="What is wrong, and what to do.")
    errors = serializers.DictField(required=False, help_text="By parameter, for 400.")  # type: ignore[assignment]


def _says(what: str) -> OpenApiResponse:
    return OpenApiResponse(Problem, description=what)


PROBLEMS: dict[tuple[int, str], OpenApiResponse] = {
    (400, "application/problem+json"): _says("A parameter cannot be read."),
    (401, "application/problem+json"): _says("No token, or one that is not valid."),
    (404, "application/problem+json"): _says("No such deployment in the organization of the token."),
    (429, "application/problem+json"): _says("Too many reads; `Retry-After` says when to come back."),
}
