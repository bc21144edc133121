"""Exports: the zip, and the link that a browser follows once."""

import io
import json
import time
import zipfile
from typing import Any

import pytest

from access.caller import Caller
from access.policy import Switches
from access.principals import Principal
from journal.models import ContentView, LedgerRow
from journal.wire.codec import decode
from journal.wire.messages import (
    Action,
    ConfigPropertyKey,
    ConfigPropertyValue,
    DownloadContext,
    DownloadKey,
    DownloadValue,
    Message,
)
from registry import queries
from registry.models import DEFAULT_TENANT
from registry.queries import exports
from registry.roles import RoleType
from tests.journals import DATA, apply_to_database, read_journal
from tests.own_node import Client, journal, publisher, scope

V2 = "/apis/registry/v2"
RECORDED = next(
    json.loads(line)
    for line in (DATA / "exchanges" / "reads-2.6.13.jsonl").read_text().splitlines()
    if "forBrowser" in line
)


def make_artifact() -> None:
    made = Client().post(
        f"{V2}/groups/shop/artifacts",
        b'{"type":"record","name":"Orders","fields":[]}',
        content_type="application/json",
        headers={"X-Registry-ArtifactId": "orders"},
    )
    assert made.status_code == 200, made.content


def offer_export() -> dict[str, str]:
    answer = Client().get(f"{V2}/admin/export?forBrowser=true")
    assert answer.status_code == 200, answer.content
    link: dict[str, str] = answer.json()
    return link


def paths(body: bytes) -> list[str]:
    return zipfile.ZipFile(io.BytesIO(body)).namelist()


def last_message() -> Message:
    row = LedgerRow.objects.latest("id")
    result = journal().records.read(row.partition, row.offset)
    assert result is not None
    return decode(result.key, result.value)


@pytest.mark.kafka
@pytest.mark.usefixtures("node")
def test_a_link_is_offered_as_a_java_node_offers_it() -> None:
    before = time.time_ns() // 1_000_000
    link = offer_export()
    recorded_link = json.loads(RECORDED["answer"])
    assert link.keys() == recorded_link.keys()
    assert link["href"] == recorded_link["href"].replace(
        recorded_link["downloadId"], link["downloadId"]
    )
    message: Any = last_message()
    assert message.key == DownloadKey(DEFAULT_TENANT, link["downloadId"])
    assert (message.value.action, message.value.context.type) == (Action.CREATE, "EXPORT")
    assert before + 30_000 <= message.value.context.expires <= time.time_ns() / 1_000_000 + 30_000


@pytest.mark.kafka
@pytest.mark.usefixtures("node")
def test_a_link_gives_the_export_once() -> None:
    make_artifact()
    href = offer_export()["href"]

    answer = Client().get(f"{href}/all-schemas.zip")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/zip")
    assert "groups/shop/artifacts/orders/versions/1.ArtifactVersion.json" in paths(
        answer.getvalue()
    )

    again = Client().get(href)
    assert (again.status_code, again.json()["name"]) == (404, "DownloadNotFoundException")


@pytest.mark.kafka
@pytest.mark.usefixtures("node")
def test_links_of_other_kinds_and_expired_ones_are_not_found() -> None:
    elsewhere = DownloadContext("CONTENT_BY_GLOBAL_ID", time.time_ns() // 1_000_000 + 60_000, 1)
    ttl = ConfigPropertyKey(DEFAULT_TENANT, queries.DOWNLOAD_TTL)
    publisher().publish_all([
        Message(DownloadKey(DEFAULT_TENANT, "other"), DownloadValue(Action.CREATE, elsewhere)),
        Message(ttl, ConfigPropertyValue(Action.UPDATE, "0")),
    ])
    expired = offer_export()["downloadId"]

    assert [
        Client().get(f"{V2}/downloads/{item}").status_code for item in ("other", expired, "never")
    ] == [404, 404, 404]


@pytest.mark.kafka
@pytest.mark.usefixtures("node")
def test_a_head_request_publishes_nothing() -> None:
    href = offer_export()["href"]
    before = LedgerRow.objects.count()

    for path in (f"{V2}/admin/export?forBrowser=true", href):
        assert Client().head(path).status_code == 405
    assert LedgerRow.objects.count() == before


ADMIN = Principal("anna", frozenset({RoleType.ADMIN}))
ACCESS_IS_ON = Switches(authentication=True, role_based_authorization=True)


@pytest.mark.parametrize(
    ("seen", "status"),
    [
        ({"annals.caller": Caller(ADMIN, ACCESS_IS_ON, has_session=True)}, 401),
        ({"annals.is_foreign": True}, 403),
    ],
)
@pytest.mark.usefixtures("sqlite_database")
def test_no_link_is_made_for_a_session_alone_or_for_a_page_of_another_site(
    monkeypatch: pytest.MonkeyPatch, seen: dict[str, object], status: int
) -> None:
    monkeypatch.setattr("tests.own_node.scope", lambda: {**scope(), **seen})
    assert Client().get(f"{V2}/admin/export?forBrowser=true").status_code == status
    assert Client().get(f"{V2}/admin/export").status_code == 200


@pytest.mark.usefixtures("each_database")
def test_an_export_shows_one_state_of_the_tables() -> None:
    journal = read_journal(DATA / "journals" / "2.6.13.jsonl")
    apply_to_database(journal[:60], view=ContentView.LAST_WINS)
    with queries.repeatable_read():
        before = dict(queries.export_entries())
        apply_to_database(journal[60:], view=ContentView.LAST_WINS)
        assert dict(queries.export_entries()) == before
    assert dict(queries.export_entries()) != before


@pytest.mark.usefixtures("sqlite_database")
def test_a_long_export_is_read_in_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    apply_to_database(read_journal(DATA / "journals" / "2.6.13.jsonl"), view=ContentView.LAST_WINS)
    whole = list(queries.export_entries())
    for size in (1, 2, 3):
        monkeypatch.setattr(exports, "_ROWS_PER_PAGE", size)
        monkeypatch.setattr(exports, "_CONTENTS_PER_PAGE", size)
        assert list(queries.export_entries()) == whole
