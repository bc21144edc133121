"""The records that bring each sequence of a new journal to where it stands in the old one."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from uuid import uuid4

from journal.repair.sequences import id_message
from journal.wire.dialects import Dialect, supports
from journal.wire.messages import Action, Message, MessageType
from registry.models import SequenceName
from registry.queries import SequenceStanding, highest_comment_text, sequence_standing, tenants

#: A record, or None with a difference in words; the place is (tenant, name of the sequence).
_Told = tuple[Message | None, str, tuple[str, str]]


def sequence_records(dialect: Dialect, given: Mapping[str, int]) -> Iterator[_Told]:
    """A RESET to the highest id in use, then a draw for each id that was drawn beyond it.

    `given` are content ids by tenant, in use on the new journal and not in the tables.
    """
    for tenant in tenants():
        for name in (SequenceName.GLOBAL_ID, SequenceName.CONTENT_ID, SequenceName.COMMENT_ID):
            standing = sequence_standing(tenant, name)
            if name is SequenceName.CONTENT_ID:
                highest = max(standing.highest, given.get(tenant, 0))
                standing = replace(standing, highest=highest)
            yield from _of_one(standing, dialect)


def _of_one(standing: SequenceStanding, dialect: Dialect) -> Iterator[_Told]:
    place = (standing.tenant_id, standing.name.value)
    is_comments = standing.name is SequenceName.COMMENT_ID
    if is_comments and not supports(dialect, MessageType.COMMENT_ID):
        if standing.value:
            yield None, "The sequence of comment ids is lost.", place
        return
    if standing.is_behind:
        yield (
            None,
            f"The sequence {standing.name.value} stands at {standing.value} and is moved to "
            f"{standing.highest}, the highest id in use.",
            place,
        )
    target = max(standing.value, standing.highest)
    reached = _reset_to(standing)
    if reached:
        yield _said(standing, Action.RESET, dialect), "", place
    for _ in range(target - reached):
        yield _said(standing, Action.CREATE, dialect), "", place


def _reset_to(standing: SequenceStanding) -> int:
    """Where a RESET leads: comment ids are text, of which "9" is the highest, not "10"."""
    if standing.name is not SequenceName.COMMENT_ID:
        return standing.highest
    text = highest_comment_text(standing.tenant_id)
    return int(text) if text.isdecimal() else 0


def _said(standing: SequenceStanding, action: Action, dialect: Dialect) -> Message:
    return id_message(standing.name, action, (standing.tenant_id, str(uuid4())), dialect)
