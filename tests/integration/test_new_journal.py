"""A new journal: whatever a node holds, a replay of the new topic holds the same."""

import re
from collections.abc import Iterable
from pathlib import Path

import pytest
from django.core.management import CommandError
from django.db import connections
from pytest_django import Settings

from journal.database.scratch import scratch_database
from journal.database.writer import Writer
from journal.dumps.reading import read_ordered
from journal.health.state_digest import state_digest
from journal.kafka.topics import TopicAdmin
from journal.models import ContentView
from journal.wire.dialects import Dialect
from journal.wire.messages import (
    Action,
    ArtifactOwnerKey,
    ArtifactOwnerValue,
    CommentIdKey,
    CommentIdValue,
    ContentIdKey,
    ContentIdValue,
    GlobalIdKey,
    GlobalIdValue,
    Message,
    MetaData,
)
from registry.models import SequenceName
from registry.queries import sequence_state
from registry.state.differences import compare_states
from tests.journals import DATA, apply_to_database, empty_database, records
from tests.journals import read_journal as recorded_in
from tests.publishing import (
    artifact_rule,
    comment,
    delete_artifact,
    group,
    import_version,
    new_artifact,
    new_content,
    new_version,
    version_record,
)
from tests.random_journals import random_journal, seeds
from tests.tools import call, load, new_name

pytestmark = [pytest.mark.kafka, pytest.mark.usefixtures("broker")]

JOURNALS = sorted(
    file for file in (DATA / "journals").glob("*.jsonl") if "answers" not in file.name
)
DIGEST = re.compile(r"Verified by a replay: the state digest is ([0-9a-f]{64}), this node's own.")


def own_digest() -> str:
    return state_digest().value


def write_new_journal(*more: str) -> tuple[str, str]:
    """The new topic and what was printed."""
    name = new_name()
    return name, call("rebuild_topic", "--topic", name, "--yes", *more)


def expected_differences(out: str) -> list[str]:
    return re.findall(r"^- (.*)$", out, re.MULTILINE)


def check_new_journal(*messages: Message, dialect: str = "2.6") -> str:
    """What the node holds after these is on the new topic; gives what was printed."""
    apply_to_database(records(*messages))
    return write_new_journal("--dialect", dialect)[1]


@pytest.mark.usefixtures("sqlite_database")
@pytest.mark.parametrize("view", list(ContentView), ids=lambda view: view.label)
@pytest.mark.parametrize("file", JOURNALS, ids=lambda file: file.stem)
def test_each_recorded_journal_is_rewritten(file: Path, view: ContentView) -> None:
    apply_to_database(recorded_in(file), view=view)
    _, out = write_new_journal("--dialect", "2.6")
    if file.stem == "bug-after":
        assert [
            line.partition(" ")[2].split(" stands")[0] for line in expected_differences(out)
        ] == [
            "sequence globalId",
            "sequence contentId",
        ]
        assert "2 rows differ as told above, 0 in other ways" in out
    elif file.stem.startswith("2.6.13"):
        assert expected_differences(out) == ["Download links that have expired are left out."]
        assert "1 rows differ as told above, 0 in other ways" in out
    else:
        assert expected_differences(out) == []
        assert DIGEST.search(out)
    assert "To cut over:" in out


@pytest.mark.usefixtures("each_database")
@pytest.mark.parametrize("dialect", [line.value for line in Dialect])
def test_each_dialect_reports_what_it_lacks(dialect: str) -> None:
    apply_to_database(recorded_in(DATA / "journals" / "2.6.13.jsonl"))
    _, out = write_new_journal("--dialect", dialect)
    differences = expected_differences(out)
    assert ", 0 in other ways." in out
    if dialect in {"2.6", "2.4"}:
        assert differences == ["Download links that have expired are left out."]
        return
    assert "Comment 2 on version 2 is lost." in differences
    assert "The sequence of comment ids is lost." in differences
    assert any(line.startswith("Config property") for line in differences)
    assert any("loses its references" in line for line in differences)
    assert ", 0 in other ways." in out
    assert out.count(f"JOURNAL_FORMAT_VERSION={dialect}") == 0


@pytest.mark.usefixtures("sqlite_database")
@pytest.mark.parametrize("seed", seeds(2, 6))
def test_a_random_journal_is_rewritten(seed: int) -> None:
    apply_to_database(random_journal(seed, 700), view=ContentView.LAST_WINS)
    _, out = write_new_journal("--dialect", "2.6")
    assert ", 0 in other ways." in out or DIGEST.search(out)


@pytest.mark.usefixtures("sqlite_database")
class TestWhatIsHardToSay:
    """States that plain import records would not bring back."""

    def test_an_owner_that_changed(self) -> None:
        owner = Message(
            ArtifactOwnerKey("_", "g", "orders"), ArtifactOwnerValue(Action.UPDATE, "zoe")
        )
        out = check_new_journal(new_content(1, "a"), new_artifact("orders", 1, "a"), owner)
        assert ", 0 in other ways." in out

    def test_an_artifact_whose_first_version_is_gone(self) -> None:
        """Its own date is of a version that is no more; it is the only artifact."""
        out = check_new_journal(
            new_content(1, "a"),
            new_artifact("orders", 1, "a"),
            new_version("orders", 2, "a"),
            version_record("orders", "1", Action.DELETE),
        )
        assert DIGEST.search(out) or expected_differences(out)[0].endswith("in use.")
        assert ", 0 in other ways." in out

    def test_many_artifacts_whose_first_version_is_gone(self) -> None:
        first = [new_artifact(f"a{number}", number, "a") for number in range(1, 6)]
        second = [new_version(f"a{number}", number + 10, "a") for number in range(1, 6)]
        deletions = [version_record(f"a{number}", "1", Action.DELETE) for number in range(1, 6)]
        out = check_new_journal(new_content(1, "a"), *first, *second, *deletions)
        assert ", 0 in other ways." in out

    def test_overlong_labels_that_an_upload_cut(self) -> None:
        meta = MetaData("n", "d", ("x" * 300, "short"), {"k": "v" * 2000})
        out = check_new_journal(new_content(1, "a"), new_artifact("orders", 1, "a", meta_data=meta))
        assert ", 0 in other ways." in out

    def test_overlong_labels_at_which_an_import_failed(self) -> None:
        meta = MetaData("n", "d", ("short", "x" * 300), {"k": "v"})
        out = check_new_journal(new_content(1, "a"), import_version("orders", 1, 1, meta_data=meta))
        assert ", 0 in other ways." in out

    def test_an_import_that_left_no_search_rows(self) -> None:
        meta = MetaData("n", "d", ("one",), {"k": "v"})
        out = check_new_journal(
            new_content(1, "a"), import_version("orders", -1, 1, meta_data=meta)
        )
        assert "Version 1 is found by labels and properties from now on." in expected_differences(
            out
        )
        assert ", 0 in other ways." in out

    def test_a_rule_before_its_artifact(self) -> None:
        assert DIGEST.search(check_new_journal(artifact_rule("orders", Action.CREATE)))

    def test_a_group_without_a_time_in_the_journal(self, broker: str) -> None:
        apply_to_database(records(group(Action.CREATE, created_by="alice")))
        before = own_row()
        name, out = write_new_journal("--dialect", "2.6")
        assert DIGEST.search(out)
        replay_into_database(name)
        assert own_row() == before

    def test_comments_of_more_than_one_digit(self) -> None:
        draws = [
            Message(CommentIdKey("_", f"n{number}"), CommentIdValue(Action.CREATE))
            for number in range(12)
        ]
        comments = [comment(Action.CREATE, str(number)) for number in (2, 9, 10)]
        out = check_new_journal(
            new_content(1, "a"), new_artifact("orders", 1, "a"), *draws, *comments
        )
        assert ", 0 in other ways." in out
        assert not [line for line in expected_differences(out) if "commentId" in line]

    def test_ids_allocated_beyond_those_in_use_and_other_tenants(self) -> None:
        def draw(tenant: str, count: int) -> Iterable[Message]:
            for number in range(count):
                yield Message(ContentIdKey(tenant, f"c{number}"), ContentIdValue(Action.CREATE))
                yield Message(GlobalIdKey(tenant, f"g{number}"), GlobalIdValue(Action.CREATE))

        out = check_new_journal(
            *draw("_", 7),
            *draw("acme", 3),
            new_content(2, "a"),
            new_artifact("orders", 2, "a"),
            new_content(1, "b", tenant="acme"),
            new_artifact("orders", 3, "b", tenant="acme"),
        )
        assert DIGEST.search(out)

    def test_a_sequence_that_is_too_far_from_the_ids_in_use_begins_again(self) -> None:
        out = check_new_journal(
            new_content(2**62 - 1, "a"),
            Message(ContentIdKey("_", "u"), ContentIdValue(Action.RESET)),
            new_artifact("orders", 1, "a"),
            delete_artifact("orders"),
        )
        assert expected_differences(out) == [
            "The sequence contentId stands at 4611686018427387903 and begins again at 0: it would "
            "take 4,611,686,018,427,387,903 records to move it there."
        ]

    def test_a_content_shared_between_tenants_is_copied_to_both(self) -> None:
        out = check_new_journal(
            new_content(1, "a"),
            new_content(2, "b"),
            new_content(1, "c", tenant="acme"),
            new_artifact("orders", 1, "a", tenant="acme"),
            new_artifact("prices", 2, "b", tenant="acme"),
            new_artifact("same", 3, "b", tenant="acme"),
        )
        assert expected_differences(out)[:2] == [
            "Content 1 of tenant _ is content 2 of tenant acme, too.",
            "Content 2 of tenant _ is content 3 of tenant acme, too.",
        ]
        assert ", 0 in other ways." in out


def own_row() -> object:
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT group_id, created_on, created_on_derived FROM registry_group")
        return cursor.fetchall()


def replay_into_database(topic: str) -> None:
    """Django's present database holds what the topic says."""
    empty_database()
    file = Path(connections.settings["journal"]["NAME"]).with_name("new.jsonl")
    call("dump", "--topic", topic, "--output", file)
    with file.open("rb") as lines:
        apply_to_database(list(read_ordered(lines)))


@pytest.mark.usefixtures("sqlite_database")
class TestSafety:
    def test_deleted_contents_are_not_on_the_new_topic(self, tmp_path: Path) -> None:
        secret = "password=hunter2"
        name, _ = check_named_journal(
            new_content(1, secret),
            new_content(2, "harmless"),
            new_artifact("leak", 1, secret),
            new_artifact("orders", 2, "harmless"),
            delete_artifact("leak"),
        )
        call("dump", "--topic", name, "--output", tmp_path / "new.jsonl")
        with (tmp_path / "new.jsonl").open("rb") as lines:
            values = b"".join(record.value or b"" for record in read_ordered(lines))
        assert b"hash of harmless" in values
        assert b"hash of password" not in values

    def test_a_topic_with_records_is_rejected(self) -> None:
        taken = load(DATA / "journals" / "2.1.3.jsonl")
        apply_to_database(records(new_content(1, "a")))
        with pytest.raises(CommandError, match="holds records already"):
            call("rebuild_topic", "--topic", taken, "--yes")

    def test_the_journal_itself_is_rejected(self, settings: Settings) -> None:
        settings.JOURNAL_TOPIC = "mine"
        with pytest.raises(CommandError, match="this node's own journal"):
            call("rebuild_topic", "--topic", "mine", "--yes")

    def test_a_node_without_a_record_is_rejected(self) -> None:
        with pytest.raises(CommandError, match="has no state to write"):
            call("rebuild_topic", "--topic", new_name(), "--yes")

    def test_a_dry_run_makes_no_topic(self, broker: str) -> None:
        apply_to_database(records(new_content(1, "a")))
        name = new_name()
        out = call("rebuild_topic", "--topic", name, "--dry-run")
        assert "1 ContentId" in out
        assert not TopicAdmin({"bootstrap.servers": broker}, name).exists()

    def test_another_cluster_may_have_the_topic(self, broker: str, settings: Settings) -> None:
        settings.KAFKA_PROPERTIES = {"bootstrap.servers": "127.0.0.1:1"}
        apply_to_database(records(new_content(1, "a")))
        name, _ = write_new_journal("--bootstrap-servers", broker)
        assert TopicAdmin({"bootstrap.servers": broker}, name).exists()


def check_named_journal(*messages: Message) -> tuple[str, str]:
    apply_to_database(records(*messages))
    return write_new_journal("--dialect", "2.6")


@pytest.mark.usefixtures("sqlite_database")
def test_a_dialect_that_the_records_do_not_reveal_is_reported() -> None:
    draw = Message(ContentIdKey("_", "n"), ContentIdValue(Action.CREATE))
    apply_to_database(records(draw))
    _, out = write_new_journal("--dialect", "2.4")
    assert "Set JOURNAL_FORMAT_VERSION=2.4 on Annals nodes" in out
    assert sequence_state("_", SequenceName.CONTENT_ID).value == 1


def test_rows_that_differ_are_named(sqlite_database: str) -> None:
    apply_to_database(records(new_content(1, "a"), new_content(2, "b"), group(Action.CREATE)))
    with scratch_database() as scratch:
        writer = Writer(scratch.settings)
        writer.write(
            "INSERT INTO registry_content (tenant_id, content_id, content_hash, canonical_hash, "
            "content) VALUES ('_', 2, 'other', 'c', 'x'), ('_', 3, 'new', 'c', 'y')"
        )
        writer.close()
        changes = list(compare_states(connections["default"], scratch.connection))
    assert [(change.subject, change.kind) for change in changes] == [
        ("content 1", "gone"),
        ("content 2", "changed"),
        ("content 3", "new"),
        ("group g", "gone"),
    ]
