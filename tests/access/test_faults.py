"""Faults of authentication: none of them grants access."""

import asyncio
import json
import threading
from base64 import b64encode
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from contextvars import copy_context
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from django.contrib.sessions.backends.signed_cookies import SessionStore
from django.db import connections
from pytest_django import Settings

from access.authentication import Authenticator
from access.caller import AccessDenied, Caller, IdentityUnavailable
from access.client_credentials import exchange_credentials
from access.configuration import AccessConfiguration, AuthMethod, RoleSource
from access.configuration import Issuer as Known
from access.errors import AuthenticationFailed, IssuerUnavailable
from access.issuer import IssuerClient
from access.journal_policy import PolicyCache
from access.middleware import AuthenticationMiddleware, caller_from_scope
from access.policy import Level
from access.principals import Principal
from access.sessions import store_principal
from access.users_file import UsersFile, format_user_line
from journal.database.writer import Writer
from journal.wire.messages import Action
from registry.roles import RoleType
from registry.waiting import use_waiter
from tests.databases import pointed_at
from tests.nodes import NodeProcess
from tests.own_node import journal
from tests.publishing import apply_messages, role
from tests.web import http_client

#: A thread that follows the ledger would outlive these tests.
pytestmark = pytest.mark.usefixtures("unfollowed")

ADMIN = Principal("anna", frozenset({RoleType.ADMIN}))
NOWHERE = "http://127.0.0.1:1"


def configure(**more: object) -> AccessConfiguration:
    usual: dict[str, object] = {
        "methods": frozenset({AuthMethod.OIDC}),
        "issuer": Known(url=NOWHERE, audience="annals"),
    }
    return AccessConfiguration(**(usual | more))  # type: ignore[arg-type]


@pytest.fixture
def unfollowed() -> None:
    journal().outcomes.follower.switch_to_pipe()


@pytest.mark.parametrize("source", RoleSource)
def test_access_is_denied_until_the_tables_were_read(
    source: RoleSource, tmp_path: Path, django_db_blocker: Any
) -> None:
    none = pointed_at(f"sqlite://{tmp_path / 'none.sqlite3'}")
    with django_db_blocker.unblock(), none:
        policy = PolicyCache(configure(role_source=source), journal().outcomes).refresh()
    anybody = Caller(policy.with_roles(Principal("bert", frozenset())), policy.switches)
    assert not anybody.may(Level.READ)
    if source is RoleSource.APPLICATION:
        assert not Caller(policy.with_roles(ADMIN), policy.switches).may(Level.READ)


@pytest.mark.usefixtures("sqlite_database")
def test_the_last_policy_counts_while_the_tables_cannot_be_read(
    tmp_path: Path, settings: Settings
) -> None:
    settings.ANNALS_ACCESS = configure()
    now = [0.0]
    policies = PolicyCache(settings.ANNALS_ACCESS, journal().outcomes, clock=lambda: now[0])
    before = policies.refresh()
    now[0] += 3600
    with pointed_at(f"sqlite://{tmp_path / 'none.sqlite3'}"):
        assert policies.refresh() == before


@pytest.mark.usefixtures("sqlite_database")
def test_a_role_that_does_not_exist_allows_nothing_and_harms_nobody(settings: Settings) -> None:
    settings.ANNALS_ACCESS = configure(role_source=RoleSource.APPLICATION)
    apply_messages(role(Action.CREATE, "READ_ONLY"))
    writer = Writer(connections.settings["journal"])
    writer.write(
        "INSERT INTO registry_rolemapping (tenant_id, principal_id, role) VALUES (%s, %s, %s)",
        *("_", "king", "KING"),
    )
    writer.close()

    policy = PolicyCache(settings.ANNALS_ACCESS, journal().outcomes).refresh()

    king, fay = (Principal(name, frozenset()) for name in ("king", "fay"))
    assert not Caller(policy.with_roles(king), policy.switches).may(Level.READ)
    assert Caller(policy.with_roles(fay), policy.switches).may(Level.READ)


def test_the_health_of_a_node_needs_no_identities(settings: Settings) -> None:
    class Broken(Authenticator):
        def cached(self, *_: object, **__: object) -> Principal | None:
            raise RuntimeError

    asked: list[str] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        caller = caller_from_scope(scope)
        caller.require(Level.NONE)
        asked.append(scope["path"])

    configuration = settings.ANNALS_ACCESS = configure()
    middleware = AuthenticationMiddleware(
        app, configuration, Broken(configuration), journal().outcomes
    )
    for path in ("/health/live", "/health/ready"):
        headers = [(b"authorization", b"Bearer x")]
        scope = {"type": "http", "method": "GET", "path": path, "headers": headers}
        asyncio.run(middleware(scope, None, None))
    assert asked == ["/health/live", "/health/ready"]


def test_a_users_file_that_is_missing_or_invalid_changes_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file = tmp_path / "users"
    file.write_text(format_user_line("alice", RoleType.READ_ONLY, "secret"))
    users = UsersFile(file)
    for text in (b"alice ADMIN", b"alice KING x", b"\xff"):
        file.write_bytes(text)
        users.reload_if_changed()
        assert users.find("alice").is_viewer
        assert not users.find("alice").is_admin
    file.unlink()
    users.reload_if_changed()
    assert "alice" in users
    assert "The people stay as they were" in caplog.text


@pytest.mark.parametrize(
    "authorization",
    [
        b"Bearer t\xc3\xb6ken",
        b"Basic " + b64encode(b"no colon"),
        b"Basic " + b64encode(b":no name"),
        b"Basic " + b64encode(b"\xff:x"),
        b"Basic %%%",
        b"Negotiate x",
        b"",
    ],
)
def test_credentials_of_no_known_form_are_rejected(authorization: bytes, tmp_path: Path) -> None:
    file = tmp_path / "users"
    file.write_text(format_user_line("alice", RoleType.READ_ONLY, "secret"))
    methods = frozenset({AuthMethod.OIDC, AuthMethod.BASIC})
    authenticator = Authenticator(configure(methods=methods, users_file=file))
    with pytest.raises(AuthenticationFailed):
        authenticator.authenticate(authorization, allows_clients=False)
    assert authenticator.cached(authorization, allows_clients=False) is None


@pytest.mark.usefixtures("sqlite_database")
def test_a_token_that_cannot_be_checked_grants_nothing(settings: Settings) -> None:
    settings.ANNALS_ACCESS = configuration = configure()
    callers: list[Caller] = []

    async def application(scope: Any, receive: Any, send: Any) -> None:
        callers.append(caller_from_scope(scope))

    authenticator = Authenticator(configuration)
    middleware = AuthenticationMiddleware(
        application, configuration, authenticator, journal().outcomes
    )
    headers = [(b"authorization", b"Bearer e30.e30.e30")]
    scope = {"type": "http", "method": "GET", "path": "/apis/x", "headers": headers}
    asyncio.run(middleware(scope, None, None))
    assert not callers[0].may(Level.READ)
    with pytest.raises((IdentityUnavailable, AccessDenied)):
        callers[0].require(Level.READ)


@pytest.mark.usefixtures("sqlite_database")
def test_a_session_counts_for_reads_and_is_known_as_one(settings: Settings) -> None:
    settings.ANNALS_ACCESS = configuration = configure()
    session: Any = SessionStore()
    store_principal(session, ADMIN, AuthMethod.OIDC)
    session.save()
    cookie = (b"cookie", f"annals_session={session.session_key}".encode())
    token = (b"authorization", b"Bearer e30.e30.e30")
    callers: list[Caller] = []

    async def application(scope: Any, receive: Any, send: Any) -> None:
        callers.append(caller_from_scope(scope))

    middleware = AuthenticationMiddleware(
        application, configuration, Authenticator(configuration), journal().outcomes
    )
    for method, headers in (
        ("GET", [cookie]),
        ("POST", [cookie]),
        ("GET", [cookie, token]),
        ("GET", [token, cookie, token]),
    ):
        scope = {"type": "http", "method": method, "path": "/apis/x", "headers": headers}
        asyncio.run(middleware(scope, None, None))
    assert [caller.name for caller in callers] == ["anna", "", "", ""]
    assert [caller.has_session for caller in callers] == [True, False, False, False]
    with pytest.raises(AccessDenied):
        callers[0].require_no_session()


@contextmanager
def issuer_that_answers(body: bytes, endpoint: str | None = "/token") -> Iterator[str]:
    """The URL of one with this answer to every request for a token."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            url = f"http://127.0.0.1:{server.server_port}"
            document = {"issuer": url}
            if endpoint is not None:
                document["token_endpoint"] = url + endpoint
            self._answer(json.dumps(document).encode())

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self._answer(body)

        def _answer(self, content: bytes) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.parametrize("body", [b"{}", b'{"access_token": 5}', b"[]", b"no JSON"])
def test_a_response_without_a_token_authenticates_nobody(body: bytes) -> None:
    with issuer_that_answers(body) as url, pytest.raises(IssuerUnavailable):
        exchange_credentials(IssuerClient(url), "client", "secret")


def test_an_issuer_without_a_token_endpoint_is_unavailable() -> None:
    with (
        issuer_that_answers(b"{}", endpoint=None) as url,
        pytest.raises(IssuerUnavailable, match="token_endpoint"),
    ):
        exchange_credentials(IssuerClient(url), "client", "secret")


@pytest.mark.kafka
def test_an_invalid_cookie_is_anonymous(guarded: NodeProcess) -> None:
    with http_client(guarded.url) as client:
        answer = client.get("/ui/artifacts", headers={"Cookie": "a@b=1; annals_session=x"})
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/ui/login")


def test_keys_are_fetched_under_their_lock_without_letting_other_requests_in() -> None:
    """One of the same thread that wants the keys, too, would wait for the lock for ever."""

    def refuse(future: Future[Any], seconds: float) -> None:
        raise AssertionError("the thread was given away")

    def ask() -> None:
        use_waiter(refuse)
        with pytest.raises(IssuerUnavailable):
            IssuerClient("http://127.0.0.1:1").keys()

    copy_context().run(ask)
