-- What the operator and the way in may know of all tenants' marks: how many, and since when; no more than `most` of each
-- kind are counted. Those of deployments in quarantine are left out, since nothing but a hand can lessen them.
CREATE FUNCTION rollups_backlog(most bigint) RETURNS TABLE (marks bigint, oldest timestamptz)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $function$
    SELECT count(*), min(marked_at) FROM (
        (SELECT marked_at FROM traces_stalehour m WHERE NOT EXISTS (
            SELECT FROM rollups_rebuild q WHERE q.quarantined_at IS NOT NULL
                AND (q.organization_id, q.deployment_id) = (m.organization_id, m.deployment_id)
        ) ORDER BY id LIMIT most)
        UNION ALL
        (SELECT marked_at FROM deployments_stalesince m WHERE NOT EXISTS (
            SELECT FROM rollups_rebuild q WHERE q.quarantined_at IS NOT NULL
                AND (q.organization_id, q.deployment_id) = (m.organization_id, m.deployment_id)
        ) ORDER BY id LIMIT most)
        UNION ALL
        (SELECT marked_at FROM traces_staletrace m WHERE NOT EXISTS (
            SELECT FROM ingest_derivation q WHERE q.quarantined_at IS NOT NULL
                AND (q.organization_id, q.deployment_id) = (m.organization_id, m.deployment_id)
        ) ORDER BY id LIMIT most)
    ) waiting
$function$;

-- How many deployments are set aside, by the task that kept dying; and the units of spans that could not be derived.
CREATE FUNCTION rollups_set_aside() RETURNS TABLE (task text, number bigint)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $function$
    SELECT 'rebuild', count(*) FROM rollups_rebuild WHERE quarantined_at IS NOT NULL
    UNION ALL SELECT 'derive', count(*) FROM ingest_derivation WHERE quarantined_at IS NOT NULL
    UNION ALL SELECT 'unit', count(*) FROM ingest_setaside
$function$;

REVOKE ALL ON FUNCTION rollups_backlog(bigint), rollups_set_aside() FROM PUBLIC;
