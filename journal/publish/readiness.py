"""Whether this node knows the whole journal, so that it may write."""

import time
from functools import lru_cache

from django.conf import settings
from django.db import DatabaseError, connection

from journal.outcomes.activity import activity
from journal.outcomes.errors import NotReady
from journal.wire.dialects import Generation

#: A worker that is started again catches up in a moment; a write waits so many seconds for it.
_CATCH_UP = 5.0

_LOOK_AGAIN = 0.05

_has_been_ready = False


def await_ready() -> Generation:
    """The newest generation on the topic; raises NotReady, at once before the first replay's end.

    A node that has been ready lost its worker for a moment only, so the write waits for the next.
    It does not wait for the end of a trouble: threads that wait are missing where reads go on.
    """
    global _has_been_ready
    deadline = time.monotonic() + min(_CATCH_UP, settings.JOURNAL_RESPONSE_TIMEOUT)
    while True:
        try:
            newest = newest_generation(settings.JOURNAL_TOPIC, int(time.monotonic()))
        except NotReady as error:
            if not (_has_been_ready and error.is_transient) or time.monotonic() > deadline:
                raise
            time.sleep(_LOOK_AGAIN)
        else:
            _has_been_ready = True
            return newest


@lru_cache(maxsize=1)
def newest_generation(topic: str, second: int) -> Generation:
    """The newest generation on the topic, looked up once a second; raises NotReady.

    A second's delay does no harm: newer nodes read the older form as well.
    """
    if activity.trouble:
        # What the worker can't say in its table.
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
    """The next write finds a node that has not been ready yet."""
    global _has_been_ready
    _has_been_ready = False


def current_trouble() -> str:
    """Why nothing is applied; a record may have been said in the moment that it began."""
    try:
        newest_generation.__wrapped__(settings.JOURNAL_TOPIC, 0)
    except NotReady as trouble:
        return trouble.why
    except DatabaseError:
        connection.close()
    return ""
