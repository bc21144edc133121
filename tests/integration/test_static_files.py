"""The pages' own files as the node serves them: compressed, and asked for again in vain."""

import gzip

import pytest
from django.contrib.staticfiles import finders

from tests.own_node import Client

STYLES = "/static/css/app.css"


def plain() -> bytes:
    found = finders.find("css/app.css")
    assert isinstance(found, str)
    with open(found, "rb") as file:
        return file.read()


@pytest.fixture
def client() -> Client:
    return Client()


def test_a_file_is_compressed_for_who_takes_that(client: Client) -> None:
    small = client.get(STYLES, headers={"Accept-Encoding": "br, gzip"})
    assert small.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(small.content) == plain()
    assert int(small.headers["Content-Length"]) == len(small.content) < len(plain()) / 3
    whole = client.get(STYLES)
    assert "Content-Encoding" not in whole.headers
    assert whole.getvalue() == plain()
    for answer in (small, whole):
        assert answer.headers["Vary"] == "Accept-Encoding"
        assert answer.headers["Content-Type"] == 'text/css; charset="utf-8"'


def test_a_file_that_is_known_is_not_sent_again(client: Client) -> None:
    etag = client.get(STYLES, headers={"Accept-Encoding": "gzip"}).headers["ETag"]
    again = client.get(STYLES, headers={"Accept-Encoding": "gzip", "If-None-Match": etag})
    assert again.status_code == 304


def test_only_its_headers_are_given_to_who_asks_for_those(client: Client) -> None:
    told = client.head(STYLES, headers={"Accept-Encoding": "gzip"})
    assert told.content == b""
    assert int(told.headers["Content-Length"]) > 0
    assert client.post(STYLES).status_code == 405
