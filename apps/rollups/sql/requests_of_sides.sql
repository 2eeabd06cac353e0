-- Sums of the requests of several windows, each of its own deployment, days, environment and policy: by day and completeness, and by
-- task and planned model, which of the two `is_by_task` says.
SELECT a.n, GROUPING(c.day) = 1 AS is_by_task, c.day, c.completeness, c.task, c.model, {sums}
FROM unnest(%(deployments)s::bigint[], %(since)s::date[], %(until)s::date[], %(environments)s::text[], %(policies)s::text[])
    WITH ORDINALITY AS a (deployment_id, since, until, environment, policy, n)
JOIN rollups_request_day c ON c.deployment_id = a.deployment_id AND c.day BETWEEN a.since AND a.until
    AND (a.environment IS NULL OR c.environment = a.environment) AND (a.policy IS NULL OR c.policy = a.policy)
WHERE c.organization_id = %(organization)s
GROUP BY GROUPING SETS ((a.n, c.day, c.completeness), (a.n, c.task, c.model))
ORDER BY 1, 2, 3, 4, 5, 6
