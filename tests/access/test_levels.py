"""Each operation, page and socket, tried by each role on a real node."""

import re
from pathlib import Path

import httpx
import pytest
import websocket

from access.policy import Level
from tests.access.operations import Operation, all_operations, of_apis, of_pages, of_sockets
from tests.issuer import Issuer
from tests.nodes import NodeProcess
from tests.waiting import DEADLINE, until
from tests.web import http_client

ROLES = {"sr-readonly": Level.READ, "sr-developer": Level.WRITE, "sr-admin": Level.ADMIN}
DOCUMENT = Path(__file__).parent.parent.parent / "docs" / "access.md"
ROW = re.compile(r"^\| (\w+) \| `([^`]+)` \| (\w+) \|$", re.MULTILINE)

pytestmark = pytest.mark.kafka


def test_the_document_lists_all_addresses_with_their_levels() -> None:
    documented = {
        (template, method, needs) for method, template, needs in ROW.findall(DOCUMENT.read_text())
    }
    served = {
        (each.template, each.method, each.level.name if each.level else "nothing")
        for each in all_operations()
    }
    assert documented == served


@pytest.mark.parametrize("role", ROLES)
def test_roles_allow_their_operations_over_rest(
    guarded: NodeProcess, kept_issuer: Issuer, role: str
) -> None:
    headers = kept_issuer.bearer("somebody", role)
    with http_client(guarded.url, headers) as client:
        for each in of_apis():
            answer = client.request(each.method, each.path)
            if each.level <= ROLES[role]:
                assert answer.status_code not in {401, 403}, (each, answer.text)
            else:
                assert answer.status_code == 403, each
                assert_form(answer, each, "ForbiddenException")


@pytest.mark.parametrize("shown", ["", "expired", "Basic YTpi"])
def test_without_credentials_rest_is_closed(
    guarded: NodeProcess, kept_issuer: Issuer, shown: str
) -> None:
    headers = {"Authorization": shown} if shown else {}
    if shown == "expired":
        headers = kept_issuer.bearer("somebody", "sr-admin", exp=1)
    with http_client(guarded.url, headers) as client:
        for each in of_apis():
            answer = client.request(each.method, each.path)
            if each.level is Level.NONE:
                assert answer.status_code not in {401, 403}, (each, answer.text)
                continue
            assert answer.status_code == 401, each
            assert answer.headers["WWW-Authenticate"] == 'Bearer realm="Annals"'
            assert_form(answer, each, "UnauthorizedException")


def assert_form(answer: httpx.Response, operation: Operation, name: str) -> None:
    """Each API's own form of an error."""
    error = answer.json()
    assert error["error_code"] == answer.status_code
    if "/ccompat/" in operation.template:
        assert error.keys() == {"error_code", "message"}
    else:
        assert error["name"] == name


@pytest.mark.parametrize("role", ["", *ROLES])
def test_roles_allow_their_pages(guarded: NodeProcess, kept_issuer: Issuer, role: str) -> None:
    headers = kept_issuer.bearer("somebody", role) if role else {}
    level = ROLES.get(role, Level.NONE)
    with http_client(guarded.url, headers) as client:
        for each in of_pages():
            answer = client.get(each.path)
            is_refused = answer.status_code in {401, 403} or is_sent_to_login(answer)
            assert is_refused == (each.level > level), (each, answer.status_code)
            assert is_sent_to_login(answer) == (is_refused and not role), each


def is_sent_to_login(answer: httpx.Response) -> bool:
    return str(answer.headers.get("Location", "")).startswith("/ui/login?next=")


@pytest.mark.parametrize("role", ["", *ROLES])
def test_roles_allow_their_sockets(guarded: NodeProcess, kept_issuer: Issuer, role: str) -> None:
    headers = kept_issuer.bearer("somebody", role) if role else {}
    for each in of_sockets():
        address = guarded.url.replace("http", "ws", 1) + each.path
        if each.level <= ROLES.get(role, Level.NONE):
            connection = websocket.create_connection(address, header=headers, timeout=DEADLINE)
            connection.close()
            continue
        with pytest.raises(websocket.WebSocketBadStatusException) as refused:
            websocket.create_connection(address, header=headers, timeout=DEADLINE)
        assert refused.value.status_code == 403


def test_a_snapshot_is_for_administrators_alone(guarded: NodeProcess, kept_issuer: Issuer) -> None:
    admin = kept_issuer.bearer("anna", "sr-admin")
    with http_client(guarded.url) as client:
        below = f"/at/{take_snapshot(client, admin)}"
        for path in ("/ui/artifacts", "/ui/health", "/apis/registry/v2/search/artifacts"):
            assert client.get(below + path, headers=admin).status_code == 200
            developer = kept_issuer.bearer("dora", "sr-developer")
            assert client.get(below + path, headers=developer).status_code == 403


def take_snapshot(client: httpx.Client, headers: dict[str, str]) -> str:
    """The id of one of the journal's beginning."""
    client.post("/apis/registry/v2/groups/default/artifacts", headers=headers, json="string")
    client.get("/ui/snapshots", headers=headers)
    form = {"csrfmiddlewaretoken": client.cookies["csrftoken"], "at": "1"}
    made = client.post("/ui/snapshots/moment", data=form, headers=headers)
    assert made.status_code == 302, made.text

    def found() -> re.Match[str] | None:
        page = client.get("/ui/snapshots", headers=headers)
        return re.search(r'href="/at/([^/"]+)/ui/artifacts"', page.text)

    snapshot = until(found)
    assert snapshot is not None
    return snapshot[1]
