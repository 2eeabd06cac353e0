-- The floor of the request cube: its labels and some of its sums, without prices, equation or sketches.
CREATE TEMPORARY TABLE grouped ON COMMIT DROP AS
SELECT
    deployment_id,
    date_trunc('hour', received_at) AS hour,
    environment,
    task,
    route,
    policy,
    user_facing,
    completeness,
    count(*) AS requests,
    count(*) FILTER (WHERE outcome = 'served') AS served,
    count(latency_us) AS latency_known,
    sum(latency_us) AS latency_us,
    sum(ttft_us) AS ttft_us,
    sum(routing_overhead_us) AS overhead_us,
    sum(attempt_count) AS attempts
FROM traces_request
WHERE organization_id = %s
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
