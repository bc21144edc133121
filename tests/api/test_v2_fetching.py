"""Contents named by a URL: from allowed hosts only, wherever a redirect leads, and bounded."""

import hashlib
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.conf import settings

from journal.remote import contents
from tests.own_node import Client

G1 = "/apis/registry/v2/groups/g1/artifacts"
AVRO = b'{"type":"record","name":"Fetched","fields":[]}'


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path == "/schema":
            self.answer(200, AVRO)
        elif self.path == "/long":
            self.answer(200, b"x" * 2000)
        elif self.path == "/moved":
            self.answer(302, b"", Location="/schema")
        elif self.path == "/elsewhere":
            self.answer(302, b"", Location="http://localhost:1/secret")
        elif self.path == "/to-a-file":
            self.answer(302, b"", Location="file:///etc/passwd")
        else:
            self.answer(404, b"no")

    def answer(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture
def host(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    name = f"127.0.0.1:{server.server_address[1]}"
    monkeypatch.setattr(settings, "ANNALS_FETCH_HOSTS", frozenset({name}))
    yield name
    server.shutdown()
    server.server_close()


def create(url: str, **headers: str) -> Any:
    return Client().post(
        G1,
        json.dumps({"content": url, "references": []}),
        content_type="application/create.extended+json",
        headers={"X-Registry-ArtifactId": "fetched", **headers},
    )


@pytest.mark.kafka
@pytest.mark.usefixtures("node")
@pytest.mark.parametrize("path", ["schema", "moved"])
def test_a_content_is_fetched_and_its_hash_checked(path: str, host: str) -> None:
    wrong = create(f"http://{host}/{path}", **{"X-Registry-Content-Hash": "00"})
    assert (wrong.status_code, "Hash doesn't match" in wrong.json()["message"]) == (400, True)

    right = hashlib.sha256(AVRO).hexdigest()
    made = create(f"http://{host}/{path}", **{"X-Registry-Content-Hash": right})
    assert (made.status_code, made.json()["type"]) == (200, "AVRO")
    assert Client().get(f"{G1}/fetched").content == AVRO


@pytest.mark.usefixtures("sqlite_database")
@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("missing", 400, "404"),
        ("elsewhere", 400, "a URL of localhost:1"),
        ("to-a-file", 400, "file"),
        ("long", 413, "1500 bytes"),
    ],
)
def test_a_content_that_is_not_fetched_is_an_error(
    path: str, status: int, words: str, host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "ANNALS_LIMIT_CONTENT_BYTES", 1500)
    answer = create(f"http://{host}/{path}")
    assert answer.status_code == status, answer.content
    assert words in answer.json()["message"]


@pytest.mark.usefixtures("sqlite_database")
def test_a_user_name_does_not_pass_for_a_host(host: str) -> None:
    answer = create(f"http://{host}@localhost:1/schema")
    assert (answer.status_code, "localhost:1" in answer.json()["message"]) == (400, True)


@pytest.mark.usefixtures("sqlite_database")
def test_fetches_beyond_the_limit_are_told_to_try_again(
    host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(contents, "_places", lambda: threading.Semaphore(0))
    answer = create(f"http://{host}/schema")
    assert (answer.status_code, "Try again" in answer.json()["message"]) == (503, True)
