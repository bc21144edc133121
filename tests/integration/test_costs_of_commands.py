"""What commands cost where no machine can blur it: records on the journal, and waits for them."""

import io
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from inspect import isfunction
from pathlib import Path
from typing import Any

import pytest

from journal import commands
from journal.commands import BundleItem, IfExists, NewVersion, PlannedAction, PreservedIds
from journal.kafka.producer import JournalProducer
from journal.outcomes.pending_writes import PendingWrites
from journal.wire.messages import MetaData
from registry import queries
from registry.models import RuleType
from tests.journals import DATA
from tests.own_node import writer

pytestmark = [pytest.mark.kafka, pytest.mark.usefixtures("node")]

#: Of a command: how many records it says, and how often it waits until records were applied.
Cost = tuple[int, int]
NOTHING: Cost = (0, 0)
EXPORT = (DATA / "journals" / "2.6.13-export.zip").read_bytes()


class Journal:
    """Counts what goes through the producer and who waits for it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.records = self.waits = self.flushes = 0
        publish, register, flush = (
            JournalProducer.publish,
            PendingWrites.register,
            JournalProducer.flush,
        )

        def counted_publish(producer: JournalProducer, *record: Any) -> None:
            self.records += 1
            publish(producer, *record)

        def counted_register(pending: PendingWrites, reqs: Sequence[str]) -> Any:
            self.waits += 1
            return register(pending, reqs)

        def counted_flush(producer: JournalProducer, timeout: float) -> int:
            self.flushes += 1
            return flush(producer, timeout)

        monkeypatch.setattr(JournalProducer, "publish", counted_publish)
        monkeypatch.setattr(JournalProducer, "flush", counted_flush)
        monkeypatch.setattr(PendingWrites, "register", counted_register)

    def cost(self, command: Callable[[], Any]) -> Cost:
        before = self.records, self.waits
        command()
        return self.records - before[0], self.waits - before[1]


@pytest.fixture
def journal(monkeypatch: pytest.MonkeyPatch) -> Journal:
    return Journal(monkeypatch)


def new(artifact_id: str, number: int, group_id: str | None = "shop") -> NewVersion:
    content = b'{"type":"record","name":"R%d","fields":[]}' % number
    return NewVersion(group_id=group_id, artifact_id=artifact_id, type="AVRO", content=content)


def found(journal: Journal, steps: Iterable[tuple[str, Callable[[], Any]]]) -> dict[str, Cost]:
    return {name: journal.cost(command) for name, command in steps}


def check(journal: Journal, steps: Mapping[str, tuple[Callable[[], Any], Cost]]) -> None:
    """The steps, in their order, cost what stands beside them."""
    costs = found(journal, ((name, command) for name, (command, _) in steps.items()))
    assert costs == {name: cost for name, (_, cost) in steps.items()}
    assert journal.flushes == 0


def test_every_command_is_counted_here() -> None:
    names = [name for name in commands.__all__ if isfunction(getattr(commands, name))]
    text = Path(__file__).read_text()
    assert [name for name in names if f"commands.{name}" not in text] == []


def test_what_artifacts_and_versions_cost(journal: Journal) -> None:
    # The first upload of all says of what generation the journal is.
    commands.create_artifact(writer(), new("first", 0))
    check(
        journal,
        {
            # Draws of both ids, then the group if it is new, the content and the artifact.
            "create, all new": (
                lambda: commands.create_artifact(writer(), new("a", 1, "new")),
                (5, 2),
            ),
            "create, group known": (
                lambda: commands.create_artifact(writer(), new("b", 2)),
                (4, 2),
            ),
            "create, content known": (
                lambda: commands.create_artifact(writer(), new("c", 2)),
                (2, 2),
            ),
            "create, there already": (
                lambda: commands.create_artifact(writer(), new("c", 2), IfExists.RETURN_OR_UPDATE),
                NOTHING,
            ),
            "update": (lambda: commands.update_artifact(writer(), new("c", 3)), (4, 2)),
            "check": (lambda: commands.check_artifact(writer(), new("d", 4)), NOTHING),
            "check of an update": (lambda: commands.check_update(writer(), new("c", 4)), NOTHING),
            "verdicts": (lambda: commands.rule_verdicts(new("c", 4)), NOTHING),
            "preview": (
                lambda: commands.preview_version(writer(), new("c", 4), is_version=True),
                NOTHING,
            ),
            "owner": (lambda: commands.update_owner(writer(), "shop", "c", "ann"), (1, 1)),
            "metadata": (
                lambda: commands.update_meta_data(writer(), "shop", "c", "2", MetaData("n")),
                (1, 1),
            ),
            "metadata cleared": (
                lambda: commands.clear_meta_data(writer(), "shop", "c", "2"),
                (1, 1),
            ),
            "state": (
                lambda: commands.update_state(writer(), "shop", "c", "2", "DEPRECATED"),
                (1, 1),
            ),
            "the same state": (
                lambda: commands.update_state(writer(), "shop", "c", "2", "DEPRECATED"),
                NOTHING,
            ),
            # With the version's tombstone, for which nobody waits.
            "delete a version": (
                lambda: commands.delete_version(writer(), "shop", "c", "2", must_be_enabled=False),
                (2, 1),
            ),
            # With a tombstone of each version and of each rule that it may have.
            "delete an artifact": (
                lambda: commands.delete_artifact(writer(), "shop", "c"),
                (5, 1),
            ),
        },
    )


def test_what_groups_rules_and_comments_cost(journal: Journal) -> None:
    for number in range(20):
        commands.create_artifact(writer(), new(f"a{number}", number))
    validity, compatibility = RuleType.VALIDITY, RuleType.COMPATIBILITY
    place = ("shop", "a1", "1")
    check(
        journal,
        {
            "group": (lambda: commands.create_group(writer(), "kept", "words"), (1, 1)),
            "artifact rule": (
                lambda: commands.create_artifact_rule(writer(), "shop", "a1", validity, "FULL"),
                (1, 1),
            ),
            "artifact rule changed": (
                lambda: commands.update_artifact_rule(writer(), "shop", "a1", validity, "NONE"),
                (1, 1),
            ),
            "artifact rule deleted": (
                lambda: commands.delete_artifact_rule(writer(), "shop", "a1", validity),
                (1, 1),
            ),
            # COMPATIBILITY and VALIDITY, one after the other, as on Apicurio's nodes.
            "artifact rules deleted": (
                lambda: commands.delete_artifact_rules(writer(), "shop", "a1"),
                (2, 2),
            ),
            "global rule": (
                lambda: commands.create_global_rule(writer(), compatibility, "FULL"),
                (1, 1),
            ),
            "global rule changed": (
                lambda: commands.update_global_rule(writer(), compatibility, "NONE"),
                (1, 1),
            ),
            "global rule deleted": (
                lambda: commands.delete_global_rule(writer(), compatibility),
                (1, 1),
            ),
            "global rules deleted": (lambda: commands.delete_global_rules(writer()), (2, 2)),
            "comment": (lambda: commands.create_comment(writer(), *place, "one"), (2, 2)),
            "comment changed": (
                lambda: commands.update_comment(writer(), *place, "1", "two"),
                (1, 1),
            ),
            "comment deleted": (lambda: commands.delete_comment(writer(), *place, "1"), (1, 1)),
            "artifacts of a group deleted": (
                lambda: commands.delete_artifacts(writer(), "shop"),
                (1, 1),
            ),
            "group deleted": (lambda: commands.delete_group(writer(), "kept"), (1, 1)),
        },
    )


def test_what_administration_costs(journal: Journal) -> None:
    name = "registry.download.href.ttl"
    check(
        journal,
        {
            # The first record of all says of what generation the journal is.
            "role": (
                lambda: commands.create_role_mapping(writer(), "ann", "ADMIN", "Ann"),
                (2, 2),
            ),
            "role changed": (
                lambda: commands.update_role_mapping(writer(), "ann", "READ_ONLY"),
                (1, 1),
            ),
            "role deleted": (lambda: commands.delete_role_mapping(writer(), "ann"), (1, 1)),
            "setting": (lambda: commands.set_config_property(writer(), name, "60"), (1, 1)),
            "setting reset": (lambda: commands.reset_config_property(writer(), name), (1, 1)),
            "logger": (lambda: commands.set_logger(writer(), "journal.x", "DEBUG"), (1, 1)),
            # Set to the level above it, then deleted, for nodes that know no other way.
            "logger reset": (lambda: commands.reset_logger(writer(), "journal.x"), (2, 2)),
        },
    )
    link = ""

    def offer() -> None:
        nonlocal link
        link = commands.offer_export(writer())

    assert journal.cost(offer) == (1, 1)
    assert journal.cost(lambda: commands.use_download(writer(), link)) == (1, 1)


def test_an_import_waits_for_its_records_together(journal: Journal) -> None:
    archive, preserved = io.BytesIO(EXPORT), PreservedIds()
    assert journal.cost(lambda: commands.preview_import(writer(), archive, preserved)) == NOTHING
    records, waits = journal.cost(lambda: commands.import_archive(writer(), archive, preserved))
    with zipfile.ZipFile(archive) as entries:
        count = sum(name.endswith(".json") for name in entries.namelist())
    # The generation, all entries but the manifest, and resets of the two sequences.
    assert (records, waits) == (count + 2, 3)


def test_a_bundle_costs_what_its_files_cost_one_by_one(journal: Journal) -> None:
    commands.create_artifact(writer(), new("first", 0))
    lines = [
        BundleItem(f"{number}.avsc", new("", number).content, f"a{number}") for number in (1, 2)
    ]
    types = ["AVRO", "AVRO"]
    assert journal.cost(lambda: commands.plan_bundle(writer(), "shop", lines, types)) == NOTHING
    assert journal.cost(
        lambda: commands.store_item(writer(), new("a1", 1), PlannedAction.CREATE)
    ) == (4, 2)
    assert (
        journal.cost(lambda: commands.store_item(writer(), new("a1", 1), PlannedAction.CREATE))
        == NOTHING
    )
    assert queries.count_artifacts() == 2
