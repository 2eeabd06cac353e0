-- By day and model, the names under which it answered, and how often: requests are mostly sent to a name without a date, and
-- answered by a release that says its own.
SELECT day, model, coalesce(response_model, raw_model), count(*)
FROM traces_attempt
WHERE organization_id = %(organization)s AND deployment_id = %(deployment)s
    AND day >= %(first)s AND day < %(end)s AND model = ANY(%(models)s)
    AND error_type IS NULL AND coalesce(status, 200) < 400
    AND coalesce(response_model, raw_model) IS NOT NULL
GROUP BY 1, 2, 3
