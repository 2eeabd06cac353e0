-- What attempts in vain cost: of requests that failed, and by attempt. Tables that were made before have no such columns, and
-- their cells learn the figures when they are rebuilt next: all of them are marked.
ALTER TABLE rollups_request_hour ADD COLUMN IF NOT EXISTS failed_nano bigint CHECK (failed_nano >= 0);
ALTER TABLE rollups_request_day ADD COLUMN IF NOT EXISTS failed_nano bigint CHECK (failed_nano >= 0);
ALTER TABLE rollups_attempt_hour
    ADD COLUMN IF NOT EXISTS wasted bigint CHECK (wasted >= 0), ADD COLUMN IF NOT EXISTS wasted_nano bigint CHECK (wasted_nano >= 0);
ALTER TABLE rollups_attempt_day
    ADD COLUMN IF NOT EXISTS wasted bigint CHECK (wasted >= 0), ADD COLUMN IF NOT EXISTS wasted_nano bigint CHECK (wasted_nano >= 0);
INSERT INTO deployments_stalesince (organization_id, deployment_id, since, marked_at)
SELECT organization_id, deployment_id, DATE '0001-01-01', now() FROM rollups_rebuild;
