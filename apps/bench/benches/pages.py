"""What pages and API answers cost: server time, statements, and bytes as they travel."""

import json
import subprocess
import sys
from collections.abc import Mapping
from statistics import median, quantiles
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from apps.bench import stack
from apps.bench.result import Ratio, Result
from apps.bench.study import Laid
from apps.bench.study_cells import know, laid_out, rebuild_whole
from apps.bench.visit import SELECT_1
from apps.organizations import access
from apps.traces.models import Request

HELP = "Server time, statements and compressed bytes of each page and API answer over the study, beside `select 1`."
ROUNDS = 20
MOST_MS, MOST_QUERIES, MOST_BYTES = 100, 12, 60_000
MOST_MS_FILTERED = 200
"""Where requests are looked for among thousands."""


def add_arguments(parser: CommandParser) -> None:
    parser.add_argument("--requests", type=int, default=230_000, help="of the history (%(default)s)")
    parser.add_argument("--visits", type=int, default=ROUNDS, help="of each page (%(default)s)")


def run(options: Mapping[str, Any]) -> Result:
    (laid,) = laid_out(options["requests"], now=timezone.now(), name="bench-pages", tagged=True)
    know(laid, now=timezone.now())
    rebuild_whole(laid, now=timezone.now())
    return _result(_visited(laid, options["visits"]))


ABOUT_THE_ORGANIZATION = ("", "-/members", "-/tokens")
QUESTIONS = ("standing", "money", "failures", "waiting", "decay", "providers", "compare", "what-if", "requests")
UPKEEP = ("", "health", "prices", "rules", "tasks", "files", "keys", "settings")
BESIDE = ("money/bills", "providers/replay-sets", "requests/exports")
ANSWERS = (
    "cost", "cost/breakdown", "cost/chargeback", "cost/bills", "failures", "waiting", "decay", "policies", "providers",
    "replay-sets", "what-if", "fixes", "metrics", "standing", "requests", "ingestion", "annotations", "assumptions",
    "prices", "prices/models", "prices/terms", "prices/today", "rules", "thresholds", "events", "trend",
)  # fmt: skip
LISTS = ("?group=environment", "?group=tag:team")
FILTERS = (
    "outcome=failed", "cause=any", "again=retried", "again=fallback", "model=gpt-4o", "provider=openai", "task=chat",
    "route=none", "tag=team:team-3", "environment=production", "completeness=complete", "min_cost_usd=0.01", "min_wait_ms=100",
)  # fmt: skip
"""Each by itself."""


def paths(laid: Laid) -> list[str]:
    """The pages of an organization that show figures, for its largest deployment, and the answers of the API about it."""
    page, api = f"/o/{laid.slug}/", "/api/v1/deployments/"
    name = laid.deployments[0][1]
    return [
        *(f"{page}{rest}" for rest in (*ABOUT_THE_ORGANIZATION, *LISTS)),
        *(f"{page}{name}/{rest}" for rest in (*QUESTIONS, *UPKEEP, *BESIDE)),
        f"{page}{name}/money?by=tag",
        f"{page}{name}/requests/{_a_request(laid)}",
        *(f"{page}{name}/requests?{one}" for one in FILTERS),
        api,
        "/api/v1/chargeback",
        *(f"{api}{name}/{rest}" for rest in ANSWERS),
    ]


def _a_request(laid: Laid) -> str:
    """The newest of the largest deployment, as its address names it."""
    place = {"organization_id": laid.organization_id, "deployment_id": laid.deployments[0][0]}
    with access.scope(laid.organization_id):
        found = Request.objects.filter(**place, day__lte=laid.last_day).order_by("-day", "-received_at").first()
    return f"{found.day}/{found.request_id}" if found else ""


def _visited(laid: Laid, visits: int) -> dict[str, Any]:
    asked = {"email": laid.email, "token": laid.api_token, "paths": paths(laid), "rounds": visits}
    done = subprocess.run(
        [sys.executable, "-m", "apps.bench.visit"],
        cwd=settings.BASE_DIR,
        env=stack.environment("web") | {"TOLLMARK_LOG_LEVEL": "ERROR"},
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise CommandError(f"A page could not be had: {done.stderr[-2_000:]}")
    return dict(json.loads(done.stdout))


def _result(visited: Mapping[str, Any]) -> Result:
    result = Result("pages")
    for path, one in visited.items():
        result.rows.append(
            {
                "path": path,
                "p50 ms": median(one["seconds"]) * 1e3,
                "p95 ms": quantiles(one["seconds"], n=20)[-1] * 1e3,
                "cpu ms": median(one["cpu"]) * 1e3,
                "database ms": median(one["database"]) * 1e3,
                "statements": one["queries"],
                "bytes": one["bytes"],
            }
        )
        if path != SELECT_1:
            result.ratios += [
                Ratio(f"{path} p50 ms", (median(one["seconds"]) * 1e3,), _most_ms(path), at_least=False),
                Ratio(f"{path} statements", (one["queries"],), MOST_QUERIES, at_least=False),
                Ratio(f"{path} bytes", (one["bytes"],), MOST_BYTES, at_least=False),
            ]
    result.notes.append(
        "Times are of the view, with its statements, in one process: by the clock, and as CPU of it and of its session in "
        "Postgres, which others on the machine change less. Bytes are those of gzip -6."
    )
    return result


def _most_ms(path: str) -> int:
    return MOST_MS_FILTERED if "/requests?" in path else MOST_MS
