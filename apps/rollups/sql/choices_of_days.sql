-- What was planned for which task, day by day, and whether it was planned well. `state` differs where prices, evidence or
-- requests of the day do.
SELECT
    day,
    task,
    model,
    policy,
    sum(requests)::bigint,
    coalesce(sum(served_dispatched), 0)::bigint,
    coalesce(sum(evaluable), 0)::bigint,
    coalesce(sum(optimal), 0)::bigint,
    coalesce(sum(under_quality), 0)::bigint,
    concat_ws(' ', sum(optimal_nano), sum(optimum_planned_nano), sum(evaluable_base_nano)) AS state
FROM rollups_request_day
WHERE
    organization_id = %(organization)s AND deployment_id = %(deployment)s
    AND environment = %(environment)s AND day BETWEEN %(first)s AND %(last)s
GROUP BY day, task, model, policy
ORDER BY day, task, model, policy
