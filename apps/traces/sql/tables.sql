-- Raw facts, one partition a day (UTC). Rows are written by COPY into the day partition, which only the ingest role may
-- insert into; everybody else reads through the parents, where row-level security holds.

CREATE TABLE traces_request (
    organization_id bigint NOT NULL,
    deployment_id bigint NOT NULL,
    day date NOT NULL,
    request_id text NOT NULL,
    received_at timestamptz NOT NULL,
    ingested_at timestamptz NOT NULL,
    environment text NOT NULL,
    operation text NOT NULL,
    task text,
    route text,
    policy text,
    user_facing boolean,
    streaming boolean,
    routing_overhead_us bigint CHECK (routing_overhead_us >= 0),
    overhead_basis text CHECK (overhead_basis IN ('receive_to_dispatch', 'total_minus_provider', 'decision_only')),
    latency_us bigint CHECK (latency_us >= 0),
    ttft_us bigint CHECK (ttft_us >= 0),
    outcome text CHECK (outcome IN ('served', 'failed')),
    serving_attempt smallint CHECK (serving_attempt >= 0),
    cache_hit boolean NOT NULL,
    parallel boolean NOT NULL,
    quality double precision CHECK (quality >= 0 AND quality <= 1),
    tags jsonb,
    completeness text NOT NULL
        CHECK (completeness IN ('complete', 'complete_first_hop', 'count_only', 'lower_bound', 'unknown')),
    "grouping" text NOT NULL CHECK ("grouping" IN ('explicit', 'inferred', 'ambiguous')),
    attempt_count smallint NOT NULL CHECK (attempt_count >= 0),
    source text NOT NULL,
    trace_id text,
    content_hash bytea NOT NULL,
    warnings jsonb,
    CONSTRAINT traces_request_identity UNIQUE (organization_id, deployment_id, day, request_id)
) PARTITION BY RANGE (day);
CREATE INDEX traces_request_time ON traces_request (organization_id, deployment_id, received_at);
CREATE INDEX traces_request_trace ON traces_request (organization_id, deployment_id, trace_id)
    WHERE trace_id IS NOT NULL;

CREATE TABLE traces_attempt (
    organization_id bigint NOT NULL,
    deployment_id bigint NOT NULL,
    day date NOT NULL,
    request_id text NOT NULL,
    n smallint NOT NULL CHECK (n >= 0),
    received_at timestamptz NOT NULL,
    provider text,
    model text,
    raw_model text,
    response_model text,
    region text,
    service_tier text NOT NULL CHECK (service_tier IN ('standard', 'batch', 'flex', 'priority')),
    start_offset_us bigint CHECK (start_offset_us >= 0),
    latency_us bigint CHECK (latency_us >= 0),
    ttft_us bigint CHECK (ttft_us >= 0),
    status smallint,
    error_type text,
    response_id text,
    input_tokens bigint CHECK (input_tokens >= 0),
    cache_read_input_tokens bigint CHECK (cache_read_input_tokens >= 0),
    cache_write_input_tokens bigint CHECK (cache_write_input_tokens >= 0),
    cache_write_1h_input_tokens bigint CHECK (cache_write_1h_input_tokens >= 0),
    output_tokens bigint CHECK (output_tokens >= 0),
    reasoning_output_tokens bigint CHECK (reasoning_output_tokens >= 0),
    other_units jsonb,
    reported_cost_nano bigint CHECK (reported_cost_nano >= 0),
    currency text NOT NULL,
    cost_basis text CHECK (cost_basis IN ('provider', 'gateway')),
    CONSTRAINT traces_attempt_identity UNIQUE (organization_id, deployment_id, day, request_id, n)
) PARTITION BY RANGE (day);
CREATE INDEX traces_attempt_time ON traces_attempt USING brin (received_at) WITH (pages_per_range = 32);

CREATE TABLE traces_span (
    organization_id bigint NOT NULL,
    deployment_id bigint NOT NULL,
    day date NOT NULL,
    trace_id text NOT NULL,
    span_id text NOT NULL,
    parent_span_id text,
    dialect text NOT NULL,
    role text NOT NULL,
    kind smallint NOT NULL,
    started_ns bigint NOT NULL,
    ended_ns bigint,
    status_code smallint NOT NULL,
    attributes jsonb NOT NULL,
    events jsonb NOT NULL,
    ingested_at timestamptz NOT NULL,
    CONSTRAINT traces_span_identity UNIQUE (organization_id, deployment_id, day, trace_id, span_id)
) PARTITION BY RANGE (day);

-- Marks of what must be computed again, written in the transaction of the rows they speak of. No unique key: an upsert
-- would make writers wait for each other, and doing nothing on conflict would lose the wake-up.
CREATE TABLE traces_stalehour (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    organization_id bigint NOT NULL,
    deployment_id bigint NOT NULL,
    hour timestamptz NOT NULL,
    marked_at timestamptz NOT NULL
);
CREATE INDEX traces_stalehour_deployment ON traces_stalehour (organization_id, deployment_id);

CREATE TABLE traces_staletrace (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    organization_id bigint NOT NULL,
    deployment_id bigint NOT NULL,
    trace_id text NOT NULL,
    day date NOT NULL,
    marked_at timestamptz NOT NULL
);
CREATE INDEX traces_staletrace_deployment ON traces_staletrace (organization_id, deployment_id);
