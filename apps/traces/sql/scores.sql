-- Scores of answers. They are few, may come long after what they speak of, and are asked for by trace or by answer, whatever
-- the day: so one table, with an index for each.
CREATE TABLE traces_score (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    organization_id bigint NOT NULL,
    deployment_id bigint NOT NULL,
    trace_id text,
    span_id text,
    response_id text,
    name text NOT NULL,
    value double precision NOT NULL CHECK (value >= 0 AND value <= 1),
    at_ns bigint NOT NULL,
    ingested_at timestamptz NOT NULL,
    digest bytea NOT NULL,
    CONSTRAINT traces_score_once UNIQUE (organization_id, deployment_id, digest),
    CHECK (response_id IS NOT NULL OR (trace_id IS NOT NULL AND span_id IS NOT NULL))
);
CREATE INDEX traces_score_trace ON traces_score (organization_id, deployment_id, trace_id) WHERE trace_id IS NOT NULL;
CREATE INDEX traces_score_answer ON traces_score (organization_id, deployment_id, response_id)
    WHERE response_id IS NOT NULL;
CREATE INDEX traces_score_age ON traces_score (organization_id, ingested_at);
