"""A task for following the ledger and sending to the sockets, by Channels' groups.

The task runs while a socket is open. A socket's channel is a bounded queue: a slow socket loses
messages, superseded by its next one, and does not delay other sockets.
"""

import asyncio
import logging
from contextlib import suppress
from typing import Any

from channels.db import database_sync_to_async
from channels.layers import get_channel_layer
from django.db import DatabaseError
from django.template.loader import render_to_string

from dashboard.frame.finding_counts import summarize_findings
from journal.health.findings import Finding
from journal.health.node_state import NodeState
from journal.journal import Journal
from journal.ledger.rows import last_ledger_id, ledger_rows
from journal.models import Outcome

JOURNAL_GROUP = "journal"
STATE_GROUP = "state"
#: Rows that are read for changed names; further behind, the feed skips to the newest ones.
BATCH = 200
#: Rows that another process wrote wake nothing here, so the feed also polls.
_POLL_S = 1.0
#: Under a burst, rows are gathered for so long before they are sent.
_GATHER_S = 0.1
_STATE_S = 1.0

_log = logging.getLogger(__name__)


class Feed:
    """The feed of a web process, on the event loop of its first `join`."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._sockets = 0
        self._task: asyncio.Task[None] | None = None
        self._started = asyncio.Event()

    async def join(self) -> None:
        """Return once no later row can be missed; the socket joins Channels' group beforehand."""
        self._sockets += 1
        if self._task is None or self._task.done():
            self._started = asyncio.Event()
            self._task = asyncio.get_running_loop().create_task(
                _follow(self._journal, self._started)
            )
        await self._started.wait()

    def leave(self) -> None:
        self._sockets -= 1
        if self._sockets == 0 and self._task is not None:
            self._task.cancel()
            self._task = None


async def _follow(journal: Journal, started: asyncio.Event) -> None:
    loop = asyncio.get_running_loop()
    wake = asyncio.Event()

    def on_activity() -> None:
        # Called by the worker's thread, perhaps while the loop closes.
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(wake.set)

    unsubscribe = journal.outcomes.activity.subscribe(on_activity)
    broadcaster = _Broadcaster(journal)
    try:
        while True:
            wake.clear()
            await broadcaster.broadcast()
            started.set()
            await asyncio.sleep(_GATHER_S)
            await _wait(wake, _POLL_S)
    finally:
        started.set()
        unsubscribe()


async def _wait(event: asyncio.Event, seconds: float) -> None:
    """Return once the event is set or the time is over."""
    # Not wait_for: before Python 3.12 it swallows a cancellation that comes with the event
    # (CPython issue 86296), and the feed would follow on, and report each row twice.
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()


class _Broadcaster:
    """Sends changes since its last message."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._layer = get_channel_layer()
        self._last_row: int | None = None
        self._state: NodeState | None = None
        self._sent_at = 0.0
        self._findings: tuple[Finding, ...] | None = None

    async def broadcast(self) -> None:
        try:
            await self._broadcast_rows()
            await self._broadcast_state()
        except DatabaseError as error:
            # Pages show by themselves that no message comes; the next poll may succeed.
            _log.warning("the feed can't read the database: %s", error)

    async def _broadcast_rows(self) -> None:
        newest = await database_sync_to_async(last_ledger_id)()
        if self._last_row is None:
            self._last_row = newest
        start = max(self._last_row, newest - BATCH)
        has_skipped = start > self._last_row
        rows = await database_sync_to_async(ledger_rows)(after=start, limit=BATCH)
        if not rows:
            return
        self._last_row = rows[0].id
        message = {"type": "ledger.grew", "newest": self._last_row}
        await self._layer.group_send(JOURNAL_GROUP, message)
        changed = [
            [row.group_id, row.artifact_id]
            for row in rows
            if row.outcome == Outcome.APPLIED
            and (row.artifact_id is not None or row.group_id is not None)
        ]
        if changed or has_skipped:
            await self._layer.group_send(STATE_GROUP, {"type": "tables.changed", "what": changed})

    async def _broadcast_state(self) -> None:
        """Send on change, and regularly enough to make silence a sign of a dead node."""
        now = asyncio.get_running_loop().time()
        state, findings = await database_sync_to_async(_state_and_findings)(self._journal)
        is_same = _header(state) == _header(self._state) and findings == self._findings
        if is_same and now - self._sent_at < _STATE_S:
            return
        if findings != self._findings:
            await self._layer.group_send(STATE_GROUP, findings_message(findings))
        self._state, self._sent_at, self._findings = state, now, findings
        await self._layer.group_send(STATE_GROUP, state_message(state, findings))


def _state_and_findings(journal: Journal) -> tuple[NodeState, tuple[Finding, ...]]:
    return journal.health.state(), journal.health.findings()


def _header(state: NodeState | None) -> object:
    """Return the part of the state shown in the header."""
    if state is None:
        return None
    return (state.applied, state.end, state.is_broker_reachable, state.unready_reasons)


def state_message(state: NodeState, findings: tuple[Finding, ...]) -> dict[str, Any]:
    context = {"state": state, "finding_summary": summarize_findings(findings)}
    return {"type": "node.state", "html": render_to_string("dashboard/_node_state.html", context)}


def findings_message(findings: tuple[Finding, ...]) -> dict[str, Any]:
    context = {"findings": findings}
    return {
        "type": "findings.changed",
        "html": render_to_string("dashboard/_findings.html", context),
    }


def current_messages(journal: Journal) -> tuple[dict[str, str], ...]:
    """Return the first messages for a new socket."""
    state, findings = _state_and_findings(journal)
    return (
        {"state": state_message(state, findings)["html"]},
        {"findings": findings_message(findings)["html"]},
    )
