"""The web part for any ASGI server, beside a separate worker; `serve` runs both."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "node.settings")
django.setup()

from django.conf import settings

from access.authentication import Authenticator
from journal.journal import Journal
from journal.kafka.topics import KafkaTopic
from node.web.application import make_application

application = make_application(
    Journal(KafkaTopic(settings.KAFKA_PROPERTIES, settings.JOURNAL_TOPIC)),
    Authenticator(settings.ANNALS_ACCESS) if settings.ANNALS_ACCESS.is_on else None,
)
