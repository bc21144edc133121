"""Moves sequences: by RESET records to the highest id in use, by draws to any number above."""

from collections.abc import Iterator, Sequence

from journal.repair.plan import Check, PlannedRecord, RepairImpossible, RepairPlan, nonces
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
from registry.queries import SequenceStanding, is_id_in_use, sequence_standing, tenants

#: A move says one record for each id; more of them are no mending any more.
MAX_ALLOCATIONS = 10_000
#: Java's highest long.
_HIGHEST = 2**63 - 1

#: In the order in which an import of an empty export says them; no Java node says a third.
_RESET = (SequenceName.GLOBAL_ID, SequenceName.CONTENT_ID)
_CURED = ("J02", "J03")
_NAMES = {
    SequenceName.CONTENT_ID: "content id",
    SequenceName.GLOBAL_ID: "global id",
    SequenceName.COMMENT_ID: "comment id",
}
_OLD_NODES = (
    "This journal is written as nodes up to 2.1.3 read it. The keys of their id records are all "
    "alike, so on a compacted topic compaction removes what they draw after this and the "
    "sequences fall behind again; a reset that such a node says itself is removed, too. Set "
    "cleanup.policy=delete with retention.ms=-1 and retention.bytes=-1 first, and upgrade them."
)


def id_message(
    name: SequenceName, action: Action, place: tuple[str, str], dialect: Dialect
) -> Message:
    """`place` is (tenant, nonce); readers that know no nonce pass over it."""
    spelled = get_form(dialect)
    if name is SequenceName.CONTENT_ID:
        return Message(ContentIdKey(*place), ContentIdValue(action), spelled)
    if name is SequenceName.GLOBAL_ID:
        return Message(GlobalIdKey(*place), GlobalIdValue(action), spelled)
    return Message(CommentIdKey(*place), CommentIdValue(action), spelled)


def tenants_to_reset() -> list[str]:
    """Those with a sequence behind; the default tenant if there is none."""
    behind = [
        tenant
        for tenant in tenants()
        if any(sequence_standing(tenant, name).is_behind for name in _RESET)
    ]
    return behind or [DEFAULT_TENANT]


def plan_reset(of_tenants: Sequence[str], dialect: Dialect, seed: str) -> RepairPlan:
    """What an import of an empty export says: two RESET records, for each of these tenants."""
    drawn = nonces(seed)
    standings = [sequence_standing(each, name) for each in of_tenants for name in _RESET]
    records = tuple(
        PlannedRecord(
            id_message(each.name, Action.RESET, (each.tenant_id, next(drawn)), dialect),
            _reset_change(each),
        )
        for each in standings
    )
    return RepairPlan(
        title="Reset the sequences",
        records=records,
        cures=_CURED,
        warnings=tuple(_warnings(dialect)),
        prove=lambda: tuple(check_next_id(each.tenant_id, each.name) for each in standings),
    )


def plan_advance(standing: SequenceStanding, to: int, dialect: Dialect, seed: str) -> RepairPlan:
    """One record for each id up to `to`; raises RepairImpossible."""
    count = _draws(standing, to)
    if standing.name is SequenceName.COMMENT_ID and not supports(dialect, MessageType.COMMENT_ID):
        raise RepairImpossible(f"The journal's dialect {dialect.value} has no comment ids.")
    drawn = nonces(seed)
    records = tuple(
        PlannedRecord(
            id_message(standing.name, Action.CREATE, (standing.tenant_id, next(drawn)), dialect),
            f"{_sequence(standing)} moves to {number}.",
        )
        for number in range(standing.value + 1, to + 1)
    )
    warnings = [*_warnings(dialect)]
    if standing.is_behind and standing.name in _RESET:
        warnings.append(
            f"A reset takes one record and moves {_sequence(standing).lower()} to "
            f"{standing.highest}, the highest id in use; these {count} records are worth their "
            "place only where no reset will do."
        )
    return RepairPlan(
        title=f"Move {_sequence(standing).lower()} to {to}",
        records=records,
        cures=_CURED if _is_last_behind(standing, to) else (),
        warnings=tuple(warnings),
        prove=lambda: (
            _prove_at_least(standing, to),
            check_next_id(standing.tenant_id, standing.name),
        ),
    )


def _is_last_behind(standing: SequenceStanding, to: int) -> bool:
    """Whether no sequence is left behind once this one is moved."""
    place = standing.tenant_id, standing.name
    others = (
        sequence_standing(tenant, name)
        for tenant in tenants()
        for name in _RESET
        if (tenant, name) != place
    )
    return to >= standing.highest and not any(each.is_behind for each in others)


def _draws(standing: SequenceStanding, to: int) -> int:
    """How many records that takes; raises RepairImpossible."""
    if not 0 < to < _HIGHEST:
        raise RepairImpossible(f"{to} is no id.")
    count = to - standing.value
    if count <= 0:
        raise RepairImpossible(
            f"{_sequence(standing)} stands at {standing.value} already; no record moves it back."
        )
    if count > MAX_ALLOCATIONS:
        better = (
            f" A reset takes one record and moves it to {standing.highest}, the highest id in use."
            if standing.is_behind
            else ""
        )
        raise RepairImpossible(
            f"That takes {count:,} records, one for each id; at most {MAX_ALLOCATIONS:,} are said "
            f"at once.{better}"
        )
    return count


def check_next_id(tenant: str, name: SequenceName) -> Check:
    """That the next id drawn is one that nothing uses."""
    standing = sequence_standing(tenant, name)
    following = standing.value + 1
    is_free = not is_id_in_use(tenant, name, following)
    words = f"The next upload draws {_of_tenant(tenant)}{_NAMES[name]} {following}"
    if not is_free:
        return Check(f"{words}, which is in use: on a Java node it fails.", holds=False)
    if standing.is_behind:
        further = f"which nothing uses, but {standing.highest} is in use further on"
        return Check(f"{words}, {further}.", holds=False)
    return Check(f"{words}, which nothing uses: it succeeds.", holds=True)


def _prove_at_least(standing: SequenceStanding, to: int) -> Check:
    value = sequence_standing(standing.tenant_id, standing.name).value
    return Check(f"{_sequence(standing)} stands at {value}; {to} was asked for.", value >= to)


def _reset_change(standing: SequenceStanding) -> str:
    if standing.is_behind:
        return (
            f"{_sequence(standing)} moves from {standing.value} to {standing.highest}, the "
            "highest id in use."
        )
    return (
        f"{_sequence(standing)} stays at {standing.value}: no id in use is higher "
        f"({standing.highest})."
    )


def _sequence(standing: SequenceStanding) -> str:
    tenant = _of_tenant(standing.tenant_id)
    return (
        f"{tenant[:1].upper()}{tenant[1:]}{_NAMES[standing.name]} sequence"
        if tenant
        else (f"The {_NAMES[standing.name]} sequence")
    )


def _of_tenant(tenant: str) -> str:
    return "" if tenant == DEFAULT_TENANT else f"tenant {tenant}'s "


def _warnings(dialect: Dialect) -> Iterator[str]:
    if dialect is Dialect.V2_1_0:
        yield _OLD_NODES
