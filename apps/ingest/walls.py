"""Who may touch the ledger of posts; run by the migration."""

from apps.organizations import walls


def statements() -> list[str]:
    """Ingest adds, web shows, the worker clears away; each within one organization."""
    return [
        walls.tenant_policy("ingest_batch", "ingest", "web", "worker"),
        walls.grant("ingest_batch", ingest="INSERT", web="SELECT", worker="SELECT, DELETE"),
        walls.grant_sequence("ingest_batch", "id", "ingest"),
        walls.tenant_policy("ingest_setaside", "web", "worker"),
        walls.grant("ingest_setaside", web="SELECT", worker="SELECT, INSERT, DELETE"),
        # A day may be the first of its kind: a backfill from before the first start, or a beat that stood still.
        walls.for_roles("GRANT EXECUTE ON FUNCTION traces_make_partitions(date, date) TO {role}", ["ingest"]),
    ]


def replays() -> list[str]:
    """Ingest sees of its organization's posts what tells a replay."""
    asked = "organization_id, deployment_id, digest, source, body_bytes, refused"
    told = "accepted, duplicate, conflict, rejected, warnings"
    return [walls.grant("ingest_batch", ingest=f"SELECT ({asked}, {told})")]
