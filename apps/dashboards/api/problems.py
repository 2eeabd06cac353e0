"""How errors are described: RFC 9457."""

from http import HTTPStatus
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiResponse
from rest_framework import serializers


class Problem(serializers.Serializer[dict[str, Any]]):
    type = serializers.CharField(help_text="Always `about:blank`: the status says what it is.")
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField(required=False, help_text="What is wrong, and what to do.")
    errors = serializers.DictField(  # type: ignore[assignment]
        child=serializers.ListField(child=serializers.CharField()), required=False, help_text="By parameter, for 400."
    )


def _says(status: int, what: str, **more: Any) -> dict[tuple[int, str], OpenApiResponse]:
    title = HTTPStatus(status).phrase
    value = {"type": "about:blank", "title": title, "status": status, "detail": what, **more}
    example = OpenApiExample(title, value=value)
    return {(status, "application/problem+json"): OpenApiResponse(Problem, description=what, examples=[example])}


PROBLEMS: dict[Any, OpenApiResponse] = {
    304: OpenApiResponse(description="Nothing has changed since the answer that `If-None-Match` names."),
    **_says(400, "A parameter cannot be read.", errors={"from": ["Choose a day that is not after `to`."]}),
    **_says(401, "No token, or one that is not valid."),
    **_says(403, "The token's scopes do not reach this."),
    **_says(404, "No such deployment among those that the token reads, or no such format."),
    **_says(406, "Nothing that `Accept` names can be given."),
    **_says(429, "Too many reads; `Retry-After` says when to come back."),
    (503, "text/plain"): OpenApiResponse(
        OpenApiTypes.STR,
        description="It cannot be looked up now; ask again after `Retry-After`.",
        examples=[OpenApiExample("Away", value="A part of the platform is away for a moment. Try again.")],
    ),
}
