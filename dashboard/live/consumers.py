"""The sockets of the pages: the newest row of the ledger, and the node's state."""

import logging
import time
from typing import Any

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncJsonWebsocketConsumer
from django.db import DatabaseError

from access.middleware import IDENTIFY, caller_from_scope
from access.policy import Level
from dashboard.live.feed import JOURNAL_GROUP, STATE_GROUP, current_messages
from dashboard.state import DASHBOARD
from journal.journal import JOURNAL
from journal.ledger.rows import last_ledger_id

#: Seconds after which the caller's level is checked again.
_CHECK_INTERVAL_S = 30
#: In the range that RFC 6455 leaves to applications, after HTTP's 403.
_FORBIDDEN = 4403
#: As IANA's registry of close codes has it.
_TRY_AGAIN_LATER = 1013

_log = logging.getLogger(__name__)


# Channels has no annotations.
class _GroupConsumer(AsyncJsonWebsocketConsumer):  # type: ignore[misc]
    """Sends the messages of one group; ignores messages of the browser."""

    group = ""
    level = Level.ADMIN
    _is_member = False

    async def connect(self) -> None:
        if not caller_from_scope(self.scope).may(self.level):
            # Before accept, Channels answers with HTTP 403.
            await self.close()
            return
        self._checked_at = time.monotonic()
        self._is_member = True
        await self.accept()
        await self.channel_layer.group_add(self.group, self.channel_name)
        await self.scope[DASHBOARD].feed.join()
        try:
            await self.send_initial_state()
        except DatabaseError as error:
            # Pages connect again by themselves.
            _log.warning("A socket can't be served: %s", error)
            await self.close(_TRY_AGAIN_LATER)

    async def send_initial_state(self) -> None:
        """Send the state assumed by later messages."""

    async def receive(self, *_: Any, **__: Any) -> None:
        pass

    async def dispatch(self, message: dict[str, Any]) -> None:
        if self._is_member and time.monotonic() - self._checked_at > _CHECK_INTERVAL_S:
            # A role or a session may have been taken away since.
            self._checked_at = time.monotonic()
            identify = self.scope.get(IDENTIFY)
            if identify is not None and not (await identify()).may(self.level):
                await self.close(_FORBIDDEN)
                return
        await super().dispatch(message)

    async def disconnect(self, _code: int) -> None:
        if not self._is_member:
            return
        self._is_member = False
        await self.channel_layer.group_discard(self.group, self.channel_name)
        self.scope[DASHBOARD].feed.leave()


class JournalConsumer(_GroupConsumer):
    """Sends {"newest": row id} at once and after each commit; pages fetch the rows."""

    # Not the rows themselves: a page asks for those after the row that it knows. So none is missed
    # or shown twice, however often the socket is lost, and the database counts exactly the rows
    # that came faster than a page draws.

    group = JOURNAL_GROUP

    async def send_initial_state(self) -> None:
        await self.send_json({"newest": await database_sync_to_async(last_ledger_id)()})

    async def ledger_grew(self, message: dict[str, Any]) -> None:
        await self.send_json({"newest": message["newest"]})


class StateConsumer(_GroupConsumer):
    """Sends {"state": HTML}, and {"findings": HTML} on change.

    Sends {"changed": [[group, artifact], …]} on changes of the tables.
    """

    group = STATE_GROUP
    level = Level.READ

    async def send_initial_state(self) -> None:
        for message in await database_sync_to_async(current_messages)(self.scope[JOURNAL]):
            await self.send_json(message)

    async def node_state(self, message: dict[str, Any]) -> None:
        await self.send_json({"state": message["html"]})

    async def findings_changed(self, message: dict[str, Any]) -> None:
        await self.send_json({"findings": message["html"]})

    async def tables_changed(self, message: dict[str, Any]) -> None:
        await self.send_json({"changed": message["what"]})
