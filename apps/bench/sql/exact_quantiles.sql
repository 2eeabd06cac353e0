-- Nearest-rank quantiles of one deployment's latencies, and sums, from its raw rows.
SELECT
    percentile_disc(ARRAY[0.5, 0.95, 0.99]) WITHIN GROUP (ORDER BY latency_us) AS latency,
    percentile_disc(ARRAY[0.5, 0.95, 0.99]) WITHIN GROUP (ORDER BY ttft_us) AS ttft,
    percentile_disc(ARRAY[0.5, 0.95, 0.99]) WITHIN GROUP (ORDER BY routing_overhead_us) AS receive_to_dispatch,
    count(*),
    coalesce(sum(latency_us), 0)::bigint,
    coalesce(sum(ttft_us), 0)::bigint
FROM traces_request
WHERE organization_id = %(organization)s AND deployment_id = %(deployment)s
