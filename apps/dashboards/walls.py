"""Who may touch what pages keep; run by the migration."""

from apps.organizations import walls


def statements_of_exports() -> list[str]:
    """Web begins, stops and reads an export of its organization; the worker writes it, and looks for what is due everywhere."""
    return [
        walls.tenant_policy("dashboards_requestexport", "web", "worker"),
        walls.policy("dashboards_requestexport", "worker_looks", "worker", "true", command="SELECT"),
        walls.grant("dashboards_requestexport", web="SELECT, INSERT, UPDATE", worker="SELECT, UPDATE, DELETE"),
        walls.tenant_policy("dashboards_exportpiece", "web", "worker"),
        walls.grant("dashboards_exportpiece", web="SELECT", worker="SELECT, INSERT, DELETE"),
    ]
