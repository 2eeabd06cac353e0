-- What is to be derived again, with the day it is filed under.
INSERT INTO traces_staletrace (organization_id, deployment_id, trace_id, day, marked_at)
SELECT %s, %s, trace_id, day, %s FROM unnest(%s::text[], %s::date[]) u (trace_id, day)
