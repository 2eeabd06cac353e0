"""Where mail goes, said in one URL."""

from dataclasses import dataclass
from urllib.parse import unquote, urlsplit


@dataclass(frozen=True)
class Outbox:
    """Django's mail settings."""

    backend: str
    host: str = ""
    port: int = 25
    user: str = ""
    password: str = ""
    starttls: bool = False
    tls: bool = False
    folder: str | None = None


def parse(url: str) -> Outbox:
    """`smtp:` upgrades to TLS exactly when it has a password to protect. Raises ValueError for an unknown scheme."""
    parts = urlsplit(url)
    match parts.scheme:
        case "smtp" | "smtps":
            secure = parts.scheme == "smtps"
            return Outbox(
                backend="django.core.mail.backends.smtp.EmailBackend",
                host=parts.hostname or "localhost",
                port=parts.port or (465 if secure else 25),
                user=unquote(parts.username or ""),
                password=unquote(parts.password or ""),
                tls=secure,
                starttls=not secure and bool(parts.password),
            )
        case "file":
            return Outbox(backend="django.core.mail.backends.filebased.EmailBackend", folder=unquote(parts.path))
        case "console":
            return Outbox(backend="django.core.mail.backends.console.EmailBackend")
    raise ValueError("EMAIL_URL begins with smtp:, smtps:, file: or console:")
