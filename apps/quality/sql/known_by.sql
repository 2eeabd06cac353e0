-- What was known of models at tasks on some days, for each deployment that asks, or on the last day before for which there is some;
-- and the thresholds that were in force then. Of a task there may be one without the other.
WITH asked AS (
    SELECT
        a.n, a.deployment_id, a.day,
        (SELECT max(e.day) FROM quality_evidence e WHERE e.deployment_id = a.deployment_id AND e.day <= a.day) AS known_on
    FROM unnest(%(deployments)s::bigint[], %(days)s::date[]) WITH ORDINALITY AS a (deployment_id, day, n)
), seen AS (
    SELECT a.n, e.*
    FROM asked a JOIN quality_evidence e ON e.deployment_id = a.deployment_id AND e.day = a.known_on
), declared AS (
    SELECT DISTINCT ON (a.n, t.task) a.n, t.task, t.quality_micro AS threshold_micro
    FROM asked a
    JOIN quality_threshold t ON t.deployment_id = a.deployment_id AND t.effective_from <= coalesce(a.known_on, a.day)
    ORDER BY a.n, t.task, t.effective_from DESC
)
SELECT n, task, day, threshold_micro, {columns}
FROM seen FULL JOIN declared USING (n, task)
ORDER BY n, task, model
