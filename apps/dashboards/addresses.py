"""Where each page is. A part `-` is no slug, so that no deployment's name can hide a page of the organization."""

from collections.abc import Mapping
from datetime import date
from urllib.parse import urlencode
from uuid import UUID

from django.urls import reverse


def with_query(path: str, told: Mapping[str, object]) -> str:
    """None, and what is empty, is left out, so that what is shared is short."""
    kept = {name: str(value) for name, value in told.items() if value not in (None, "")}
    return f"{path}?{urlencode(kept)}" if kept else path


def organization(slug: str) -> str:
    return reverse("deployments", args=[slug])


def add_deployment(slug: str) -> str:
    return reverse("add-deployment", args=[slug])


def chargeback_of_all(slug: str) -> str:
    return reverse("chargeback-of-all", args=[slug])


def members(slug: str) -> str:
    return reverse("members", args=[slug])


def tokens(slug: str) -> str:
    return reverse("tokens", args=[slug])


def deployment(slug: str, name: str) -> str:
    return reverse("deployment", args=[slug, name])


def standing(slug: str, name: str) -> str:
    return reverse("standing", args=[slug, name])


def compare(slug: str, name: str) -> str:
    return reverse("compare", args=[slug, name])


def money(slug: str, name: str) -> str:
    return reverse("money", args=[slug, name])


def money_table(slug: str, name: str) -> str:
    return reverse("money-table", args=[slug, name])


def chargeback(slug: str, name: str) -> str:
    return reverse("chargeback", args=[slug, name])


def bills(slug: str, name: str) -> str:
    return reverse("bills", args=[slug, name])


def health(slug: str, name: str) -> str:
    return reverse("health", args=[slug, name])


def providers(slug: str, name: str) -> str:
    return reverse("providers", args=[slug, name])


def replay_sets(slug: str, name: str) -> str:
    return reverse("replay-sets", args=[slug, name])


def files(slug: str, name: str) -> str:
    return reverse("files", args=[slug, name])


def file(slug: str, name: str, key: UUID) -> str:
    return reverse("file", args=[slug, name, key])


def prices(slug: str, name: str) -> str:
    return reverse("prices", args=[slug, name])


def keys(slug: str, name: str) -> str:
    return reverse("keys", args=[slug, name])


def tasks(slug: str, name: str) -> str:
    return reverse("tasks", args=[slug, name])


def rules(slug: str, name: str) -> str:
    return reverse("rules", args=[slug, name])


def settings(slug: str, name: str) -> str:
    return reverse("settings", args=[slug, name])


def failures_csv(slug: str, name: str) -> str:
    return reverse("failures-csv", args=[slug, name])


def failures(slug: str, name: str) -> str:
    return reverse("failures", args=[slug, name])


def what_if(slug: str, name: str) -> str:
    return reverse("what-if", args=[slug, name])


def decay(slug: str, name: str) -> str:
    return reverse("decay", args=[slug, name])


def waiting_csv(slug: str, name: str) -> str:
    return reverse("waiting-csv", args=[slug, name])


def waiting(slug: str, name: str) -> str:
    return reverse("waiting", args=[slug, name])


def requests(slug: str, name: str) -> str:
    return reverse("requests", args=[slug, name])


def exports(slug: str, name: str) -> str:
    return reverse("exports", args=[slug, name])


def export(slug: str, name: str, key: UUID) -> str:
    return reverse("export", args=[slug, name, key])


def request(slug: str, name: str, day: date, request_id: str) -> str:
    return reverse("request", args=[slug, name, day, request_id])
