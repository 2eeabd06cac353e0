from django.db import migrations

from apps.organizations import walls

OWN = f"organization_id = {walls.ORGANIZATION}"
DEMO = "pool = 'demo'"


def open_in(table: str) -> str:
    """Whether the week of a row is not frozen yet: what a frozen table was computed from stays as it was."""
    return f"NOT EXISTS (SELECT 1 FROM benchmarks_freeze f WHERE f.pool = {table}.pool AND f.week = {table}.week)"


def written_by_the_worker(table: str, may_add: str) -> list[str]:
    """The worker writes rows of the open organization until the week is frozen, web reads them."""
    return [
        walls.enable(table),
        walls.policy(table, "web_reads", "web", OWN, command="SELECT"),
        walls.policy(table, "worker_reads", "worker", OWN, command="SELECT"),
        walls.policy(table, "worker_adds", "worker", f"{OWN} AND ({may_add})", command="INSERT"),
        walls.policy(table, "worker_changes", "worker", f"{OWN} AND {open_in(table)}", command="UPDATE"),
        walls.policy(table, "worker_deletes", "worker", OWN, command="DELETE"),
        walls.grant(table, web="SELECT", worker="SELECT, INSERT, UPDATE, DELETE", benchmark="SELECT"),
    ]


def published(table: str) -> list[str]:
    """Everybody reads, the benchmark role adds, nobody changes; only the demo's may go, with the demo."""
    return [
        walls.enable(table),
        *(
            walls.policy(table, f"{role}_reads", role, "true", command="SELECT")
            for role in ("web", "worker", "benchmark")
        ),
        walls.policy(table, "benchmark_adds", "benchmark", "true", command="INSERT"),
        walls.policy(table, "benchmark_deletes_demo", "benchmark", DEMO, command="DELETE"),
        walls.grant(table, web="SELECT", worker="SELECT", benchmark="SELECT, INSERT, DELETE"),
    ]


class Migration(migrations.Migration):
    dependencies = [
        ("benchmarks", "0001_tables"),
        ("organizations", "0002_walls"),
        ("deployments", "0002_walls"),
    ]
    operations = [
        walls.run(*published("benchmarks_freeze")),
        walls.run(*published("benchmarks_snapshot")),
        walls.run(
            *written_by_the_worker("benchmarks_candidate", "true"),
            walls.policy("benchmarks_candidate", "benchmark_reads", "benchmark", "true", command="SELECT"),
        ),
        walls.run(
            *written_by_the_worker("benchmarks_contribution", f"NOT eligible OR {open_in('benchmarks_contribution')}"),
            walls.policy("benchmarks_contribution", "benchmark_reads", "benchmark", "eligible", command="SELECT"),
        ),
        walls.run(
            walls.enable("benchmarks_place"),
            walls.policy("benchmarks_place", "web_reads", "web", OWN, command="SELECT"),
            walls.policy("benchmarks_place", "worker_reads", "worker", OWN, command="SELECT"),
            walls.policy("benchmarks_place", "worker_deletes", "worker", OWN, command="DELETE"),
            walls.policy("benchmarks_place", "benchmark_reads", "benchmark", "true", command="SELECT"),
            walls.policy("benchmarks_place", "benchmark_adds", "benchmark", "true", command="INSERT"),
            walls.policy("benchmarks_place", "benchmark_deletes_demo", "benchmark", DEMO, command="DELETE"),
            walls.grant("benchmarks_place", web="SELECT", worker="SELECT, DELETE", benchmark="SELECT, INSERT, DELETE"),
        ),
    ]
