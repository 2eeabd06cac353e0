-- Days with requests, and the last of them in any case, whose evidence is not frozen yet or was gathered under other labels.
SELECT d::date FROM generate_series(%(first)s::timestamp, %(last)s::timestamp, '1 day') d
WHERE (d::date = %(last)s OR EXISTS (
        SELECT FROM traces_request r WHERE r.organization_id = %(organization)s
            AND r.deployment_id = %(deployment)s AND r.day = d::date
    ))
    AND NOT EXISTS (
        SELECT FROM quality_evidenceday e WHERE e.organization_id = %(organization)s
            AND e.deployment_id = %(deployment)s AND e.day = d::date AND e.frozen AND e.labels = %(labels)s
    )
ORDER BY 1
