"""Answers sent whole or in pieces, to clients that read, stop reading, or go away."""

import asyncio
import errno
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from io import BytesIO
from typing import Any

import pytest

from access.caller import Caller
from access.middleware import CALLER
from access.principals import Principal
from journal.models import Outcome
from journal.outcomes.errors import NoOutcome
from journal.outcomes.pending_writes import PendingWrites
from journal.projection.effects import Effect
from node.web import request_bodies, response_spool, wsgi_bridge
from node.web.request_bodies import SpaceBudget
from node.web.request_threads import RequestThreads
from node.web.wsgi_bridge import WSGIBridge
from registry.turns import current_caller
from registry.waiting import wait_for
from tests.waiting import DEADLINE, loop_turns

SCOPE: dict[str, Any] = {
    "type": "http",
    "method": "GET",
    "path": "/",
    "query_string": b"",
    "http_version": "1.1",
    "headers": [],
}
PIECE = b"x" * 300_000
#: Of two hundred writes, those that wait for a moment only.
LATE = {"7", "70", "170"}


class Chunks:
    """A WSGI answer of so many pieces; knows how many were taken, and whether it was closed."""

    def __init__(self, count: int) -> None:
        self._count = count
        self.taken = 0
        self.is_closed = False

    def __iter__(self) -> Iterator[bytes]:
        for _ in range(self._count):
            self.taken += 1
            yield PIECE

    def close(self) -> None:
        self.is_closed = True


class Endless(Chunks):
    def __init__(self) -> None:
        super().__init__(0)

    def __iter__(self) -> Iterator[bytes]:
        while True:
            yield PIECE


class Client:
    """Receives events; `stops_at` is the number of the event of which it never takes anything."""

    def __init__(self, stops_at: int | None = None, goes_at: int | None = None) -> None:
        self.events: list[dict[str, Any]] = []
        self._stops_at = stops_at
        self._goes_at = goes_at
        self._gone = asyncio.Event()
        self._has_asked = False

    async def receive(self) -> dict[str, Any]:
        if not self._has_asked:
            self._has_asked = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, event: dict[str, Any]) -> None:
        if len(self.events) == self._stops_at:
            await asyncio.Event().wait()
        self.events.append(event)
        if len(self.events) == self._goes_at:
            self._gone.set()


def answered(chunks: Chunks, make_client: Callable[[], Client]) -> Client:
    def app(environ: Any, start: Any) -> Chunks:
        start("200 OK", [("Content-Type", "text/plain")])
        return chunks

    async def ask() -> Client:
        client = make_client()
        await WSGIBridge(app, lambda scope: 1000)(SCOPE, client.receive, client.send)
        return client

    return asyncio.run(ask())


def test_a_short_answer_is_sent_whole() -> None:
    chunks = Chunks(3)
    client = answered(chunks, Client)
    assert [each["type"] for each in client.events] == [
        "http.response.start",
        "http.response.body",
    ]
    assert client.events[1]["body"] == PIECE * 3
    assert chunks.is_closed


def test_a_long_answer_is_sent_while_it_is_made() -> None:
    chunks = Chunks(20)
    client = answered(chunks, Client)
    bodies = client.events[1:]
    assert b"".join(each["body"] for each in bodies) == PIECE * 20
    assert len(bodies) > 10
    assert [each.get("more_body", False) for each in bodies[-2:]] == [True, False]
    assert chunks.is_closed


def test_a_client_that_goes_ends_the_making_of_its_answer() -> None:
    chunks = Endless()
    client = answered(chunks, lambda: Client(goes_at=3))
    assert client.events[-1]["more_body"]
    assert chunks.is_closed


def test_a_client_that_takes_nothing_any_more_is_given_up(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(wsgi_bridge, "_STALL_SECONDS", 0.2)
    chunks = Endless()
    answered(chunks, lambda: Client(stops_at=4))
    assert chunks.is_closed
    assert "took nothing" in caplog.text


def test_a_slow_client_holds_no_thread_and_little_memory() -> None:
    """More clients than threads stop reading; others are answered all the same."""
    many = [Chunks(40) for _ in range(60)]
    answers = iter(many)
    small = Chunks(1)

    def app(environ: Any, start: Any) -> Chunks:
        start("200 OK", [])
        return small if environ["QUERY_STRING"] == "small" else next(answers)

    async def ask() -> Client:
        bridge = WSGIBridge(app, lambda scope: 1000)
        clients = [Client(stops_at=2) for _ in many]
        slow = [
            asyncio.ensure_future(bridge(dict(SCOPE), client.receive, client.send))
            for client in clients
        ]
        while not all(chunks.is_closed for chunks in many):
            await loop_turns(1)
        other = Client()
        await bridge({**SCOPE, "query_string": b"small"}, other.receive, other.send)
        for task in slow:
            task.cancel()
        await asyncio.gather(*slow, return_exceptions=True)
        return other

    assert asyncio.run(ask()).events[1]["body"] == PIECE


def test_waiting_writes_hold_up_no_read() -> None:
    go_on = threading.Event()

    def app(environ: Any, start: Any) -> Chunks:
        start("200 OK", [])
        if environ["REQUEST_METHOD"] == "POST":
            go_on.wait(DEADLINE)
        return Chunks(1)

    async def ask() -> None:
        bridge = WSGIBridge(app, lambda scope: 1000)
        post = {**SCOPE, "method": "POST"}
        writers = [Client() for _ in range(100)]
        writes = [
            asyncio.ensure_future(bridge(dict(post), writer.receive, writer.send))
            for writer in writers
        ]
        for path in ("/", "/health/live"):
            reader = Client()
            await bridge({**SCOPE, "path": path}, reader.receive, reader.send)
            assert reader.events[1]["body"] == PIECE
        go_on.set()
        await asyncio.gather(*writes)
        assert all(writer.events[1]["body"] == PIECE for writer in writers)

    asyncio.run(ask())


def test_writes_that_wait_for_their_outcomes_hold_no_thread() -> None:
    """Two hundred at once; each gets its own outcome, or its own refusal when none comes."""
    pending = PendingWrites()

    def app(environ: Any, start: Any) -> list[bytes]:
        req = environ["QUERY_STRING"]
        patience = 0.01 if req in LATE else DEADLINE
        try:
            effects = pending.register([req]).wait(environ["asgi.scope"]["now"] + patience)
        except NoOutcome as error:
            start("503 Service Unavailable", [])
            return [error.req.encode()]
        start("200 OK", [])
        return [effects[0].reason.encode()]

    async def ask() -> list[Client]:
        bridge = WSGIBridge(app, lambda scope: 1000)
        threads = threading.active_count()
        clients = [Client() for _ in range(200)]
        now = asyncio.get_running_loop().time()
        post = {**SCOPE, "method": "POST", "now": now}
        writes = [
            asyncio.ensure_future(
                bridge({**post, "query_string": b"%d" % number}, client.receive, client.send)
            )
            for number, client in enumerate(clients)
        ]
        while len(pending) < len(clients) or not all(writes[int(req)].done() for req in LATE):
            await loop_turns(1)
        assert threading.active_count() <= threads + 16
        for req in reversed(pending.reqs()):
            pending.resolve([(req, Effect(Outcome.APPLIED, reason=f"outcome of {req}"))])
        await asyncio.gather(*writes)
        return clients

    for number, client in enumerate(asyncio.run(ask())):
        head, body = client.events
        expected = (503, f"{number}") if f"{number}" in LATE else (200, f"outcome of {number}")
        assert (head["status"], body["body"].decode()) == expected


def test_a_queue_that_is_full_answers_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    go_on = threading.Event()
    threads = RequestThreads("small", 1, 2)
    monkeypatch.setattr(wsgi_bridge._Threads, "choose", lambda self, scope, size: threads)

    def app(environ: Any, start: Any) -> Chunks:
        start("200 OK", [])
        go_on.wait(DEADLINE)
        return Chunks(1)

    async def ask() -> None:
        bridge = WSGIBridge(app, lambda scope: 1000)
        first = [Client(), Client()]
        tasks = [
            asyncio.ensure_future(bridge(dict(SCOPE), client.receive, client.send))
            for client in first
        ]
        await loop_turns(5)
        last = Client()
        await bridge(dict(SCOPE), last.receive, last.send)
        assert last.events[0]["status"] == 503
        assert (b"retry-after", b"1") in last.events[0]["headers"]
        go_on.set()
        await asyncio.gather(*tasks)
        assert [client.events[0]["status"] for client in first] == [200, 200]

    asyncio.run(ask())


def test_the_body_of_a_write_that_waits_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wsgi_bridge, "_BODY_SPACE_BYTES", 10)
    outcome: Future[None] = Future()
    begun = threading.Event()

    def app(environ: Any, start: Any) -> Chunks:
        begun.set()
        wait_for(outcome, DEADLINE)
        start("200 OK", [])
        return Chunks(1)

    async def ask() -> list[int]:
        bridge = WSGIBridge(app, lambda scope: 1000)
        scope = {**SCOPE, "method": "POST", "headers": [(b"content-length", b"8")]}
        first, second, third = (Sender(b"12345678") for _ in range(3))
        writing = asyncio.ensure_future(bridge(dict(scope), first.receive, first.send))
        while not begun.is_set():
            await loop_turns(1)
        await bridge(dict(scope), second.receive, second.send)
        outcome.set_result(None)
        await writing
        await bridge(dict(scope), third.receive, third.send)
        return [each.events[0]["status"] for each in (first, second, third)]

    assert asyncio.run(ask()) == [200, 503, 200]


def test_large_writes_have_threads_of_their_own() -> None:
    ran_on: list[str] = []

    def app(environ: Any, start: Any) -> list[bytes]:
        ran_on.append(threading.current_thread().name.rpartition("-")[0])
        start("200 OK", [])
        return [b""]

    async def ask() -> None:
        bridge = WSGIBridge(app, lambda scope: 1_000_000)
        for method, size in (("POST", 10), ("PUT", 300_000), ("GET", 10)):
            sender = Sender(b"x" * size)
            headers = [(b"content-length", b"%d" % size)]
            scope = {**SCOPE, "method": method, "headers": headers}
            await bridge(scope, sender.receive, sender.send)

    asyncio.run(ask())
    assert ran_on == ["write", "large-write", "read"]


def test_requests_that_a_stopping_server_cancels_are_told_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One that runs goes on, and one that waits for a thread is not begun."""
    go_on = threading.Event()
    threads = RequestThreads("single", 1, 3)
    monkeypatch.setattr(wsgi_bridge._Threads, "choose", lambda self, scope, size: threads)
    begun: list[str] = []

    def app(environ: Any, start: Any) -> Chunks:
        begun.append(environ["QUERY_STRING"])
        start("200 OK", [])
        go_on.wait(DEADLINE)
        return Chunks(1)

    async def ask() -> None:
        bridge = WSGIBridge(app, lambda scope: 1000)
        clients = [Client(), Client()]
        tasks = [
            asyncio.ensure_future(
                bridge({**SCOPE, "query_string": b"%d" % number}, client.receive, client.send)
            )
            for number, client in enumerate(clients)
        ]
        while not begun:
            await loop_turns(1)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks)
        assert [client.events[0]["status"] for client in clients] == [503, 503]
        go_on.set()
        last = Client()
        await bridge({**SCOPE, "query_string": b"last"}, last.receive, last.send)
        assert last.events[0]["status"] == 200
        assert begun == ["0", "last"]

    asyncio.run(ask())


class Sender(Client):
    """Sends these pieces of a body."""

    def __init__(self, *pieces: bytes) -> None:
        super().__init__()
        self.pieces = list(pieces)

    async def receive(self) -> dict[str, Any]:
        if not self.pieces:
            return {"type": "http.disconnect"}
        piece = self.pieces.pop(0)
        return {"type": "http.request", "body": piece, "more_body": bool(self.pieces)}


def received(limit: int, *pieces: bytes) -> tuple[bytes, Sender]:
    def app(environ: Any, start: Any) -> list[bytes]:
        start("200 OK", [])
        return [environ["wsgi.input"].read()]

    async def ask() -> Sender:
        sender = Sender(*pieces)
        scope = {**SCOPE, "method": "POST", "headers": [(b"transfer-encoding", b"chunked")]}
        await WSGIBridge(app, lambda scope: limit)(scope, sender.receive, sender.send)
        return sender

    sender = asyncio.run(ask())
    return sender.events[1]["body"], sender


def test_a_body_is_read_as_far_as_it_may_be_large() -> None:
    body, sender = received(10, b"12345", b"67890")
    assert (body, sender.pieces) == (b"1234567890", [])
    assert (b"connection", b"close") not in sender.events[0]["headers"]


def test_of_a_larger_body_the_rest_is_thrown_away_after_the_answer() -> None:
    body, sender = received(10, b"1234567890", b"1234567890", b"more")
    assert (body, sender.pieces) == (b"12345678901", [])
    assert (b"connection", b"close") in sender.events[0]["headers"]


def test_a_body_that_is_not_taken_is_thrown_away_after_the_answer() -> None:
    body, sender = received(0, b"1234567890", b"more")
    assert (body, sender.pieces) == (b"", [])
    assert (b"connection", b"close") in sender.events[0]["headers"]


def test_bodies_share_their_space() -> None:
    budget = SpaceBudget(10)
    assert budget.take(8)
    assert not budget.take(3)
    budget.give_back(8)
    assert budget.take(10)


def test_callers_who_take_turns_are_names_and_else_networks() -> None:
    callers: list[str] = []

    def app(environ: Any, start: Any) -> list[bytes]:
        callers.append(current_caller.get())
        start("200 OK", [])
        return []

    async def ask(address: str, name: str) -> None:
        client = Client()
        scope = {**SCOPE, "client": (address, 1), CALLER: Caller(Principal(name))}
        await WSGIBridge(app, lambda scope: 0)(scope, client.receive, client.send)

    for address in ("10.0.0.1", "10.0.0.2", "2001:db8::1", "2001:db8::2"):
        asyncio.run(ask(address, ""))
    for name in ("alice", "10.0.0.1"):
        asyncio.run(ask("10.0.0.1", name))
    assert callers[2] == callers[3]
    assert len(set(callers)) == 5


class FullFile(BytesIO):
    """A temporary file on a full disk: it takes what fits a buffer, and fails when that is used."""

    def __init__(self, *_: object, **__: object) -> None:
        super().__init__()
        self.device = open("/dev/full", "r+b", buffering=0)  # noqa: SIM115 (closed by `close`)

    def fileno(self) -> int:
        return self.device.fileno()

    def seek(self, *_: int) -> int:
        if self.getvalue():
            self.device.write(self.getvalue())
        return 0

    def close(self) -> None:
        try:
            self.seek(0)
        finally:
            self.device.close()
            super().close()


def test_a_body_that_the_disk_has_no_space_for_is_answered_with_503(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(request_bodies, "SpooledTemporaryFile", FullFile)
    answer, sender = received(10, b"12345", b"67890")
    assert sender.events[0]["status"] == 503
    assert b"no space for temporary files: No space left on device" in answer
    assert [record.exc_info for record in caplog.records] == [None]


@pytest.mark.parametrize("has_device", [True, False])
def test_a_response_that_the_disk_has_no_space_for_is_a_503(
    has_device: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(**_: object) -> None:
        raise OSError(errno.EMFILE, "Too many open files")

    monkeypatch.setattr(response_spool, "TemporaryFile", FullFile if has_device else fail)
    chunks = Chunks(20)
    client = answered(chunks, Client)
    assert client.events[0]["status"] == 503
    assert (chunks.is_closed, chunks.taken) == (True, 4)


def test_a_response_beyond_the_space_of_all_is_a_503_or_ends_before_its_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    statuses, ends = [], []
    for space in (len(PIECE), 10 * len(PIECE)):
        monkeypatch.setattr(wsgi_bridge, "_RESPONSE_SPACE_BYTES", space)
        chunks = Chunks(20)
        events = answered(chunks, Client).events
        statuses.append(events[0]["status"])
        ends.append(events[-1].get("more_body", False))
        assert chunks.is_closed
    assert (statuses, ends) == ([503, 200], [False, True])


def test_a_failure_while_an_answer_is_sent_ends_it_before_its_end() -> None:
    class Failing(Chunks):
        def __iter__(self) -> Iterator[bytes]:
            yield from super().__iter__()
            raise RuntimeError("the tables are gone")

    chunks = Failing(10)
    with pytest.raises(RuntimeError, match="gone"):
        answered(chunks, Client)
    assert chunks.is_closed
