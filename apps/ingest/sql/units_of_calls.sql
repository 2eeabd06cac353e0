-- Under which units the facts of these calls are stored, and which calls a request of spans is made of that falls short; one
-- look a call.
SELECT c.call_id, c.unit, c.day, c.short
FROM unnest(%(calls)s::text[]) w (call_id)
CROSS JOIN LATERAL (
    SELECT call_id, unit, day, short FROM ingest_callunit
    WHERE organization_id = %(organization)s AND deployment_id = %(deployment)s AND call_id = w.call_id
    OFFSET 0
) c
