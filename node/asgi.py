"""The web part: HTTP through Django on a pool of threads, WebSockets through Channels.

Any ASGI server can run it; it holds no connection that could write.
"""

import os
from typing import Any

from a2wsgi import WSGIMiddleware
from channels.routing import ProtocolTypeRouter
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "node.settings")

# a2wsgi's types are stricter about the environ than Django's are about the answer.
_wsgi: Any = get_wsgi_application()

from django.db import connections  # noqa: E402 - after Django's setup

from api.answer_cache import AnswerCache  # noqa: E402
from dashboard.routing import websocket_application  # noqa: E402

#: Requests in hand at a time; a write holds its thread while it waits for its outcome.
_THREADS = 64

del connections.settings["journal"]

_django: Any = WSGIMiddleware(_wsgi, workers=_THREADS)
application = ProtocolTypeRouter({
    "http": AnswerCache(_django),
    "websocket": websocket_application,
})
