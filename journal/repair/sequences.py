"""Repairs of sequences: RESET to the highest id in use, or allocation of ids up to a number."""

from collections.abc import Sequence

from journal.health.formatting import tenant_prefix
from journal.repair.plan import (
    CheckResult,
    PlannedRecord,
    RepairImpossible,
    RepairPlan,
    seeded_nonces,
)
from journal.wire.dialects import Dialect, get_form, supports
from journal.wire.messages import (
    Action,
    CommentIdKey,
    CommentIdValue,
    ContentIdKey,
    ContentIdValue,
    GlobalIdKey,
    GlobalIdValue,
    Message,
    MessageType,
)
from registry.models import DEFAULT_TENANT, SequenceName
from registry.queries import SequenceState, is_id_in_use, sequence_state, tenants

#: Advancing takes one record for each id; a plan of more records is refused.
MAX_ALLOCATIONS = 10_000
#: Java's highest long.
_MAX_ID = 2**63 - 1

#: In the order in which an import of an empty export resets them. Java nodes reset no others.
_RESETTABLE = (SequenceName.GLOBAL_ID, SequenceName.CONTENT_ID)
_RESOLVES = ("J02", "J03")
_NAMES = {
    SequenceName.CONTENT_ID: "content id",
    SequenceName.GLOBAL_ID: "global id",
    SequenceName.COMMENT_ID: "comment id",
}
_OLD_NODES_WARNING = (
    "This journal is written as nodes up to 2.1.3 read it. The keys of their id records are all "
    "alike, so on a compacted topic compaction removes what they draw after this and the "
    "sequences fall behind again; a reset that such a node says itself is removed, too. Set "
    "cleanup.policy=delete with retention.ms=-1 and retention.bytes=-1 first, and upgrade them."
)


def id_message(
    name: SequenceName, action: Action, tenant_id: str, nonce: str, dialect: Dialect
) -> Message:
    """Build a record for resetting a sequence or allocating its next id.

    Nodes whose dialect has no nonces ignore the nonce.
    """
    spelled = get_form(dialect)
    if name is SequenceName.CONTENT_ID:
        return Message(ContentIdKey(tenant_id, nonce), ContentIdValue(action), spelled)
    if name is SequenceName.GLOBAL_ID:
        return Message(GlobalIdKey(tenant_id, nonce), GlobalIdValue(action), spelled)
    return Message(CommentIdKey(tenant_id, nonce), CommentIdValue(action), spelled)


def tenants_to_reset() -> list[str]:
    """Return the tenants with a sequence behind, or else the default tenant."""
    behind = [
        tenant
        for tenant in tenants()
        if any(sequence_state(tenant, name).is_behind for name in _RESETTABLE)
    ]
    return behind or [DEFAULT_TENANT]


def plan_reset(tenant_ids: Sequence[str], dialect: Dialect, seed: str) -> RepairPlan:
    """Plan two RESET records for each tenant, as an import of an empty export writes them."""
    nonces = seeded_nonces(seed)
    records: list[PlannedRecord] = []
    sequences = [sequence_state(tenant, name) for tenant in tenant_ids for name in _RESETTABLE]
    for sequence in sequences:
        if sequence.is_behind:
            change = (
                f"{_title(sequence)} moves from {sequence.value} to {sequence.highest}, the "
                "highest id in use."
            )
        else:
            change = (
                f"{_title(sequence)} stays at {sequence.value}: no id in use is higher "
                f"({sequence.highest})."
            )
        message = id_message(sequence.name, Action.RESET, sequence.tenant_id, next(nonces), dialect)
        records.append(PlannedRecord(message, change))
    return RepairPlan(
        title="Reset the sequences",
        records=tuple(records),
        resolves=_RESOLVES,
        warnings=(_OLD_NODES_WARNING,) if dialect is Dialect.V2_1_0 else (),
        verify=lambda: tuple(
            _check_next_id(sequence.tenant_id, sequence.name) for sequence in sequences
        ),
    )


def plan_advance(sequence: SequenceState, target: int, dialect: Dialect, seed: str) -> RepairPlan:
    """Plan one record for each id up to `target`; raises RepairImpossible."""
    _check_target(sequence, target)
    if sequence.name is SequenceName.COMMENT_ID and not supports(dialect, MessageType.COMMENT_ID):
        raise RepairImpossible(f"The journal's dialect {dialect.value} has no comment ids.")
    nonces = seeded_nonces(seed)
    records = tuple(
        PlannedRecord(
            id_message(sequence.name, Action.CREATE, sequence.tenant_id, next(nonces), dialect),
            f"{_title(sequence)} moves to {number}.",
        )
        for number in range(sequence.value + 1, target + 1)
    )
    warnings = [_OLD_NODES_WARNING] if dialect is Dialect.V2_1_0 else []
    if sequence.is_behind and sequence.name in _RESETTABLE:
        warnings.append(
            f"A reset takes one record and moves {_title(sequence).lower()} to "
            f"{sequence.highest}, the highest id in use; these {len(records)} records are worth "
            "their place only where no reset will do."
        )
    is_any_other_behind = any(
        sequence_state(tenant, name).is_behind
        for tenant in tenants()
        for name in _RESETTABLE
        if (tenant, name) != (sequence.tenant_id, sequence.name)
    )

    def verify() -> tuple[CheckResult, ...]:
        value = sequence_state(sequence.tenant_id, sequence.name).value
        reached = CheckResult(
            f"{_title(sequence)} stands at {value}; {target} was asked for.", value >= target
        )
        return reached, _check_next_id(sequence.tenant_id, sequence.name)

    return RepairPlan(
        title=f"Move {_title(sequence).lower()} to {target}",
        records=records,
        resolves=_RESOLVES if target >= sequence.highest and not is_any_other_behind else (),
        warnings=tuple(warnings),
        verify=verify,
    )


def _check_target(sequence: SequenceState, target: int) -> None:
    if not 0 < target < _MAX_ID:
        raise RepairImpossible(f"{target} is no id.")
    count = target - sequence.value
    if count <= 0:
        raise RepairImpossible(
            f"{_title(sequence)} stands at {sequence.value} already; no record moves it back."
        )
    if count > MAX_ALLOCATIONS:
        alternative = (
            f" A reset takes one record and moves it to {sequence.highest}, the highest id in use."
            if sequence.is_behind
            else ""
        )
        raise RepairImpossible(
            f"That takes {count:,} records, one for each id; at most {MAX_ALLOCATIONS:,} are said "
            f"at once.{alternative}"
        )


def _check_next_id(tenant_id: str, name: SequenceName) -> CheckResult:
    """Check if the next id to be allocated is not in use."""
    sequence = sequence_state(tenant_id, name)
    next_id = sequence.value + 1
    description = f"The next upload draws {tenant_prefix(tenant_id)}{_NAMES[name]} {next_id}"
    if is_id_in_use(tenant_id, name, next_id):
        return CheckResult(f"{description}, which is in use: on a Java node it fails.", False)
    if sequence.is_behind:
        reason = f"which nothing uses, but {sequence.highest} is in use further on"
        return CheckResult(f"{description}, {reason}.", False)
    return CheckResult(f"{description}, which nothing uses: it succeeds.", True)


def _title(sequence: SequenceState) -> str:
    prefix = tenant_prefix(sequence.tenant_id) or "the "
    return f"{prefix[0].upper()}{prefix[1:]}{_NAMES[sequence.name]} sequence"
