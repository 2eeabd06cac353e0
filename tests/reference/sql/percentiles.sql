-- Exact percentiles of a deployment, by nearest rank.
SELECT
    percentile_disc(ARRAY[0.5, 0.95, 0.99]) WITHIN GROUP (ORDER BY latency_us) AS latency,
    percentile_disc(ARRAY[0.5, 0.95, 0.99]) WITHIN GROUP (ORDER BY ttft_us) AS ttft,
    percentile_disc(ARRAY[0.5, 0.95, 0.99]) WITHIN GROUP (ORDER BY routing_overhead_us)
        FILTER (WHERE overhead_basis = 'receive_to_dispatch' AND completeness IN ('complete', 'count_only'))
        AS receive_to_dispatch
FROM traces_request
WHERE deployment_id = %(deployment)s
