"""A pytest plugin, loaded before Django's settings: every run has ports, secrets and a folder of its own.

Nothing is started here. Ports are reserved, so that the settings are complete from the beginning, and the servers start
when the first test asks for one of them (see conftest.py).
"""

import atexit
import os
import secrets
import shutil
import tempfile
from pathlib import Path

from hypothesis import settings

from tollmark import logins
from tollmark.embedded.children import reserve_port, secret

ROOT = Path(__file__).resolve().parent.parent
HOME = Path(tempfile.mkdtemp(prefix="tollmark-tests-"))
POSTGRES_PORT = reserve_port()
VALKEY_PORT = reserve_port()
POOLER_PORT = reserve_port()
THROUGH_POOLER = bool(os.environ.get("TESTS_THROUGH_PGBOUNCER"))
"""Whether every connection of this run goes through Debian's pgbouncer in transaction mode (tests/pooler.py)."""
INHERITED = ("DATABASE_", "REDIS_URL", "BROKER_URL", "CACHE_URL", "EMAIL_", "TOLLMARK_", "SECRET_KEY", "KEY_PEPPER")
KEPT = ("TOLLMARK_NO_VENV", "TOLLMARK_VENV", "TOLLMARK_NO_USER_NAMESPACE")

# `--all` looks longer for what breaks a property; a test that asks a database takes its share by `tests.effort`.
settings.register_profile("default", settings.get_profile("default"), deadline=None)
settings.register_profile("all", settings.get_profile("default"), max_examples=1_000, print_blob=True)
settings.load_profile("default")

atexit.register(shutil.rmtree, HOME, ignore_errors=True)


def clean_environment() -> dict[str, str]:
    """This process's environment without anything that leads to a real server."""
    return {name: value for name, value in os.environ.items() if name in KEPT or not name.startswith(INHERITED)}


def port_of(reserved: object) -> int:
    return int(reserved.getsockname()[1])  # type: ignore[attr-defined]


def _prepare() -> None:
    kept = clean_environment()
    os.environ.clear()
    os.environ.update(kept)
    key = secrets.token_urlsafe(48)
    postgres = f"postgresql://127.0.0.1:{port_of(POOLER_PORT if THROUGH_POOLER else POSTGRES_PORT)}/tollmark"
    valkey = secret(HOME / "valkey.secret")
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "tollmark.settings",
        "SECRET_KEY": key,
        "DATABASE_URL": logins.url_of("owner", url=postgres, secret_key=key),
        "REDIS_URL": f"redis://:{valkey}@127.0.0.1:{port_of(VALKEY_PORT)}/0",
        "TOLLMARK_DATA": str(HOME),
        "TOLLMARK_STATIC": "sources",
        "TOLLMARK_ROLE": "web",
        "TOLLMARK_LOG_LEVEL": "WARNING",
    }


_prepare()
