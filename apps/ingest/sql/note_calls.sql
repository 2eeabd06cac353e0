-- Which calls spans tell of; told are those that are new, or told otherwise than before.
INSERT INTO ingest_callunit (organization_id, deployment_id, call_id, unit, day, short)
SELECT %(organization)s, %(deployment)s, call_id, unit, day, string_to_array(short, ' ')
FROM unnest(%(calls)s::text[], %(units)s::text[], %(days)s::date[], %(short)s::text[]) n (call_id, unit, day, short)
ON CONFLICT (organization_id, deployment_id, call_id, unit) DO UPDATE SET short = EXCLUDED.short
WHERE ingest_callunit.short IS DISTINCT FROM EXCLUDED.short
RETURNING call_id, day
