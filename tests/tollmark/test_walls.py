"""No process that serves people starts with rights that pass the walls between tenants."""

import os
import subprocess
import sys

import psycopg
import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connections
from django.db.backends.signals import connection_created
from psycopg import sql

from apps.organizations import roles
from tests.connections import acting_as
from tollmark import walls
from tollmark.embedded.children import free_port
from tollmark.embedded.postgres import Postgres
from tollmark.logins import urls_of_roles
from tollmark.up import programs


@pytest.mark.parametrize("role", ["WEB", "INGEST"])
def test_the_web_server_refuses_to_start_as_superuser(database: None, services: Postgres, role: str) -> None:
    environment = {**os.environ, f"DATABASE_{role}_URL": services.url()}
    program = programs.web(environment, port=free_port())
    done = subprocess.run(
        program.command, env=program.environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode != 0
    assert "is a superuser or has BYPASSRLS" in done.stderr


def test_it_refuses_a_connection_whose_role_was_given_bypassrls_later(database: None, services: Postgres) -> None:
    walls.guard()
    with acting_as("web"), psycopg.connect(services.url(), autocommit=True) as superuser:
        superuser.execute("ALTER ROLE tollmark_web BYPASSRLS")
        try:
            with pytest.raises(ImproperlyConfigured, match="BYPASSRLS"):
                connections["default"].ensure_connection()
        finally:
            superuser.execute("ALTER ROLE tollmark_web NOBYPASSRLS")
            connection_created.disconnect(walls._refuse_if_unwalled)


def test_making_the_roles_again_changes_nothing_and_works(services: Postgres) -> None:
    owner, urls = os.environ["DATABASE_URL"], urls_of_roles(os.environ)
    roles.ensure(admin_url=services.url(), owner_url=owner, role_urls=urls, timeouts={})
    for role, url in {**urls, "owner": owner}.items():
        with psycopg.connect(url) as connection:
            assert connection.execute("SELECT current_user").fetchone() == (f"tollmark_{role}",)


def test_making_the_roles_refuses_one_that_passes_the_walls(services: Postgres) -> None:
    with psycopg.connect(services.url(), autocommit=True) as superuser:
        superuser.execute("CREATE DATABASE other")
        superuser.execute("CREATE ROLE other_web SUPERUSER LOGIN")
    admin = services.url("other")
    urls = urls_of_roles({"DATABASE_URL": admin, "SECRET_KEY": "k" * 40})
    with pytest.raises(roles.UnsafeRole, match="other_web"):
        roles.ensure(admin_url=admin, owner_url=admin, role_urls=urls, timeouts={})


def test_making_the_roles_refuses_a_url_of_a_role_that_no_policy_names(services: Postgres) -> None:
    urls = {"web": "postgresql://somebody:x@127.0.0.1/tollmark"}
    with pytest.raises(ValueError, match="tollmark_web"):
        roles.ensure(admin_url=services.url(), owner_url=services.url(), role_urls=urls, timeouts={})


def test_an_administrator_who_is_no_superuser_can_make_the_roles(services: Postgres) -> None:
    """As on managed databases."""
    with psycopg.connect(services.url(), autocommit=True) as superuser:
        superuser.execute("CREATE ROLE manager LOGIN CREATEROLE CREATEDB PASSWORD 'm'")
        superuser.execute("CREATE DATABASE managed OWNER manager")
    host = f"127.0.0.1:{services.port}"
    owner = f"postgresql://managed_owner:o@{host}/managed"
    urls = urls_of_roles({"DATABASE_URL": owner, "SECRET_KEY": "k" * 40})
    for _ in range(2):
        roles.ensure(admin_url=f"postgresql://manager:m@{host}/managed", owner_url=owner, role_urls=urls, timeouts={})
    with psycopg.connect(owner) as connection:
        connection.execute("CREATE TABLE made_by_owner ()")
    with psycopg.connect(urls["web"]) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("CREATE TABLE made_by_web ()")


def test_strangers_may_not_connect(services: Postgres, database: None) -> None:
    with psycopg.connect(services.url(), autocommit=True) as superuser:
        superuser.execute(sql.SQL("CREATE ROLE stranger LOGIN PASSWORD 's'"))
    with pytest.raises(psycopg.OperationalError, match="permission denied"):
        psycopg.connect(f"postgresql://stranger:s@127.0.0.1:{services.port}/tollmark")


def test_the_command_makes_them_too(services: Postgres) -> None:
    environment = {**os.environ, "DATABASE_ADMIN_URL": services.url(), "TOLLMARK_ROLE": "owner"}
    command = [sys.executable, "-m", "tollmark", "roles"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert "owner, web, ingest, worker, benchmark" in done.stdout
