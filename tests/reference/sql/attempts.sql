-- Every raw attempt of a deployment, in the order of their dispatch.
SELECT
    day,
    request_id,
    provider,
    model,
    raw_model,
    service_tier,
    start_offset_us,
    latency_us,
    ttft_us,
    status,
    error_type,
    input_tokens,
    cache_read_input_tokens,
    cache_write_input_tokens,
    cache_write_1h_input_tokens,
    output_tokens,
    reasoning_output_tokens,
    other_units IS NOT NULL AS has_other_units,
    reported_cost_nano,
    currency
FROM traces_attempt
WHERE deployment_id = %(deployment)s
ORDER BY day, request_id, n
