-- Attempts of the requests of one deployment in a set of hours; an attempt lies in the hour of its request.
SELECT
    day - '1970-01-01'::date,
    request_id,
    n,
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
    other_units,
    reported_cost_nano,
    currency
FROM traces_attempt
WHERE organization_id = {organization} AND deployment_id = {deployment} AND {within}
