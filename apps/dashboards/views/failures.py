"""What do failures cost?"""

from apps.dashboards import addresses
from apps.dashboards.pages import failures as pages
from apps.dashboards.pages import sheets
from apps.dashboards.queries.failures import failures_of
from apps.dashboards.views.over_days import Question, page_of, table_of

_QUESTION = Question(
    name="failures",
    read=failures_of,
    build=pages.build,
    rows=sheets.failures,
    page=addresses.failures,
    table=addresses.failures_csv,
    used=lambda found: found.used,
)
failures = page_of(_QUESTION)
failures_csv = table_of(_QUESTION)
