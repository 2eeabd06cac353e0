-- Under which units the facts of these calls are stored, and which calls a request of spans is made of that falls short.
SELECT call_id, unit, day, short FROM ingest_callunit
WHERE organization_id = %(organization)s AND deployment_id = %(deployment)s AND call_id = ANY(%(calls)s::text[])
