-- Of several deployments, sums of a tag's key by value, and after them those of all requests (no value), each in stretches of
-- days of its own; apart for days on which it had more keys than are told apart. Of values, each one's dearest of the window;
-- the others as those that were folded. Cells are read once: their sums are ranked, and summed again where values are folded.
-- Stretch by stretch, since what is grouped at once is then small: nobody sorts all cells of all deployments.
WITH stretches AS MATERIALIZED (
    SELECT
        deployment_id, row_number() OVER each AS stretch, first_day,
        coalesce(lead(first_day) OVER each - 1, %(end)s) AS last_day
    FROM unnest(%(of)s::bigint[], %(since)s::date[]) AS told (deployment_id, first_day)
    WINDOW each AS (PARTITION BY deployment_id ORDER BY first_day)
), crowded AS (
    SELECT DISTINCT deployment_id, day FROM rollups_tag_day
    WHERE organization_id = %(organization)s AND deployment_id = ANY(%(deployments)s)
        AND day BETWEEN %(start)s AND %(end)s AND key = %(other)s
), told AS MATERIALIZED (
    SELECT deployment_id, stretch, cells.*
    FROM stretches AS s CROSS JOIN LATERAL (
        SELECT value, (s.deployment_id, day) IN (SELECT deployment_id, day FROM crowded) AS is_crowded, {cells}
        FROM rollups_tag_day
        WHERE organization_id = %(organization)s AND deployment_id = s.deployment_id
            AND day BETWEEN s.first_day AND s.last_day
            AND (%(environment)s::text IS NULL OR environment = %(environment)s) AND key = %(key)s
        GROUP BY 1, 2
    ) AS cells
), ranked AS (
    SELECT
        deployment_id, value,
        row_number() OVER (
            PARTITION BY deployment_id ORDER BY sum(billed_nano) DESC NULLS LAST, sum(requests) DESC, value
        ) AS place
    FROM told
    GROUP BY deployment_id, value
), by_value AS (
    SELECT
        deployment_id, CASE WHEN place <= %(most)s THEN value ELSE %(other)s END AS value, stretch, is_crowded,
        ARRAY[{sums}] AS figures
    FROM told JOIN ranked USING (deployment_id, value)
    GROUP BY 1, 2, 3, 4
    UNION ALL
    SELECT deployment_id, NULL, stretch, is_crowded, figures
    FROM stretches AS s CROSS JOIN LATERAL (
        SELECT (s.deployment_id, day) IN (SELECT deployment_id, day FROM crowded) AS is_crowded, ARRAY[{sums}] AS figures
        FROM rollups_request_day
        WHERE organization_id = %(organization)s AND deployment_id = s.deployment_id
            AND day BETWEEN s.first_day AND s.last_day
            AND (%(environment)s::text IS NULL OR environment = %(environment)s)
        GROUP BY 1
    ) AS requests
)
SELECT deployment_id, value, stretch, is_crowded, figures FROM by_value
ORDER BY value NULLS LAST, stretch
