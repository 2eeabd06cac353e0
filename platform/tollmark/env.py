"""Everything the environment may say, read once into one typed object; a wrong value stops the start with its name."""

from functools import lru_cache
from pathlib import Path
from typing import Literal
from urllib.parse import unquote, urlsplit

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from tollmark.logins import Role, derived, url_of
from tollmark.paths import DATA


class MissingUrl(RuntimeError):
    """Neither a role's own URL nor the owner's is set, so there is nothing to connect with."""


class Environment(BaseSettings):
    """One field an environment variable, in capitals; those that would collide carry the product's name."""

    model_config = SettingsConfigDict(env_ignore_empty=True, frozen=True, extra="ignore", populate_by_name=True)

    secret_key: str = Field(min_length=32)
    key_pepper: str | None = Field(default=None, min_length=32)
    """Keys of programs are hashed under it; derived from the secret key when unset. Changing it kills every key."""

    database_url: str | None = None
    """Of the owner, who migrates. The URLs of the other roles are derived from it when unset."""
    database_admin_url: str | None = None
    """Of somebody who may create roles; read by the command `roles` alone."""
    database_web_url: str | None = None
    database_ingest_url: str | None = None
    database_worker_url: str | None = None
    database_benchmark_url: str | None = None
    role: Role = Field(default="web", validation_alias="TOLLMARK_ROLE")
    """Whose rights this process has."""

    redis_url: str = "redis://127.0.0.1:6379/0"
    broker_url: str | None = None
    cache_url: str | None = None

    data: Path = Field(default=DATA, validation_alias="TOLLMARK_DATA")
    static_files: Literal["collected", "sources"] = Field(default="collected", validation_alias="TOLLMARK_STATIC")
    """`sources` serves files from where they are written, without `collectstatic`: tests and work on pages."""

    site_url: str = "http://127.0.0.1:8000"
    """The address people use; its scheme decides on secure cookies, HSTS and the redirect to HTTPS."""
    allowed_hosts: str = ""
    """Further host names, separated by commas; the one of `site_url` and loopback are always allowed."""
    proxy_header: bool = Field(default=False, validation_alias="TOLLMARK_TRUST_PROXY")
    """Whether a proxy in front sets X-Forwarded-Proto and X-Forwarded-For itself, so that they may be believed."""
    sign_up_open: bool = Field(default=False, validation_alias="TOLLMARK_SIGN_UP_OPEN")

    email_url: str | None = None
    """`smtp://user:password@host:587`, `smtps://...:465`, `file:///folder` or `console:`; unset: files in `data`."""
    email_from: str = "Tollmark <tollmark@localhost>"

    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        default="INFO", validation_alias="TOLLMARK_LOG_LEVEL"
    )
    raw_retention_days: int = Field(default=400, ge=1, le=3660, validation_alias="TOLLMARK_RAW_RETENTION_DAYS")
    """How long raw traces are kept, and how old one may be when it arrives."""
    hour_retention_days: int = Field(default=35, ge=1, le=3660, validation_alias="TOLLMARK_HOUR_RETENTION_DAYS")

    key_rate: float = Field(default=10_000, ge=0, validation_alias="TOLLMARK_KEY_RATE")
    """Requests, or spans, that one ingestion key may bring a second in the long run; 0: no limit."""
    key_burst: int = Field(default=10_000_000, ge=1, validation_alias="TOLLMARK_KEY_BURST")
    """What it may bring beyond that at once, such as a history."""
    key_posts_rate: float = Field(default=500, ge=0, validation_alias="TOLLMARK_KEY_POSTS_RATE")
    """Posts that one ingestion key may send a second in the long run, however small; 0: no limit."""
    key_posts_burst: int = Field(default=50_000, ge=1, validation_alias="TOLLMARK_KEY_POSTS_BURST")
    key_allowances: dict[str, tuple[float, int]] = Field(default={}, validation_alias="TOLLMARK_KEY_ALLOWANCES")
    """Keys with a rate and a burst of items of their own, as JSON, by the id in the key: `tmk_<id>_...`."""
    most_marks: int = Field(default=2_000_000, ge=0, validation_alias="TOLLMARK_MOST_MARKS")
    """Marks of work for the worker from which on no post is taken; 0: no limit."""
    oldest_mark_hours: float = Field(default=0, ge=0, validation_alias="TOLLMARK_OLDEST_MARK_HOURS")
    """Age of the oldest mark from which on no post is taken; 0: no limit."""
    database_disk: Path | None = Field(default=None, validation_alias="TOLLMARK_DATABASE_DISK")
    """A folder on the disk that the database writes to, where this host can see it."""
    least_free_mib: int = Field(default=1024, ge=0, validation_alias="TOLLMARK_LEAST_FREE_MIB")
    """Free space of that disk below which no post is taken; of a small one a fiftieth suffices."""
    database_most_mib: int = Field(default=0, ge=0, validation_alias="TOLLMARK_DATABASE_MOST_MIB")
    """Size of the database from which on no post is taken, where its disk cannot be seen; 0: not looked at."""
    metrics_token: str | None = Field(default=None, min_length=16, validation_alias="TOLLMARK_METRICS_TOKEN")
    """What Prometheus sends to /metrics as a bearer token; unset: there is no such address."""

    @property
    def pepper(self) -> str:
        return self.key_pepper or derived(self.secret_key, "key pepper")

    @property
    def broker(self) -> str:
        return self.broker_url or self.redis_url

    @property
    def cache(self) -> str:
        return self.cache_url or self.redis_url

    @property
    def https(self) -> bool:
        return self.site_url.startswith("https://")

    @property
    def hosts(self) -> list[str]:
        named = [host.strip() for host in self.allowed_hosts.split(",") if host.strip()]
        own = urlsplit(self.site_url).hostname
        return [*dict.fromkeys([*([own] if own else []), *named, "127.0.0.1", "localhost", "[::1]"])]

    def database_url_of(self, role: Role) -> str:
        """Raises MissingUrl when neither the role's own URL nor the owner's is set."""
        own = self.database_url if role == "owner" else getattr(self, f"database_{role}_url")
        if own:
            return str(own)
        if not self.database_url:
            raise MissingUrl(f"Set DATABASE_{'' if role == 'owner' else role.upper() + '_'}URL.")
        return url_of(role, url=self.database_url, secret_key=self.secret_key)

    def user_of(self, role: Role) -> str:
        return unquote(urlsplit(self.database_url_of(role)).username or "")

    def has_database(self, role: Role) -> bool:
        try:
            return bool(self.database_url_of(role))
        except MissingUrl:
            return False


@lru_cache(maxsize=1)
def read() -> Environment:
    return Environment()  # type: ignore[call-arg]  # filled from the environment
