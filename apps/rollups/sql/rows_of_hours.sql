-- How many requests of one deployment lie in each of a set of hours.
SELECT date_trunc('hour', received_at), count(*)
FROM traces_request
WHERE organization_id = {organization} AND deployment_id = {deployment} AND {within}
GROUP BY 1
