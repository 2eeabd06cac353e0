-- Under which units the facts of these calls are stored; one look a call.
SELECT c.call_id, c.unit, c.day
FROM unnest(%(calls)s::text[]) w (call_id)
CROSS JOIN LATERAL (
    SELECT call_id, unit, day FROM ingest_callunit
    WHERE organization_id = %(organization)s AND deployment_id = %(deployment)s AND call_id = w.call_id
    OFFSET 0
) c
