"""One task a process follows the ledger and tells the sockets, through Channels' groups.

It runs while anybody listens. A socket's channel is a bounded queue: one that is slow loses word
of rows, and learns of them with the next; it holds nobody else.
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
from journal.health.current import current_findings
from journal.health.findings import Finding
from journal.health.node_state import NodeState, node_state
from journal.ledger.rows import last_ledger_id, ledger_rows
from journal.models import LedgerRow, Outcome
from journal.outcomes.activity import activity

JOURNAL_GROUP = "journal"
STATE_GROUP = "state"
#: Rows looked at for changed names; further behind, the feed jumps to the newest ones.
BATCH = 200
#: Rows written by another process wake nobody here, so the feed also looks by itself.
_LOOK_S = 1.0
#: Under a burst, rows gather for so long before they are sent.
_GATHER_S = 0.1
_STATE_S = 1.0

_log = logging.getLogger(__name__)


class Feed:
    """Belongs to the event loop it is first joined on."""

    def __init__(self) -> None:
        self._listeners = 0
        self._task: asyncio.Task[None] | None = None
        self._started = asyncio.Event()

    async def join(self) -> None:
        """Returns when no later row is missed; join Channels' group before."""
        self._listeners += 1
        if self._task is None or self._task.done():
            self._started = asyncio.Event()
            self._task = asyncio.get_running_loop().create_task(_follow(self._started))
        await self._started.wait()

    def leave(self) -> None:
        self._listeners -= 1
        if self._listeners == 0 and self._task is not None:
            self._task.cancel()
            self._task = None


feed = Feed()


async def _follow(started: asyncio.Event) -> None:
    loop = asyncio.get_running_loop()
    wake = asyncio.Event()

    def announced() -> None:
        # Called by the worker's thread, perhaps while the loop closes.
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(wake.set)

    end = activity.subscribe(announced)
    teller = _Teller()
    try:
        while True:
            wake.clear()
            await teller.tell()
            started.set()
            await asyncio.sleep(_GATHER_S)
            await _wait(wake, _LOOK_S)
    finally:
        started.set()
        end()


async def _wait(event: asyncio.Event, seconds: float) -> None:
    """Return when the event is set or the time is over."""
    # Not wait_for: before Python 3.12 it swallows a cancellation that comes with the event
    # (CPython issue 86296), and the feed would follow on, and report each row twice.
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()


class _Teller:
    """What was told last, and telling what came since."""

    def __init__(self) -> None:
        self._layer = get_channel_layer()
        self._last: int | None = None
        self._state: NodeState | None = None
        self._state_at = 0.0
        self._findings: tuple[Finding, ...] | None = None

    async def tell(self) -> None:
        try:
            await self._tell_rows()
            await self._tell_state()
        except DatabaseError as error:
            # Pages say by themselves that no word comes; the next look may find it well again.
            _log.warning("the feed can't read the database: %s", error)

    async def _tell_rows(self) -> None:
        if self._last is None:
            self._last = await database_sync_to_async(last_ledger_id)()
        rows, skipped = await database_sync_to_async(_rows_after)(self._last)
        if not rows:
            return
        self._last = rows[0].id
        message = {"type": "ledger.grew", "newest": self._last}
        await self._layer.group_send(JOURNAL_GROUP, message)
        changed = [[row.group_id, row.artifact_id] for row in rows if _changes_a_table(row)]
        if changed or skipped:
            await self._layer.group_send(STATE_GROUP, {"type": "tables.changed", "what": changed})

    async def _tell_state(self) -> None:
        """On change, and so often that silence means that the node is gone."""
        now = asyncio.get_running_loop().time()
        state, findings = await database_sync_to_async(_state_and_findings)()
        is_same = _told(state) == _told(self._state) and findings == self._findings
        if is_same and now - self._state_at < _STATE_S:
            return
        if findings != self._findings:
            await self._layer.group_send(STATE_GROUP, findings_message(findings))
        self._state, self._state_at, self._findings = state, now, findings
        await self._layer.group_send(STATE_GROUP, state_message(state, findings))


def _state_and_findings() -> tuple[NodeState, tuple[Finding, ...]]:
    return node_state(), current_findings()


def _told(state: NodeState | None) -> object:
    """What the header shows of it."""
    if state is None:
        return None
    return (state.applied, state.end, state.is_broker_reachable, state.unready_reasons)


def _rows_after(last: int) -> tuple[list[LedgerRow], int]:
    """The rows that follow, newest first, and how many ids were passed over to be in time."""
    newest = last_ledger_id()
    start = max(last, newest - BATCH)
    return ledger_rows(after=start, limit=BATCH), start - last


def _changes_a_table(row: LedgerRow) -> bool:
    return row.outcome == Outcome.APPLIED and (
        row.artifact_id is not None or row.group_id is not None
    )


def state_message(state: NodeState, findings: tuple[Finding, ...]) -> dict[str, Any]:
    context = {"state": state, "finding_summary": summarize_findings(findings)}
    return {"type": "node.state", "html": render_to_string("dashboard/_node_state.html", context)}


def findings_message(findings: tuple[Finding, ...]) -> dict[str, Any]:
    context = {"findings": findings}
    return {
        "type": "findings.changed",
        "html": render_to_string("dashboard/_findings.html", context),
    }


def known_already() -> tuple[dict[str, str], ...]:
    """What a socket is told first."""
    state, findings = _state_and_findings()
    return (
        {"state": state_message(state, findings)["html"]},
        {"findings": findings_message(findings)["html"]},
    )
