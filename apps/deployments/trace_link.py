"""The address at which a tenant's own trace viewer shows one request: a template, and what is put into it. Pure.

A template is typed by an editor and followed by colleagues, and what fills it comes from outside: so it names a host of its
own, and a value can never be more than one piece of a path, a query or a fragment.
"""

import re
from collections.abc import Mapping
from urllib.parse import quote, urlsplit

from django.utils.translation import gettext as _

PLACEHOLDERS = ("trace_id", "request_id", "response_id", "day")
LONGEST = 500
EXAMPLE = "https://langfuse.example.com/trace/{trace_id}"
_PLACE = re.compile(r"\{([^{}]*)\}")
_NAMED = ", ".join(f"{{{name}}}" for name in PLACEHOLDERS)


class BadTemplateError(ValueError):
    """The message says what to change."""


def checked(template: str) -> str:
    """The template without what surrounds it; '' for none. Raises BadTemplateError."""
    text = template.strip()
    if not text:
        return ""
    if len(text) > LONGEST:
        raise BadTemplateError(_("Use at most {number} characters.").format(number=LONGEST))
    if re.search(r"[\s\x00-\x1f\x7f\\]", text) or not text.isprintable():
        raise BadTemplateError(_("Write it without spaces, line breaks and backslashes; encode a space as %20."))
    _check_placeholders(text)
    _check_host(text)
    return text


def filled(template: str, facts: Mapping[str, str | None]) -> str:
    """The address of one request; '' without a template, or where something that it asks for is not known."""
    wanted = {name: facts.get(name) or "" for name in _PLACE.findall(template)}
    if not template or any(value in ("", ".", "..") for value in wanted.values()):
        return ""
    return _PLACE.sub(lambda found: quote(wanted[found[1]], safe=""), template)


def _check_placeholders(text: str) -> None:
    unknown = [name for name in _PLACE.findall(text) if name not in PLACEHOLDERS]
    if unknown:
        raise BadTemplateError(
            _("There is no {unknown}: use {known}.").format(unknown=f"{{{unknown[0]}}}", known=_NAMED)
        )
    if re.search(r"[{}]", _PLACE.sub("", text)):
        raise BadTemplateError(_("A brace is left over: placeholders are {known}.").format(known=_NAMED))
    if not _PLACE.search(text):
        said = _("Say where the id goes, as in {example}: placeholders are {known}.")
        raise BadTemplateError(said.format(example=EXAMPLE, known=_NAMED))


def _check_host(text: str) -> None:
    try:
        parts = urlsplit(text)
        host, _port = parts.hostname, parts.port
    except ValueError as error:
        said = _("This is no address: {error}. Write one such as {example}.")
        raise BadTemplateError(said.format(error=error, example=EXAMPLE)) from error
    if parts.scheme not in ("http", "https"):
        raise BadTemplateError(_("Begin with https:// or http://, as in {example}.").format(example=EXAMPLE))
    if "@" in parts.netloc:
        raise BadTemplateError(
            _("Leave out the name and the password before the @: whoever sees the link would read them.")
        )
    if not host or not re.fullmatch(r"[a-z0-9._-]+|[0-9a-f:.]+", host):
        said = _("Name the host in plain letters, without a placeholder in it, as in {example}.")
        raise BadTemplateError(said.format(example=EXAMPLE))
