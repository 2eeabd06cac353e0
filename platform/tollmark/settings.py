"""Django's settings, from the typed environment; nothing here reads a variable itself."""

from datetime import timedelta
from typing import Any

import dj_database_url
from celery.schedules import crontab
from csp.constants import NONE, SELF

from tollmark import env, logs, mail, timeouts
from tollmark.logins import APPLICATION_ROLES, Role
from tollmark.paths import LOCALE_FOLDER, ROOT, STATIC_FOLDER, TEMPLATE_FOLDER

ENVIRONMENT = env.read()
BASE_DIR = ROOT

SECRET_KEY = ENVIRONMENT.secret_key
KEY_PEPPER = ENVIRONMENT.pepper
DEBUG = False
ALLOWED_HOSTS = ENVIRONMENT.hosts
SITE_URL = ENVIRONMENT.site_url.rstrip("/")
DATA_DIR = ENVIRONMENT.data
RAW_RETENTION_DAYS = ENVIRONMENT.raw_retention_days
HOUR_RETENTION_DAYS = ENVIRONMENT.hour_retention_days
ROLE, SERVES = ENVIRONMENT.role, ENVIRONMENT.serves
UPLOAD_BYTES, UPLOAD_DAYS = ENVIRONMENT.upload_megabytes << 20, ENVIRONMENT.upload_days
ROOT_URLCONF = "tollmark.urls"
WSGI_APPLICATION = "tollmark.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "apps.accounts",
    "apps.organizations",
    "apps.deployments",
    "apps.pricing",
    "apps.traces",
    "apps.ingest",
    "apps.quality",
    "apps.rollups",
    "apps.benchmarks",
    "apps.advice",
    "apps.reports",
    "apps.dashboards",
    "apps.operations",
    "apps.demo",
    "apps.bench",
]

MIDDLEWARE = [
    "tollmark.logs.RequestLog",
    "tollmark.outages.Outage",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "tollmark.unstored.Unstored",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "apps.dashboards.replica.RememberWrites",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [TEMPLATE_FOLDER],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
            ]
        },
    }
]

# --- database: one alias a need, one role a process -----------------------------------------------------------------


def database(role: Role, *, atomic_requests: bool = False, url: str | None = None) -> dict[str, Any]:
    """The configuration of a connection with the rights of `role`; `url` names another server than the primary."""
    parsed = dj_database_url.parse(url or ENVIRONMENT.database_url_of(role), conn_max_age=60, conn_health_checks=True)
    return {
        **parsed,
        "ATOMIC_REQUESTS": atomic_requests,
        "DISABLE_SERVER_SIDE_CURSORS": True,  # one held open would be another session's behind a pooler
        "OPTIONS": {
            **parsed.get("OPTIONS", {}),  # sslmode, target_session_attrs
            "connect_timeout": 5,
            # A server that lost its power says nothing: else it would be waited for for a quarter of an hour.
            "keepalives_idle": 10,
            "keepalives_interval": 5,
            "keepalives_count": 3,
            "tcp_user_timeout": 25_000,
            "application_name": f"tollmark {role}",
            "options": " ".join(f"-c {name}={value}" for name, value in timeouts.of(role).items()),
            # Never prepare on the server: behind a pooler in transaction mode the next statement meets another session.
            "prepare_threshold": None,
        },
    }


DATABASES = {"default": database(ENVIRONMENT.role, atomic_requests=ENVIRONMENT.role == "web")}
for alias in ("ingest", "benchmark"):
    if ENVIRONMENT.has_database(alias):
        DATABASES[alias] = database(alias)
REPLICA_LAG_S = ENVIRONMENT.replica_lag_s
if ENVIRONMENT.role == "web" and ENVIRONMENT.database_replica_url:
    DATABASES["replica"] = database("web", url=ENVIRONMENT.database_replica_url)
if ENVIRONMENT.role == "owner":  # what the command `roles` works with, and no other process needs
    DATABASE_OWNER_URL = ENVIRONMENT.database_url_of("owner")
    DATABASE_ADMIN_URL = ENVIRONMENT.database_admin_url or DATABASE_OWNER_URL
    DATABASE_ROLE_URLS: dict[str, str] = {role: ENVIRONMENT.database_url_of(role) for role in APPLICATION_ROLES}
    DATABASE_ROLE_TIMEOUTS: dict[str, dict[str, int]] = {str(role): timeouts.of(role) for role in APPLICATION_ROLES}

# --- cache, sessions ------------------------------------------------------------------------------------------------

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": ENVIRONMENT.cache,
        "KEY_PREFIX": "cache",
    }
}
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = int(timedelta(days=14).total_seconds())
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# --- transport and browser ------------------------------------------------------------------------------------------

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = ENVIRONMENT.https
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
if ENVIRONMENT.https:
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-session", "__Host-csrf"
    SECURE_HSTS_SECONDS = int(timedelta(days=365).total_seconds())
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
if ENVIRONMENT.proxy_header:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    ALLAUTH_TRUSTED_PROXY_COUNT = 1
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}

# --- people ---------------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_SIGN_UP_OPEN = ENVIRONMENT.sign_up_open
ACCOUNT_ADAPTER = "tollmark.signup.AccountAdapter"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_RATE_LIMITS = {"login": "30/m/ip", "login_failed": "10/m/ip,5/300s/key", "signup": "20/m/ip"}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Tollmark"

# --- mail -----------------------------------------------------------------------------------------------------------

_mail = mail.parse(ENVIRONMENT.email_url or f"file://{DATA_DIR / 'mail'}")
EMAIL_BACKEND = _mail.backend
EMAIL_HOST, EMAIL_PORT = _mail.host, _mail.port
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _mail.user, _mail.password
EMAIL_USE_TLS, EMAIL_USE_SSL = _mail.starttls, _mail.tls
EMAIL_FILE_PATH = _mail.folder
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = SERVER_EMAIL = ENVIRONMENT.email_from

# --- static files ---------------------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [STATIC_FOLDER]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "apps.dashboards.plotly_script.PlotlyScript",
]
FILE_UPLOAD_HANDLERS = ["apps.ingest.files.capped.Capped"]
_from_sources = ENVIRONMENT.static_files == "sources"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "uploads": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {
            "location": ENVIRONMENT.uploads or DATA_DIR / "uploads",
            "file_permissions_mode": 0o600,
            "directory_permissions_mode": 0o700,
        },
    },
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if _from_sources
        else "tollmark.packed.Packed"
    },
}
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = _from_sources

# --- time and language ----------------------------------------------------------------------------------------------

USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English")]  # English is the messages themselves and has no catalogue
LOCALE_PATHS = [LOCALE_FOLDER]

# --- API ------------------------------------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_AUTHENTICATION_CLASSES": [],  # each view names how it is reached, and without one it is not
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Tollmark",
    "DESCRIPTION": "What LLM routing really costs, and where you stand against the median. In Python: "
    "[tollmark_client.py](/api/v1/client.py), one typed file without dependencies, generated from this description.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SERVE_AUTHENTICATION": [],
    "ENUM_NAME_OVERRIDES": {
        "AnnotationKindEnum": "apps.deployments.models.Annotation.Kind",
        "FixKindEnum": "apps.advice.fixes.KINDS",
    },
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "apps.ingest.openapi.describe",
    ],
}

# --- Celery: what is sent is a hint, what is due stands in Postgres -------------------------------------------------

_LONGEST_TASK_S = 300
_VISIBILITY_S = _LONGEST_TASK_S + 60  # a task that is still running is never given to a second worker
_REDIS_BROKER = ENVIRONMENT.broker.startswith(("redis://", "rediss://"))
CELERY_BROKER_URL = ENVIRONMENT.broker
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = (
    {
        "visibility_timeout": _VISIBILITY_S,
        "unacked_restore_interval": 10,
        "unacked_restore_throttle": 1,  # with kombu's 10, a lost message returns up to 100 s late
        "global_keyprefix": "queue:",
        "socket_timeout": 5,
        "socket_connect_timeout": 2,
    }
    if _REDIS_BROKER
    else {"confirm_publish": True, "connect_timeout": 2, "read_timeout": 30, "write_timeout": 30}
)
if not _REDIS_BROKER:  # RabbitMQ
    # Queues that a majority of brokers holds. They delay by queues of their own, which only a topic exchange leads out of.
    CELERY_TASK_DEFAULT_QUEUE_TYPE = "quorum"
    CELERY_TASK_DEFAULT_EXCHANGE = "tasks"
    CELERY_TASK_DEFAULT_EXCHANGE_TYPE = "topic"
    CELERY_TASK_DEFAULT_QUEUE = CELERY_TASK_DEFAULT_ROUTING_KEY = "tasks"
    CELERY_BROKER_HEARTBEAT = 10.0  # a host that was cut off is known after twice that, and its tasks sent to another
CELERY_RESULT_BACKEND_TRANSPORT_OPTIONS = {"visibility_timeout": _VISIBILITY_S}
CELERY_VISIBILITY_TIMEOUT = _VISIBILITY_S
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_TIME_LIMIT = _LONGEST_TASK_S
CELERY_TASK_SOFT_TIME_LIMIT = _LONGEST_TASK_S - 30
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = CELERY_RESULT_SERIALIZER = CELERY_EVENT_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = CELERY_RESULT_ACCEPT_CONTENT = ["json"]
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0, "interval_step": 0.1, "interval_max": 0.1}
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 30.0
CELERY_WORKER_ENABLE_SOFT_SHUTDOWN_ON_IDLE = True
CELERY_WORKER_MAX_TASKS_PER_CHILD = 1_000
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 800_000  # KiB
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"
# A sweep that nobody took for so long is dropped. By the worker's clock, so that one which is ahead must not drop them all.
_SWEEPS_EXPIRE: dict[str, Any] = {"expires": timedelta(hours=2).total_seconds()}
CELERY_BEAT_SCHEDULE: dict[str, Any] = {
    "sweep stale hours": {"task": "apps.rollups.tasks.sweep", "schedule": 5.0, "options": _SWEEPS_EXPIRE},
    "compare days": {"task": "apps.rollups.tasks.decay_sweep", "schedule": 60.0, "options": _SWEEPS_EXPIRE},
    "derive from spans": {"task": "apps.ingest.tasks.derive_sweep", "schedule": 5.0, "options": _SWEEPS_EXPIRE},
    "read files": {"task": "apps.ingest.tasks.import_sweep", "schedule": 5.0, "options": _SWEEPS_EXPIRE},
    "expire files": {"task": "apps.ingest.tasks.expire_files", "schedule": crontab(hour="4", minute="50")},
    "write exports": {"task": "apps.dashboards.tasks.export_sweep", "schedule": 5.0, "options": _SWEEPS_EXPIRE},
    "expire exports": {"task": "apps.dashboards.tasks.expire_exports", "schedule": crontab(minute="25")},
    "join scores": {"task": "apps.ingest.tasks.score_sweep", "schedule": 5.0, "options": _SWEEPS_EXPIRE},
    "freeze evidence": {"task": "apps.quality.tasks.freeze_due", "schedule": crontab(minute="*/10")},
    "advise": {"task": "apps.advice.tasks.advise_due", "schedule": crontab(minute="5-59/10")},
    "make partitions": {"task": "apps.traces.tasks.partitions", "schedule": crontab(hour="3", minute="10")},
    "freeze what is due": {"task": "apps.benchmarks.tasks.freeze_due", "schedule": crontab(minute="*/10")},
    "send what is due": {"task": "apps.reports.tasks.send_due", "schedule": crontab(minute="*/5")},
    "expire posts": {"task": "apps.ingest.tasks.expire_posts", "schedule": crontab(hour="4", minute="40")},
    "expire hours": {"task": "apps.rollups.tasks.expire_hours", "schedule": crontab(hour="4", minute="20")},
}

# --- pressure and metrics: what is held back, and who may watch -----------------------------------------------------

INGEST_KEY_ITEMS = (ENVIRONMENT.key_rate, ENVIRONMENT.key_burst)
INGEST_KEY_POSTS = (ENVIRONMENT.key_posts_rate, ENVIRONMENT.key_posts_burst)
INGEST_KEY_ITEMS_OF = ENVIRONMENT.key_allowances
INGEST_MOST_MARKS = ENVIRONMENT.most_marks
INGEST_OLDEST_MARK = timedelta(hours=ENVIRONMENT.oldest_mark_hours)
INGEST_BACKLOG = "apps.rollups.backlog.look"  # a floor above the way in, which may not import it
DATABASE_DISK = ENVIRONMENT.database_disk
LEAST_FREE_BYTES = ENVIRONMENT.least_free_mib << 20
DATABASE_MOST_BYTES = ENVIRONMENT.database_most_mib << 20
METRICS_TOKEN = ENVIRONMENT.metrics_token
DATABASE_USERS = {role: ENVIRONMENT.user_of(role) for role in APPLICATION_ROLES if ENVIRONMENT.has_database(role)}

LOGGING_CONFIG = None
logs.configure(ENVIRONMENT.log_level)
