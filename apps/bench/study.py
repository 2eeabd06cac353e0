"""Traffic in the shape of the published study, as raw rows: 47 deployments of very different sizes over 181 days.

Everything is drawn from hashes of the row's number, so that a seed gives the same rows wherever it runs. Rows are laid by
COPY, as the way in lays them, but without passing it: what is measured here begins behind it.
"""

import math
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import polars as pl
from django.db import connections, transaction
from psycopg import sql

from apps.deployments.models import Deployment
from apps.deployments.provision import provision
from apps.organizations import access
from apps.organizations.models import Organization

DEPLOYMENTS = 47
DAYS = 181
DAY_US = 86_400_000_000
MODELS = (
    ("openai", "gpt-4o"), ("openai", "gpt-4o-mini"), ("openai", "gpt-4.1"), ("openai", "o3-mini"),
    ("anthropic", "claude-sonnet-4-20250514"), ("anthropic", "claude-3-5-haiku-20241022"),
    ("google", "gemini-2.0-flash"), ("google", "gemini-2.5-pro"), ("mistral", "mistral-large-latest"),
    ("deepseek", "deepseek-chat"), ("groq", "llama-3.3-70b-versatile"), ("unlisted", "house-model"),
)  # fmt: skip
TASKS = ("chat", "summarize", "extract", "classify", "code", "rag", "translate", "agent")
POLICIES = ("static", "cheapest", "cascade", "learned")
RETRIES = (0.085, 0.02, 0.004)
"""Chances of one more attempt, each drawn by itself."""


@dataclass(frozen=True)
class Laid:
    """An organization of the bench, and its deployments from the largest to the smallest."""

    organization_id: int
    slug: str
    email: str
    """Of its owner."""
    deployments: tuple[tuple[int, str, int], ...]
    """Id, slug, and how many requests it has."""
    api_token: str
    first_day: date
    last_day: date

    @property
    def requests(self) -> int:
        return sum(rows for _, _, rows in self.deployments)

    def day(self, n: int) -> date:
        """The n-th, from 0."""
        return self.first_day + timedelta(days=n)


def lay(
    *, slug: str, requests: int, now: datetime, password: str | None = None, seed: int = 1, tagged: bool = False
) -> Laid:
    """Make the organization with its deployments and their raw rows; the day before `now` is the last. As the worker.

    If `tagged`, each request says one of seven teams and one of the five keys of its team.

    Rows of all deployments lie together in the order of their arrival, as they would.
    """
    last = now.astimezone(UTC).date() - timedelta(days=1)
    first = last - timedelta(days=DAYS - 1)
    token, made = "", list[tuple[int, str, int]]()
    frames: list[pl.DataFrame] = []
    for number, rows in enumerate(sizes(requests, seed=seed)):
        name = f"router-{number + 1:02}"
        provisioned = provision(
            organization=slug,
            deployment=name,
            email=f"{slug}@example.com",
            password=password,
            pool=Organization.Pool.DEMO,
            contributes=False,
            user_facing=number % 3 < 2,
            now=now,
        )
        token = token or provisioned.api_token
        made.append((_deployment_id(slug, name), name, rows))
        drawn_rows = drawn(rows, seed=seed * 1_000 + number, first_day=first)
        frames.append(drawn_rows.with_columns(deployment_id=pl.lit(made[-1][0], dtype=pl.Int64)))
    organization = Organization.objects.get(slug=slug)
    everything = pl.concat(frames).sort("received_us")
    _copy(everything.with_columns(tags=_tags()) if tagged else everything, organization.pk, now)
    return Laid(organization.pk, slug, f"{slug}@example.com", tuple(made), token, first, last)


def _deployment_id(organization: str, slug: str) -> int:
    found = Organization.objects.get(slug=organization)
    with access.scope(found.pk):
        return Deployment.objects.get(organization=found, slug=slug).pk


def sizes(requests: int, *, seed: int) -> list[int]:
    """A skewed split: a few deployments have most, the smallest a handful; at least one each."""
    rng = random.Random(seed)  # noqa: S311  # load, not secrets
    weights = sorted((rng.gammavariate(0.6, 1.0) for _ in range(DEPLOYMENTS)), reverse=True)
    found = [max(1, int(requests * weight / sum(weights))) for weight in weights]
    found[0] += requests - sum(found)
    return found


def drawn(rows: int, *, seed: int, first_day: date) -> pl.DataFrame:
    """One row a request, with what its attempts have in common; each deployment has few models and tasks of its own."""
    rng = random.Random(seed)  # noqa: S311  # load, not secrets
    models = rng.sample(range(len(MODELS)), rng.randint(2, 5))
    tasks = rng.sample(TASKS, rng.randint(1, 4))
    chance = _chances(seed)
    began = int(datetime.combine(first_day, time(), UTC).timestamp() * 1e6)
    picked = (chance("model") ** 2 * len(models)).cast(pl.Int64)
    numbered = pl.DataFrame({"number": pl.int_range(rows, eager=True)})
    output = (_lognormal(chance, "output", 5.2, 1.0)).clip(1, 16_000).cast(pl.Int64)
    return numbered.with_columns(
        received_us=began + (chance("when") * DAYS * DAY_US).cast(pl.Int64),
        model=picked.replace_strict(dict(enumerate(models)), return_dtype=pl.Int64),
        spare=pl.lit(models[-1]),
        task=(chance("task") ** 2 * len(tasks)).cast(pl.Int64).replace_strict(dict(enumerate(tasks))),
        policy=pl.lit(POLICIES[seed % len(POLICIES)]),
        attempts=1 + sum((chance(f"retry {n}") < share).cast(pl.Int64) for n, share in enumerate(RETRIES)),
        served=chance("outcome") < 0.985,
        fallback=chance("fallback") < 0.4,
        input=_lognormal(chance, "input", 6.5, 1.1).clip(1, 120_000).cast(pl.Int64),
        output=output,
        cached=chance("cached") < 0.3,
        latency_us=(_lognormal(chance, "latency", 13.4, 0.6) + output * (4_000 + chance("speed") * 16_000)).cast(
            pl.Int64
        ),
        ttft_share=0.05 + chance("ttft") * 0.35,
        overhead_us=_lognormal(chance, "overhead", 8.5, 0.9).cast(pl.Int64),
        quality=pl.when(chance("scored") < 0.35).then(0.7 + 0.3 * chance("quality")),
        cost=pl.when(chance("told") < 0.2).then(output * 10_000),
    )


def _chances(seed: int) -> Callable[[str], pl.Expr]:
    """By a name, an expression of numbers in [0, 1), the same for the same seed, name and row."""

    def chance(name: str) -> pl.Expr:
        salt = random.Random(f"{seed} {name}").getrandbits(62)  # noqa: S311
        return (pl.col("number").hash(salt) // 2_048).cast(pl.Float64) / 2.0**53

    return chance


def _tags() -> pl.Expr:
    pieces = (
        '{"key": "key-',
        pl.col("number") % 7,
        "-",
        pl.col("number") % 5,
        '", "team": "team-',
        pl.col("number") % 7,
        '"}',
    )
    return pl.concat_str([pl.lit(one) if isinstance(one, str) else one for one in pieces])


def _lognormal(chance: Callable[[str], pl.Expr], name: str, mean: float, deviation: float) -> pl.Expr:
    """By Box and Muller."""
    radius = (-2.0 * (1.0 - chance(f"{name} r")).log()).sqrt()
    return (mean + deviation * radius * (2.0 * math.pi * chance(f"{name} a")).cos()).exp()


def _copy(rows: pl.DataFrame, organization_id: int, now: datetime) -> None:
    dated = rows.with_columns(
        pl.lit(organization_id).alias("organization_id"),
        received_at=pl.from_epoch("received_us", time_unit="us"),
        request_id=pl.format("bench-{}-{}", "deployment_id", "number"),
    ).with_columns(day=pl.col("received_at").dt.date())
    for of_day in dated.partition_by("day"):
        _copy_day(of_day, now)


def _copy_day(dated: pl.DataFrame, now: datetime) -> None:
    requests = dated.select(
        "organization_id", "deployment_id", "day", "request_id", "received_at",
        ingested_at=pl.lit(now.replace(tzinfo=None)),
        environment=pl.lit("production"),
        operation=pl.lit("chat"),
        task="task",
        policy="policy",
        streaming=pl.lit("t"),
        routing_overhead_us="overhead_us",
        overhead_basis=pl.lit("receive_to_dispatch"),
        latency_us="latency_us",
        ttft_us=(pl.col("latency_us") * pl.col("ttft_share")).cast(pl.Int64),
        outcome=pl.when("served").then(pl.lit("served")).otherwise(pl.lit("failed")),
        serving_attempt=pl.when("served").then(pl.col("attempts") - 1),
        cache_hit=pl.lit("f"),
        parallel=pl.lit("f"),
        quality="quality",
        completeness=pl.lit("complete"),
        grouping=pl.lit("explicit"),
        attempt_count="attempts",
        source=pl.lit("native"),
        tags="tags" if "tags" in dated.columns else pl.lit(None, pl.String()),
        content_hash=pl.format("\\x{}", pl.col("number").cast(pl.String).str.pad_start(32, "0")),
    )  # fmt: skip
    tries = dated.with_columns(n=pl.int_ranges(0, "attempts")).explode("n")
    last = pl.col("n") == pl.col("attempts") - 1
    answered = last & pl.col("served")
    model = pl.when(last & (pl.col("n") > 0) & pl.col("fallback")).then("spare").otherwise("model")
    attempts = tries.select(
        "organization_id", "deployment_id", "day", "request_id", "n", "received_at",
        provider=model.replace_strict({n: one[0] for n, one in enumerate(MODELS)}),
        model=model.replace_strict({n: one[1] for n, one in enumerate(MODELS)}),
        service_tier=pl.lit("standard"),
        start_offset_us=(pl.col("latency_us") * pl.col("n")).cast(pl.Int64) // pl.col("attempts"),
        latency_us=pl.col("latency_us") // pl.col("attempts"),
        ttft_us=pl.when(answered).then((pl.col("latency_us") * pl.col("ttft_share")).cast(pl.Int64)),
        status=pl.when(answered).then(200).otherwise(pl.when(pl.col("number") % 3 == 0).then(500).otherwise(429)),
        input_tokens=pl.when(answered).then("input"),
        cache_read_input_tokens=pl.when(answered & pl.col("cached")).then(pl.col("input") * 3 // 5).when(answered).then(0),
        output_tokens=pl.when(answered).then("output"),
        reported_cost_nano=pl.when(answered).then("cost"),
        currency=pl.lit("USD"),
    )  # fmt: skip
    day = dated["day"][0]
    with transaction.atomic(using="ingest", durable=True):
        _write(f"traces_request_{day:%Y%m%d}", requests)
        _write(f"traces_attempt_{day:%Y%m%d}", attempts)


def _write(partition: str, rows: pl.DataFrame) -> None:
    """As the ingest role, which may write into a day's partition."""
    columns = sql.SQL(", ").join(sql.Identifier(name) for name in rows.columns)
    statement = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT csv)").format(sql.Identifier(partition), columns)
    connection = connections["ingest"]
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        copy.write(rows.write_csv(include_header=False).encode())
