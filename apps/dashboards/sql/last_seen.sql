-- The latest request of each of some deployments: one probe of an index a day and deployment.
SELECT
    wanted.deployment_id,
    latest.received_at
FROM unnest(%(deployments)s::bigint[]) AS wanted (deployment_id)
CROSS JOIN LATERAL (
    SELECT max(received_at) AS received_at
    FROM traces_request AS r
    WHERE r.organization_id = %(organization)s AND r.deployment_id = wanted.deployment_id AND r.day >= %(since)s
) AS latest
WHERE latest.received_at IS NOT NULL
