"""Faults around who somebody is: none of them lets anybody in."""

import asyncio
import json
import threading
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from access.authentication import Credentials
from access.caller import AccessRefused, Asking, WhoIsUnclear
from access.client_credentials import token_for
from access.configuration import Configuration, RoleSource, Way
from access.configuration import Issuer as Known
from access.errors import CannotAsk, NotProven
from access.issuer import IssuerFacts
from access.journal_policy import Standings
from access.middleware import Identified, asking_of
from access.policy import Level
from access.principals import Principal
from access.users_file import Users, user_line
from journal.outcomes import follower
from registry.roles import RoleType
from tests.databases import pointed_at
from tests.nodes import NodeProcess
from tests.web import http_client

#: Nobody follows the ledger in these tests, which would go on after them.
pytestmark = pytest.mark.usefixtures("unfollowed")

ADMIN = Principal("anna", frozenset({RoleType.ADMIN}))
NOWHERE = "http://127.0.0.1:1"


def configured(**more: object) -> Configuration:
    usual: dict[str, object] = {
        "ways": frozenset({Way.OIDC}),
        "issuer": Known(url=NOWHERE, audience="annals"),
    }
    return Configuration(**(usual | more))  # type: ignore[arg-type]


@pytest.fixture
def unfollowed() -> None:
    follower.worker_reports()


@pytest.mark.parametrize("source", RoleSource)
def test_nobody_gets_in_while_the_tables_were_never_read(
    source: RoleSource, tmp_path: Path, django_db_blocker: Any
) -> None:
    none = pointed_at(f"sqlite://{tmp_path / 'none.sqlite3'}")
    with django_db_blocker.unblock(), none:
        policy = Standings(configured(role_source=source)).look()
    anybody = Asking(policy.with_roles(Principal("bert", frozenset())), policy.switches)
    assert not anybody.may(Level.READ)
    if source is RoleSource.APPLICATION:
        assert not Asking(policy.with_roles(ADMIN), policy.switches).may(Level.READ)


@pytest.mark.usefixtures("sqlite_database")
def test_what_was_read_last_counts_while_the_tables_cannot_be_read(
    tmp_path: Path, settings: Settings
) -> None:
    settings.ANNALS_ACCESS = configured()
    now = [0.0]
    policies = Standings(settings.ANNALS_ACCESS, clock=lambda: now[0])
    before = policies.look()
    now[0] += 3600
    with pointed_at(f"sqlite://{tmp_path / 'none.sqlite3'}"):
        assert policies.look() == before


def test_a_users_file_that_is_gone_or_wrong_changes_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file = tmp_path / "users"
    file.write_text(user_line("alice", RoleType.READ_ONLY, "secret"))
    users = Users(file)
    for text in (b"alice ADMIN", b"alice KING x", b"\xff"):
        file.write_bytes(text)
        users.look()
        assert users.present("alice").is_viewer
        assert not users.present("alice").is_admin
    file.unlink()
    users.look()
    assert users.has("alice")
    assert "The people stay as they were" in caplog.text


@pytest.mark.parametrize(
    "shown",
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
def test_credentials_of_no_known_form_prove_nothing(shown: bytes, tmp_path: Path) -> None:
    file = tmp_path / "users"
    file.write_text(user_line("alice", RoleType.READ_ONLY, "secret"))
    ways = frozenset({Way.OIDC, Way.BASIC})
    credentials = Credentials(configured(ways=ways, users_file=file))
    with pytest.raises(NotProven):
        credentials.principal(shown, is_basic_client=False)
    assert credentials.remembered(shown, is_basic_client=False) is None


@pytest.mark.usefixtures("sqlite_database")
def test_a_token_that_cannot_be_checked_opens_nothing(settings: Settings) -> None:
    settings.ANNALS_ACCESS = configuration = configured()
    found: list[Asking] = []

    async def application(scope: Any, receive: Any, send: Any) -> None:
        found.append(asking_of(scope))

    identified = Identified(application, configuration, Credentials(configuration))
    headers = [(b"authorization", b"Bearer e30.e30.e30")]
    scope = {"type": "http", "method": "GET", "path": "/apis/x", "headers": headers}
    asyncio.run(identified(scope, None, None))
    assert not found[0].may(Level.READ)
    with pytest.raises((WhoIsUnclear, AccessRefused)):
        found[0].require(Level.READ)


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
def test_an_answer_without_a_token_proves_nothing(body: bytes) -> None:
    with issuer_that_answers(body) as url, pytest.raises(CannotAsk):
        token_for(IssuerFacts(url), "client", "secret")


def test_an_issuer_without_an_endpoint_for_tokens_proves_nothing() -> None:
    with (
        issuer_that_answers(b"{}", endpoint=None) as url,
        pytest.raises(CannotAsk, match="token_endpoint"),
    ):
        token_for(IssuerFacts(url), "client", "secret")


@pytest.mark.kafka
def test_a_cookie_that_cannot_be_read_is_nobodys(guarded: NodeProcess) -> None:
    with http_client(guarded.url) as client:
        answer = client.get("/ui/artifacts", headers={"Cookie": "a@b=1; annals_session=x"})
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/ui/login")
