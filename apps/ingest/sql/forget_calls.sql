-- Calls that were noted for an hour of a lane and belong to the hour beside it, since more is known.
DELETE FROM ingest_callunit c USING unnest(%(calls)s::text[], %(units)s::text[]) g (call_id, unit)
WHERE c.organization_id = %(organization)s AND c.deployment_id = %(deployment)s
    AND c.call_id = g.call_id AND c.unit = g.unit
RETURNING c.call_id, c.day
