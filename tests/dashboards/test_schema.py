"""Everything that the description allows, and much that it does not, asked of a live platform: what comes is described."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import schemathesis
from django.utils import timezone
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode, checks

from apps.traces.nouns import Attempt, Request, Usage
from tests.dashboards.tenants import Acme, acme, bring
from tests.live import LivePlatform

pytestmark = pytest.mark.schema
EXAMPLES = 4
"""Of each operation, way of asking and kind of data."""
CHECKED = (
    checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
)
DESCRIPTION = dict(SchemaGenerator().get_schema(request=None, public=True))
NAMES = [(method, path) for path, item in DESCRIPTION["paths"].items() for method in item if method in ("get", "post")]


@pytest.fixture(scope="module")
def read(database: None) -> Acme:
    made, now, usage = acme(), timezone.now(), Usage(input_tokens=1_000, output_tokens=200)
    tried = Attempt(provider="openai", model="gpt-4o-mini", status=429, error_type="rate_limit", start_offset_ms=0.0)
    answered = Attempt(provider="openai", model="gpt-4o-mini", status=200, start_offset_ms=900.0, usage=usage)
    came = [
        Request(request_id=f"s{n}", received_at=now - timedelta(hours=n + 1), attempts=[tried, answered])
        for n in range(5)
    ]
    bring(made, came, now=now)
    return made


@pytest.mark.parametrize("known", [True, False], ids=["known", "stranger"])
@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
@pytest.mark.parametrize(("method", "path"), NAMES, ids=lambda part: part)
def test_what_is_answered_is_described(
    live_platform: LivePlatform, read: Acme, method: str, path: str, mode: GenerationMode, known: bool
) -> None:
    operation = schemathesis.openapi.from_dict(DESCRIPTION)[path][method]
    by_token = any("token" in one for one in DESCRIPTION["paths"][path][method]["security"])
    key = read.token if by_token else read.ingest_key
    headers = {"Authorization": f"Bearer {key}"} if known else {}
    fixed: dict[str, Any] = {"path_parameters": {"slug": "chat"}} if "{slug}" in path else {}
    _ask(operation.as_strategy(mode, **fixed), live_platform.url, headers, known=known)


def _ask(cases: Any, url: str, headers: dict[str, str], *, known: bool) -> None:
    @given(case=cases)
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        phases=(Phase.explicit, Phase.generate),
        suppress_health_check=list(HealthCheck),
        database=None,
        derandomize=True,
    )
    def asked(case: Any) -> None:
        if not known:
            case.headers = {name: value for name, value in (case.headers or {}).items() if name.lower() != "x-api-key"}
        answer = case.call(base_url=url, headers=headers)
        if answer.status_code == 429:  # the allowance of one key; described, and no answer
            return
        case.validate_response(answer, checks=list(CHECKED))
        assert known or answer.status_code in (401, 404, 405, 406)

    run: Callable[[], None] = asked
    run()
