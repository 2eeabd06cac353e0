"""What gunicorn serves."""

import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tollmark.settings")

# Views that send a task need our Celery application to be the current one.
from tollmark import celery, walls  # noqa: F401

application = get_wsgi_application()
walls.guard()
get_resolver().url_patterns  # noqa: B018  # every view is imported now, not by the first who asks
