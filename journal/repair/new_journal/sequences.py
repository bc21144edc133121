"""The records for advancing each sequence of a new journal to its present value."""

from collections.abc import Iterator, Mapping
from itertools import product
from uuid import uuid4

from journal.repair.new_journal.values import ExpectedDifference, NewRecord
from journal.repair.sequences import id_message
from journal.wire.dialects import Dialect, supports
from journal.wire.messages import Action, MessageType
from registry.models import SequenceName
from registry.queries import highest_comment_text, sequence_state, tenants

#: A sequence that would need more records begins with the highest id in use instead.
MAX_CREATIONS = 1_000_000


def sequence_records(
    dialect: Dialect, new_content_ids: Mapping[str, int]
) -> Iterator[NewRecord | ExpectedDifference]:
    """Yield a RESET to the highest id in use, then a CREATE for each id allocated beyond it.

    `new_content_ids` are, by tenant, the highest content ids used only by the new journal.
    """
    names = (SequenceName.GLOBAL_ID, SequenceName.CONTENT_ID, SequenceName.COMMENT_ID)
    for tenant, name in product(tenants(), names):
        sequence = sequence_state(tenant, name)
        key = (tenant, name.value)
        value, highest = sequence.value, sequence.highest
        reset_value = highest
        if name is SequenceName.COMMENT_ID and not supports(dialect, MessageType.COMMENT_ID):
            if value:
                yield ExpectedDifference("The sequence of comment ids is lost.", "sequences", key)
            continue
        if name is SequenceName.COMMENT_ID:
            # Nodes compare comment ids as text, of which "9" is the highest, not "10".
            highest_text = highest_comment_text(tenant)
            reset_value = int(highest_text) if highest_text.isdecimal() else 0
        if name is SequenceName.CONTENT_ID:
            reset_value = highest = max(highest, new_content_ids.get(tenant, 0))
        if value < highest:
            yield ExpectedDifference(
                f"The sequence {name.value} stands at {value} and is moved to {highest}, the "
                "highest id in use.",
                "sequences",
                key,
            )
        if reset_value:
            yield NewRecord(id_message(name, Action.RESET, tenant, str(uuid4()), dialect))
        count = max(value, highest) - reset_value
        if count > MAX_CREATIONS:
            yield ExpectedDifference(
                f"The sequence {name.value} stands at {max(value, highest)} and begins again at "
                f"{reset_value}: it would take {count:,} records to move it there.",
                "sequences",
                key,
            )
            continue
        for _ in range(count):
            yield NewRecord(id_message(name, Action.CREATE, tenant, str(uuid4()), dialect))
