-- Sums and counts a day, straight from the raw requests and their attempts: no price is needed for any of them.
WITH tried AS (
    SELECT
        day,
        request_id,
        count(*) AS tries,
        min(start_offset_us) AS earliest,
        count(*) FILTER (WHERE start_offset_us IS NULL) AS starts_unknown,
        max(start_offset_us) FILTER (WHERE n = 0) AS first_start,
        (array_agg(start_offset_us ORDER BY n DESC))[1] AS last_start
    FROM traces_attempt WHERE deployment_id = %(deployment)s GROUP BY day, request_id
),
facts AS (
    SELECT
        r.*,
        coalesce(t.tries, 0) AS tries,
        r.completeness IN ('complete', 'complete_first_hop') AS measurable,
        r.completeness IN ('complete', 'complete_first_hop', 'count_only') AS counted_class,
        s.input_tokens AS served_input,
        s.output_tokens AS served_output,
        s.cache_read_input_tokens AS served_read,
        s.cache_write_input_tokens AS served_written,
        s.cache_write_1h_input_tokens AS served_written_1h,
        s.reasoning_output_tokens AS served_reasoning,
        s.input_tokens IS NOT NULL AND s.output_tokens IS NOT NULL AND s.service_tier <> 'batch' AND s.other_units IS NULL
            AND r.operation NOT IN ('embeddings', 'rerank') AND coalesce(r.task, '') <> '' AS compared,
        s.n IS NOT NULL AS server_known,
        s.model IS DISTINCT FROM f.model OR s.provider IS DISTINCT FROM f.provider AS replaced,
        CASE
            WHEN r.outcome = 'served' THEN s.start_offset_us
            WHEN r.outcome = 'failed' THEN t.last_start
        END AS ended,
        CASE
            WHEN NOT r.parallel THEN t.first_start
            WHEN t.starts_unknown = 0 THEN t.earliest
        END AS began
    FROM traces_request r
    LEFT JOIN tried t USING (day, request_id)
    LEFT JOIN traces_attempt f
        ON f.deployment_id = r.deployment_id AND f.day = r.day AND f.request_id = r.request_id AND f.n = 0
    LEFT JOIN traces_attempt s
        ON s.deployment_id = r.deployment_id AND s.day = r.day AND s.request_id = r.request_id
        AND s.n = r.serving_attempt AND r.outcome = 'served'
    WHERE r.deployment_id = %(deployment)s
)
SELECT
    day,
    count(*) AS requests,
    count(outcome) AS outcome_known,
    count(*) FILTER (WHERE outcome = 'served') AS served,
    count(*) FILTER (WHERE outcome = 'failed') AS failed,
    count(*) FILTER (WHERE cache_hit) AS cache_hits,
    sum(tries) AS attempts,
    count(*) FILTER (WHERE counted_class AND tries > 0) AS counted,
    count(*) FILTER (WHERE counted_class AND tries > 1) AS retried,
    count(*) FILTER (WHERE measurable) AS measurable,
    sum(served_input + CASE WHEN operation IN ('embeddings', 'rerank') THEN coalesce(served_output, 0) ELSE served_output END)
        AS served_tokens,
    count(*) FILTER (WHERE compared) AS usage_known,
    sum(served_input) FILTER (WHERE compared) AS usage_input_tokens,
    sum(served_read) FILTER (WHERE compared) AS usage_cache_read_input_tokens,
    sum(served_written) FILTER (WHERE compared) AS usage_cache_write_input_tokens,
    sum(served_written_1h) FILTER (WHERE compared) AS usage_cache_write_1h_input_tokens,
    sum(served_output) FILTER (WHERE compared) AS usage_output_tokens,
    sum(served_reasoning) FILTER (WHERE compared) AS usage_reasoning_output_tokens,
    count(*) FILTER (WHERE measurable AND server_known) AS fallback_known,
    count(*) FILTER (WHERE measurable AND server_known AND replaced) AS fallbacks,
    count(*) FILTER (WHERE measurable AND tries > 1 AND ended IS NOT NULL AND began IS NOT NULL) AS retry_delay_known,
    sum(greatest(ended - began, 0)) FILTER (WHERE measurable AND tries > 1) AS retry_delay_us,
    count(*) FILTER (WHERE overhead_basis = 'receive_to_dispatch' AND completeness IN ('complete', 'count_only'))
        AS receive_to_dispatch,
    sum(routing_overhead_us)
        FILTER (WHERE overhead_basis = 'receive_to_dispatch' AND completeness IN ('complete', 'count_only'))
        AS receive_to_dispatch_us,
    sum(routing_overhead_us)
        FILTER (WHERE overhead_basis = 'decision_only' AND completeness IN ('complete', 'count_only'))
        AS decision_only_us,
    count(latency_us) AS latency_known,
    sum(latency_us) AS latency_us,
    count(ttft_us) AS ttft_known,
    sum(ttft_us) AS ttft_us
FROM facts GROUP BY day ORDER BY day
