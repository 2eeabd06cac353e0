"""What gunicorn serves."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tollmark.settings")

from tollmark import celery  # noqa: E402, F401  # views that call a task need our application to be the current one

application = get_wsgi_application()
