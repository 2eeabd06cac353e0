-- Of some deployments: the environments that their requests of the window name; the keys of tags that each carried on its last day
-- of the window with any, the most used first; and of each deployment the value of the asked key that most of its requests with the
-- key carry.
WITH carried AS (
    SELECT of_one.key, sum(of_one.requests)::bigint AS requests
    FROM unnest(%(deployments)s::bigint[]) AS wanted (deployment_id)
    CROSS JOIN LATERAL (
        SELECT t.key, sum(t.requests) AS requests
        FROM rollups_tag_day AS t
        WHERE
            t.organization_id = %(organization)s AND t.deployment_id = wanted.deployment_id AND t.key <> %(other)s
            AND t.day = (
                SELECT max(l.day)
                FROM rollups_tag_day AS l
                WHERE
                    l.organization_id = %(organization)s AND l.deployment_id = wanted.deployment_id
                    AND l.day BETWEEN %(start)s AND %(end)s
            )
        GROUP BY t.key
    ) AS of_one
    GROUP BY of_one.key
    ORDER BY 2 DESC, 1
    LIMIT %(most)s
),

dominant AS (
    SELECT DISTINCT ON (deployment_id) deployment_id, value, sum(requests)::bigint AS requests
    FROM rollups_tag_day
    WHERE
        organization_id = %(organization)s AND deployment_id = ANY(%(deployments)s)
        AND day BETWEEN %(start)s AND %(end)s
        AND (%(environment)s::text IS NULL OR environment = %(environment)s)
        AND %(key)s <> '' AND key = %(key)s AND value <> %(other)s
    GROUP BY deployment_id, value
    ORDER BY deployment_id, 3 DESC, value
)

SELECT 'environment' AS kind, NULL::bigint AS deployment_id, environment AS name, 0 AS requests
FROM rollups_whole_day
WHERE organization_id = %(organization)s AND deployment_id = ANY(%(deployments)s) AND day BETWEEN %(start)s AND %(end)s
GROUP BY environment
UNION ALL
SELECT 'key', NULL, key, requests FROM carried
UNION ALL
SELECT 'value', deployment_id, value, requests FROM dominant
ORDER BY 1, 2, 4 DESC, 3
