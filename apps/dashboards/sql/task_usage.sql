-- What a request of each task uses, on average, by the newest served requests of the window: bounded, so that a large
-- deployment costs no more than a small one. Only what selection looks at: chat and its like, outside the batch tier. Tasks are as the
-- deployment's labels read them: queries/called.py writes that.
WITH newest AS (
    SELECT
        organization_id, deployment_id, day, request_id, environment, operation, tags, serving_attempt,
        {merged_task} AS task, {route} AS route
    FROM traces_request
    WHERE organization_id = %(organization)s AND deployment_id = %(deployment)s
        AND day BETWEEN %(start)s AND %(end)s
        AND (%(environment)s::text IS NULL OR environment = %(environment)s)
        AND outcome = 'served' AND serving_attempt IS NOT NULL AND operation NOT IN ('embeddings', 'rerank')
        AND {could_have_a_task}
    ORDER BY received_at DESC
    LIMIT %(bound)s
),

named AS (
    SELECT day, request_id, serving_attempt, {task} AS task
    FROM newest AS r
)

SELECT
    n.task,
    count(*) AS requests,
    round(avg(a.input_tokens))::bigint AS input_tokens,
    round(avg(coalesce(a.cache_read_input_tokens, 0)))::bigint AS cache_read_input_tokens,
    round(avg(coalesce(a.cache_write_input_tokens, 0)))::bigint AS cache_write_input_tokens,
    round(avg(coalesce(a.cache_write_1h_input_tokens, 0)))::bigint AS cache_write_1h_input_tokens,
    round(avg(a.output_tokens))::bigint AS output_tokens,
    round(avg(coalesce(a.reasoning_output_tokens, 0)))::bigint AS reasoning_output_tokens
FROM named AS n
JOIN traces_attempt a ON a.day = n.day AND a.request_id = n.request_id AND a.n = n.serving_attempt
-- Said of attempts too, since no partition would be left out for what is only known of their requests.
WHERE a.organization_id = %(organization)s AND a.deployment_id = %(deployment)s AND a.day BETWEEN %(start)s AND %(end)s
    AND a.service_tier <> 'batch' AND a.input_tokens IS NOT NULL AND a.output_tokens IS NOT NULL AND n.task IS NOT NULL
GROUP BY n.task
ORDER BY n.task
