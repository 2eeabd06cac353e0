-- Every raw request of a deployment, with whether people waited for it resolved by what was declared for its day.
SELECT
    r.day,
    r.request_id,
    round(extract(epoch FROM r.received_at) * 1000000)::bigint AS received_us,
    r.environment,
    r.operation,
    coalesce(r.task, '') AS task,
    coalesce(r.route, '') AS route,
    coalesce(r.policy, '') AS policy,
    coalesce(
        r.user_facing,
        (
            SELECT a.user_facing FROM deployments_assumptions a
            WHERE a.deployment_id = r.deployment_id AND a.effective_from <= r.day
            ORDER BY a.effective_from DESC LIMIT 1
        ),
        false
    ) AS user_facing,
    r.routing_overhead_us,
    r.overhead_basis,
    r.latency_us,
    r.ttft_us,
    r.outcome,
    r.serving_attempt,
    r.cache_hit,
    r.parallel,
    r.quality,
    r.completeness,
    r.tags
FROM traces_request r
WHERE r.deployment_id = %(deployment)s
ORDER BY r.day, r.request_id
