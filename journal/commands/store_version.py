"""Storing a version: draw the ids it needs in one round trip, say its records in another."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from uuid import uuid4

from msgspec.structs import replace

from journal.projection.effects import Effect
from journal.publish.dialect import current_dialect
from journal.publish.id_allocation import allocate_ids
from journal.publish.publisher import publish
from journal.wire.dialects import (
    Dialect,
    DialectError,
    build_content_message,
    creates_groups,
    get_form,
)
from journal.wire.messages import (
    Action,
    ArtifactKey,
    ArtifactValue,
    GroupKey,
    GroupValue,
    Message,
    MetaData,
)
from registry import artifact_types, queries
from registry.admission.limits import check_count_limits, check_meta_data
from registry.admission.rules import ProposedContent, enforce_rules, evaluate_rules
from registry.artifact_types import CanonicalGeneration
from registry.errors import (
    ArtifactAlreadyExists,
    ArtifactNotFound,
    InvalidContent,
    UnsupportedByDialect,
    error_by_name,
)
from registry.models import DEFAULT_TENANT, SequenceName
from registry.queries import NO_PLANNED_CONTENTS, PlannedContents, VersionMeta, WriteContext
from registry.references import Reference, content_hash, serialize_references
from registry.rules import Verdict

#: A delete elsewhere may take a content between our two looks at it; then it is said again.
_ATTEMPTS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class NewVersion:
    """What a caller wants stored; a group of None is the default group.

    A type of None is the artifact's own; name and description of None are the content's own. No
    labels are those of the version before.
    """

    group_id: str | None
    artifact_id: str
    content: bytes
    type: str | None = None
    version: str | None = None
    name: str | None = None
    description: str | None = None
    labels: tuple[str, ...] = ()
    references: tuple[Reference, ...] = ()
    created_by: str = ""


def store(new: NewVersion, action: Action) -> VersionMeta:
    """Draws what ids are needed in one round trip, says the rest in another.

    Raises ArtifactAlreadyExists for a CREATE, ArtifactNotFound and VersionAlreadyExists for an
    UPDATE, InvalidContent, RuleViolation, UnsupportedByDialect, NoOutcome.
    """
    if not new.content:
        raise InvalidContent("Empty content is not allowed.")
    try:
        for _ in range(_ATTEMPTS):
            effect, global_id = _store_once(new, action)
            if effect.error != "ContentNotFound":
                break
    except DialectError as error:
        raise UnsupportedByDialect(str(error)) from error
    if effect.error:
        raise error_by_name(effect.error, effect.reason)
    return queries.version_meta_by_global_id(global_id)


def judge(new: NewVersion, action: Action) -> None:
    """All that may refuse it before anything is said, as `store` raises it."""
    _refuse(new, action, _known_type(new, action))


def _refuse(new: NewVersion, action: Action, type_name: str) -> MetaData:
    """What is to be kept of it, if nothing refuses that."""
    meta_data = _within_limits(new, action, type_name)
    enforce_rules(_proposal_of(new, type_name))
    return meta_data


def _within_limits(new: NewVersion, action: Action, type_name: str) -> MetaData:
    check_count_limits(new.group_id, new.artifact_id, new.content, is_new=action is Action.CREATE)
    meta_data = _meta_data(new, type_name)
    check_meta_data(meta_data)
    return meta_data


def tried(
    new: NewVersion, action: Action, planned: PlannedContents = NO_PLANNED_CONTENTS
) -> list[Verdict]:
    """What every rule says of it, as if what is planned were stored already.

    Raises what `store` would for anything but a rule, whatever of it can be known beforehand.
    """
    type_name = _known_type(new, action)
    _within_limits(new, action, type_name)
    serialized = serialize_references(new.references)
    hashed = content_hash(new.content, serialized)
    try:
        _content_sayer(new, current_dialect(), type_name, (hashed, serialized))(content_id=0)
    except DialectError as error:
        raise UnsupportedByDialect(str(error)) from error
    return evaluate_rules(_proposal_of(new, type_name), planned)


def verdicts_on(new: NewVersion, action: Action) -> list[Verdict]:
    """What every rule in force says of it; raises as `store` for what is no rule's concern."""
    return evaluate_rules(_proposal_of(new, _known_type(new, action)))


def _known_type(new: NewVersion, action: Action) -> str:
    if not new.content:
        raise InvalidContent("Empty content is not allowed.")
    standing = queries.load_write_context(new.group_id, new.artifact_id, content_hash="")
    return _type_of(new, action, standing)


def _proposal_of(new: NewVersion, type_name: str) -> ProposedContent:
    return ProposedContent(new.group_id, new.artifact_id, type_name, new.content, new.references)


def _store_once(new: NewVersion, action: Action) -> tuple[Effect, int]:
    """The artifact record's effect and the global id that it names."""
    serialized = serialize_references(new.references)
    hashed = content_hash(new.content, serialized)
    standing = queries.load_write_context(new.group_id, new.artifact_id, hashed)
    type_name = _type_of(new, action, standing)
    made = _artifact_value(new, action, type_name, _refuse(new, action, type_name))
    dialect = current_dialect()
    names = [SequenceName.GLOBAL_ID]
    if standing.content_id is None:
        names.insert(0, SequenceName.CONTENT_ID)
    content = _content_sayer(new, dialect, type_name, (hashed, serialized))
    if standing.content_id is None:
        # Before an id is drawn for it: what the dialect can't say burns none.
        content(content_id=0)
    ids = allocate_ids(names, dialect)
    messages = []
    if standing.content_id is None:
        messages.append(content(content_id=ids[SequenceName.CONTENT_ID]))
    if action is Action.CREATE and not standing.has_group and creates_groups(dialect):
        messages.append(_group_message(new, dialect))
    messages.append(
        Message(
            artifact_key(new.group_id, new.artifact_id),
            replace(made, content_hash=hashed, global_id=ids[SequenceName.GLOBAL_ID]),
            get_form(dialect),
        )
    )
    return publish(messages)[-1], ids[SequenceName.GLOBAL_ID]


def _type_of(new: NewVersion, action: Action, standing: WriteContext) -> str:
    """Raises what the projection would, before anything is said."""
    known = standing.artifact_type
    if action is Action.CREATE:
        if known is not None:
            raise ArtifactAlreadyExists(new.group_id, new.artifact_id)
        if new.type is None:
            raise InvalidContent("A new artifact needs a type.")
        return new.type
    if known is None:
        raise ArtifactNotFound(new.group_id, new.artifact_id)
    return new.type or known


def _content_sayer(
    new: NewVersion, dialect: Dialect, type_name: str, spelled: tuple[str, str | None]
) -> Callable[..., Message]:
    """Makes the content record for a content id; raises DialectError."""
    hashed, serialized = spelled
    return partial(
        build_content_message,
        dialect,
        tenant_id=DEFAULT_TENANT,
        content_hash=hashed,
        canonical_hash=canonical_hash(new, type_name, serialized, dialect),
        content=new.content,
        serialized_references=serialized,
    )


def canonical_hash(
    new: NewVersion, type_name: str, serialized: str | None, dialect: Dialect
) -> str:
    """By the canonical form of the nodes that read this dialect."""
    is_newest = dialect is Dialect.V2_6
    return artifact_types.canonical_hash(
        type_name,
        new.content,
        serialized,
        generation=CanonicalGeneration.A2 if is_newest else CanonicalGeneration.A1,
        references=queries.referenced_contents(new.references),
    )


def _group_message(new: NewVersion, dialect: Dialect) -> Message:
    value = GroupValue(Action.CREATE, created_by=new.created_by, modified_by=new.created_by)
    return Message(GroupKey(DEFAULT_TENANT, new.group_id), value, get_form(dialect))


def _artifact_value(
    new: NewVersion, action: Action, type_name: str, meta_data: MetaData
) -> ArtifactValue:
    """Without its hash and the id that is yet to be drawn."""
    return ArtifactValue(
        action=action,
        meta_data=meta_data,
        version=new.version,
        artifact_type=type_name,
        created_by=new.created_by,
        created_on=int(time.time() * 1000),
    )


def _meta_data(new: NewVersion, type_name: str) -> MetaData:
    """What the content says of itself, unless the caller says otherwise."""
    extracted = artifact_types.by_name(type_name).extract(new.content)
    return MetaData(
        name=extracted.name if new.name is None else new.name,
        description=extracted.description if new.description is None else new.description,
        labels=new.labels or None,
    )


def artifact_key(group_id: str | None, artifact_id: str) -> ArtifactKey:
    return ArtifactKey(DEFAULT_TENANT, group_id, artifact_id, str(uuid4()))
