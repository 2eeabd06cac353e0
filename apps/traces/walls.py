"""Who may touch the raw tables, and which of their rows; run by the migration."""

from apps.organizations import walls

RAW = ("traces_request", "traces_attempt", "traces_span")
MARKS = ("traces_stalehour", "traces_staletrace")


def statements() -> list[str]:
    """Web reads its organization's rows, the worker also replaces them; ingest only adds, and only to partitions."""
    sql: list[str] = []
    for table in RAW:
        sql += [
            walls.tenant_policy(table, "web", "worker"),
            walls.grant(table, web="SELECT", worker="SELECT, INSERT, UPDATE, DELETE"),
        ]
    for table in MARKS:
        sql += [
            walls.tenant_policy(table, "ingest", "web"),
            walls.policy(table, "worker_collects", "worker", "true"),
            walls.grant(table, ingest="INSERT", web="SELECT", worker="SELECT, INSERT, DELETE"),
        ]
    sql.append(
        walls.for_roles(
            "GRANT EXECUTE ON FUNCTION traces_make_partitions(date, date), traces_drop_partitions(date) TO {role}",
            ["worker"],
        )
    )
    return sql
