-- When each of some deployments was last heard of, and how it reports: by which ways and in which dialects its latest requests
-- and calls came. One probe of an index a day and deployment; earlier weeks, and then the last day that is rolled up, are only
-- looked at where nothing came lately. Planned for five weeks of partitions, which an ORDER BY is in half the time of a max().
SELECT
    wanted.deployment_id,
    coalesce(
        requests.last_seen,
        (
            SELECT r.received_at
            FROM traces_request AS r
            WHERE
                r.organization_id = %(organization)s AND r.deployment_id = wanted.deployment_id
                AND r.day >= %(since)s AND r.day < %(lately)s
            ORDER BY r.received_at DESC
            LIMIT 1
        ),
        (
            SELECT max(d.day)::timestamp AT TIME ZONE 'UTC'
            FROM rollups_request_day AS d
            WHERE d.organization_id = %(organization)s AND d.deployment_id = wanted.deployment_id
        )
    ) AS last_seen,
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
