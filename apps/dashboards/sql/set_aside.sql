-- What could not be worked on, of one deployment: units of spans, and since when deriving and rebuilding stand still: one row.
SELECT
    count(*) AS units,
    coalesce(array_agg(DISTINCT error ORDER BY error), '{}') AS errors,
    max(at) AS latest,
    (
        SELECT quarantined_at FROM ingest_derivation
        WHERE organization_id = %(organization)s AND deployment_id = %(deployment)s
    ) AS derive,
    (
        SELECT quarantined_at FROM rollups_rebuild
        WHERE organization_id = %(organization)s AND deployment_id = %(deployment)s
    ) AS rebuild
FROM ingest_setaside
WHERE organization_id = %(organization)s AND deployment_id = %(deployment)s
