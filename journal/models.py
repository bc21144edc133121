"""What became of the journal here: the ledger, the positions, the worker's own word.

The worker writes them in the transaction of the rows they speak of.
"""

from typing import ClassVar

from django.db import models


class Outcome(models.IntegerChoices):
    """What became of a record when this node applied it."""

    APPLIED = 1, "applied"
    NO_EFFECT = 2, "no effect"
    REFUSED = 3, "refused"
    UNDECODABLE = 4, "undecodable"
    NOT_YET = 5, "not yet applied"


class LedgerRow(models.Model):
    """One record consumed; `id` grows in the order of application."""

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
    #: The record in words.
    summary = models.TextField()
    #: Bytes of key and value.
    size = models.IntegerField()
    req = models.TextField(null=True)
    outcome = models.SmallIntegerField(choices=Outcome)
    #: The class name in registry.errors of a refusal, and its sentence.
    error = models.TextField()
    reason = models.TextField()
    #: What a reader should know although the record was applied.
    remark = models.TextField()
    #: The id that a sequence record drew.
    result = models.BigIntegerField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["partition", "offset"], name="record_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["req"], name="ledger_by_req"),
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
    """How far a partition is applied, and by which projection."""

    topic = models.TextField()
    partition = models.IntegerField()
    #: The offset to read next.
    next_offset = models.BigIntegerField()
    #: The newest journal.dialects.Generation seen since the last upgrade commit.
    generation = models.SmallIntegerField()
    projection_version = models.SmallIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["topic", "partition"], name="one_position_each"),
        ]


class WorkerStatus(models.Model):
    """The worker's own word about itself, said at least once a second: a single row, id 1."""

    pid = models.IntegerField()
    #: Epoch milliseconds of the last word.
    beat = models.BigIntegerField()
    #: Replaying until the end offsets found at the start were reached.
    is_caught_up = models.BooleanField()
    is_broker_reachable = models.BooleanField()
    #: JSON objects by partition: log start offset, end offset.
    start_offsets = models.TextField()
    end_offsets = models.TextField()
    #: JSON object of the topic's settings that matter; null while they can't be read.
    topic_config = models.TextField(null=True)
    #: Why the worker does not apply, in a sentence; empty when well.
    trouble = models.TextField()
