-- What is known of models on some days, with the threshold that the tenant had set for the task on that day: null before the
-- first one, and where it went back to the default.
WITH declared AS (
    SELECT
        organization_id,
        deployment_id,
        task,
        quality_micro,
        effective_from,
        lead(effective_from, 1, 'infinity') OVER (
            PARTITION BY organization_id, deployment_id, task ORDER BY effective_from
        ) AS ended
    FROM quality_threshold
    WHERE deployment_id = %(deployment)s
)

SELECT
    e.day,
    e.task,
    e.provider,
    e.model,
    e.quality_micro,
    e.output_tokens,
    e.answers,
    declared.quality_micro AS threshold_micro,
    e.own + e.replayed + e.pooled AS observations
FROM quality_evidence AS e
LEFT JOIN declared
    ON declared.organization_id = e.organization_id AND declared.deployment_id = e.deployment_id AND declared.task = e.task
    AND declared.effective_from <= e.day AND e.day < declared.ended
WHERE e.deployment_id = %(deployment)s AND {days}
ORDER BY e.day, e.task, e.model
