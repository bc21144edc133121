"""Cache headers, and 304 for what has not changed; with and without the response cache."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.journals import DATA, apply_to_database, read_journal
from tests.nodes import NodeProcess
from tests.own_node import Client
from tests.web import http_client

V2 = "/apis/registry/v2"
USER1 = f"{V2}/groups/g1/artifacts/user1"
HASH = "145c9da03f2789f95057eafbe0762594a0b2b82b0aa11ba0214663bac044ec66"
BY_ID = [f"{V2}/ids/globalIds/2", f"{V2}/ids/contentIds/2", f"{V2}/ids/contentHashes/{HASH}"]
CHANGING = [USER1, f"{USER1}/meta", f"{USER1}/versions", f"{V2}/search/artifacts", f"{V2}/groups"]


@pytest.fixture
def tables(sqlite_database: str) -> None:
    apply_to_database(read_journal(DATA / "journals" / "2.6.13.jsonl")[:115])


@pytest.mark.usefixtures("tables")
@pytest.mark.parametrize("path", BY_ID)
def test_the_content_of_an_id_is_immutable(path: str) -> None:
    answer = Client().get(path)
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    check_unchanged(lambda etag: Client().get(path, headers={"If-None-Match": etag}), answer)


@pytest.mark.usefixtures("tables")
@pytest.mark.parametrize("path", CHANGING)
def test_what_may_change_is_revalidated_each_time(path: str) -> None:
    answer = Client().get(path)
    assert answer.headers["Cache-Control"] == "no-cache"
    check_unchanged(lambda etag: Client().get(path, headers={"If-None-Match": etag}), answer)


def check_unchanged(again: Callable[[str], Any], answer: Any) -> None:
    etag = answer.headers["ETag"]
    assert etag.startswith('"'), "it is strong"
    for known in (etag, f'"other", {etag}', "*"):
        unchanged = again(known)
        assert (unchanged.status_code, unchanged.content) == (304, b"")
        assert unchanged.headers["ETag"] == etag
        assert unchanged.headers["Cache-Control"] == answer.headers["Cache-Control"]
    assert again('"other"').content == answer.content


@pytest.mark.usefixtures("tables")
def test_errors_and_writes_are_not_cached() -> None:
    for answer in (Client().get(f"{V2}/ids/globalIds/999"), Client().put(f"{USER1}/state", b"{}")):
        assert answer.status_code in {400, 404}
        assert "no-store" in answer.headers["Cache-Control"]
        assert "ETag" not in answer.headers


@pytest.mark.kafka
def test_cached_responses_are_304_until_they_change(live_node: NodeProcess) -> None:
    artifacts = f"{V2}/groups/shop/artifacts"
    with http_client(live_node.url) as client:
        made = client.post(
            artifacts, content=b'{"type":"string"}', headers={"X-Registry-ArtifactId": "orders"}
        )
        for path in (f"{artifacts}/orders", f"{V2}/ids/globalIds/{made.json()['globalId']}"):
            first = client.get(path)
            assert client.get(path).headers["ETag"] == first.headers["ETag"]
            again = [
                client.get(path, headers={"If-None-Match": first.headers["ETag"]}) for _ in range(2)
            ]
            assert [each.status_code for each in again] == [304, 304]
        etag = client.get(f"{artifacts}/orders").headers["ETag"]
        client.put(f"{artifacts}/orders", content=b'{"type":"bytes"}')
        changed = client.get(f"{artifacts}/orders", headers={"If-None-Match": etag})
        assert (changed.status_code, changed.content) == (200, b'{"type":"bytes"}')
