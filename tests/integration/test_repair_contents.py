"""A missing content: recovered, verified, and published with the artifacts that needed it."""

import hashlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import ClassVar

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError
from pytest_django import Settings

from journal.dumps.writing import json_line
from journal.models import LedgerRow
from journal.repair.content_sources import (
    load_recovered,
    recover_from_dump,
    recover_from_file,
    recover_from_node,
)
from journal.repair.execution import execute
from journal.repair.missing_contents import (
    candidate_ids,
    get_missing_content,
    missing_contents,
    plan_content_restore,
)
from journal.repair.plan import RepairImpossible
from journal.wire.dialects import Dialect
from journal.wire.messages import Action, ContentKey, ContentValue, Message
from node.config.home import Home
from registry.queries import content_by_global_id, version_meta_by_global_id
from tests.integration.test_repair_sequences import codes, post_confirmed, result_of
from tests.journals import DATA, load_messages, load_to_topic, read_journal
from tests.kafka_fixture import new_topic
from tests.nodes import NodeProcess, node_running, serving
from tests.own_node import Client, journal
from tests.tools import call
from tests.waiting import until

pytestmark = pytest.mark.kafka

WHOLE = read_journal(DATA / "journals" / "bug-before.jsonl")
HASH = "edc351831a60539d904157020074ef1043868247fb8641e5cf4356407245dd32"
#: The content record of id 2; the artifact that names it is the record after the next.
LOST_OFFSET = 6
PAGE = f"/ui/health/mend/content/{HASH}"


def missing_bytes() -> bytes:
    value = WHOLE[LOST_OFFSET].value
    assert value is not None
    return value[value.index(b"{") :]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, settings: Settings) -> Home:
    settings.ANNALS_HOME = Home(tmp_path / "home")
    settings.JOURNAL_RESPONSE_TIMEOUT = 10
    return Home(tmp_path / "home")


@pytest.fixture
def dump(tmp_path: Path) -> Path:
    """Return a dump of the topic when it was complete."""
    file = tmp_path / "whole.jsonl"
    file.write_bytes(b"".join(json_line("old", record) for record in WHOLE))
    return file


@pytest.fixture
def damaged(kafka: str, topic: str, each_database: str) -> Iterator[str]:
    """Run a node on the journal without the record of content 2, and return the topic."""
    load_to_topic(kafka, topic, [record for record in WHOLE if record.offset != LOST_OFFSET])
    with node_running(kafka, topic):
        until(lambda: "J04" in codes())
        yield topic


def assert_restored() -> None:
    content = content_by_global_id(2)
    assert hashlib.sha256(content.content).hexdigest() == HASH
    assert version_meta_by_global_id(2).name == "User2"
    assert missing_contents() == []


def test_a_missing_content_is_listed_with_the_records_that_needed_it(damaged: str) -> None:
    (missing,) = missing_contents()
    assert (missing.content_hash, missing.content_id) == (HASH, None)
    assert candidate_ids(missing) == [2]
    assert [row.offset for row in missing.refused] == [7]
    assert HASH in Client().get("/ui/health/mend/content").content.decode()
    assert call("repair", "content") == f"{HASH}  content id 2; needed by records 0:7\n"


def test_a_file_with_the_right_hash_restores_it_by_page(damaged: str) -> None:
    client = Client()
    assert "Look for it" in client.get(PAGE).content.decode()
    wrong = client.post(PAGE, {"find": "1", "file": SimpleUploadedFile("a", b"{}")})
    assert wrong.status_code == 400
    assert "its hash is not" in wrong.content.decode()
    right = client.post(PAGE, {"find": "1", "file": SimpleUploadedFile("a", missing_bytes())})
    assert right.status_code == 302
    result = result_of(post_confirmed(f"{PAGE}?content_id=2", damaged))
    assert result.succeeded
    assert [record.summary for record in result.records] == [
        "create content 2, 137 bytes",
        "create artifact ec52b2e2-7eaa-419a-aaed-9d6c0141adda, v1, AVRO, global id 2",
    ]
    assert load_recovered(HASH) is None
    assert "J04 is not found any more." in [record.description for record in result.checks]
    assert_restored()


def test_a_dump_restores_it_by_command(damaged: str, dump: Path) -> None:
    with pytest.raises(CommandError, match="name one with --content-id"):
        call("repair", "content", HASH, "--dump", dump)
    arguments = ("repair", "content", HASH, "--content-id", "2", "--yes", "--topic", damaged)
    out = call(*arguments, "--dump", dump)
    assert "137 bytes from a dump, partition 0, offset 6" in out
    assert "yes Global id 2 is there." in out
    assert_restored()


@pytest.mark.parametrize("dialect", list(Dialect))
def test_each_dialect_restores_it(
    dialect: Dialect, kafka: str, topic: str, sqlite_database: str, settings: Settings
) -> None:
    settings.JOURNAL_FORMAT_VERSION = dialect.value
    load_to_topic(kafka, topic, [record for record in WHOLE if record.offset != LOST_OFFSET])
    with node_running(kafka, topic):
        plan = plan_content_restore(
            journal().topic,
            get_missing_content(HASH),
            2,
            recover_from_file(missing_bytes(), HASH),
            dialect,
            "s",
        )
        assert plan.records[0].key[0] == (17 if dialect is Dialect.V2_6 else 2)
        assert execute(journal(), plan, topic).succeeded
        assert_restored()


@pytest.fixture(scope="module")
def whole_node(kafka: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[NodeProcess]:
    """Run a node that still has the content."""
    topic = new_topic(kafka)
    load_to_topic(kafka, topic, WHOLE)
    with serving(tmp_path_factory.mktemp("whole"), kafka, topic) as node:
        yield node


def test_another_node_restores_it(damaged: str, whole_node: NodeProcess) -> None:
    response = Client().post(PAGE, {"find": "1", "node": whole_node.url})
    assert response.status_code == 302
    assert result_of(post_confirmed(f"{PAGE}?content_id=2", damaged)).succeeded
    assert_restored()


def test_an_update_without_bytes_reveals_the_id(
    kafka: str, topic: str, sqlite_database: str
) -> None:
    key = ContentKey("_", HASH, 7)
    load_messages(kafka, topic, [Message(key, ContentValue(Action.UPDATE, "c" * 64))])
    with node_running(kafka, topic):
        (missing,) = missing_contents()
        assert (missing.content_id, missing.refused) == (7, ())
        plan = plan_content_restore(
            journal().topic, missing, 7, recover_from_file(missing_bytes(), HASH), Dialect.V2_4, "s"
        )
        assert "goes with the next delete" in plan.warnings[0]
        assert execute(journal(), plan, topic).succeeded


def test_an_id_in_use_is_rejected(damaged: str) -> None:
    before = LedgerRow.objects.count()
    with pytest.raises(RepairImpossible, match="Content id 3 is in use"):
        plan_content_restore(
            journal().topic,
            get_missing_content(HASH),
            3,
            recover_from_file(missing_bytes(), HASH),
            Dialect.V2_4,
            "s",
        )
    with pytest.raises(RepairImpossible, match="is known to be missing"):
        get_missing_content("0" * 64)
    assert LedgerRow.objects.count() == before


class TestProofs:
    """Verification by hash."""

    def test_references_count_where_they_make_the_hash(self) -> None:
        text = '[{"groupId":null,"artifactId":"a","version":"1","name":"n"}]'
        whole = hashlib.sha256(b"{}" + text.encode()).hexdigest()
        assert recover_from_file(b"{}", whole, text).references == text
        with pytest.raises(RepairImpossible, match="its hash is not"):
            recover_from_file(b"{}", whole)

    def test_references_that_the_hash_does_not_cover_are_ignored(self) -> None:
        bare = hashlib.sha256(b"{}").hexdigest()
        assert recover_from_file(b"{}", bare, "[]").references is None

    def test_an_empty_file_proves_nothing(self) -> None:
        with pytest.raises(RepairImpossible):
            recover_from_file(b"", hashlib.sha256(b"").hexdigest())

    def test_a_dump_without_the_content_is_rejected(self, dump: Path) -> None:
        with (
            dump.open("rb") as lines,
            pytest.raises(RepairImpossible, match="No record of the dump"),
        ):
            recover_from_dump(lines, "0" * 64)
        with pytest.raises(RepairImpossible, match="can't be read: line 1"):
            recover_from_dump([b"no dump"], HASH)


class _Hostile(BaseHTTPRequestHandler):
    """Responds in the mode that its test chose."""

    mode: ClassVar[str] = ""

    def do_GET(self) -> None:
        if self.mode == "redirect":
            self.send_response(302)
            self.send_header("Location", "http://127.0.0.1:1/elsewhere")
            self.end_headers()
            return
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"x" * (3000 if self.mode == "long" else 3))

    def log_message(self, format: str, *arguments: object) -> None:
        """Nothing on standard error."""


@pytest.fixture
def hostile() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), _Hostile)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize(
    ("mode", "reason"),
    [
        ("redirect", "answered 302 Found"),
        ("long", "longer than 2,000 bytes"),
        ("other", "references can't be read"),
    ],
)
def test_a_hostile_node_is_rejected(
    mode: str, reason: str, hostile: str, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.ANNALS_LIMIT_CONTENT_BYTES = 2000
    monkeypatch.setattr(_Hostile, "mode", mode)
    with pytest.raises(RepairImpossible, match=reason):
        recover_from_node(hostile, HASH)


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("file:///etc/passwd", "must begin with http"),
        ("ftp://host", "must begin with http"),
        ("http://", "must begin with http"),
        ("host:8080", "must begin with http"),
        ("http://127.0.0.1:1", "gave no answer"),
        ("http://host:port", "gave no answer"),
    ],
)
def test_a_node_is_asked_over_http_only(address: str, reason: str) -> None:
    with pytest.raises(RepairImpossible, match=reason):
        recover_from_node(address, HASH)
