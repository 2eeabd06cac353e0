-- What the attempts of the latest requests carry: tokens, costs, start times, models. Bounded like latest_requests. Attempts
-- are looked up request by request: by its guess of how many there are, the planner else joined those of all five weeks.
WITH latest AS (
    SELECT day, request_id
    FROM traces_request
    WHERE organization_id = %(organization)s AND deployment_id = %(deployment)s AND day >= %(since)s
    ORDER BY received_at DESC
    LIMIT %(bound)s
)

SELECT
    count(*) AS attempts,
    count(*) FILTER (WHERE a.error_type IS NULL AND coalesce(a.status, 200) < 400) AS answered,
    count(*) FILTER (
        WHERE a.error_type IS NULL AND coalesce(a.status, 200) < 400 AND a.input_tokens IS NOT NULL AND a.output_tokens IS NOT NULL
    ) AS answered_with_tokens,
    count(*) FILTER (WHERE a.reported_cost_nano IS NOT NULL) AS with_cost,
    count(*) FILTER (WHERE a.start_offset_us IS NOT NULL) AS with_start,
    array_remove(array_agg(DISTINCT a.model), NULL) AS models,
    array_remove(array_agg(DISTINCT a.provider), NULL) AS providers
FROM latest
CROSS JOIN LATERAL (
    SELECT * FROM traces_attempt AS t
    WHERE
        t.organization_id = %(organization)s AND t.deployment_id = %(deployment)s
        AND t.day >= %(since)s AND t.day = latest.day AND t.request_id = latest.request_id
    OFFSET 0
) AS a
