-- What became of the posts of a deployment since a moment: by day on a clock, and by how they came; and by what the clocks of
-- their senders were wrong, in posts that told. The latest of these stands in each row alike.
SELECT
    (received_at AT TIME ZONE %(zone)s)::date AS day,
    source,
    count(*) AS posts,
    sum(accepted)::bigint AS accepted,
    sum(duplicate)::bigint AS duplicate,
    sum(conflict)::bigint AS conflict,
    sum(rejected)::bigint AS rejected,
    count(refused) AS refused,
    max(received_at) AS latest,
    count(skew_ms) AS skewed,
    min(skew_ms) AS least_ms,
    max(skew_ms) AS most_ms,
    max(received_at) FILTER (WHERE skew_ms IS NOT NULL) AS skewed_at,
    (
        SELECT last.skew_ms
        FROM ingest_batch AS last
        WHERE
            last.organization_id = %(organization)s AND last.deployment_id = %(deployment)s
            AND last.received_at >= %(since)s AND last.received_at <= %(now)s AND last.skew_ms IS NOT NULL
        ORDER BY last.received_at DESC, last.id DESC
        LIMIT 1
    ) AS latest_ms
FROM ingest_batch
WHERE
    organization_id = %(organization)s AND deployment_id = %(deployment)s
    AND received_at >= %(since)s AND received_at <= %(now)s
GROUP BY 1, 2
ORDER BY 1 DESC, 2
