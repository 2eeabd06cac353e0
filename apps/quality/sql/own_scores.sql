-- Scored answers by day, the labels that say of what task they are, and the model that gave them. Quality is summed in
-- millionths, so that no order matters.
SELECT
    r.day - '1970-01-01'::date,
    a.provider,
    a.model,
    count(*),
    sum(round(r.quality * 1000000)::bigint)::bigint,
    {looked_at}
FROM traces_request r
JOIN traces_attempt a ON a.organization_id = r.organization_id AND a.deployment_id = r.deployment_id
    AND a.day = r.day AND a.request_id = r.request_id AND a.n = r.serving_attempt
{planned}
WHERE r.organization_id = %(organization)s AND r.deployment_id = %(deployment)s
    AND r.day >= %(first)s AND r.day < %(end)s
    AND (%(environment)s::text IS NULL OR r.environment = %(environment)s)
    AND r.quality IS NOT NULL AND r.outcome = 'served' AND a.model IS NOT NULL AND {could_have_a_task}
GROUP BY 1, 2, 3, {keys}
