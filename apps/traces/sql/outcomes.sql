-- Outcomes of several models on the same prompts, as they were uploaded: one row a set, task, prompt and model. Prompts are
-- named, never kept.
CREATE TABLE traces_outcome (
    organization_id bigint NOT NULL,
    deployment_id bigint NOT NULL,
    replay_set text NOT NULL,
    task text NOT NULL,
    prompt text NOT NULL,
    provider text,
    model text NOT NULL,
    raw_model text NOT NULL,
    score double precision NOT NULL CHECK (score >= 0 AND score <= 1),
    cost_nano bigint CHECK (cost_nano >= 0),
    input_tokens bigint CHECK (input_tokens >= 0),
    output_tokens bigint CHECK (output_tokens >= 0),
    latency_us bigint CHECK (latency_us >= 0),
    received_at timestamptz NOT NULL,
    CONSTRAINT traces_outcome_once UNIQUE (organization_id, deployment_id, replay_set, task, prompt, model)
);
