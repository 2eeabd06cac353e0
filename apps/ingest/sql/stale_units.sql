-- The oldest marks of a deployment, put together by unit: what to derive, on which days its spans are filed, and exactly
-- the marks that say so. Marks that come later stay.
SELECT trace_id, min(day), max(day), array_agg(id)
FROM (
    SELECT id, trace_id, day FROM traces_staletrace
    WHERE organization_id = %(organization)s AND deployment_id = %(deployment)s
    ORDER BY id LIMIT %(marks)s
) oldest
GROUP BY trace_id
ORDER BY min(id)
