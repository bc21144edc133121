"""The task that follows the ledger for the sockets of a process."""

import asyncio

import pytest

from dashboard.live.feed import Feed
from tests.own_node import journal
from tests.waiting import loop_turns

pytestmark = pytest.mark.usefixtures("sqlite_database")


def awaited_function(task: "asyncio.Task[None]") -> str:
    """Return the name of the function that the task's coroutine awaits."""
    return getattr(getattr(task.get_coro(), "cr_await", None), "__name__", "")


@pytest.mark.parametrize("steps", range(6))
def test_the_feed_ends_with_its_last_socket_also_when_rows_arrive_at_that_moment(
    steps: int,
) -> None:
    async def leave_while_rows_arrive() -> None:
        feed = Feed(journal())
        before = asyncio.all_tasks()
        await feed.join()
        (following,) = asyncio.all_tasks() - before
        while awaited_function(following) != "_wait":
            await loop_turns(1)
        journal().outcomes.activity.notify_rows(is_mutation=False)
        await loop_turns(steps)
        feed.leave()
        await asyncio.wait([following], timeout=180)
        assert following.cancelled()

    asyncio.run(leave_while_rows_arrive())
