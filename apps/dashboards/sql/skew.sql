-- By what the clocks of a deployment's senders were wrong since a moment, in posts that told: one row.
SELECT
    count(*) AS posts,
    min(skew_ms) AS least,
    max(skew_ms) AS most,
    (array_agg(skew_ms ORDER BY received_at DESC, id DESC))[1] AS latest,
    max(received_at) AS latest_at
FROM ingest_batch
WHERE
    organization_id = %(organization)s AND deployment_id = %(deployment)s
    AND received_at >= %(since)s AND received_at <= %(now)s AND skew_ms IS NOT NULL
