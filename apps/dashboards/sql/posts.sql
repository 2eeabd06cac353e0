-- What became of the posts of a deployment since a moment: one row.
SELECT
    count(*) AS posts,
    coalesce(sum(accepted), 0)::bigint AS accepted,
    coalesce(sum(duplicate), 0)::bigint AS duplicate,
    coalesce(sum(conflict), 0)::bigint AS conflict,
    coalesce(sum(rejected), 0)::bigint AS rejected,
    count(refused) AS refused
FROM ingest_batch
WHERE organization_id = %(organization)s AND deployment_id = %(deployment)s AND received_at >= %(since)s
