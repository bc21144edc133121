"""Imports of exports: looked through before anything is said, ids kept or drawn anew."""

import io
import json
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from journal.health.state_digest import state_digest
from journal.models import LedgerRow
from journal.wire.messages import Action, GroupKey, GroupValue, Message
from registry import queries
from registry.models import SequenceName
from tests.databases import copied, pointed_at
from tests.journals import DATA, apply_to_database, read_journal
from tests.kafka_fixture import create_topic
from tests.nodes import node_running
from tests.own_node import Client
from tests.publishing import apply_messages

V2 = "/apis/registry/v2"
IMPORT = f"{V2}/admin/import"
AVRO = b'{"type":"record","name":"Mine","fields":[]}'
NEW_IDS = {"X-Registry-Preserve-GlobalId": "false", "X-Registry-Preserve-ContentId": "false"}
#: Of all that an export holds; where sequences stand depends on what was deleted before it.
EXPORTED = ("contents", "references", "groups", "artifacts", "versions", "labels", "properties")
ALSO = ("comments", "artifact rules", "global rules")


def imported(archive: bytes, query: str = "", **headers: str) -> Any:
    return Client().post(IMPORT + query, archive, content_type="application/zip", headers=headers)


def exported() -> bytes:
    answer = Client().get(f"{V2}/admin/export")
    assert answer.status_code == 200, answer.content
    return answer.getvalue()


def create(artifact_id: str, content: bytes = AVRO) -> dict[str, Any]:
    answer = Client().post(
        f"{V2}/groups/g1/artifacts",
        content,
        content_type="application/json",
        headers={"X-Registry-ArtifactId": artifact_id},
    )
    assert answer.status_code == 200, answer.content
    made: dict[str, Any] = answer.json()
    return made


def tables() -> dict[str, Any]:
    blocks = state_digest().blocks
    return {name: blocks[name] for name in (*EXPORTED, *ALSO)}


@pytest.fixture(params=["2.1.3", "2.1.5", "2.6.13"])
def release(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.mark.parametrize("name", ["sample-2.1.4", "sample-2.6.13"])
def test_the_samples_of_the_real_writer_are_read(name: str, node_on_each: None) -> None:
    answer = imported((DATA / "exports" / f"{name}.zip").read_bytes())

    assert (answer.status_code, answer.content) == (204, b"")
    meta = queries.version_meta(None, "Order")
    assert (meta.global_id, meta.content_id, meta.labels) == (1, 1, ("l1",))
    assert queries.artifact_rule(None, "Order", "VALIDITY").configuration == "FULL"
    assert queries.global_rule("COMPATIBILITY").configuration == "BACKWARD"
    assert queries.group_meta("com.acme").created_by == "alice"
    assert [comment.value for comment in queries.comments(None, "Order", "1")] == (
        ["hi"] if "2.6" in name else []
    )
    assert queries.sequence_state("_", SequenceName.GLOBAL_ID).value == 1


def test_an_export_of_a_java_node_is_imported_as_that_node_imports_it(
    release: str, node: None
) -> None:
    archive = (DATA / "journals" / f"{release}-export.zip").read_bytes()
    assert imported(archive).status_code == 204

    ours = zipfile.ZipFile(io.BytesIO(exported()))
    theirs = zipfile.ZipFile(io.BytesIO(archive))
    for name in theirs.namelist():
        if "Manifest" not in name:
            assert same(ours.read(name), theirs.read(name)), name


def same(ours: bytes, theirs: bytes) -> bool:
    """Documents of older releases lack fields that are null."""
    try:
        left, right = json.loads(ours), json.loads(theirs)
    except ValueError:
        return ours == theirs
    return bool({**left, **right} == left)


@pytest.fixture
def elsewhere(kafka: str, topic: str, sqlite_template: Path, tmp_path: Path) -> Callable[[], Any]:
    """A second, empty node on a topic and a database of its own, as a context."""
    name = f"{topic}-elsewhere"

    @contextmanager
    def running() -> Iterator[None]:
        create_topic(kafka, name)
        with (
            pointed_at(copied(sqlite_template, tmp_path / "elsewhere.sqlite3")),
            node_running(kafka, name),
        ):
            yield

    return running


def test_an_export_imports_into_an_empty_node_with_the_same_ids_and_digest(
    elsewhere: Callable[[], Any], sqlite_database: str
) -> None:
    apply_to_database(read_journal(DATA / "journals" / "2.6.13.jsonl"))
    archive, before = exported(), tables()

    with elsewhere():
        assert imported(archive).status_code == 204
        assert tables() == before
        for name in (SequenceName.GLOBAL_ID, SequenceName.CONTENT_ID):
            standing = queries.sequence_state("_", name)
            assert standing.value == standing.highest


def test_an_export_that_was_unpacked_and_packed_again_imports_the_same(
    elsewhere: Callable[[], Any], sqlite_database: str
) -> None:
    apply_to_database(read_journal(DATA / "journals" / "2.6.13.jsonl"))
    archive, before = exported(), tables()

    with elsewhere():
        assert imported(repacked(archive)).status_code == 204
        assert tables() == before


def repacked(archive: bytes) -> bytes:
    """As `zip -r` may do it: folders first, and everything in another order."""
    written = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(archive)) as before,
        zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as after,
    ):
        for folder in ("content/", "groups/", "rules/"):
            after.writestr(folder, b"")
        for name in reversed(before.namelist()):
            after.writestr(name, before.read(name))
    return written.getvalue()


def test_a_record_of_the_default_group_comes_back_by_an_export(
    elsewhere: Callable[[], Any], sqlite_database: str
) -> None:
    group = Message(GroupKey("_", None), GroupValue(Action.CREATE, "of all", created_on=1))
    apply_messages(group)
    archive, before = exported(), tables()
    with zipfile.ZipFile(io.BytesIO(archive)) as entries:
        assert entries.namelist()[1:] == ["groups/default.Group.json"]

    with elsewhere():
        assert imported(archive).status_code == 204
        assert tables() == before


def test_ids_that_are_odd_in_paths_come_back_by_an_export(node: None) -> None:
    odd = ("..", "a/../b", "/etc/passwd", ".", "x" * 512, "C:\\x", "a/versions/1")
    for artifact_id in odd:
        create(artifact_id)
    archive = exported()
    before = versions_in(archive)
    assert {document["artifactId"] for document in before} == set(odd)
    assert Client().delete(f"{V2}/groups/g1/artifacts").status_code == 204
    assert versions_in(exported()) == []

    assert imported(archive).status_code == 204

    assert versions_in(exported()) == before
    with zipfile.ZipFile(io.BytesIO(archive)) as entries:
        # What a Java node reads of a path.
        kinds = {name.split(".")[-2] for name in entries.namelist()}
    assert kinds == {"Manifest", "Content", "Group", "ArtifactVersion"}


def versions_in(archive: bytes) -> list[dict[str, Any]]:
    with zipfile.ZipFile(io.BytesIO(archive)) as entries:
        return [
            json.loads(entries.read(name))
            for name in entries.namelist()
            if name.endswith(".ArtifactVersion.json")
        ]


def test_the_same_export_twice_imports_nothing_the_second_time(node: None) -> None:
    archive = (DATA / "journals" / "2.6.13-export.zip").read_bytes()
    assert imported(archive).status_code == 204
    before = tables()
    text = imported(archive, "?dryRun=true").json()
    assert all(text[kind]["created"] == text[kind]["renumbered"] == 0 for kind in KINDS)
    assert text["versions"]["skipped"] > 10
    assert imported(archive).status_code == 204
    assert tables() == before


KINDS = ("contents", "versions", "comments", "groups", "artifactRules", "globalRules")


def test_ids_that_mean_something_else_here_are_reported_before_anything_is_published(
    node: None,
) -> None:
    create("mine")
    archive = (DATA / "journals" / "2.6.13-export.zip").read_bytes()
    before, rows = tables(), LedgerRow.objects.count()

    text = imported(archive, "?dryRun=true").json()
    assert text["conflicts"]["count"] == 2
    assert text["conflicts"]["first"][0].startswith("Content id 1 is another content here")
    assert text["conflicts"]["first"][1].startswith("Global id 1 is version 1 of mine here")
    answer = imported(archive)
    assert (answer.status_code, answer.json()["name"]) == (409, "ImportConflictException")
    assert "Preserve-ContentId" in answer.json()["message"]
    assert (tables(), LedgerRow.objects.count()) == (before, rows)


def test_ids_that_are_not_preserved_are_allocated_anew(node: None) -> None:
    mine = create("mine")
    archive = (DATA / "journals" / "2.6.13-export.zip").read_bytes()
    text = imported(archive, "?dryRun=true", **NEW_IDS).json()
    assert text["conflicts"]["count"] == 0
    assert text["versions"]["renumbered"] == 12
    assert text["contents"]["renumbered"] == 11

    assert imported(archive, **NEW_IDS).status_code == 204

    assert queries.version_meta("g1", "mine").global_id == mine["globalId"]
    latest = queries.version_meta("g1", "user1")
    assert latest.global_id > mine["globalId"]
    first = queries.content_of_version("g1", "user1", "1")
    assert b'"User1"' in first.content
    assert [comment.value for comment in queries.comments("g1", "user1", "1")] == ["second"]
    assert create("next", b'{"type":"enum","name":"E","symbols":[]}')["globalId"] > latest.global_id


def test_a_content_that_is_here_already_keeps_its_id_here(node: None) -> None:
    archive = zipfile.ZipFile(DATA / "journals" / "2.6.13-export.zip")
    (document,) = (
        json.loads(archive.read(name))
        for name in archive.namelist()
        if name.endswith("ArtifactVersion.json") and "/order/versions/2" in name
    )
    (content,) = (
        archive.read(name.removesuffix("json") + "data")
        for name in archive.namelist()
        if name.endswith("Content.json")
        and json.loads(archive.read(name))["contentId"] == document["contentId"]
    )
    for number in range(30):
        create(f"filler{number}", AVRO)
    here = create("here", content)["contentId"]
    assert here != document["contentId"]

    text = imported(whole(archive), "?dryRun=true", **NEW_IDS).json()
    assert text["contents"]["skipped"] == 1
    assert imported(whole(archive), **NEW_IDS).status_code == 204
    assert queries.version_meta("g1", "order", "2").content_id == here


def whole(archive: zipfile.ZipFile) -> bytes:
    assert archive.filename is not None
    return Path(archive.filename).read_bytes()


def changed(change: Callable[[str, bytes], tuple[str, bytes] | None]) -> bytes:
    """The export of 2.6.13 with each entry as `change` has it, None for leaving it out."""
    written = io.BytesIO()
    with (
        zipfile.ZipFile(DATA / "journals" / "2.6.13-export.zip") as before,
        zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as after,
    ):
        for name in before.namelist():
            stored = change(name, before.read(name))
            if stored is not None:
                after.writestr(*stored)
    return written.getvalue()


def without_a_content(name: str, held: bytes) -> tuple[str, bytes] | None:
    return None if name.startswith("content/145c") else (name, held)


def renamed(name: str, held: bytes) -> tuple[str, bytes]:
    return ("../../etc/passwd" if "rules/" in name else name), held


def unknown(name: str, held: bytes) -> tuple[str, bytes]:
    return name.replace("GlobalRule", "Wish"), held


def with_field(name: str, held: bytes) -> tuple[str, bytes]:
    return name, held.replace(b'"groupId"', b'"mood":1,"groupId"') if "Group." in name else held


def other_bytes(name: str, held: bytes) -> tuple[str, bytes]:
    return name, held + b" " if name.endswith(".data") else held


def long_name(name: str, held: bytes) -> tuple[str, bytes]:
    is_version = "ArtifactVersion" in name
    return name, held.replace(b'"Order"', b'"' + b"x" * 513 + b'"') if is_version else held


def bomb(name: str, held: bytes) -> tuple[str, bytes]:
    return name, b"\0" * (33 * 1024 * 1024) if name.endswith(".data") else held


def bad_state(name: str, held: bytes) -> tuple[str, bytes]:
    return name, held.replace(b"ENABLED", b"ASLEEP")


def bad_rule(name: str, held: bytes) -> tuple[str, bytes]:
    return name, held.replace(b"INTEGRITY", b"BEAUTY")


HOSTILE = {
    "which the export does not hold": without_a_content,
    "is no path that an export has": renamed,
    "is no entry of an export": unknown,
    "unknown field `mood`": with_field,
    "do not have the hash": other_bytes,
    "The name has 513 characters": long_name,
    "unpacks to more than": bomb,
    "The state is 'ASLEEP'; it may be": bad_state,
    "The rule_type is 'BEAUTY'; it may be": bad_rule,
}


@pytest.mark.parametrize("words", HOSTILE)
@pytest.mark.parametrize("query", ["", "?dryRun=true"])
def test_contradictory_entries_are_reported_before_anything_is_published(
    words: str, query: str, shared_node: None
) -> None:
    rows = LedgerRow.objects.count()

    answer = imported(changed(HOSTILE[words]), query)

    assert (answer.status_code, answer.json()["name"]) == (400, "BadRequestException")
    assert words in answer.json()["message"]
    assert LedgerRow.objects.count() == rows


def test_a_zip_that_is_cut_off_is_rejected(node: None) -> None:
    archive = (DATA / "journals" / "2.6.13-export.zip").read_bytes()
    answer = imported(archive[: len(archive) // 2])
    assert answer.status_code == 400
    assert not LedgerRow.objects.exists()


def test_a_header_that_is_neither_true_nor_false_is_rejected(node: None) -> None:
    answer = imported(b"", **{"X-Registry-Preserve-GlobalId": "maybe"})
    assert answer.status_code == 400
    assert "true or false" in answer.json()["message"]
