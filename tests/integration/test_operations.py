"""Records folded into operations: on recorded journals, on writers that interleave, on any."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from journal.kafka.records import Record
from journal.ledger import operations
from journal.ledger.filters import LedgerFilter
from journal.ledger.windows import LedgerEntry, WindowStart, load_window, operation_rows
from journal.models import LedgerRow
from journal.wire.messages import (
    Action,
    ArtifactKey,
    ArtifactValue,
    CommentIdKey,
    CommentIdValue,
    CommentKey,
    CommentValue,
    ContentIdKey,
    ContentIdValue,
    ContentV2Key,
    ContentV2Value,
    GlobalIdKey,
    GlobalIdValue,
    GroupKey,
    GroupValue,
    Message,
)
from registry.references import content_hash
from tests.journals import DATA, apply_to_database, read_journal, record
from tests.random_journals import random_journal, seeds


def folded(limit: int = 5000) -> tuple[LedgerEntry, ...]:
    """Oldest first."""
    return load_window(LedgerFilter(), WindowStart(), limit, is_folded=True).entries[::-1]


def offsets_of(entry: LedgerEntry) -> list[int]:
    return [row.offset for row in operation_rows(entry.row.id)]


@pytest.mark.parametrize("name", ["2.1.3", "2.1.5", "2.6.13", "2.6.13-3partitions"])
def test_the_uploads_of_recorded_java_nodes_are_folded(sqlite_database: str, name: str) -> None:
    apply_to_database(read_journal(DATA / "journals" / f"{name}.jsonl"))
    entries = folded()
    assert sum(entry.count for entry in entries) == LedgerRow.objects.count()
    begins = ("create artifact", "new ver")
    made = [entry for entry in entries if entry.description.startswith(begins)]
    assert {entry.count for entry in made} <= {2, 4, 5}
    # Every artifact record but deletions and imports has drawn its global id.
    is_version = {"type": 3, "action__in": (1, 2)}
    assert len(made) == LedgerRow.objects.filter(**is_version).count()
    # No draw and no content is left alone: nobody but one client wrote.
    left = [entry for entry in entries if entry.count == 1]
    assert [entry for entry in left if entry.row.type in {8, 9, 15} and entry.row.action == 1] == []
    assert [entry for entry in left if entry.row.type in {2, 17} and entry.row.action != 5] == []


def test_the_description_of_an_upload_names_its_ids(sqlite_database: str) -> None:
    apply_to_database(read_journal(DATA / "journals" / "2.6.13.jsonl"))
    words = {entry.row.offset: (entry.description, entry.count) for entry in folded()}
    assert words[22] == ("create artifact order v1 (JSON, content id 4, global id 5), group g1", 4)
    assert words[12][1] == 5
    assert words[57][0] == (
        "new version of artifact user1 version v-four (AVRO, content id 11, global id 15), group g1"
    )
    assert words[97] == ("create comment 1 of user1 v1, group g1", 2)


def test_id_records_of_ids_in_use_stay_alone_and_a_rejection_keeps_its_id_record(
    sqlite_database: str,
) -> None:
    apply_to_database(read_journal(DATA / "journals" / "bug-after-restart-writes.jsonl"))
    by_offset = {entry.row.offset: entry for entry in folded()}
    assert by_offset[5].row.remark == '[["id-in-use","contentId",1]]'
    assert by_offset[5].count == 1
    assert offsets_of(by_offset[17]) == [16, 17]
    assert by_offset[17].troubles
    assert offsets_of(by_offset[21]) == [18, 19, 20, 21]


@dataclass
class Uploading:
    """One writer's upload, step by step: the first draws, then what it says with the ids."""

    number: int
    has_group: bool
    is_java: bool
    offsets: list[int] = field(default_factory=list)
    ids: dict[str, int] = field(default_factory=dict)

    def steps(self) -> Iterator[str]:
        group = ["group"] if self.has_group else []
        if self.is_java:
            yield from ["content id", "content", *group, "global id", "artifact"]
        else:
            yield from ["content id", "global id", "content", *group, "artifact"]


class _Topic:
    """Draws as nodes count, and keeps who said what."""

    def __init__(self) -> None:
        self.records: list[Record] = []
        self._drawn = {"content id": 0, "global id": 0}

    def say(self, upload: Uploading, step: str, name: str = "") -> None:
        if step in self._drawn:
            self._drawn[step] += 1
            upload.ids[step] = self._drawn[step]
        upload.offsets.append(len(self.records))
        self.records.append(record(self._message(upload, step, name), len(self.records)))

    def _message(self, upload: Uploading, step: str, name: str) -> Message:
        content = f'{{"number": {upload.number}}}'.encode()
        hashed = content_hash(content, None)
        group = f"g{upload.number}"
        match step:
            case "content id":
                return Message(ContentIdKey("_", "u"), ContentIdValue(Action.CREATE))
            case "global id":
                return Message(GlobalIdKey("_", "u"), GlobalIdValue(Action.CREATE))
            case "group":
                return Message(GroupKey("_", group), GroupValue(Action.CREATE))
            case "content":
                value = ContentV2Value(Action.CREATE_OR_UPDATE, hashed, "c" * 64, content)
                return Message(ContentV2Key("_", upload.ids["content id"]), value)
        made = ArtifactValue(
            Action.CREATE,
            artifact_type="JSON",
            content_hash=hashed,
            global_id=upload.ids["global id"],
            created_on=1,
        )
        return Message(ArtifactKey("_", group, name or "a", "u"), made)


def interleaved(seed: int, count: int, at_once: int) -> tuple[list[Record], list[Uploading]]:
    chance = random.Random(seed)
    topic = _Topic()
    uploads = [
        Uploading(number, chance.random() < 0.5, chance.random() < 0.5) for number in range(count)
    ]
    waiting, running = list(uploads), list[tuple[Uploading, Iterator[str]]]()
    while waiting or running:
        while waiting and len(running) < at_once:
            upload = waiting.pop(0)
            running.append((upload, upload.steps()))
        chosen = chance.choice(running)
        step = next(chosen[1], None)
        if step is None:
            running.remove(chosen)
        else:
            topic.say(chosen[0], step)
    return topic.records, uploads


@pytest.mark.parametrize("seed", seeds(2, 4))
def test_the_uploads_of_writers_that_interleave_are_separated(
    each_database: str, seed: int
) -> None:
    journal, uploads = interleaved(seed, count=60, at_once=8)
    apply_to_database(journal)
    entries = folded()
    assert [offsets_of(entry) for entry in entries] == sorted(
        (upload.offsets for upload in uploads), key=lambda offsets: offsets[-1]
    )


def test_a_content_that_may_belong_to_two_uploads_is_left_alone(sqlite_database: str) -> None:
    """Both use it, and somebody else spoke in between: it can't be known whose it is."""
    topic = _Topic()
    first, second = Uploading(1, False, True), Uploading(1, False, True)
    topic.say(first, "content id")
    topic.say(first, "content")
    topic.say(second, "global id")
    topic.say(first, "global id")
    for upload, name in ((second, "a"), (first, "b")):
        topic.say(upload, "artifact", name)
    apply_to_database(topic.records)
    assert [offsets_of(entry) for entry in folded()] == [[0, 1], [2, 4], [3, 5]]


def test_a_group_that_was_there_before_its_upload_began_is_left_alone(
    sqlite_database: str,
) -> None:
    topic = _Topic()
    upload = Uploading(1, False, True)
    for step in ("group", "content id", "content", "global id", "artifact"):
        topic.say(upload, step)
    apply_to_database(topic.records)
    assert [offsets_of(entry) for entry in folded()] == [[0], [1, 2, 3, 4]]


def test_a_content_written_long_before_does_not_belong_to_the_upload(sqlite_database: str) -> None:
    topic = _Topic()
    upload = Uploading(1, False, True)
    for step in upload.steps():
        topic.say(upload, step)
    for each in topic.records[2:]:
        each.timestamp += 60_000
    apply_to_database(topic.records)
    assert [offsets_of(entry) for entry in folded()] == [[0, 1], [2, 3]]


def test_a_comment_is_folded_with_its_id_record(sqlite_database: str) -> None:
    drawn = Message(CommentIdKey("_", "u"), CommentIdValue(Action.CREATE))
    said = CommentValue(Action.CREATE, -1, "", 9, "text")
    comment = Message(CommentKey("_", None, "a", "1", "1", "u"), said)
    apply_to_database([record(drawn, 0), record(comment, 1)])
    assert [offsets_of(entry) for entry in folded()] == [[0, 1]]


@pytest.mark.parametrize("seed", seeds(1, 3))
def test_windows_agree_at_their_edges_on_any_journal(each_database: str, seed: int) -> None:
    apply_to_database(random_journal(seed, 1500))
    whole = {entry.row.id: entry.members for entry in folded()}
    assert sum(1 + len(members) for members in whole.values()) == 1500
    for limit in (3, 7):
        found: dict[int, tuple[int, ...]] = {}
        before: int | None = None
        while True:
            part = load_window(LedgerFilter(), WindowStart(before=before), limit, is_folded=True)
            found |= {entry.row.id: entry.members for entry in part.entries}
            before = part.oldest
            if not part.older:
                break
        assert found == whole


def test_nothing_is_joined_twice_on_any_journal(sqlite_database: str) -> None:
    apply_to_database(random_journal(9, 3000))
    entries = folded()
    members = [member for entry in entries for member in entry.members]
    assert len(members) == len(set(members))
    assert not {entry.row.id for entry in entries} & set(members)
    spans = [entry.row.id - min(entry.members) for entry in entries if entry.members]
    assert max(spans) <= 3 * operations.REACH
