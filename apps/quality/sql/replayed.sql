-- Outcomes of replay sets by task and model, of the newest set that has the model at the task; and how long its answers
-- are on the prompts that every model of that set answered at that task, which makes lengths comparable.
WITH newest AS (
    SELECT DISTINCT ON (task, model) task, model, replay_set
    FROM traces_outcome
    WHERE organization_id = %(organization)s AND deployment_id = %(deployment)s AND received_at < %(now)s
    ORDER BY task, model, received_at DESC, replay_set
), told AS (
    SELECT replay_set, task, prompt FROM traces_outcome
    WHERE organization_id = %(organization)s AND deployment_id = %(deployment)s AND received_at < %(now)s
    GROUP BY replay_set, task, prompt
    HAVING count(output_tokens) = (
        SELECT count(DISTINCT model) FROM traces_outcome m
        WHERE m.organization_id = %(organization)s AND m.deployment_id = %(deployment)s
            AND m.replay_set = traces_outcome.replay_set AND m.task = traces_outcome.task
    )
)
SELECT
    o.task,
    o.model,
    mode() WITHIN GROUP (ORDER BY o.provider),
    count(*),
    sum(round(o.score * 1000000)::bigint)::bigint,
    sum(o.output_tokens) FILTER (WHERE t.prompt IS NOT NULL)::bigint,
    count(t.prompt),
    max(o.received_at),
    array_agg(DISTINCT o.raw_model)
FROM traces_outcome o
JOIN newest n USING (task, model, replay_set)
LEFT JOIN told t USING (replay_set, task, prompt)
WHERE o.organization_id = %(organization)s AND o.deployment_id = %(deployment)s AND o.received_at < %(now)s
GROUP BY o.task, o.model
