"""Cached responses: never older than the last acknowledged write, bounded."""

import asyncio
from typing import Any

import pytest

from api import response_cache
from api.response_cache import ResponseCache
from journal.models import ContentView
from journal.wire.messages import Action, ContentV2Key, ContentV2Value, Message
from registry import queries
from registry.references import content_hash
from tests.journals import apply_to_database, records
from tests.nodes import NodeProcess
from tests.own_node import journal
from tests.reporter import InProcessReporter
from tests.web import http_client

API = "/apis/registry/v2"
ORDERS = f"{API}/groups/shop/artifacts/orders"
BILLS = f"{API}/groups/shop/artifacts/bills"


def schema(number: int) -> bytes:
    return b'{"type":"record","name":"R%d","fields":[]}' % number


def test_a_read_after_a_write_never_gets_an_older_response(kept_node: NodeProcess) -> None:
    with http_client(kept_node.url) as client:
        client.post(
            f"{API}/groups/shop/artifacts",
            content=schema(0),
            headers={"X-Registry-ArtifactId": "orders"},
        )
        for number in range(1, 100):
            assert client.get(ORDERS).content == schema(number - 1)
            assert client.put(ORDERS, content=schema(number)).status_code == 200
            assert client.get(ORDERS).content == schema(number)


def test_a_change_of_the_version_of_an_id_is_visible_at_once(kept_node: NodeProcess) -> None:
    with http_client(kept_node.url) as client:
        meta = client.post(
            f"{API}/groups/shop/artifacts",
            content=schema(1000),
            headers={"X-Registry-ArtifactId": "bills"},
        ).json()
        by_id = f"{API}/ids/globalIds/{meta['globalId']}"
        by_content = f"{API}/ids/contentIds/{meta['contentId']}"
        assert [client.get(path).status_code for path in (by_id, by_content)] == [200, 200]

        client.put(f"{BILLS}/state", json={"state": "DISABLED"})
        assert client.get(by_id).status_code == 404
        client.put(f"{BILLS}/state", json={"state": "DEPRECATED"})
        assert client.get(by_id).headers["X-Registry-Deprecated"] == "true"

        client.delete(BILLS)
        assert [client.get(path).status_code for path in (by_id, by_content)] == [404, 404]


@pytest.mark.usefixtures("sqlite_database")
def test_a_content_that_replaces_another_counts_as_a_mutation() -> None:
    view = ContentView.LAST_WINS

    def content(number: int) -> Message:
        hashed = content_hash(schema(number), None)
        value = ContentV2Value(Action.CREATE_OR_UPDATE, hashed, hashed, schema(number))
        return Message(ContentV2Key("_", 1), value)

    first, second = records(content(1), content(2))
    activity = journal().outcomes.activity
    before = activity.mutations
    InProcessReporter(journal().outcomes).applied(apply_to_database([first], view=view))
    assert activity.mutations == before

    InProcessReporter(journal().outcomes).applied(apply_to_database([second], view=view))
    assert activity.mutations == before + 1
    assert queries.content_by_content_id(1).content == schema(2)


class CountingApp:
    """Responds with a body of `size` bytes; counts its calls."""

    def __init__(self, size: int = 10, status: int = 200) -> None:
        self.calls = 0
        self._size = size
        self._status = status

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.calls += 1
        await send({"type": "http.response.start", "status": self._status, "headers": []})
        await send({"type": "http.response.body", "body": b"x" * self._size})


@pytest.fixture(autouse=True)
def notified_of_commits() -> None:
    journal().outcomes.follower.switch_to_pipe()


def request(
    cache: ResponseCache,
    path: str,
    method: str = "GET",
    query: bytes = b"",
    headers: tuple[tuple[bytes, bytes], ...] = (),
) -> bytes:
    body = b""

    async def send(event: Any) -> None:
        nonlocal body
        body += event.get("body", b"")

    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": query,
        "headers": headers,
    }

    async def receive() -> Any:
        return {"type": "http.request"}

    asyncio.run(cache(scope, receive, send))
    return body


def test_a_response_is_cached_until_the_journal_moves() -> None:
    app = CountingApp()
    cache = ResponseCache(app, journal().outcomes)
    for _ in range(3):
        assert request(cache, f"{API}/search/artifacts") == b"x" * 10
    assert app.calls == 1

    journal().outcomes.activity.notify_rows(is_mutation=False)
    request(cache, f"{API}/search/artifacts")
    assert app.calls == 2


def test_the_response_of_an_id_stays_cached_while_only_new_versions_come() -> None:
    app = CountingApp()
    cache = ResponseCache(app, journal().outcomes)
    request(cache, f"{API}/ids/globalIds/1")
    journal().outcomes.activity.notify_rows(is_mutation=False)
    request(cache, f"{API}/ids/globalIds/1")
    assert app.calls == 1

    journal().outcomes.activity.notify_rows(is_mutation=True)
    request(cache, f"{API}/ids/globalIds/1")
    assert app.calls == 2


@pytest.mark.parametrize(
    ("path", "query"),
    [("ids/globalIds/1/references", b"refType=INBOUND"), ("ids/globalIds/1", b"dereference=true")],
)
def test_references_are_not_cached_when_new_versions_come(path: str, query: bytes) -> None:
    app = CountingApp()
    cache = ResponseCache(app, journal().outcomes)
    request(cache, f"{API}/{path}", query=query)
    journal().outcomes.activity.notify_rows(is_mutation=False)
    request(cache, f"{API}/{path}", query=query)
    assert app.calls == 2


def test_a_response_that_a_commit_overtook_is_not_served_again() -> None:
    class Overtaken(CountingApp):
        async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
            journal().outcomes.activity.notify_rows(is_mutation=True)
            await super().__call__(scope, receive, send)

    app = Overtaken()
    cache = ResponseCache(app, journal().outcomes)
    request(cache, f"{API}/ids/globalIds/1")
    request(cache, f"{API}/ids/globalIds/1")
    assert app.calls == 2


@pytest.mark.parametrize(
    ("app", "path", "method"),
    [
        (CountingApp(status=404), f"{API}/ids/globalIds/1", "GET"),
        (CountingApp(size=2 * 1024 * 1024), f"{API}/ids/globalIds/1", "GET"),
        (CountingApp(), f"{API}/ids/globalIds/1", "HEAD"),
        (CountingApp(), "/health/ready", "GET"),
        (CountingApp(), f"{API}/admin/export", "GET"),
        (CountingApp(), f"{API}/downloads/1", "GET"),
    ],
)
def test_other_responses_are_not_cached(app: CountingApp, path: str, method: str) -> None:
    cache = ResponseCache(app, journal().outcomes)
    request(cache, path, method)
    request(cache, path, method)

    assert app.calls == 2


def test_each_query_has_its_own_response() -> None:
    app = CountingApp()
    cache = ResponseCache(app, journal().outcomes)
    request(cache, f"{API}/search/artifacts", query=b"name=a")
    request(cache, f"{API}/search/artifacts", query=b"name=b")

    assert app.calls == 2


def test_each_encoding_has_its_own_response_however_it_is_asked_for() -> None:
    """Django joins a header that is sent twice, and compresses for the word gzip alone."""
    app = CountingApp()
    cache = ResponseCache(app, journal().outcomes)
    asked = [
        (),
        ((b"accept-encoding", b"gzip"),),
        ((b"accept-encoding", b"gzip"), (b"accept-encoding", b"identity")),
        ((b"accept-encoding", b"xgzip"),),
        ((b"accept-encoding", b"gzip"), (b"origin", b"https://app.example")),
    ]
    for headers in asked * 2:
        request(cache, f"{API}/search/artifacts", headers=headers)
    assert app.calls == len(asked)


def test_the_least_recently_used_are_evicted_first(monkeypatch: pytest.MonkeyPatch) -> None:
    entry = 10 + len(f"{API}/ids/globalIds/0") + response_cache._ENTRY_BYTES
    monkeypatch.setattr(response_cache, "_MAX_CACHE_BYTES", 4 * entry)
    app = CountingApp()
    cache = ResponseCache(app, journal().outcomes)
    for number in range(4):
        request(cache, f"{API}/ids/globalIds/{number}")
    request(cache, f"{API}/ids/globalIds/0")
    request(cache, f"{API}/ids/globalIds/4")
    before = app.calls

    request(cache, f"{API}/ids/globalIds/0")
    assert app.calls == before
    request(cache, f"{API}/ids/globalIds/1")
    assert app.calls == before + 1


@pytest.mark.parametrize("sent", ["query", "accept"])
def test_what_the_client_sent_counts_as_memory(sent: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Small responses to addresses of 60 KB: 32 MB of bodies would be 2 GB of addresses."""
    monkeypatch.setattr(response_cache, "_MAX_CACHE_BYTES", 1_000_000)
    app = CountingApp()
    cache = ResponseCache(app, journal().outcomes)
    for number in [*range(50), *range(49, -1, -1)]:
        text = b"%d=" % number + b"a" * 60_000
        if sent == "query":
            request(cache, f"{API}/groups", query=text)
        else:
            request(cache, f"{API}/groups", headers=((b"accept", text),))
    kept = 100 - app.calls
    assert 10 <= kept <= 1_000_000 // 60_000
