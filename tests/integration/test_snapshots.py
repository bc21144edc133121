"""Registries beside the node's own: as it was, what changed, what a dump holds, loaded again."""

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
from django.test import Client

from journal.health.state_digest import state_digest
from journal.snapshots.store import Snapshot, snapshot_store
from node.config.home import Home
from tests.journals import DATA
from tests.nodes import node_running
from tests.tools import call, load
from tests.waiting import until

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


def done(client: Client, address: str, **fields: object) -> Any:
    """The answer once the work is over, not yet followed if it leads on."""
    begun = client.post(address, fields)
    assert begun.status_code == 302, begun.content.decode()
    work = begun["Location"]
    until(lambda: b"data-again" not in client.get(work).content)
    return client.get(work)


def snapshot_at(client: Client, at: str) -> Snapshot:
    return taken(done(client, "/ui/snapshots/moment", at=at))


def taken(answer: Any) -> Snapshot:
    assert answer.status_code == 302, answer.content.decode()
    found = snapshot_store().find(answer["Location"].split("/")[2])
    assert found is not None
    return found


def brought(client: Client, content: bytes, name: str = "a.jsonl", **fields: str) -> Any:
    return done(client, "/ui/snapshots/file", file=SimpleUploadedFile(name, content), **fields)


def text_of(client: Client, address: str) -> str:
    page = client.get(address).content.decode()
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def names_at(client: Client, snapshot: Snapshot) -> set[str]:
    found = client.get(f"/at/{snapshot.id}/apis/registry/v2/search/artifacts?limit=500").json()
    return {each["id"] for each in found["artifacts"]}


def test_the_present_moment_is_what_the_node_holds(client: Client, journal: str) -> None:
    later = snapshot_at(client, "2999-01-01")
    assert later.digest == state_digest().value
    live = client.get("/apis/registry/v2/search/artifacts?limit=500").json()
    assert client.get(f"/at/{later.id}/apis/registry/v2/search/artifacts?limit=500").json() == live


def test_a_moment_is_the_registry_before_its_record(client: Client, small: str) -> None:
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
        answer = client.get(f"/at/{early.id}/{page}")
        assert answer.status_code == 200, page
    assert client.get(f"/at/{early.id}/ui/journal/0/5").status_code == 404
    assert client.get("/ui/journal/0/5").status_code == 200
    page = client.get(f"/at/{early.id}/ui/artifacts").content.decode()
    addresses = re.findall(r'href="(/[^"]*)"', page)
    away = {each for each in addresses if not each.startswith((f"/at/{early.id}/", "/static/"))}
    assert away == {"/ui/snapshots", "/ui/artifacts"}


def test_the_list_of_a_snapshot_is_searched_narrowed_and_sorted(client: Client, small: str) -> None:
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


def test_nothing_is_said_from_a_snapshot(client: Client, small: str) -> None:
    early = snapshot_at(client, "5")
    for path, body in (
        ("apis/registry/v2/groups/default/artifacts", {"type": "string"}),
        ("apis/registry/v2/admin/rules", {"type": "VALIDITY", "config": "FULL"}),
        ("apis/ccompat/v6/subjects/x/versions", {"schema": '"string"'}),
    ):
        answer = client.post(f"/at/{early.id}/{path}", body, content_type="application/json")
        assert answer.status_code in {404, 405}, path
    link = client.get(f"/at/{early.id}/apis/registry/v2/admin/export?forBrowser=true")
    assert link.status_code == 405
    assert link.json()["message"].startswith("This is a snapshot of a registry")
    assert snapshot_at(client, "2999-01-01").records == 13


def test_what_only_the_node_has_is_not_below_a_snapshot(client: Client, small: str) -> None:
    early = snapshot_at(client, "5")
    for page in ("ui/upload", "ui/snapshots", "ui/health/mend/reset", "apis/annals/v1/node"):
        assert client.get(f"/at/{early.id}/{page}").status_code == 404
    for unknown in ("000000000000", "x", "..", "%2e%2e"):
        assert client.get(f"/at/{unknown}/ui/artifacts").status_code == 404


def test_a_moment_is_taken_once_and_later_ones_begin_there(client: Client, small: str) -> None:
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


def test_a_moment_is_named_by_a_time_too(client: Client, small: str) -> None:
    times = [json.loads(line)["timestamp"] for line in lines_of("bug-before")]
    at = times[6]
    earlier = sum(each < at for each in times)
    found = snapshot_at(client, f"{iso(at)}")
    assert found.offsets == {0: earlier}


def iso(milliseconds: int) -> str:
    return datetime.fromtimestamp(milliseconds / 1000, UTC).isoformat()


def lines_of(name: str) -> list[bytes]:
    return (JOURNALS / f"{name}.jsonl").read_bytes().splitlines()


def test_the_registry_beside_a_record_is_one_click_away(client: Client, journal: str) -> None:
    before = taken(done(client, "/ui/snapshots/beside/0/7", side="before"))
    after = taken(done(client, "/ui/snapshots/beside/0/7", side="after"))
    assert before.offsets[0] == 7
    assert after.offsets == {**before.offsets, 0: 8}
    assert client.post("/ui/snapshots/beside/0/99999").status_code == 404


def test_what_changed_between_two_offsets_is_listed(client: Client, small: str) -> None:
    told = done(client, "/ui/snapshots/comparison", **{"from": "5", "to": "9"}).content.decode()
    assert "rows changed from" in told
    assert "sequence contentId" in told
    assert re.search(r"new</td><td class=\"long\">artifact ", told)
    same = done(client, "/ui/snapshots/comparison", **{"from": "9", "to": "9"}).content.decode()
    assert "Nothing changed" in same
    odd = done(client, "/ui/snapshots/comparison", **{"from": "9", "to": "5"}).content.decode()
    assert "The first moment is later than the second" in odd


@pytest.mark.parametrize("at", ["soon", "", "-3", "5:7:9", "7:3", "2026-13-01"])
def test_a_moment_that_is_none_is_told(client: Client, small: str, at: str) -> None:
    answer = client.post("/ui/snapshots/moment", {"at": at})
    if answer.status_code == 302:
        until(lambda: b"data-again" not in client.get(answer["Location"]).content)
        assert "the topic has no partition 7" in text_of(client, answer["Location"])
        return
    assert answer.status_code == 400
    assert "is neither an offset" in answer.content.decode()


def test_the_incident_s_dump_is_read_judged_and_browsed(client: Client, small: str) -> None:
    found = taken(brought(client, INCIDENT.read_bytes(), "incident.jsonl"))
    assert found.damage_count == 0
    assert found.rebuilt == 3
    assert {"J02", "J03"} <= {each.code for each in found.findings}
    told = text_of(client, f"/at/{found.id}/ui/health")
    assert "Id records are missing from the journal: content 1, global 1." in told
    # Its bytes come from the dump, not from the topic that the node follows.
    record = text_of(client, f"/at/{found.id}/ui/journal/0/5")
    assert "No key" not in record
    assert client.get(f"/at/{found.id}/ui/journal/0/2").status_code == 404


def test_a_dump_gives_what_a_node_on_its_topic_holds(
    client: Client, journal: str, tmp_path: Path
) -> None:
    call("dump", "--output", tmp_path / "dump.jsonl")
    found = taken(brought(client, (tmp_path / "dump.jsonl").read_bytes()))
    assert found.digest == state_digest().value
    assert found.topic == journal


def test_a_compacting_topic_s_settings_are_judged_beside_the_dump(
    client: Client, small: str
) -> None:
    told = "Dynamic configs for topic x are:\n  cleanup.policy=compact sensitive=false synonyms={}"
    found = taken(brought(client, INCIDENT.read_bytes(), settings=told))
    assert "J01" in {each.code for each in found.findings}
    refused = client.post(
        "/ui/snapshots/file",
        {"file": SimpleUploadedFile("a", b"{}"), "settings": "{" * 5},
    )
    assert refused.status_code == 400
    assert "settings" in refused.content.decode()


def test_a_half_dump_is_read_as_far_as_it_can_be(client: Client, small: str) -> None:
    lines = lines_of("bug-before")
    broken = b"\n".join([
        *lines[:4],
        b"{not json",
        b"\xff\xfe",
        lines[2],
        *lines[4:6],
        lines[6][:50],
    ])
    found = taken(brought(client, broken))
    assert found.records == 6
    assert found.damage_count == 4
    told = text_of(client, f"/at/{found.id}/ui/health")
    for where in ("line 5", "line 6", "line 10", "offset 2 of partition 0"):
        assert where in told


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"hello\n", "Line 1: it is not JSON"),
        (b"[" * 100_000, "it is not JSON"),
        (b"\n\n\n", "is empty"),
        (b'{"partition": -1, "offset": 3, "ts": 1, "payload": ""}', "none that a broker gives"),
        (b'{"partition": 0, "offset": 1e400, "ts": 1, "payload": ""}', "is not"),
        (b"\x00" * 5_000_000, "it is not JSON"),
    ],
    ids=["text", "deep", "empty", "partition", "offset", "zeros"],
)
def test_what_is_no_dump_is_told_and_leaves_nothing(
    client: Client, small: str, content: bytes, reason: str
) -> None:
    answer = brought(client, content, "odd.bin")
    assert answer.status_code == 200
    assert reason in answer.content.decode()
    assert snapshot_store().all() == ()
    assert list(settings.ANNALS_HOME.snapshots.iterdir()) == []


def test_a_file_has_to_be_there_and_not_too_large(
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
def test_an_export_is_looked_into_and_exports_the_same(
    client: Client, small: str, release: str
) -> None:
    whole = (JOURNALS / f"{release}-imported.zip").read_bytes()
    found = taken(brought(client, whole, "export.zip"))
    assert (found.kind, found.damage_count) == ("export", 0)
    again = client.get(f"/at/{found.id}/apis/registry/v2/admin/export").getvalue()
    before, after = entries_of(whole), entries_of(again)
    assert set(before) == set(after)
    for path, held in before.items():
        if path.endswith(".data"):
            assert held == after[path]
        else:
            told, had = json.loads(after[path]), json.loads(held)
            assert {name: told[name] for name in had} == had
    record = text_of(client, f"/at/{found.id}/ui/journal/0/1")
    assert "import content" in record


def test_half_an_export_is_read_as_far_as_it_can_be(client: Client, small: str) -> None:
    whole = (JOURNALS / "2.6.13-imported.zip").read_bytes()
    with zipfile.ZipFile(BytesIO(whole)) as archive:
        half = archive.infolist()[16].header_offset + 40
    found = taken(brought(client, whole[:half], "half.zip"))
    assert found.outcomes["applied"] > 5
    told = text_of(client, f"/at/{found.id}/ui/health")
    assert "no zip that can be read" in told
    assert "is cut off" in told


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"PK\x03\x04 and then nothing", "Nothing of odd.zip can be read"),
        (b"PK" + b"\x00" * 1000, "Nothing of odd.zip can be read"),
    ],
)
def test_what_is_no_export_is_told(client: Client, small: str, content: bytes, reason: str) -> None:
    answer = brought(client, content, "odd.zip")
    assert reason in answer.content.decode()
    assert snapshot_store().all() == ()


def test_a_hostile_export_is_told_and_stopped(client: Client, small: str) -> None:
    held = BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("manifest-2021.Manifest.json", b"{}")
        archive.writestr("../../etc/passwd.Group.json", b'{"groupId": "x"}')
        archive.writestr("groups/good.Group.json", b'{"groupId": "good"}')
    found = taken(brought(client, held.getvalue(), "odd.zip"))
    assert found.damage_count == 1
    assert "is no path that an export has" in text_of(client, f"/at/{found.id}/ui/health")
    with zipfile.ZipFile(held, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("groups/bomb.Group.json", b" " * 40_000_000)
    answer = brought(client, held.getvalue(), "bomb.zip")
    assert "unpacks to more than" in answer.content.decode()
    assert len(snapshot_store().all()) == 1


@pytest.mark.parametrize("kind", ["dump", "moment"])
def test_a_snapshot_is_loaded_to_a_new_topic_after_a_look(
    client: Client, small: str, kind: str
) -> None:
    found = (
        taken(brought(client, INCIDENT.read_bytes()))
        if kind == "dump"
        else snapshot_at(client, "9")
    )
    topic = f"{small}-{kind}"
    address = f"/ui/snapshots/{found.id}/load?topic={topic}"
    look = text_of(client, address)
    assert f"Topic {topic} is made, with 1 partition" in look
    assert ("counted anew" in look) == (kind == "dump")
    assert client.post(address, {"topic": "other"}).status_code == 409

    told = done(client, address, topic=topic).content.decode()
    assert "A replay of it gives the same state digest" in told
    assert ("are now 0 to 11" in told) == (kind == "dump")
    again = client.post(address, {"topic": topic})
    assert again.status_code == 409
    assert "records already" in again.content.decode()
    assert found.digest in call("replay", "--topic", topic)


def test_the_node_s_own_journal_is_never_loaded_into(client: Client, small: str) -> None:
    found = taken(brought(client, INCIDENT.read_bytes()))
    told = client.post(f"/ui/snapshots/{found.id}/load?topic={small}", {"topic": small})
    assert told.status_code == 409
    assert "the journal that this node follows" in told.content.decode()


def test_a_snapshot_is_discarded_when_asked(client: Client, small: str) -> None:
    found = snapshot_at(client, "5")
    assert "Discard Before offset 5?" in text_of(client, f"/ui/snapshots/{found.id}/discard")
    assert client.post(f"/ui/snapshots/{found.id}/discard").status_code == 302
    assert snapshot_store().all() == ()
    assert client.get(f"/at/{found.id}/ui/artifacts").status_code == 404
    assert client.post(f"/ui/snapshots/{found.id}/discard").status_code == 404


def test_what_a_killed_process_left_goes_with_the_next_snapshot(
    client: Client, small: str, home: Home
) -> None:
    left = home.snapshots / ".draft-0123456789ab"
    left.mkdir(parents=True)
    (left / "tables.sqlite3").write_bytes(b"half")
    (home.snapshots / "0123456789ab").mkdir()
    found = snapshot_at(client, "5")
    assert [each.name for each in home.snapshots.iterdir()] == [found.id]


def test_the_newest_twelve_moments_are_kept_and_every_dump(client: Client, small: str) -> None:
    dump = taken(brought(client, INCIDENT.read_bytes()))
    for at in range(14):
        snapshot_at(client, str(at))
    kept = snapshot_store().all()
    assert len(kept) == 13
    assert dump in kept


def test_forms_need_their_token(small: str) -> None:
    strict = Client(enforce_csrf_checks=True)
    for path in ("moment", "comparison", "file", "beside/0/1", "000000000000/load"):
        assert strict.post(f"/ui/snapshots/{path}", {"at": "1"}).status_code == 403
