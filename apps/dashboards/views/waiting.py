"""What does waiting cost?"""

from apps.dashboards import addresses
from apps.dashboards.pages import sheets
from apps.dashboards.pages import waiting as pages
from apps.dashboards.queries.waiting import waiting_of
from apps.dashboards.views.over_days import Question, page_of, table_of

_QUESTION = Question(
    name="waiting",
    read=waiting_of,
    build=pages.build,
    rows=sheets.waiting,
    page=addresses.waiting,
    table=addresses.waiting_csv,
)
waiting = page_of(_QUESTION)
waiting_csv = table_of(_QUESTION)
