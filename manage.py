#!/usr/bin/env python
"""Annals' command line: `manage.py serve` runs the node."""

import os
import sys

from django.core.management import execute_from_command_line
from django.db import DatabaseError

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "node.settings")
    try:
        execute_from_command_line(sys.argv)
    except DatabaseError as error:
        # Imported only where the settings have been.
        from journal.database.errors import is_unavailable

        if not is_unavailable(error):
            raise
        sys.exit(f"The tables can't be used: {str(error).strip()} (see docs/operations.md)")
