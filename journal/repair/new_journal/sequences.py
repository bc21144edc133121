"""The records that advance each sequence of a new journal to its present value."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from uuid import uuid4

from journal.repair.new_journal.values import ExpectedDifference, NewRecord
from journal.repair.sequences import id_message
from journal.wire.dialects import Dialect, supports
from journal.wire.messages import Action, MessageType
from registry.models import SequenceName
from registry.queries import SequenceState, highest_comment_text, sequence_state, tenants


def sequence_records(
    dialect: Dialect, new_content_ids: Mapping[str, int]
) -> Iterator[NewRecord | ExpectedDifference]:
    """Yield a RESET to the highest id in use, then a CREATE for each id allocated beyond it.

    `new_content_ids` are the highest content ids by tenant that only the new journal uses.
    """
    for tenant in tenants():
        for name in (SequenceName.GLOBAL_ID, SequenceName.CONTENT_ID, SequenceName.COMMENT_ID):
            sequence = sequence_state(tenant, name)
            if name is SequenceName.CONTENT_ID:
                highest = max(sequence.highest, new_content_ids.get(tenant, 0))
                sequence = replace(sequence, highest=highest)
            yield from _records_of_sequence(sequence, dialect)


def _records_of_sequence(
    sequence: SequenceState, dialect: Dialect
) -> Iterator[NewRecord | ExpectedDifference]:
    tenant, name = sequence.tenant_id, sequence.name
    key = (tenant, name.value)
    is_of_comments = name is SequenceName.COMMENT_ID
    if is_of_comments and not supports(dialect, MessageType.COMMENT_ID):
        if sequence.value:
            yield ExpectedDifference("The sequence of comment ids is lost.", "sequences", key)
        return
    if sequence.is_behind:
        yield ExpectedDifference(
            f"The sequence {name.value} stands at {sequence.value} and is moved to "
            f"{sequence.highest}, the highest id in use.",
            "sequences",
            key,
        )
    reset_value = sequence.highest
    if is_of_comments:
        # Nodes compare comment ids as text, of which "9" is the highest, not "10".
        highest_text = highest_comment_text(tenant)
        reset_value = int(highest_text) if highest_text.isdecimal() else 0
    if reset_value:
        yield NewRecord(id_message(name, Action.RESET, tenant, str(uuid4()), dialect))
    for _ in range(max(sequence.value, sequence.highest) - reset_value):
        yield NewRecord(id_message(name, Action.CREATE, tenant, str(uuid4()), dialect))
