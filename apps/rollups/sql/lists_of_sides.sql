-- Of the same windows, the sketches of requests, cell by cell, and the sums of attempts by provider: both are lists of whole
-- numbers. Attempts are not told apart by policy, so that a window of one policy has none.
WITH asked AS (
    SELECT *
    FROM unnest(%(deployments)s::bigint[], %(since)s::date[], %(until)s::date[], %(environments)s::text[], %(policies)s::text[])
        WITH ORDINALITY AS a (deployment_id, since, until, environment, policy, n)
)
SELECT a.n, NULL AS provider, NULL::bigint[] AS sums, {sketches}
FROM asked a
JOIN rollups_request_day c ON c.deployment_id = a.deployment_id AND c.day BETWEEN a.since AND a.until
    AND (a.environment IS NULL OR c.environment = a.environment) AND (a.policy IS NULL OR c.policy = a.policy)
WHERE c.organization_id = %(organization)s
UNION ALL
SELECT a.n, c.provider, ARRAY[{sums}], {no_sketches}
FROM asked a
JOIN rollups_attempt_day c ON c.deployment_id = a.deployment_id AND c.day BETWEEN a.since AND a.until
    AND (a.environment IS NULL OR c.environment = a.environment)
WHERE c.organization_id = %(organization)s AND a.policy IS NULL
GROUP BY a.n, c.provider
