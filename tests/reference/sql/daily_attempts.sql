-- Sums and counts a day over attempts, by provider and model.
SELECT
    a.day,
    coalesce(a.provider, '') AS provider,
    coalesce(a.model, '') AS model,
    count(*) AS attempts,
    count(*) FILTER (WHERE r.outcome = 'served' AND a.n = r.serving_attempt) AS served,
    count(a.latency_us) AS latency_known,
    sum(a.latency_us) AS latency_us,
    count(a.ttft_us) AS ttft_known,
    sum(a.ttft_us) AS ttft_us,
    count(a.input_tokens) AS input_known,
    sum(a.input_tokens) AS input_tokens,
    count(*) FILTER (WHERE a.input_tokens IS NOT NULL AND a.cache_read_input_tokens IS NOT NULL) AS cache_known,
    sum(a.cache_read_input_tokens) FILTER (WHERE a.input_tokens IS NOT NULL) AS cache_read_tokens,
    sum(coalesce(a.cache_write_input_tokens, 0) + coalesce(a.cache_write_1h_input_tokens, 0)) AS cache_write_tokens,
    count(a.output_tokens) AS output_known,
    sum(a.output_tokens) AS output_tokens,
    sum(a.reasoning_output_tokens) AS reasoning_tokens
FROM traces_attempt a
JOIN traces_request r USING (organization_id, deployment_id, day, request_id)
WHERE a.deployment_id = %(deployment)s
GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
