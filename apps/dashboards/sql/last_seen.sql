-- When each of some deployments, of which nothing came lately, was last heard of: by its latest request, and only where there
-- is none, by the last day that is rolled up.
SELECT
    wanted.deployment_id,
    coalesce(
        (
            SELECT max(r.received_at)
            FROM traces_request AS r
            WHERE
                r.organization_id = %(organization)s AND r.deployment_id = wanted.deployment_id
                AND r.day >= %(since)s AND r.day < %(lately)s
        ),
        (
            SELECT max(d.day)::timestamp AT TIME ZONE 'UTC'
            FROM rollups_request_day AS d
            WHERE d.organization_id = %(organization)s AND d.deployment_id = wanted.deployment_id
        )
    ) AS last_seen
FROM unnest(%(deployments)s::bigint[]) AS wanted (deployment_id)
