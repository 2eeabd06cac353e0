"""Raw facts, one partition a day. The tables are made by the migration's SQL; these classes read them."""

from django.db import models


class Row(models.Model):
    """What every raw row begins with; keys begin with the organization, so that none tells of another tenant."""

    organization_id = models.BigIntegerField()
    deployment_id = models.BigIntegerField()
    day = models.DateField()
    """UTC day of the request's `received_at` (of a span: of its start): identity and partition."""

    class Meta:
        abstract = True


class Request(Row):
    """One logical call made by the application, as stored; durations in microseconds, null = not measured."""

    pk = models.CompositePrimaryKey("organization_id", "deployment_id", "day", "request_id")
    request_id = models.TextField()
    received_at = models.DateTimeField()
    ingested_at = models.DateTimeField()
    environment = models.TextField()
    operation = models.TextField()
    task = models.TextField(null=True)
    route = models.TextField(null=True)
    policy = models.TextField(null=True)
    user_facing = models.BooleanField(null=True)
    streaming = models.BooleanField(null=True)
    routing_overhead_us = models.BigIntegerField(null=True)
    overhead_basis = models.TextField(null=True)
    latency_us = models.BigIntegerField(null=True)
    ttft_us = models.BigIntegerField(null=True)
    outcome = models.TextField(null=True)
    serving_attempt = models.SmallIntegerField(null=True)
    cache_hit = models.BooleanField()
    parallel = models.BooleanField()
    quality = models.FloatField(null=True)
    tags = models.JSONField(null=True)
    completeness = models.TextField()
    grouping = models.TextField()
    attempt_count = models.SmallIntegerField()
    source = models.TextField()
    trace_id = models.TextField(null=True)
    content_hash = models.BinaryField()
    warnings = models.JSONField(null=True)

    class Meta:
        managed = False
        db_table = "traces_request"

    def __str__(self) -> str:
        return self.request_id


class Attempt(Row):
    """One dispatch to a provider, in the order of dispatch."""

    pk = models.CompositePrimaryKey("organization_id", "deployment_id", "day", "request_id", "n")
    request_id = models.TextField()
    n = models.SmallIntegerField()
    received_at = models.DateTimeField()
    provider = models.TextField(null=True)
    model = models.TextField(null=True)
    raw_model = models.TextField(null=True)
    response_model = models.TextField(null=True)
    region = models.TextField(null=True)
    service_tier = models.TextField()
    start_offset_us = models.BigIntegerField(null=True)
    latency_us = models.BigIntegerField(null=True)
    ttft_us = models.BigIntegerField(null=True)
    status = models.SmallIntegerField(null=True)
    error_type = models.TextField(null=True)
    response_id = models.TextField(null=True)
    input_tokens = models.BigIntegerField(null=True)
    cache_read_input_tokens = models.BigIntegerField(null=True)
    cache_write_input_tokens = models.BigIntegerField(null=True)
    cache_write_1h_input_tokens = models.BigIntegerField(null=True)
    output_tokens = models.BigIntegerField(null=True)
    reasoning_output_tokens = models.BigIntegerField(null=True)
    other_units = models.JSONField(null=True)
    reported_cost_nano = models.BigIntegerField(null=True)
    currency = models.TextField()
    cost_basis = models.TextField(null=True)

    class Meta:
        managed = False
        db_table = "traces_attempt"

    def __str__(self) -> str:
        return f"{self.request_id} attempt {self.n}"


class Span(Row):
    """What OTLP brought, as allow-listed facts: the raw truth from which requests of a trace are derived."""

    pk = models.CompositePrimaryKey("organization_id", "deployment_id", "day", "trace_id", "span_id")
    trace_id = models.TextField()
    span_id = models.TextField()
    parent_span_id = models.TextField(null=True)
    dialect = models.TextField()
    role = models.TextField()
    kind = models.SmallIntegerField()
    started_ns = models.BigIntegerField()
    ended_ns = models.BigIntegerField(null=True)
    status_code = models.SmallIntegerField()
    attributes = models.JSONField()
    events = models.JSONField()
    ingested_at = models.DateTimeField()
    lane = models.TextField(null=True)
    """Of a span that stands alone in its trace: the process it comes from."""

    class Meta:
        managed = False
        db_table = "traces_span"

    def __str__(self) -> str:
        return f"{self.trace_id}/{self.span_id}"


class StaleHour(models.Model):
    """A mark: this hour's rows changed. Append-only; the rollups delete exactly the marks they have read."""

    id = models.BigAutoField(primary_key=True)
    organization_id = models.BigIntegerField()
    deployment_id = models.BigIntegerField()
    hour = models.DateTimeField()
    marked_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "traces_stalehour"

    def __str__(self) -> str:
        return f"{self.deployment_id} {self.hour:%Y-%m-%d %H}"


class StaleTrace(models.Model):
    """A mark: spans of this trace came; its requests are to be derived again."""

    id = models.BigAutoField(primary_key=True)
    organization_id = models.BigIntegerField()
    deployment_id = models.BigIntegerField()
    trace_id = models.TextField()
    day = models.DateField()
    marked_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "traces_staletrace"

    def __str__(self) -> str:
        return self.trace_id


class Outcome(models.Model):
    """How one model did on one prompt of a replay set."""

    pk = models.CompositePrimaryKey("organization_id", "deployment_id", "replay_set", "task", "prompt", "model")
    organization_id = models.BigIntegerField()
    deployment_id = models.BigIntegerField()
    replay_set = models.TextField()
    task = models.TextField()
    prompt = models.TextField()
    provider = models.TextField(null=True)
    model = models.TextField()
    raw_model = models.TextField()
    score = models.FloatField()
    cost_nano = models.BigIntegerField(null=True)
    input_tokens = models.BigIntegerField(null=True)
    output_tokens = models.BigIntegerField(null=True)
    latency_us = models.BigIntegerField(null=True)
    received_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "traces_outcome"

    def __str__(self) -> str:
        return f"{self.model} on {self.prompt}"
