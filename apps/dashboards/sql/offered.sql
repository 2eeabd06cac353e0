-- What was seen of a deployment in a window: tasks, routes, and models by who was asked, each with how many requests or attempts;
-- and models that there is evidence of, which need not have been asked.
SELECT seen.kind, seen.provider, seen.label, seen.number
FROM (
    SELECT
        CASE WHEN grouping(task) = 0 THEN 'task' ELSE 'route' END AS kind,
        NULL::text AS provider,
        CASE WHEN grouping(task) = 0 THEN task ELSE route END AS label,
        sum(requests)::bigint AS number
    FROM rollups_request_day
    WHERE
        organization_id = %(organization)s AND deployment_id = %(deployment)s
        AND day BETWEEN %(first)s AND %(last)s AND environment = %(environment)s
    GROUP BY GROUPING SETS ((task), (route))
    UNION ALL
    SELECT
        'model' AS kind,
        provider,
        model AS label,
        sum(attempts)::bigint AS number
    FROM rollups_attempt_day
    WHERE
        organization_id = %(organization)s AND deployment_id = %(deployment)s
        AND day BETWEEN %(first)s AND %(last)s AND environment = %(environment)s
    GROUP BY provider, model
    UNION ALL
    SELECT DISTINCT
        'evidence' AS kind,
        provider,
        model AS label,
        0::bigint AS number
    FROM quality_evidence
    WHERE deployment_id = %(deployment)s AND day >= %(first)s
) AS seen
ORDER BY seen.kind, seen.provider, seen.label
