-- Items that were not taken since a moment, newest post first.
SELECT
    received_at,
    source,
    (sample ->> 'index')::bigint AS number,
    sample ->> 'code' AS code,
    sample ->> 'message' AS message
FROM ingest_batch, jsonb_array_elements(samples) WITH ORDINALITY AS s (sample, place)
WHERE
    organization_id = %(organization)s AND deployment_id = %(deployment)s
    AND received_at >= %(since)s AND received_at <= %(now)s AND samples IS NOT NULL
ORDER BY received_at DESC, id DESC, place
LIMIT %(most)s
