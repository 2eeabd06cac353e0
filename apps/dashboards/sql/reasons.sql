-- Why posts or items of them were not taken, or taken with a warning, since a moment: by kind and code, most first.
WITH batches AS (
    SELECT *
    FROM ingest_batch
    WHERE
        organization_id = %(organization)s AND deployment_id = %(deployment)s AND received_at >= %(since)s
        AND (rejected > 0 OR refused IS NOT NULL OR warnings <> '{}'::jsonb)
),

told AS (
    SELECT 'rejected' AS kind, r.code, r.n::bigint AS n FROM batches, jsonb_each_text(reasons) AS r (code, n)
    UNION ALL
    SELECT 'warning' AS kind, w.code, w.n::bigint AS n FROM batches, jsonb_each_text(warnings) AS w (code, n)
    UNION ALL
    SELECT 'refused' AS kind, refused AS code, 1 AS n FROM batches WHERE refused IS NOT NULL
)

SELECT kind, code, sum(n)::bigint AS n FROM told GROUP BY kind, code ORDER BY n DESC, kind, code LIMIT 50
