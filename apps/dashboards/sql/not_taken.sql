-- Why posts or items of them were not taken, or taken with a warning, since a moment: by kind and code, in how many, the most
-- frequent first; and, of kind 'sample', items that were not taken, by their number in the post, the newest post first.
WITH batches AS (
    SELECT *
    FROM ingest_batch
    WHERE
        organization_id = %(organization)s AND deployment_id = %(deployment)s AND received_at >= %(since)s
        AND (rejected > 0 OR refused IS NOT NULL OR warnings <> '{}'::jsonb OR samples IS NOT NULL)
),

told AS (
    SELECT 'rejected' AS kind, r.code, r.n::bigint AS n FROM batches, jsonb_each_text(reasons) AS r (code, n)
    UNION ALL
    SELECT 'warning' AS kind, w.code, w.n::bigint AS n FROM batches, jsonb_each_text(warnings) AS w (code, n)
    UNION ALL
    SELECT 'refused' AS kind, refused AS code, 1 AS n FROM batches WHERE refused IS NOT NULL
)

(
    SELECT
        row_number() OVER (ORDER BY sum(n) DESC, kind, code) AS place,
        kind,
        code,
        sum(n)::bigint AS number,
        NULL::timestamptz AS received_at,
        NULL AS source,
        NULL AS message
    FROM told
    GROUP BY kind, code
    ORDER BY 1
    LIMIT 50
)
UNION ALL
(
    SELECT
        row_number() OVER (ORDER BY received_at DESC, id DESC, s.place) AS place,
        'sample' AS kind,
        sample ->> 'code' AS code,
        (sample ->> 'index')::bigint AS number,
        received_at,
        source,
        sample ->> 'message' AS message
    FROM batches, jsonb_array_elements(samples) WITH ORDINALITY AS s (sample, place)
    WHERE received_at <= %(now)s AND samples IS NOT NULL
    ORDER BY 1
    LIMIT %(most)s
)
ORDER BY place
