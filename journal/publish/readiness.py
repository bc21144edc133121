"""Whether this node has applied the whole journal, so that it may write."""

import time
from functools import lru_cache

from django.conf import settings
from django.db import DatabaseError, connection

from journal.outcomes.activity import activity
from journal.outcomes.errors import NotReady
from journal.wire.dialects import Generation

#: Seconds that a write waits for a worker that is started again, and catches up in a moment.
_CATCH_UP_TIMEOUT = 5.0

_POLL_INTERVAL = 0.05

_has_been_ready = False


def await_ready() -> Generation:
    """Wait for a worker that restarts, and return the newest generation on the topic.

    Raises NotReady: at once where this node has not caught up yet since its start, and for
    trouble that does not end by itself, since waiting threads are missing where reads go on.
    """
    global _has_been_ready
    deadline = time.monotonic() + min(_CATCH_UP_TIMEOUT, settings.JOURNAL_RESPONSE_TIMEOUT)
    while True:
        try:
            newest = newest_generation(settings.JOURNAL_TOPIC, int(time.monotonic()))
        except NotReady as error:
            if not (_has_been_ready and error.is_transient) or time.monotonic() > deadline:
                raise
            time.sleep(_POLL_INTERVAL)
        else:
            _has_been_ready = True
            return newest


@lru_cache(maxsize=1)
def newest_generation(topic: str, second: int) -> Generation:
    """Return the newest generation on the topic; raises NotReady.

    `second` is part of the cache's key: one query a second. The delay does no harm, since newer
    nodes read the older form as well.
    """
    if activity.trouble:
        # Reported on the pipe by a worker that can't write its heartbeat.
        raise NotReady(activity.trouble)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT is_caught_up, trouble, "
            "(SELECT MAX(generation) FROM journal_position WHERE topic = %s) "
            "FROM journal_workerstatus WHERE id = 1",
            [topic],
        )
        is_caught_up, trouble, newest = cursor.fetchone() or (False, "", None)
    if trouble:
        raise NotReady(trouble)
    if not is_caught_up:
        # The dialect is known only after the last record: another one could stop Java nodes.
        raise NotReady("the node is still replaying the journal", is_transient=True)
    return Generation(newest or 0)


def reset() -> None:
    """Forget that this node has been ready, as at its start."""
    global _has_been_ready
    _has_been_ready = False


def current_trouble() -> str:
    """Return why nothing is applied, past the cache; empty where records are applied."""
    try:
        newest_generation.__wrapped__(settings.JOURNAL_TOPIC, 0)
    except NotReady as error:
        return error.reason
    except DatabaseError:
        connection.close()
    return ""
