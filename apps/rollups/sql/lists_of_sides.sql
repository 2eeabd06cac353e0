-- Of the same windows, the merged sketches of requests by name, and the sums of attempts by provider: both are lists of whole
-- numbers. Attempts are not told apart by policy, so that a window of one policy has none.
WITH asked AS (
    SELECT *
    FROM unnest(%(deployments)s::bigint[], %(since)s::date[], %(until)s::date[], %(environments)s::text[], %(policies)s::text[])
        WITH ORDINALITY AS a (deployment_id, since, until, environment, policy, n)
), merged AS (
    -- Merging adds the counts of a bucket: entries are bucket << 32 | count.
    SELECT a.n, s.name, (packed >> 32 << 32) + sum(packed & 4294967295)::bigint AS entry
    FROM asked a
    JOIN rollups_request_day c ON c.deployment_id = a.deployment_id AND c.day BETWEEN a.since AND a.until
        AND (a.environment IS NULL OR c.environment = a.environment) AND (a.policy IS NULL OR c.policy = a.policy)
    CROSS JOIN LATERAL (VALUES {sketches}) s (name, sketch)
    CROSS JOIN unnest(s.sketch) packed
    WHERE c.organization_id = %(organization)s
    GROUP BY a.n, s.name, packed >> 32
)
SELECT n, true AS is_sketch, name, array_agg(entry ORDER BY entry) AS told FROM merged GROUP BY n, name
UNION ALL
SELECT a.n, false, c.provider, ARRAY[{sums}]
FROM asked a
JOIN rollups_attempt_day c ON c.deployment_id = a.deployment_id AND c.day BETWEEN a.since AND a.until
    AND (a.environment IS NULL OR c.environment = a.environment)
WHERE c.organization_id = %(organization)s AND a.policy IS NULL
GROUP BY a.n, c.provider
ORDER BY 1, 2, 3
