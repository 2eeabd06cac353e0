-- Under which units the facts of these calls are stored.
SELECT call_id, unit, day FROM ingest_callunit
WHERE organization_id = %(organization)s AND deployment_id = %(deployment)s AND call_id = ANY(%(calls)s::text[])
