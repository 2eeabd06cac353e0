-- What became of the posts of a deployment since a moment: by day on a clock, and by how they came.
SELECT
    (received_at AT TIME ZONE %(zone)s)::date AS day,
    source,
    count(*) AS posts,
    sum(accepted)::bigint AS accepted,
    sum(duplicate)::bigint AS duplicate,
    sum(conflict)::bigint AS conflict,
    sum(rejected)::bigint AS rejected,
    count(refused) AS refused,
    max(received_at) AS latest
FROM ingest_batch
WHERE
    organization_id = %(organization)s AND deployment_id = %(deployment)s
    AND received_at >= %(since)s AND received_at <= %(now)s
GROUP BY 1, 2
ORDER BY 1 DESC, 2
