"""A prefix and TLS at a proxy, pages of other sites, names of requests, compression."""

import gzip
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import websocket

from tests.nodes import NodeProcess, node_process, unused_port
from tests.waiting import DEADLINE
from tests.web import http, http_client

API = "/apis/registry/v2"
ARTIFACTS = f"{API}/groups/default/artifacts"
OURS = {"Host": "schemas.example", "Origin": "https://schemas.example"}

pytestmark = pytest.mark.kafka


@pytest.fixture(scope="module")
def mounted(kafka: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[NodeProcess]:
    """Below https://schemas.example/registry, and open to the pages of https://app.example."""
    home = tmp_path_factory.mktemp("mounted")
    node = node_process(
        home,
        unused_port(),
        KAFKA_BOOTSTRAP_SERVERS=kafka,
        JOURNAL_TOPIC=f"journal-{home.name}-{unused_port()}",
        ANNALS_PUBLIC_URL="https://schemas.example/registry/",
        ANNALS_CORS_ORIGINS="https://app.example",
    )
    try:
        node.start().wait_until_ready()
        yield node
    finally:
        node.stop()


@pytest.fixture
def client(mounted: NodeProcess) -> Iterator[httpx.Client]:
    with http_client(mounted.url, OURS) as made:
        yield made


def test_a_proxy_may_remove_the_prefix_or_not(client: httpx.Client) -> None:
    headers = {"X-Registry-ArtifactId": "a/b"}
    for prefix in ("", "/registry"):
        made = client.post(
            f"{prefix}{ARTIFACTS}?ifExists=RETURN", headers=headers, json={"type": "string"}
        )
        assert made.status_code == 200, made.text
        assert client.get(f"{prefix}{ARTIFACTS}/a%2Fb").status_code == 200
        assert client.get(f"{prefix}/health/live").status_code == 200
        page = client.get(f"{prefix}/ui/artifacts")
        links = set(re.findall(r'(?:href|src|action)="(/[^"]*)"', page.text))
        assert links
        assert all(each.startswith("/registry/") for each in links), links
        # Where a form is sent to, there may be nothing to look at; it is there all the same.
        sent = set(re.findall(r'(?:method="post" |form)action="(/[^"]*)"', page.text))
        for each in links:
            known = {200, 405} if each in sent else {200}
            assert client.get(each).status_code in known, each
            assert client.get(each.removeprefix("/registry")).status_code in known, each
        assert 'data-home="/registry"' in page.text
    assert client.get("/registry").headers["Location"] == "/registry/ui/home"
    assert client.get("/registryx/ui/artifacts").status_code == 404


def test_links_of_every_page_have_the_prefix(client: httpx.Client) -> None:
    client.post(ARTIFACTS, headers={"X-Registry-ArtifactId": "x"}, json={"type": "string"})
    for path in (
        "/ui/artifacts/default/x/versions/latest",
        "/ui/upload",
        "/ui/journal",
        "/ui/journal/0/0",
        "/ui/tables",
        "/ui/health",
        "/ui/snapshots",
        "/ui/health/foresee",
        "/ui/health/mend/reset",
        "/ui/health/mend/settings",
        "/ui/nothing",
    ):
        page = client.get(f"/registry{path}")
        links = re.findall(r'(?:href|src|action)="(/[^"]*)"', page.text)
        wrong = [each for each in links if not each.startswith("/registry/")]
        assert not wrong, (path, wrong)
    link = client.get(f"{API}/admin/export?forBrowser=true").json()["href"]
    assert link.startswith(f"/registry{API}/downloads/")
    assert client.get(link).content.startswith(b"PK")


def test_forms_are_sent_from_the_public_address(client: httpx.Client) -> None:
    page = client.get("/registry/ui/upload")
    cookie = page.headers["Set-Cookie"]
    assert "Secure" in cookie
    assert "Path=/registry/" in cookie
    form = {"csrfmiddlewaretoken": found(page, "csrfmiddlewaretoken"), "text": '"string"'}
    cookies = {"Cookie": cookie.partition(";")[0]}
    sent = client.post("/registry/ui/upload", data={**form, "id": "sent"}, headers=cookies)
    assert sent.status_code == 302, sent.text
    assert sent.headers["Location"].startswith("/registry/ui/artifacts/default/sent/")
    other = client.post(
        "/registry/ui/upload", data=form, headers={**cookies, "Origin": "https://evil.example"}
    )
    assert other.status_code == 403


def found(page: httpx.Response, name: str) -> str:
    match = re.search(f'name="{name}" value="([^"]+)"', page.text)
    assert match is not None
    return match[1]


def test_sockets_below_the_prefix(mounted: NodeProcess) -> None:
    address = mounted.url.replace("http", "ws", 1) + "/registry/ui/ws/state"
    options: dict[str, Any] = {
        "host": "schemas.example",
        "origin": "https://schemas.example",
        "timeout": DEADLINE,
    }
    connection = websocket.create_connection(address, **options)
    assert "In step" in connection.recv()
    connection.close()
    for origin in ("https://evil.example", "https://schemas.example:8443", "https://127.0.0.1"):
        with pytest.raises(websocket.WebSocketBadStatusException) as refused:
            websocket.create_connection(address, **{**options, "origin": origin})
        assert refused.value.status_code == 403
    with pytest.raises(websocket.WebSocketBadStatusException) as unknown:
        websocket.create_connection(address.replace("state", "states"), **options)
    assert unknown.value.status_code == 404


def test_pages_of_another_site_may_use_the_apis(client: httpx.Client) -> None:
    theirs = {"Origin": "https://app.example"}
    asked = client.options(
        ARTIFACTS,
        headers={
            **theirs,
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "authorization,x-registry-artifactid",
        },
    )
    assert asked.headers["Access-Control-Allow-Origin"] == "https://app.example"
    assert "x-registry-artifactid" in asked.headers["Access-Control-Allow-Headers"]
    assert "Access-Control-Allow-Credentials" not in asked.headers
    address = f"{API}/search/artifacts"
    for _ in range(2):
        read = client.get(address, headers=theirs)
        assert read.headers["Access-Control-Allow-Origin"] == "https://app.example"
        known = client.get(address, headers={**theirs, "If-None-Match": read.headers["ETag"]})
        assert known.status_code == 304
        assert known.headers["Access-Control-Allow-Origin"] == "https://app.example"
        strangers = client.get(address, headers={"Origin": "https://evil.example"})
        assert "Access-Control-Allow-Origin" not in strangers.headers
    page = client.get("/ui/artifacts", headers=theirs)
    assert "Access-Control-Allow-Origin" not in page.headers


def test_pages_of_no_listed_site_may_not_write(client: httpx.Client) -> None:
    form = {"Content-Type": "text/plain", "Origin": "https://evil.example"}
    for address, body in (
        (ARTIFACTS, '"string"'),
        (f"{API}/admin/rules", '{"type":"VALIDITY","config":"FULL"}'),
        (f"{API}/admin/roleMappings", '{"principalId":"eve","role":"ADMIN"}'),
        ("/apis/ccompat/v7/subjects/x/versions", '{"schema":"\\"string\\""}'),
    ):
        refused = client.post(address, content=body, headers=form)
        assert refused.status_code == 403, refused.text
        assert "ANNALS_CORS_ORIGINS" in refused.json()["message"]
    assert client.get(f"{API}/admin/rules").json() == []
    theirs = {"Origin": "https://app.example", "X-Registry-ArtifactId": "theirs"}
    assert client.post(ARTIFACTS, content='"string"', headers=theirs).status_code == 200
    image = {"Origin": "", "Sec-Fetch-Site": "cross-site"}
    export = f"{API}/admin/export?forBrowser=true"
    assert client.get(export, headers=image).status_code == 403
    assert client.get(export, headers={"Origin": "https://app.example"}).status_code == 200


def test_a_foreign_host_gets_nothing_that_was_read_before(client: httpx.Client) -> None:
    for address in (f"{API}/search/artifacts", "/static/css/app.css", "/health/live"):
        assert client.get(address).status_code == 200
        assert client.get(address, headers={"Host": "evil.example"}).status_code == 400


def test_every_response_has_a_request_id(client: httpx.Client) -> None:
    named = {"X-Request-Id": "from-the-proxy:7"}
    for path in (f"{API}/system/info", f"{API}/nothing", "/ui/artifacts", "/static/css/app.css"):
        assert client.get(path, headers=named).headers["X-Request-Id"] == "from-the-proxy:7"
        made = client.get(path).headers["X-Request-Id"]
        assert re.fullmatch("[0-9a-f]{16}", made)
        assert client.get(path).headers["X-Request-Id"] != made
    for wrong in ("a b", "x" * 65, 'x"'):
        answer = client.get(f"{API}/system/info", headers={"X-Request-Id": wrong})
        assert answer.headers["X-Request-Id"] != wrong
    refused = client.get("/ui/artifacts/default/missing/versions/1", headers=named)
    assert "id: from-the-proxy:7" in refused.text


def test_large_responses_are_compressed_for_clients_that_accept_it(client: httpx.Client) -> None:
    large = {"type": "record", "name": "Large", "doc": "word " * 1000, "fields": []}
    client.post(ARTIFACTS, headers={"X-Registry-ArtifactId": "large"}, json=large)
    client.post(ARTIFACTS, headers={"X-Registry-ArtifactId": "small"}, json={"type": "string"})
    for _ in range(2):
        packed = client.get(f"{ARTIFACTS}/large", headers={"Accept-Encoding": "gzip"})
        assert packed.headers["Content-Encoding"] == "gzip"
        assert int(packed.headers["Content-Length"]) < 1000
        assert packed.json() == large
        known = client.get(
            f"{ARTIFACTS}/large",
            headers={"Accept-Encoding": "gzip", "If-None-Match": packed.headers["ETag"]},
        )
        assert known.status_code == 304
        plain = client.get(f"{ARTIFACTS}/large", headers={"Accept-Encoding": "identity"})
        assert "Content-Encoding" not in plain.headers
        assert plain.json() == large
        assert "Accept-Encoding" in plain.headers["Vary"]
        small = client.get(f"{ARTIFACTS}/small", headers={"Accept-Encoding": "gzip"})
        assert "Content-Encoding" not in small.headers
    export = client.get(f"{API}/admin/export", headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in export.headers
    assert gzip.compress(b"")[:2] != export.content[:2] == b"PK"


def test_a_node_below_the_root_is_where_it_was(tmp_path: Path, live_node: NodeProcess) -> None:
    page = http.get(f"{live_node.url}/ui/artifacts")
    assert 'data-home=""' in page.text
    assert 'href="/ui/journal"' in page.text
