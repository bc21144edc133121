"""Foreign hosts and foreign origins are refused before anything else looks at a request."""

import asyncio
import json
from typing import Any
from urllib.parse import urlsplit

import pytest
from pytest_django import Settings

from access.origins import OriginMiddleware
from api.response_cache import ResponseCache
from dashboard.live.routing import websocket_application
from tests.own_node import journal

API = "/apis/registry/v2"
HERE = "127.0.0.1:8080"
PUBLIC = urlsplit("https://schemas.example/registry")


@pytest.fixture(autouse=True)
def _settings(settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]", "schemas.example"]
    settings.CORS_ALLOW_ALL_ORIGINS = False
    settings.CORS_ALLOWED_ORIGINS = ("https://app.example",)


async def answer_ok(scope: Any, receive: Any, send: Any) -> None:
    kind = "http.response" if scope["type"] == "http" else "websocket.http.response"
    await send({"type": f"{kind}.start", "status": 200, "headers": []})
    await send({"type": f"{kind}.body", "body": b"{}"})


def ask(
    method: str = "POST",
    path: str = f"{API}/groups",
    app: Any = answer_ok,
    scheme: str = "http",
    **headers: str,
) -> int:
    """Return the status; a method "socket" opens a WebSocket. `_` in a header's name is `-`."""
    status = 0

    async def send(event: Any) -> None:
        nonlocal status
        status = event.get("status", status)

    is_socket = method == "socket"
    scope: dict[str, Any] = {
        "type": "websocket" if is_socket else "http",
        "scheme": scheme,
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "server": ("127.0.0.1", 8080),
        "extensions": {"websocket.http.response": {}},
        "headers": [
            (name.replace("_", "-").encode(), value.encode())
            for name, value in ({"host": HERE} | headers).items()
        ],
    }
    if not is_socket:
        scope["method"] = method
    asyncio.run(OriginMiddleware(app, PUBLIC)(scope, None, send))
    return status


FOREIGN_PAGES = [
    {"origin": "https://evil.example"},
    {"origin": "http://127.0.0.1:9999"},
    {"origin": "http://127.0.0.1"},
    {"origin": "https://127.0.0.1:8080"},
    {"origin": "http://localhost:8080"},
    {"origin": "http://127.0.0.1:8080.evil.example"},
    {"origin": "http://schemas.example"},
    {"origin": "https://schemas.example:8443"},
    {"origin": "null"},
    {"origin": "http://["},
    {"origin": "http://127.0.0.1:port"},
    {"origin": "http://127.0.0.1:8080,https://evil.example"},
    {"sec_fetch_site": "cross-site"},
    # Another port of this host is the same site, and another origin.
    {"sec_fetch_site": "same-site"},
]
OWN_PAGES: list[dict[str, str]] = [
    {},
    {"origin": "http://127.0.0.1:8080"},
    {"origin": "https://schemas.example"},
    {"origin": "https://schemas.example:443"},
    {"sec_fetch_site": "same-origin"},
    {"sec_fetch_site": "none"},
    {"host": "localhost", "origin": "http://localhost"},
    {"host": "[::1]:8080", "origin": "http://[::1]:8080"},
]


@pytest.mark.parametrize("headers", FOREIGN_PAGES)
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", f"{API}/groups/default/artifacts"),
        ("POST", f"{API}/admin/rules"),
        ("PUT", f"{API}/admin/config/properties/x"),
        ("DELETE", f"{API}/groups/g"),
        ("PATCH", f"{API}/groups/g"),
        ("POST", "/apis/ccompat/v7/subjects/x/versions"),
        ("PUT", "/apis/ccompat/v6/config"),
        ("POST", "/apis/annals/v1/verdicts"),
        ("POST", f"/at/x{API}/groups"),
        ("socket", "/ui/ws/journal"),
    ],
)
def test_pages_of_other_origins_may_not_write(
    method: str, path: str, headers: dict[str, str]
) -> None:
    scheme = "ws" if method == "socket" else "http"
    assert ask(method, path, scheme=scheme, **headers) == 403


@pytest.mark.parametrize("headers", OWN_PAGES)
def test_own_pages_and_programs_may(headers: dict[str, str]) -> None:
    assert ask(**headers) == 200
    assert ask("socket", "/ui/ws/state", scheme="ws", **headers) == 200


def test_origins_that_cors_allows_may_use_the_apis_only(settings: Settings) -> None:
    theirs = {"origin": "https://app.example", "sec_fetch_site": "cross-site"}
    assert ask(**theirs) == 200
    assert ask("socket", "/ui/ws/state", **theirs) == 403
    settings.CORS_ALLOW_ALL_ORIGINS = True
    assert ask(origin="https://any.example") == 200
    assert ask(origin="null") == 200
    assert ask("socket", "/ui/ws/state", origin="https://any.example") == 403


@pytest.mark.parametrize("headers", FOREIGN_PAGES)
def test_reads_are_not_refused(headers: dict[str, str]) -> None:
    for method in ("GET", "HEAD", "OPTIONS"):
        assert ask(method, f"{API}/search/artifacts", **headers) == 200
    assert ask("GET", "/ui/home", **headers) == 200


def test_an_error_has_the_form_of_its_api() -> None:
    sent: list[Any] = []

    async def send(event: Any) -> None:
        sent.append(event)

    headers = [(b"host", HERE.encode()), (b"origin", b"https://evil.example")]
    for path in (f"{API}/groups", "/apis/ccompat/v7/subjects/x"):
        scope = {"type": "http", "method": "POST", "path": path, "headers": headers}
        asyncio.run(OriginMiddleware(answer_ok, None)(scope, None, send))
    errors = [json.loads(event["body"]) for event in sent[1::2]]
    assert errors[0].keys() == {"error_code", "message", "detail", "name"}
    assert errors[1].keys() == {"error_code", "message"}
    assert all("'https://evil.example'" in error["message"] for error in errors)


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8080", "127.0.0.1@evil", ",", "a b"]
)
@pytest.mark.parametrize("method", ["GET", "POST", "socket"])
def test_a_foreign_host_is_400_whoever_asks(method: str, host: str) -> None:
    assert ask(method, host=host) == 400
    assert ask(method, host=host, origin=f"http://{host}") == 400


@pytest.mark.parametrize(
    ("version", "headers", "status"),
    [
        ("1.0", [], 200),
        ("1.1", [], 400),
        ("1.0", [(b"host", b"")], 400),
        ("1.1", [(b"host", b"")], 400),
    ],
)
def test_only_older_clients_may_leave_out_the_host(
    version: str, headers: list[tuple[bytes, bytes]], status: int
) -> None:
    sent: list[Any] = []

    async def send(event: Any) -> None:
        sent.append(event)

    scope = {
        "type": "http",
        "method": "GET",
        "path": f"{API}/groups",
        "headers": headers,
        "http_version": version,
        "server": ("127.0.0.1", 8080),
    }
    asyncio.run(OriginMiddleware(answer_ok, None)(scope, None, send))
    assert sent[0]["status"] == status
    assert json.loads(sent[1]["body"]).get("error_code", 200) == status


def test_a_cached_answer_is_not_for_a_foreign_host() -> None:
    journal().outcomes.follower.switch_to_pipe()
    cache = ResponseCache(answer_ok, journal().outcomes)
    path = f"{API}/search/artifacts"
    assert [ask("GET", path, cache, host=host) for host in (HERE, "evil.example", HERE)] == [
        *(200, 400, 200)
    ]


def test_a_socket_at_an_unknown_address_is_404_and_a_log_line(
    caplog: pytest.LogCaptureFixture,
) -> None:
    addresses = ("/ui/ws/nothing", "/", "/ui/ws/journal/x", "/ui/home", f"{API}/groups", "/a\nb")
    for address in addresses:
        assert ask("socket", address, websocket_application) == 404
    assert len(caplog.records) == len(addresses)
    assert all("\n" not in record.getMessage() for record in caplog.records)
    assert not any(record.exc_info for record in caplog.records)
