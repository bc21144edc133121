"""Waits until this node has applied the whole journal, so that it may write."""

import time

from django.conf import settings
from django.db import DatabaseError, connection

from journal.outcomes.activity import Activity
from journal.outcomes.errors import NotReady
from journal.wire.dialects import Generation
from registry.waiting import pause

#: Seconds that a write waits for a worker that is started again, and catches up in a moment.
_CATCH_UP_TIMEOUT = 5.0
_POLL_INTERVAL = 0.05
#: Seconds for which an answer of the tables holds.
_MAX_AGE = 1.0


class Readiness:
    """The newest generation on a topic, available once the whole journal is applied."""

    def __init__(self, topic: str, activity: Activity) -> None:
        self._topic = topic
        self._activity = activity
        self._has_been_ready = False
        self._newest: tuple[float, Generation] | None = None
        self._not_ready: tuple[float, NotReady] | None = None

    def wait(self) -> Generation:
        """Wait during a restart of the worker; returns the newest generation on the topic.

        Raises NotReady: at once if this node has not caught up since its start, or for lasting
        trouble.
        """
        deadline = time.monotonic() + min(_CATCH_UP_TIMEOUT, settings.JOURNAL_RESPONSE_TIMEOUT)
        while True:
            try:
                newest = self._newest_generation()
            except NotReady as error:
                is_passing = self._has_been_ready and error.is_transient
                if not is_passing or time.monotonic() > deadline:
                    raise
                pause(_POLL_INTERVAL)
            else:
                self._has_been_ready = True
                return newest

    def forget_generation(self) -> None:
        """Forget the cached generation, after this node published a record of another one."""
        self._newest = None

    def trouble(self) -> str:
        """Return the reason why no records are applied now, empty while they are."""
        try:
            self._read_generation()
        except NotReady as error:
            return error.reason
        except DatabaseError:
            connection.close()
        return ""

    def _newest_generation(self) -> Generation:
        # One query a second. The delay does no harm, since newer nodes read the older form as well.
        newest, not_ready, now = self._newest, self._not_ready, time.monotonic()
        if newest is not None and now - newest[0] < _MAX_AGE:
            return newest[1]
        # Hundreds of writes may wait for the same, and one of them asks for all.
        if not_ready is not None and now - not_ready[0] < _POLL_INTERVAL:
            raise NotReady(not_ready[1].reason, not_ready[1].is_transient)
        try:
            generation = self._read_generation()
        except NotReady as error:
            self._not_ready = now, error
            raise
        self._newest = now, generation
        return generation

    def _read_generation(self) -> Generation:
        if self._activity.trouble:
            # Reported on the pipe by a worker that can't write its heartbeat.
            raise NotReady(self._activity.trouble)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT is_caught_up, trouble, "
                "(SELECT MAX(generation) FROM journal_position WHERE topic = %s) "
                "FROM journal_workerstatus WHERE id = 1",
                [self._topic],
            )
            is_caught_up, trouble, newest = cursor.fetchone() or (False, "", None)
        if trouble:
            raise NotReady(trouble)
        if not is_caught_up:
            # The dialect is known only after the last record: another one could stop Java nodes.
            raise NotReady("the node is still replaying the journal", is_transient=True)
        return Generation(newest or 0)
