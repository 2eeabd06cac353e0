-- Requests of one deployment in a set of hours, as columns. Times as microseconds since 1970: a double holds them exactly.
-- Tags as text, of which no more is read than one that is too long needs to be told.
SELECT
    day - '1970-01-01'::date,
    request_id,
    (date_part('epoch', received_at) * 1000000)::bigint AS received_us,
    environment,
    operation,
    task,
    route,
    policy,
    user_facing,
    streaming,
    routing_overhead_us,
    overhead_basis,
    latency_us,
    ttft_us,
    outcome,
    serving_attempt,
    cache_hit,
    parallel,
    quality,
    completeness,
    attempt_count,
    left(tags::text, {tag_text} + 1) AS tags{tags_asked}
FROM traces_request
WHERE organization_id = {organization} AND deployment_id = {deployment} AND {within}
