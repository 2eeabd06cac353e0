from django.db import migrations

from apps.organizations import walls

INSIDE = f"id = {walls.ORGANIZATION}"
BELONGS = f"{INSIDE} OR id IN (SELECT m.organization_id FROM organizations_membership m WHERE m.user_id = {walls.USER})"
OWN_MEMBERSHIP = f"organization_id = {walls.ORGANIZATION} OR user_id = {walls.USER}"
ALL = "SELECT, INSERT, UPDATE, DELETE"


class Migration(migrations.Migration):
    dependencies = [("organizations", "0001_initial")]
    operations = [
        walls.run(
            walls.enable("organizations_organization"),
            walls.policy("organizations_organization", "web_sees", "web", BELONGS, command="SELECT"),
            walls.policy("organizations_organization", "web_adds", "web", INSIDE, command="INSERT"),
            walls.policy("organizations_organization", "web_changes", "web", INSIDE, command="UPDATE"),
            walls.policy("organizations_organization", "worker_sees", "worker", "true", command="SELECT"),
            walls.policy("organizations_organization", "worker_writes", "worker", INSIDE),
            walls.grant("organizations_organization", web="SELECT, INSERT, UPDATE", worker=ALL),
            walls.grant_sequence("organizations_organization", "id", "web", "worker"),
        ),
        walls.run(
            walls.enable("organizations_membership"),
            walls.policy("organizations_membership", "web_sees", "web", OWN_MEMBERSHIP, command="SELECT"),
            walls.policy("organizations_membership", "web_writes", "web", f"organization_id = {walls.ORGANIZATION}"),
            walls.policy(
                "organizations_membership", "tenant_worker", "worker", f"organization_id = {walls.ORGANIZATION}"
            ),
            walls.grant("organizations_membership", web=ALL, worker=ALL),
        ),
        walls.run(
            walls.tenant_policy("organizations_apitoken", "web", "worker"),
            walls.owner_policy("organizations_apitoken"),
            walls.grant("organizations_apitoken", web="SELECT, INSERT, UPDATE", worker=ALL),
            walls.find_function(
                "organizations_find_token",
                "organizations_apitoken",
                {
                    "organization_id": "bigint",
                    "secret_hash": "bytea",
                    "expires_at": "timestamptz",
                    "revoked_at": "timestamptz",
                },
                "web",
            ),
        ),
        walls.run(
            walls.tenant_policy("organizations_auditevent", "web", "worker"),
            walls.grant("organizations_auditevent", web="SELECT, INSERT", worker="SELECT, INSERT, DELETE"),
        ),
    ]
