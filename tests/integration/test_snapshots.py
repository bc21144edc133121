"""Registries beside the node's own: as it was, what changed, what a dump holds, loaded again."""

import codecs
import json
import re
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile

from journal.health.state_digest import state_digest
from journal.snapshots.store import Snapshot, snapshot_store
from node.config.home import Home
from tests.journals import DATA
from tests.nodes import node_running
from tests.own_node import Client
from tests.tools import call, load
from tests.waiting import until
from tests.web import text_of

JOURNALS = DATA / "journals"
INCIDENT = DATA / "incident-dump.jsonl"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    home = Home(tmp_path / "home")
    monkeypatch.setattr(settings, "ANNALS_HOME", home)
    return home


@pytest.fixture
def client() -> Client:
    return Client()


@pytest.fixture(params=["2.6.13", "2.6.13-3partitions"])
def journal(request: pytest.FixtureRequest, broker: str, each_database: str) -> Iterator[str]:
    """A node, on each database, that follows a recorded journal of one or three partitions."""
    name = load(JOURNALS / f"{request.param}.jsonl")
    with node_running(broker, name):
        yield name


@pytest.fixture
def small(broker: str, sqlite_database: str) -> Iterator[str]:
    name = load(JOURNALS / "bug-before.jsonl")
    with node_running(broker, name):
        yield name


def post_and_wait(client: Client, address: str, **fields: object) -> Any:
    """The answer once the work is over, not yet followed if it leads on."""
    begun = client.post(address, fields)
    assert begun.status_code == 302, begun.content.decode()
    work = begun["Location"]
    until(lambda: b"data-again" not in client.get(work).content)
    return client.get(work)


def snapshot_at(client: Client, position: str) -> Snapshot:
    return snapshot_of(post_and_wait(client, "/ui/snapshots/moment", at=position))


def snapshot_of(response: Any) -> Snapshot:
    assert response.status_code == 302, response.content.decode()
    snapshot = snapshot_store().find(response["Location"].split("/")[2])
    assert snapshot is not None
    return snapshot


def post_file(client: Client, content: bytes, name: str = "a.jsonl", **fields: str) -> Any:
    return post_and_wait(
        client, "/ui/snapshots/file", file=SimpleUploadedFile(name, content), **fields
    )


def names_at(client: Client, snapshot: Snapshot) -> set[str]:
    result = client.get(f"/at/{snapshot.id}/apis/registry/v2/search/artifacts?limit=500").json()
    return {artifact["id"] for artifact in result["artifacts"]}


def test_a_snapshot_of_the_present_has_the_state_of_the_node(client: Client, journal: str) -> None:
    later = snapshot_at(client, "2999-01-01")
    assert later.digest == state_digest().value
    live = client.get("/apis/registry/v2/search/artifacts?limit=500").json()
    assert client.get(f"/at/{later.id}/apis/registry/v2/search/artifacts?limit=500").json() == live


def test_a_snapshot_is_the_registry_before_its_record(client: Client, small: str) -> None:
    before, after = snapshot_at(client, "4"), snapshot_at(client, "5")
    assert (before.records, after.records) == (4, 5)
    assert names_at(client, before) < names_at(client, after)
    assert "Snapshot: Before offset 4" in text_of(client, f"/at/{before.id}/ui/artifacts")


def test_every_page_and_read_is_of_the_snapshot(client: Client, small: str) -> None:
    early = snapshot_at(client, "5")
    (only,) = names_at(client, early)
    for page in (
        "ui/artifacts",
        "ui/journal",
        "ui/journal/0/4",
        "ui/tables",
        "ui/health",
        f"ui/artifacts/default/{only}/versions/latest",
        f"apis/registry/v2/groups/default/artifacts/{only}",
        "apis/ccompat/v6/subjects",
        "apis/registry/v2/admin/export",
    ):
        response = client.get(f"/at/{early.id}/{page}")
        assert response.status_code == 200, page
    assert client.get(f"/at/{early.id}/ui/journal/0/5").status_code == 404
    assert client.get("/ui/journal/0/5").status_code == 200
    page = client.get(f"/at/{early.id}/ui/artifacts").content.decode()
    addresses = re.findall(r'href="(/[^"]*)"', page)
    away = {
        address for address in addresses if not address.startswith((f"/at/{early.id}/", "/static/"))
    }
    assert away == {"/ui/snapshots", "/ui/artifacts"}


def test_the_list_of_a_snapshot_is_searched_filtered_and_sorted(client: Client, small: str) -> None:
    late = snapshot_at(client, "2999-01-01")
    names = sorted(names_at(client, late))
    listed = re.compile(rf'href="/at/{late.id}/ui/artifacts/default/([^/"]+)/versions/latest"')

    def shown(query: str) -> list[str]:
        page = client.get(f"/at/{late.id}/ui/artifacts?{query}").content.decode()
        return list(dict.fromkeys(listed.findall(page)))

    assert sorted(shown("")) == names
    assert shown("sort=-name") == shown("sort=name")[::-1]
    assert shown(f"q={names[0]}") == names[:1]
    assert shown("state=DISABLED") == []
    page = client.get(f"/at/{late.id}/ui/artifacts?q=nowhere").content.decode()
    assert 'data-testid="unsearched"' in page


def test_no_record_is_published_from_a_snapshot(client: Client, small: str) -> None:
    early = snapshot_at(client, "5")
    for path, body in (
        ("apis/registry/v2/groups/default/artifacts", {"type": "string"}),
        ("apis/registry/v2/admin/rules", {"type": "VALIDITY", "config": "FULL"}),
        ("apis/ccompat/v6/subjects/x/versions", {"schema": '"string"'}),
    ):
        response = client.post(f"/at/{early.id}/{path}", body, content_type="application/json")
        assert response.status_code in {404, 405}, path
    link = client.get(f"/at/{early.id}/apis/registry/v2/admin/export?forBrowser=true")
    assert link.status_code == 405
    assert link.json()["message"].startswith("This is a snapshot of a registry")
    assert snapshot_at(client, "2999-01-01").records == 13


def test_pages_of_the_node_alone_are_not_below_a_snapshot(client: Client, small: str) -> None:
    early = snapshot_at(client, "5")
    for page in ("ui/upload", "ui/snapshots", "ui/health/mend/reset", "apis/annals/v1/node"):
        assert client.get(f"/at/{early.id}/{page}").status_code == 404
    for unknown in ("000000000000", "x", "..", "%2e%2e"):
        assert client.get(f"/at/{unknown}/ui/artifacts").status_code == 404


def test_a_snapshot_is_taken_once_and_later_ones_begin_there(client: Client, small: str) -> None:
    first = snapshot_at(client, "9")
    assert snapshot_at(client, "9") == first
    whole = snapshot_at(client, "13")
    snapshot_store().discard(first)
    snapshot_store().discard(whole)
    again = snapshot_at(client, "13")
    assert again.id != whole.id
    assert (again.digest, again.outcomes, again.findings) == (
        whole.digest,
        whole.outcomes,
        whole.findings,
    )


def test_a_snapshot_can_be_requested_by_time(client: Client, small: str) -> None:
    times = [json.loads(line)["timestamp"] for line in lines_of("bug-before")]
    position = times[6]
    earlier = sum(time < position for time in times)
    snapshot = snapshot_at(client, f"{iso(position)}")
    assert snapshot.offsets == {0: earlier}


def iso(milliseconds: int) -> str:
    return datetime.fromtimestamp(milliseconds / 1000, UTC).isoformat()


def lines_of(name: str) -> list[bytes]:
    return (JOURNALS / f"{name}.jsonl").read_bytes().splitlines()


def test_the_registry_around_a_record_is_one_click_away(client: Client, journal: str) -> None:
    before = snapshot_of(post_and_wait(client, "/ui/snapshots/beside/0/7", side="before"))
    after = snapshot_of(post_and_wait(client, "/ui/snapshots/beside/0/7", side="after"))
    assert before.offsets[0] == 7
    assert after.offsets == {**before.offsets, 0: 8}
    assert client.post("/ui/snapshots/beside/0/99999").status_code == 404


def test_the_changes_between_two_offsets_are_listed(client: Client, small: str) -> None:
    page = post_and_wait(
        client, "/ui/snapshots/comparison", **{"from": "5", "to": "9"}
    ).content.decode()
    assert "rows changed from" in page
    assert "sequence contentId" in page
    assert re.search(r"new</td><td class=\"long\">artifact ", page)
    same = post_and_wait(
        client, "/ui/snapshots/comparison", **{"from": "9", "to": "9"}
    ).content.decode()
    assert "Nothing changed" in same
    odd = post_and_wait(
        client, "/ui/snapshots/comparison", **{"from": "9", "to": "5"}
    ).content.decode()
    assert "The first moment is later than the second" in odd


@pytest.mark.parametrize("position", ["soon", "", "-3", "5:7:9", "7:3", "2026-13-01"])
def test_an_invalid_position_is_reported(client: Client, small: str, position: str) -> None:
    response = client.post("/ui/snapshots/moment", {"at": position})
    if response.status_code == 302:
        until(lambda: b"data-again" not in client.get(response["Location"]).content)
        assert "the topic has no partition 7" in text_of(client, response["Location"])
        return
    assert response.status_code == 400
    assert "is neither an offset" in response.content.decode()


def test_the_dump_of_the_incident_is_read_diagnosed_and_browsed(client: Client, small: str) -> None:
    snapshot = snapshot_of(post_file(client, INCIDENT.read_bytes(), "incident.jsonl"))
    assert snapshot.damage_count == 0
    assert snapshot.rebuilt == 3
    assert {"J02", "J03"} <= {finding.code for finding in snapshot.findings}
    text = text_of(client, f"/at/{snapshot.id}/ui/health")
    assert "Id records are missing from the journal: content 1, global 1." in text
    # Its bytes come from the dump, not from the topic that the node follows.
    record = text_of(client, f"/at/{snapshot.id}/ui/journal/0/5")
    assert "No key" not in record
    assert client.get(f"/at/{snapshot.id}/ui/journal/0/2").status_code == 404

    # Editors put a mark before UTF-8, and PowerShell writes UTF-16.
    marked = snapshot_of(post_file(client, codecs.BOM_UTF8 + INCIDENT.read_bytes()))
    assert (marked.digest, marked.records) == (snapshot.digest, snapshot.records)
    assert marked.damage_count == 0
    for encoding in ("utf-16", "utf-16-le", "utf-16-be"):
        refused = post_file(client, INCIDENT.read_text(encoding="utf-8").encode(encoding))
        assert "Line 1: it is UTF-16" in refused.content.decode(), encoding
    assert len(snapshot_store().all()) == 2


def test_a_dump_gives_the_state_of_a_node_on_its_topic(
    client: Client, journal: str, tmp_path: Path
) -> None:
    call("dump", "--output", tmp_path / "dump.jsonl")
    snapshot = snapshot_of(post_file(client, (tmp_path / "dump.jsonl").read_bytes()))
    assert snapshot.digest == state_digest().value
    assert snapshot.topic == journal


def test_settings_uploaded_with_a_dump_are_checked(client: Client, small: str) -> None:
    config = (
        "Dynamic configs for topic x are:\n  cleanup.policy=compact sensitive=false synonyms={}"
    )
    snapshot = snapshot_of(post_file(client, INCIDENT.read_bytes(), settings=config))
    assert "J01" in {finding.code for finding in snapshot.findings}
    refused = client.post(
        "/ui/snapshots/file",
        {"file": SimpleUploadedFile("a", b"{}"), "settings": "{" * 5},
    )
    assert refused.status_code == 400
    assert "settings" in refused.content.decode()


def test_a_damaged_dump_is_read_as_far_as_possible(client: Client, small: str) -> None:
    lines = lines_of("bug-before")
    broken = b"\n".join([
        *lines[:4],
        b"{not json",
        b"\xff\xfe",
        lines[2],
        *lines[4:6],
        lines[6][:50],
    ])
    snapshot = snapshot_of(post_file(client, broken))
    assert snapshot.records == 6
    assert snapshot.damage_count == 4
    text = text_of(client, f"/at/{snapshot.id}/ui/health")
    for where in ("line 5", "line 6", "line 10", "offset 2 of partition 0"):
        assert where in text


OF_REGISTRY_3 = json.dumps({
    "partition": 0,
    "offset": 3,
    "ts": 1,
    "key": '{"messageType":"NextGlobalId0Message","uuid":"a"}',
    "payload": "{}",
}).encode()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"hello\n", "Line 1: it is not JSON"),
        (b"[" * 100_000, "it is not JSON"),
        (b"\n\n\n", "is empty"),
        (b'{"partition": -1, "offset": 3, "ts": 1, "payload": ""}', "none that a broker gives"),
        (b'{"partition": 0, "offset": 1e400, "ts": 1, "payload": ""}', "is not"),
        (b"\x00" * 5_000_000, "it is not JSON"),
        (b'{\n  "partition": 0,\n  "offset": 3\n}\n', "the file is pretty-printed"),
        (OF_REGISTRY_3, "it is a record of Apicurio Registry 3, whose journal"),
    ],
    ids=["text", "deep", "empty", "partition", "offset", "zeros", "laid out", "of 3"],
)
def test_a_file_that_is_no_dump_is_rejected_and_leaves_nothing(
    client: Client, small: str, content: bytes, reason: str
) -> None:
    response = post_file(client, content, "odd.bin")
    assert response.status_code == 200
    assert reason in response.content.decode()
    assert snapshot_store().all() == ()
    assert list(settings.ANNALS_HOME.snapshots.iterdir()) == []


def test_a_file_is_required_and_not_too_large(
    client: Client, small: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert client.post("/ui/snapshots/file", {}).status_code == 400
    monkeypatch.setattr(settings, "ANNALS_LIMIT_DUMP_BYTES", 100)
    large = client.post("/ui/snapshots/file", {"file": SimpleUploadedFile("a", b"x" * 101)})
    assert large.status_code == 413
    assert "101 bytes are more than the 100" in large.content.decode()


def entries_of(content: bytes) -> dict[str, bytes]:
    """All but the manifest."""
    with zipfile.ZipFile(BytesIO(content)) as archive:
        names = [name for name in archive.namelist() if not name.startswith("manifest-")]
        return {name: archive.read(name) for name in names}


@pytest.mark.parametrize("release", ["2.1.3", "2.6.13"])
def test_an_export_is_browsed_and_exports_the_same(
    client: Client, small: str, release: str
) -> None:
    whole = (JOURNALS / f"{release}-imported.zip").read_bytes()
    snapshot = snapshot_of(post_file(client, whole, "export.zip"))
    assert (snapshot.kind, snapshot.damage_count) == ("export", 0)
    again = client.get(f"/at/{snapshot.id}/apis/registry/v2/admin/export").getvalue()
    before, after = entries_of(whole), entries_of(again)
    assert set(before) == set(after)
    for path, content in before.items():
        if path.endswith(".data"):
            assert content == after[path]
        else:
            exported, expected = json.loads(after[path]), json.loads(content)
            assert {name: exported[name] for name in expected} == expected
    record = text_of(client, f"/at/{snapshot.id}/ui/journal/0/1")
    assert "import content" in record


def test_half_an_export_is_read_as_far_as_possible(client: Client, small: str) -> None:
    whole = (JOURNALS / "2.6.13-imported.zip").read_bytes()
    with zipfile.ZipFile(BytesIO(whole)) as archive:
        half = archive.infolist()[16].header_offset + 40
    snapshot = snapshot_of(post_file(client, whole[:half], "half.zip"))
    assert snapshot.outcomes["applied"] > 5
    text = text_of(client, f"/at/{snapshot.id}/ui/health")
    assert "no zip that can be read" in text
    assert "is cut off" in text


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"PK\x03\x04 and then nothing", "Nothing of odd.zip can be read"),
        (b"PK" + b"\x00" * 1000, "Nothing of odd.zip can be read"),
    ],
)
def test_a_file_that_is_no_export_is_rejected(
    client: Client, small: str, content: bytes, reason: str
) -> None:
    response = post_file(client, content, "odd.zip")
    assert reason in response.content.decode()
    assert snapshot_store().all() == ()


def test_a_hostile_export_is_reported_and_limited(client: Client, small: str) -> None:
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("manifest-2021.Manifest.json", b"{}")
        archive.writestr("../../etc/passwd.Group.json", b'{"groupId": "x"}')
        archive.writestr("groups/good.Group.json", b'{"groupId": "good"}')
    snapshot = snapshot_of(post_file(client, file.getvalue(), "odd.zip"))
    assert snapshot.damage_count == 1
    assert "is no path that an export has" in text_of(client, f"/at/{snapshot.id}/ui/health")
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("groups/bomb.Group.json", b" " * 40_000_000)
    response = post_file(client, file.getvalue(), "bomb.zip")
    assert "unpacks to more than" in response.content.decode()
    assert len(snapshot_store().all()) == 1


@pytest.mark.parametrize("kind", ["dump", "moment"])
def test_a_snapshot_is_loaded_to_a_new_topic_after_a_check(
    client: Client, small: str, kind: str
) -> None:
    snapshot = (
        snapshot_of(post_file(client, INCIDENT.read_bytes()))
        if kind == "dump"
        else snapshot_at(client, "9")
    )
    topic = f"{small}-{kind}"
    address = f"/ui/snapshots/{snapshot.id}/load?topic={topic}"
    look = text_of(client, address)
    assert f"Topic {topic} is made, with 1 partition" in look
    assert ("counted anew" in look) == (kind == "dump")
    assert client.post(address, {"topic": "other"}).status_code == 409

    text = post_and_wait(client, address, topic=topic).content.decode()
    assert "A replay of it gives the same state digest" in text
    assert ("are now 0 to 11" in text) == (kind == "dump")
    again = client.post(address, {"topic": topic})
    assert again.status_code == 409
    assert "records already" in again.content.decode()
    assert snapshot.digest in call("replay", "--topic", topic)


def test_the_node_s_own_journal_is_never_loaded_into(client: Client, small: str) -> None:
    snapshot = snapshot_of(post_file(client, INCIDENT.read_bytes()))
    response = client.post(f"/ui/snapshots/{snapshot.id}/load?topic={small}", {"topic": small})
    assert response.status_code == 409
    assert "the journal that this node follows" in response.content.decode()


def test_a_snapshot_is_discarded_on_request(client: Client, small: str) -> None:
    snapshot = snapshot_at(client, "5")
    assert "Discard Before offset 5?" in text_of(client, f"/ui/snapshots/{snapshot.id}/discard")
    assert client.post(f"/ui/snapshots/{snapshot.id}/discard").status_code == 302
    assert snapshot_store().all() == ()
    assert client.get(f"/at/{snapshot.id}/ui/artifacts").status_code == 404
    assert client.post(f"/ui/snapshots/{snapshot.id}/discard").status_code == 404


def test_drafts_of_a_killed_process_are_deleted_with_the_next_snapshot(
    client: Client, small: str, home: Home
) -> None:
    left = home.snapshots / ".draft-0123456789ab"
    left.mkdir(parents=True)
    (left / "tables.sqlite3").write_bytes(b"half")
    (home.snapshots / "0123456789ab").mkdir()
    snapshot = snapshot_at(client, "5")
    assert [folder.name for folder in home.snapshots.iterdir()] == [snapshot.id]


def test_the_newest_twelve_snapshots_are_kept_and_every_dump(client: Client, small: str) -> None:
    dump = snapshot_of(post_file(client, INCIDENT.read_bytes()))
    for position in range(14):
        snapshot_at(client, str(position))
    kept = snapshot_store().all()
    assert len(kept) == 13
    assert dump in kept


def test_forms_need_their_token(small: str) -> None:
    strict = Client(enforce_csrf_checks=True)
    for path in ("moment", "comparison", "file", "beside/0/1", "000000000000/load"):
        assert strict.post(f"/ui/snapshots/{path}", {"at": "1"}).status_code == 403
