"""The sockets of the pages: word of rows that were applied, and the node's state."""

import time
from typing import Any

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncJsonWebsocketConsumer

from access.middleware import IDENTIFY, caller_from_scope
from access.policy import Level
from dashboard.live.feed import JOURNAL_GROUP, STATE_GROUP, feed, known_already
from journal.ledger.rows import last_ledger_id

#: Seconds between two looks whether a socket's owner may still listen.
_ASK_EVERY = 30
#: Beyond what RFC 6455 names: HTTP's 403, as applications write it.
_NOT_ANY_MORE = 4403


class _Listener(AsyncJsonWebsocketConsumer):  # type: ignore[misc]
    """Listens to one group while it is connected; what a browser sends is ignored."""

    group = ""
    level = Level.ADMIN
    _is_member = False

    async def connect(self) -> None:
        """Refused with HTTP 403 for whom may not."""
        if not caller_from_scope(self.scope).may(self.level):
            await self.close()
            return
        self._asked_at = time.monotonic()
        self._is_member = True
        await self.accept()
        await self.channel_layer.group_add(self.group, self.channel_name)
        await feed.join()
        await self.greet()

    async def greet(self) -> None:
        """Tells a newcomer what is known already."""

    async def receive(self, *_: Any, **__: Any) -> None:
        pass

    async def dispatch(self, message: dict[str, Any]) -> None:
        """Asks again now and then: who was allowed once may not be any more."""
        if self._is_member and time.monotonic() - self._asked_at > _ASK_EVERY:
            self._asked_at = time.monotonic()
            ask = self.scope.get(IDENTIFY)
            if ask is not None and not (await ask()).may(self.level):
                await self.close(_NOT_ANY_MORE)
                return
        await super().dispatch(message)

    async def disconnect(self, _code: int) -> None:
        if not self._is_member:
            return
        self._is_member = False
        await self.channel_layer.group_discard(self.group, self.channel_name)
        feed.leave()


class JournalConsumer(_Listener):
    """Sends {"newest": row id} at once, and whenever rows were applied; pages ask for them."""

    group = JOURNAL_GROUP

    async def greet(self) -> None:
        await self.send_json({"newest": await database_sync_to_async(last_ledger_id)()})

    async def ledger_grew(self, message: dict[str, Any]) -> None:
        await self.send_json({"newest": message["newest"]})


class StateConsumer(_Listener):
    """Sends {"state": HTML}; {"findings": HTML} on change; {"changed": [[group, artifact], …]}
    when tables changed."""

    group = STATE_GROUP
    level = Level.READ

    async def greet(self) -> None:
        for message in await database_sync_to_async(known_already)():
            await self.send_json(message)

    async def node_state(self, message: dict[str, Any]) -> None:
        await self.send_json({"state": message["html"]})

    async def findings_changed(self, message: dict[str, Any]) -> None:
        await self.send_json({"findings": message["html"]})

    async def tables_changed(self, message: dict[str, Any]) -> None:
        await self.send_json({"changed": message["what"]})
