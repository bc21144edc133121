"""Models of the journal: ledger, positions, worker status, upgrades, tally and diagnosis.

Only the worker writes them: ledger, positions and tally in the transaction of the registry's rows.
"""

from typing import ClassVar

from django.db import models
from django.db.models import F, Func

#: The start of a request id, which its index holds: enough to find one, in a third of the pages.
#: Random keys are what costs most when a ledger is written, and so what bounds a replay.
REQ_START = Func(
    F("req"), template="SUBSTR(%(expressions)s, 1, 8)", output_field=models.TextField()
)
REQ_START_LENGTH = 8


class Outcome(models.IntegerChoices):
    """The result of applying a record on this node."""

    APPLIED = 1, "applied"
    NO_EFFECT = 2, "no effect"
    REJECTED = 3, "refused"
    UNDECODABLE = 4, "undecodable"


class ContentView(models.IntegerChoices):
    """Which content keeps an id used by two content records."""

    #: To the first, as nodes up to 2.5.8 have it.
    FIRST_WINS = 1, "first-wins"
    #: To the last, as nodes from 2.5.9 on have it.
    LAST_WINS = 2, "last-wins"


class LedgerRow(models.Model):
    """A consumed record; `id` grows in the order of application."""

    partition = models.IntegerField()
    offset = models.BigIntegerField()
    timestamp = models.BigIntegerField()
    #: A MessageType and an Action; null where the record does not tell.
    type = models.SmallIntegerField(null=True)
    action = models.SmallIntegerField(null=True)
    tenant_id = models.TextField(null=True)
    group_id = models.TextField(null=True)
    artifact_id = models.TextField(null=True)
    version = models.TextField(null=True)
    content_id = models.BigIntegerField(null=True)
    global_id = models.BigIntegerField(null=True)
    #: Of a record that adds a version.
    artifact_type = models.TextField(null=True)
    #: The record in words.
    summary = models.TextField()
    #: Bytes of key and value.
    size = models.IntegerField()
    req = models.TextField(null=True)
    outcome = models.SmallIntegerField(choices=Outcome)
    #: The code in registry.errors of a refusal, and its sentence.
    error = models.TextField()
    reason = models.TextField()
    #: What a reader should know although the record was applied: journal.projection.remarks.
    remark = models.TextField()
    #: The id that a sequence record drew, or that of a new comment.
    result = models.BigIntegerField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["partition", "offset"], name="record_once"),
        ]
        indexes: ClassVar = [
            models.Index(REQ_START, name="ledger_by_req_start"),
            models.Index(fields=["type", "id"], name="ledger_by_type"),
            models.Index(
                fields=["outcome", "id"],
                name="ledger_by_trouble",
                condition=~models.Q(outcome=Outcome.APPLIED),
            ),
            models.Index(
                fields=["artifact_id", "id"],
                name="ledger_by_artifact",
                condition=models.Q(artifact_id__isnull=False),
            ),
        ]


class Position(models.Model):
    """The applied part of a partition, and the projection version of the tables."""

    topic = models.TextField()
    partition = models.IntegerField()
    #: The offset to read next.
    next_offset = models.BigIntegerField()
    #: The newest journal.wire.dialects.Generation seen since the last upgrade commit.
    generation = models.SmallIntegerField()
    projection_version = models.SmallIntegerField()
    #: Chosen when the tables are built; another one needs a rebuild.
    content_view = models.SmallIntegerField(choices=ContentView, default=ContentView.FIRST_WINS)
    #: The cluster's own id of the topic: a deleted and re-created one has another. Empty: unknown.
    topic_id = models.TextField(default="")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["topic", "partition"], name="one_position_each"),
        ]


class WorkerStatus(models.Model):
    """The worker's heartbeat, written at least once a second: a single row, id 1."""

    pid = models.IntegerField()
    #: Epoch milliseconds of the last heartbeat.
    beat = models.BigIntegerField()
    #: Replaying until the end offsets found at the start were reached.
    is_caught_up = models.BooleanField()
    is_broker_reachable = models.BooleanField()
    #: JSON objects by partition: log start offset, end offset.
    start_offsets = models.TextField()
    end_offsets = models.TextField()
    #: A TopicDescription of journal.kafka as JSON; null before the broker has described the topic.
    topic_facts = models.TextField(null=True)
    #: Why the worker does not apply, in a sentence; empty when well.
    trouble = models.TextField()
    #: The code of the error behind it, such as "topic-missing".
    trouble_kind = models.TextField(default="")
    #: Records applied a second lately; 0 once the end was reached.
    rate = models.FloatField(default=0)


class UpgraderState(models.Model):
    """A Java node's part in the upgrade protocol of 2.5.9 and later, according to its records."""

    upgrader_uuid = models.TextField(unique=True)
    #: The version that it wants to raise the topic to; null before it tried.
    version = models.IntegerField(null=True)
    #: The offset at which it asked for the lock; null while it does not hold or want it.
    tried_at_offset = models.BigIntegerField(null=True)
    #: The timestamp of its last record, in ms.
    seen_at = models.BigIntegerField()


class UpgradeCommit(models.Model):
    """A topic version committed by a Java node; a topic without a commit has version 1."""

    offset = models.BigIntegerField()
    upgrader_uuid = models.TextField()
    version = models.IntegerField()
    timestamp = models.BigIntegerField()


class Missed(models.Model):
    """Offsets without a record at the time a node with tables reached them.

    The records may have been removed before this node could apply them.
    """

    partition = models.IntegerField()
    first_offset = models.BigIntegerField()
    last_offset = models.BigIntegerField()
    #: How many of the offsets between, both included, had none.
    count = models.BigIntegerField()
    #: Epoch milliseconds.
    noticed_at = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["partition", "first_offset"], name="missed_once"),
        ]


class StoredTally(models.Model):
    """The tally of the records, see journal.projection.tally: a single row, id 1."""

    document = models.TextField()

    class Meta:
        db_table = "journal_tally"


class StoredDiagnosis(models.Model):
    """The newest diagnosis, see journal.health: a single row, id 1."""

    document = models.TextField()

    class Meta:
        db_table = "journal_diagnosis"


class SearchPosition(models.Model):
    """The progress of the search index: a single row, id 1, absent before indexing began.

    See journal.search. The index itself, `journal_searchrow` and `journal_searchtext`, is created
    in a migration, since its SQL differs by database.
    """

    #: Of what is kept of an artifact.
    version = models.SmallIntegerField()
    #: Ledger rows up to this one are followed.
    mark = models.BigIntegerField()
    #: Artifacts up to this row id are kept; null once all are.
    scanned = models.BigIntegerField(null=True)
