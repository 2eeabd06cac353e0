"""What gunicorn serves."""

import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tollmark.settings")

from tollmark import celery  # noqa: E402, F401  # views that call a task need our application to be the current one

application = get_wsgi_application()
get_resolver().url_patterns  # noqa: B018  # every view is imported now, not by the first who asks
