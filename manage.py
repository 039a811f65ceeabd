#!/usr/bin/env python
"""Django's command line. `bin/manage` runs it in the project's environment."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line
from django.db.utils import OperationalError

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "navigator.settings.base")
    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        sys.exit(str(error))
    except OperationalError as error:
        reason = str(error).strip().splitlines()[0]
        sys.exit(
            f"PostgreSQL does not answer: {reason}\nGive its address in DATABASE_URL, or start it (docs/operations.md)."
        )
