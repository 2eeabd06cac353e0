-- Day cells of requests, added up over all labels but environment and completeness: few rows a day, however many labels there are.
-- The same sums as the cells have, where a sum of 0 is stored as null.
CREATE TABLE rollups_whole_day (LIKE rollups_request_day INCLUDING CONSTRAINTS);
ALTER TABLE rollups_whole_day
    DROP COLUMN provider,
    DROP COLUMN model,
    DROP COLUMN task,
    DROP COLUMN route,
    DROP COLUMN policy,
    DROP COLUMN user_facing,
    DROP COLUMN latency_sketch,
    DROP COLUMN ttft_sketch,
    DROP COLUMN retry_delay_sketch,
    DROP COLUMN receive_to_dispatch_sketch,
    DROP COLUMN total_minus_provider_sketch,
    DROP COLUMN decision_only_sketch,
    ADD PRIMARY KEY (organization_id, deployment_id, day, environment, completeness);
