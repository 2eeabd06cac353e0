-- The floor of the attempt cube: its labels and some of its sums, without prices, equation or sketches.
CREATE TEMPORARY TABLE grouped ON COMMIT DROP AS
SELECT
    deployment_id,
    date_trunc('hour', received_at) AS hour,
    provider,
    model,
    status,
    count(*) AS attempts,
    count(latency_us) AS latency_known,
    sum(latency_us) AS latency_us,
    sum(input_tokens) AS input_tokens,
    sum(cache_read_input_tokens) AS cache_read_tokens,
    sum(output_tokens) AS output_tokens,
    sum(reported_cost_nano) AS reported_nano
FROM traces_attempt
WHERE organization_id = %s
GROUP BY 1, 2, 3, 4, 5
