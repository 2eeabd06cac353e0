-- What each provider did by calendar month (UTC), and its bill of that month, either of which may be missing. By model, and apart
-- for what lies inside the window that is asked for; a bill stands at every row of its month.
WITH counted AS (
    SELECT
        date_trunc('month', day)::date AS month, provider, model,
        day BETWEEN %(start)s AND %(end)s AND (%(environment)s::text IS NULL OR environment = %(environment)s) AS is_inside,
        {sums}
    FROM rollups_attempt_day
    WHERE organization_id = %(organization)s AND deployment_id = %(deployment)s AND day BETWEEN %(first)s AND %(last)s
    GROUP BY 1, 2, 3, 4
), billed AS (
    SELECT month, provider, amount_nano, currency, usd_per_unit, rate_on
    FROM deployments_providerbill
    WHERE organization_id = %(organization)s AND deployment_id = %(deployment)s AND month BETWEEN %(first)s AND %(last)s
)
SELECT month, provider, model, is_inside, {names}, amount_nano, currency, usd_per_unit, rate_on
FROM counted FULL JOIN billed USING (month, provider)
ORDER BY month, provider, model, is_inside
