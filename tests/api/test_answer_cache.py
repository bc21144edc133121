"""Kept answers: fast, never older than the last acknowledged write, bounded."""

import asyncio
from typing import Any

import pytest

from api import response_cache
from api.response_cache import AnswerCache
from journal.models import ContentView
from journal.outcomes import follower
from journal.outcomes.activity import activity
from journal.outcomes.pipe import InProcessReporter
from journal.wire.messages import Action, ContentV2Key, ContentV2Value, Message
from registry import queries
from registry.references import content_hash
from tests.journals import apply_to_database, records
from tests.nodes import NodeProcess
from tests.web import http_client

API = "/apis/registry/v2"
ORDERS = f"{API}/groups/shop/artifacts/orders"
BILLS = f"{API}/groups/shop/artifacts/bills"


def schema(number: int) -> bytes:
    return b'{"type":"record","name":"R%d","fields":[]}' % number


def test_a_read_after_a_write_never_gets_the_answer_from_before(kept_node: NodeProcess) -> None:
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


def test_a_change_of_what_an_id_leads_to_is_seen_at_once(kept_node: NodeProcess) -> None:
    with http_client(kept_node.url) as client:
        made = client.post(
            f"{API}/groups/shop/artifacts",
            content=schema(1000),
            headers={"X-Registry-ArtifactId": "bills"},
        ).json()
        by_id = f"{API}/ids/globalIds/{made['globalId']}"
        by_content = f"{API}/ids/contentIds/{made['contentId']}"
        assert [client.get(path).status_code for path in (by_id, by_content)] == [200, 200]

        client.put(f"{BILLS}/state", json={"state": "DISABLED"})
        assert client.get(by_id).status_code == 404
        client.put(f"{BILLS}/state", json={"state": "DEPRECATED"})
        assert client.get(by_id).headers["X-Registry-Deprecated"] == "true"

        client.delete(BILLS)
        assert [client.get(path).status_code for path in (by_id, by_content)] == [404, 404]


@pytest.mark.usefixtures("sqlite_database")
def test_a_content_that_takes_another_s_place_is_announced_as_a_change() -> None:
    view = ContentView.LAST_WINS

    def content(number: int) -> Message:
        hashed = content_hash(schema(number), None)
        value = ContentV2Value(Action.CREATE_OR_UPDATE, hashed, hashed, schema(number))
        return Message(ContentV2Key("_", 1), value)

    first, second = records(content(1), content(2))
    before = activity.mutations
    InProcessReporter().applied(apply_to_database([first], view=view))
    assert activity.mutations == before

    InProcessReporter().applied(apply_to_database([second], view=view))
    assert activity.mutations == before + 1
    assert queries.content_by_content_id(1).content == schema(2)


class CountingApp:
    """Answers with as many bytes as asked; counts how often it is asked."""

    def __init__(self, size: int = 10, status: int = 200) -> None:
        self.calls = 0
        self._size = size
        self._status = status

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.calls += 1
        await send({"type": "http.response.start", "status": self._status, "headers": []})
        await send({"type": "http.response.body", "body": b"x" * self._size})


@pytest.fixture(autouse=True)
def news_of_the_journal() -> None:
    follower.switch_to_pipe()


def ask(cache: AnswerCache, path: str, method: str = "GET", query: bytes = b"") -> bytes:
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
        "headers": [],
    }

    async def receive() -> Any:
        return {"type": "http.request"}

    asyncio.run(cache(scope, receive, send))
    return body


def test_an_answer_is_kept_until_the_journal_moves() -> None:
    app = CountingApp()
    cache = AnswerCache(app)
    for _ in range(3):
        assert ask(cache, f"{API}/search/artifacts") == b"x" * 10
    assert app.calls == 1

    activity.notify_rows(is_mutation=False)
    ask(cache, f"{API}/search/artifacts")
    assert app.calls == 2


def test_an_id_s_answer_is_kept_while_only_new_versions_come() -> None:
    app = CountingApp()
    cache = AnswerCache(app)
    ask(cache, f"{API}/ids/globalIds/1")
    activity.notify_rows(is_mutation=False)
    ask(cache, f"{API}/ids/globalIds/1")
    assert app.calls == 1

    activity.notify_rows(is_mutation=True)
    ask(cache, f"{API}/ids/globalIds/1")
    assert app.calls == 2


@pytest.mark.parametrize(
    ("path", "query"),
    [("ids/globalIds/1/references", b"refType=INBOUND"), ("ids/globalIds/1", b"dereference=true")],
)
def test_what_references_say_is_not_kept_when_new_versions_come(path: str, query: bytes) -> None:
    app = CountingApp()
    cache = AnswerCache(app)
    ask(cache, f"{API}/{path}", query=query)
    activity.notify_rows(is_mutation=False)
    ask(cache, f"{API}/{path}", query=query)
    assert app.calls == 2


def test_an_answer_that_a_commit_overtook_is_not_given_again() -> None:
    class Overtaken(CountingApp):
        async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
            activity.notify_rows(is_mutation=True)
            await super().__call__(scope, receive, send)

    app = Overtaken()
    cache = AnswerCache(app)
    ask(cache, f"{API}/ids/globalIds/1")
    ask(cache, f"{API}/ids/globalIds/1")
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
def test_other_answers_are_not_kept(app: CountingApp, path: str, method: str) -> None:
    cache = AnswerCache(app)
    ask(cache, path, method)
    ask(cache, path, method)

    assert app.calls == 2


def test_queries_have_answers_of_their_own() -> None:
    app = CountingApp()
    cache = AnswerCache(app)
    ask(cache, f"{API}/search/artifacts", query=b"name=a")
    ask(cache, f"{API}/search/artifacts", query=b"name=b")

    assert app.calls == 2


def test_the_least_recently_asked_leave_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(response_cache, "_LARGEST_CACHE", 4 * 1034)
    app = CountingApp()
    cache = AnswerCache(app)
    for number in range(4):
        ask(cache, f"{API}/ids/globalIds/{number}")
    ask(cache, f"{API}/ids/globalIds/0")
    ask(cache, f"{API}/ids/globalIds/4")
    before = app.calls

    ask(cache, f"{API}/ids/globalIds/0")
    assert app.calls == before
    ask(cache, f"{API}/ids/globalIds/1")
    assert app.calls == before + 1
