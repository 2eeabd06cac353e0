-- Keys of requests that match, the newest first, among the `bound` newest of the window: however rare a match is, a page
-- reads no more than those. Attempts are looked up request by request: an EXISTS became a join of all attempts of the window in
-- partitions that were not analyzed yet; the days of the window are said of them too, since a query is planned for every
-- partition that it does not leave out. Each row repeats where the looking ended and after how many, unless the page is full:
-- then nobody asks, and no more is looked at than it took to fill it. Without a day: nothing was found.
-- Routes and tasks are as the deployment's labels read them: queries/called.py writes that.
WITH looked_at AS MATERIALIZED (
    SELECT
        day, request_id, received_at, environment, outcome, operation, task, route, completeness, tags, attempt_count
    FROM traces_request
    WHERE
        organization_id = %(organization)s AND deployment_id = %(deployment)s
        AND day BETWEEN %(first_day)s AND %(last_day)s
        AND received_at >= %(since)s AND received_at < %(until)s AND received_at <= %(newest)s
        AND (%(after_id)s::text IS NULL OR received_at < %(newest)s OR request_id < %(after_id)s)
    ORDER BY received_at DESC, request_id DESC
    LIMIT %(bound)s
),

merged AS (
    SELECT
        day, request_id, received_at, environment, outcome, operation, {merged_task} AS task, {route} AS route,
        completeness, tags, attempt_count
    FROM looked_at
),

found AS (
    SELECT day, request_id, received_at
    FROM merged AS r
    WHERE
        (%(environment)s::text IS NULL OR environment = %(environment)s)
        AND (%(outcome)s::text IS NULL OR outcome = %(outcome)s)
        AND (%(task)s::text IS NULL OR {task} = %(task)s)
        AND (%(route)s::text IS NULL OR route = %(route)s)
        AND (%(completeness)s::text IS NULL OR completeness = %(completeness)s)
        AND (NOT %(again)s OR attempt_count > 1)
        AND (%(tags)s::jsonb[] IS NULL OR tags @> ANY (%(tags)s::jsonb[]))
        AND (%(tag_key)s::text IS NULL OR tags ? %(tag_key)s)
        AND (
            (%(model)s::text IS NULL AND %(provider)s::text IS NULL)
            OR (
                SELECT true FROM traces_attempt AS a
                WHERE
                    a.organization_id = %(organization)s AND a.deployment_id = %(deployment)s
                    AND a.day BETWEEN %(first_day)s AND %(last_day)s AND a.day = r.day AND a.request_id = r.request_id
                    AND (%(model)s::text IS NULL OR %(model)s IN (a.model, a.raw_model))
                    AND (%(provider)s::text IS NULL OR a.provider = %(provider)s)
                LIMIT 1
            )
        )
        AND (
            NOT %(with_failure)s
            OR (
                SELECT true FROM traces_attempt AS a
                WHERE
                    a.organization_id = %(organization)s AND a.deployment_id = %(deployment)s
                    AND a.day BETWEEN %(first_day)s AND %(last_day)s AND a.day = r.day AND a.request_id = r.request_id
                    AND (a.error_type IS NOT NULL OR a.status >= 400)
                LIMIT 1
            )
        )
    ORDER BY received_at DESC, request_id DESC
    LIMIT %(most)s
),

ended AS (
    SELECT received_at, request_id, (SELECT count(*) FROM looked_at) AS looked
    FROM looked_at
    WHERE (SELECT count(*) FROM found) < %(most)s
    ORDER BY received_at, request_id
    LIMIT 1
)

SELECT f.day, f.request_id, f.received_at, e.received_at, e.request_id, e.looked
FROM (VALUES (true)) AS page (is_one)
LEFT JOIN ended AS e ON true
LEFT JOIN found AS f ON true
ORDER BY f.received_at DESC, f.request_id DESC
