-- How each of some deployments reports: when its latest request came, and by which ways and in which dialects its latest
-- requests and calls did. One probe of an index a day and deployment; nothing where none came in these days.
SELECT
    wanted.deployment_id,
    requests.last_seen,
    coalesce(requests.sources, '{}') AS sources,
    (
        SELECT coalesce(array_agg(said.dialect ORDER BY said.number DESC, said.dialect), '{}')
        FROM (
            SELECT latest.dialect, count(*) AS number
            FROM (
                SELECT s.dialect
                FROM traces_span AS s
                WHERE
                    s.organization_id = %(organization)s AND s.deployment_id = wanted.deployment_id
                    AND s.day >= %(lately)s AND s.role IN ('llm', 'attempt')
                ORDER BY s.day DESC
                LIMIT %(bound)s
            ) AS latest
            GROUP BY latest.dialect
        ) AS said
    ) AS dialects
FROM unnest(%(deployments)s::bigint[]) AS wanted (deployment_id)
CROSS JOIN LATERAL (
    SELECT max(latest.received_at) AS last_seen, array_agg(DISTINCT latest.source) AS sources
    FROM (
        SELECT r.received_at, r.source
        FROM traces_request AS r
        WHERE r.organization_id = %(organization)s AND r.deployment_id = wanted.deployment_id AND r.day >= %(lately)s
        ORDER BY r.received_at DESC
        LIMIT %(bound)s
    ) AS latest
) AS requests
