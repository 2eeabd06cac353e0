-- Scores that are not there yet. They travel as one document.
INSERT INTO traces_score (
    organization_id, deployment_id, trace_id, span_id, response_id, name, value, at_ns, ingested_at, digest
)
SELECT organization_id, deployment_id, trace_id, span_id, response_id, name, value, at_ns, ingested_at, digest
FROM jsonb_to_recordset(%(document)s::jsonb) AS told (
    organization_id bigint,
    deployment_id bigint,
    trace_id text,
    span_id text,
    response_id text,
    name text,
    value double precision,
    at_ns bigint,
    ingested_at timestamptz,
    digest bytea
)
ON CONFLICT DO NOTHING
