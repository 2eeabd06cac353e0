"""Addresses of the pages. A part `-` is no slug, so that no deployment's name can hide a page of its organization."""

from django.urls import path, register_converter

from apps.dashboards.converters import Day, RequestId
from apps.dashboards.views import (
    add_deployment,
    bills,
    compare,
    decay,
    deployment,
    deployments,
    exports,
    failures,
    files,
    health,
    keys,
    members,
    method,
    money,
    prices,
    providers,
    replay_sets,
    requests,
    rules,
    settings,
    standing,
    start,
    tasks,
    tokens,
    waiting,
    what_if,
)

register_converter(Day, "day")
register_converter(RequestId, "requestid")

urlpatterns = [
    path("", start.start, name="start"),
    path("theme", start.theme, name="theme"),
    path("method", method.method, name="method"),
    path("o/<slug:organization>/", deployments.deployments, name="deployments"),
    path("o/<slug:organization>/-/add", add_deployment.add, name="add-deployment"),
    path("o/<slug:organization>/-/chargeback.csv", money.chargeback_of_organization, name="chargeback-of-all"),
    path("o/<slug:organization>/-/members", members.members_of, name="members"),
    path("o/<slug:organization>/-/members/<uuid:member>/role", members.change, name="change-member"),
    path("o/<slug:organization>/-/members/<uuid:member>/remove", members.remove, name="remove-member"),
    path("o/<slug:organization>/-/tokens", tokens.tokens_of, name="tokens"),
    path("o/<slug:organization>/-/tokens/<slug:key_id>/revoke", tokens.revoke, name="revoke-token"),
    path("o/<slug:organization>/<slug:deployment>/", deployment.deployment, name="deployment"),
    path("o/<slug:organization>/<slug:deployment>/failures", failures.failures, name="failures"),
    path("o/<slug:organization>/<slug:deployment>/failures.csv", failures.failures_csv, name="failures-csv"),
    path("o/<slug:organization>/<slug:deployment>/waiting", waiting.waiting, name="waiting"),
    path("o/<slug:organization>/<slug:deployment>/waiting.csv", waiting.waiting_csv, name="waiting-csv"),
    path("o/<slug:organization>/<slug:deployment>/what-if", what_if.what_if, name="what-if"),
    path("o/<slug:organization>/<slug:deployment>/decay", decay.decay, name="decay"),
    path("o/<slug:organization>/<slug:deployment>/standing", standing.standing, name="standing"),
    path("o/<slug:organization>/<slug:deployment>/money", money.money, name="money"),
    path("o/<slug:organization>/<slug:deployment>/money/table.csv", money.table_of, name="money-table"),
    path("o/<slug:organization>/<slug:deployment>/money/chargeback.csv", money.chargeback, name="chargeback"),
    path("o/<slug:organization>/<slug:deployment>/money/bills", bills.bills_of, name="bills"),
    path("o/<slug:organization>/<slug:deployment>/health", health.health, name="health"),
    path("o/<slug:organization>/<slug:deployment>/compare", compare.compared, name="compare"),
    path("o/<slug:organization>/<slug:deployment>/compare/<int:mark>/remove", compare.unmark, name="remove-mark"),
    path("o/<slug:organization>/<slug:deployment>/requests", requests.requests_of, name="requests"),
    path(
        "o/<slug:organization>/<slug:deployment>/requests/<day:day>/<requestid:request_id>",
        requests.request_of,
        name="request",
    ),
    path("o/<slug:organization>/<slug:deployment>/requests/exports", exports.exports_of, name="exports"),
    path("o/<slug:organization>/<slug:deployment>/requests/exports/<uuid:key>", exports.export, name="export"),
    path(
        "o/<slug:organization>/<slug:deployment>/requests/exports/<uuid:key>/cancel", exports.stop, name="cancel-export"
    ),
    path(
        "o/<slug:organization>/<slug:deployment>/requests/exports/<uuid:key>/requests.csv",
        exports.file,
        name="export-file",
    ),
    path("o/<slug:organization>/<slug:deployment>/prices", prices.prices, name="prices"),
    path("o/<slug:organization>/<slug:deployment>/providers", providers.providers, name="providers"),
    path(
        "o/<slug:organization>/<slug:deployment>/providers/replay-sets", replay_sets.replay_sets_of, name="replay-sets"
    ),
    path("o/<slug:organization>/<slug:deployment>/files", files.files_of, name="files"),
    path("o/<slug:organization>/<slug:deployment>/files/<uuid:key>", files.file, name="file"),
    path("o/<slug:organization>/<slug:deployment>/files/<uuid:key>/cancel", files.stop, name="cancel-file"),
    path("o/<slug:organization>/<slug:deployment>/files/<uuid:key>/resume", files.go_on, name="resume-file"),
    path("o/<slug:organization>/<slug:deployment>/files/<uuid:key>/report.csv", files.report, name="file-report"),
    path("o/<slug:organization>/<slug:deployment>/keys", keys.keys_of, name="keys"),
    path("o/<slug:organization>/<slug:deployment>/keys/<slug:key_id>/revoke", keys.revoke, name="revoke-key"),
    path("o/<slug:organization>/<slug:deployment>/rules", rules.rules, name="rules"),
    path("o/<slug:organization>/<slug:deployment>/tasks", tasks.tasks, name="tasks"),
    path("o/<slug:organization>/<slug:deployment>/settings", settings.settings_of, name="settings"),
    path("o/<slug:organization>/<slug:deployment>/contribution", settings.contribution, name="contribution"),
]
