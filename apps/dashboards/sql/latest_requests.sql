-- What the latest requests of a deployment say about themselves: one row of counts. Bounded by days, which prunes
-- partitions, and by a number of requests, so that a large deployment costs no more than a small one.
WITH latest AS (
    SELECT *
    FROM traces_request
    WHERE organization_id = %(organization)s AND deployment_id = %(deployment)s AND day >= %(since)s
    ORDER BY received_at DESC
    LIMIT %(bound)s
)

SELECT
    count(*) AS requests,
    min(received_at) AS earliest,
    max(received_at) AS latest,
    count(*) FILTER (WHERE task IS NOT NULL) AS with_task,
    count(*) FILTER (WHERE quality IS NOT NULL) AS with_quality,
    count(*) FILTER (WHERE routing_overhead_us IS NOT NULL) AS with_overhead,
    count(*) FILTER (WHERE outcome IS NOT NULL) AS with_outcome,
    count(*) FILTER (WHERE outcome = 'failed') AS failed,
    count(*) FILTER (WHERE environment = 'production') AS production,
    coalesce(sum(attempt_count), 0) AS attempts,
    array_remove(array_agg(DISTINCT overhead_basis), NULL) AS bases,
    array_agg(DISTINCT source) AS sources,
    (
        SELECT coalesce(jsonb_object_agg(completeness, n), '{}')
        FROM (SELECT completeness, count(*) AS n FROM latest GROUP BY completeness) AS by_class
    ) AS completeness
FROM latest
