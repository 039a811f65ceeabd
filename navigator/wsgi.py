"""Where gunicorn begins."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "navigator.settings.base")
application = get_wsgi_application()
