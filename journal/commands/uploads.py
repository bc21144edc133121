"""Stores new versions: proposed, checked, converted to records, published."""

import time
from enum import StrEnum

from journal.commands.version_records import VersionRecords, make_version_records
from journal.commands.versions import update_state
from journal.commands.writer import Writer
from journal.projection.effects import Effect
from journal.publish.id_allocation import allocate_ids
from journal.wire.dialects import Dialect
from registry import checking, queries
from registry.admission.limits import check_limits
from registry.admission.new_versions import NewVersion, ProposedVersion, propose
from registry.admission.rules import enforce_rules
from registry.artifact_types import CanonicalGeneration
from registry.errors import (
    ArtifactAlreadyExists,
    ContentNotFound,
    VersionAlreadyExists,
    error_by_code,
)
from registry.models import SequenceName, State
from registry.queries import VersionMeta
from registry.references import content_hash, serialize_references

#: A delete elsewhere may take a content after it was found stored; then it is published, too.
_ATTEMPTS = 5


class IfExists(StrEnum):
    """What to do about an existing artifact id, with Apicurio's names."""

    FAIL = "FAIL"
    UPDATE = "UPDATE"
    RETURN = "RETURN"
    RETURN_OR_UPDATE = "RETURN_OR_UPDATE"


def create_artifact(
    writer: Writer,
    new: NewVersion,
    if_exists: IfExists = IfExists.FAIL,
    canonical: bool = False,
) -> VersionMeta:
    """Store a new artifact's first version; `if_exists` decides about an existing artifact.

    `canonical` compares contents by their canonical form. Raises NotTheOwner, of the group and
    where an existing artifact might be updated; ArtifactAlreadyExists under FAIL; InvalidContent,
    LimitExceeded, RuleViolation, UnsupportedByDialect, NoOutcome.
    """
    try:
        return _store(writer, new, is_new_artifact=True)
    except ArtifactAlreadyExists:
        if if_exists is IfExists.FAIL:
            raise
    if if_exists is IfExists.RETURN:
        return queries.version_meta(new.group_id, new.artifact_id)
    writer.require_artifact(new.group_id, new.artifact_id)
    same = None
    if if_exists is IfExists.RETURN_OR_UPDATE:
        same = find_same_content(writer, new, canonical)
    return same or update_artifact(writer, new)


def update_artifact(writer: Writer, new: NewVersion) -> VersionMeta:
    """Store the next version of an artifact.

    Raises ArtifactNotFound, VersionAlreadyExists, and as `create_artifact`.
    """
    return _store(writer, new, is_new_artifact=False)


def store_again(writer: Writer, group_id: str | None, artifact_id: str, version: str) -> str:
    """Store a version's content as the artifact's next version, and return its name.

    Nothing is checked, and a disabled version is enabled: an artifact takes no version while all
    that it has are disabled. Raises ArtifactNotFound, VersionNotFound, NoOutcome.
    """
    body = queries.content_of_version(group_id, artifact_id, version)
    update_state(writer, group_id, artifact_id, version, State.ENABLED)
    new = NewVersion(
        group_id=group_id,
        artifact_id=artifact_id,
        content=body.content,
        references=body.references,
    )
    effect, global_id = _publish(writer, propose(new, is_new_artifact=False))
    if effect.error:
        raise error_by_code(effect.error, effect.reason)
    return queries.version_meta_by_global_id(global_id).version


def propose_version(writer: Writer, new: NewVersion, *, is_new_artifact: bool) -> ProposedVersion:
    """Look up the surroundings of a new version, and check everything but rules.

    Raises NotTheOwner, ArtifactAlreadyExists, ArtifactNotFound, VersionAlreadyExists,
    InvalidContent, LimitExceeded.
    """
    place = new.group_id, new.artifact_id
    if is_new_artifact:
        writer.require_group(new.group_id)
    else:
        writer.require_artifact(*place)
        if new.version is not None and queries.version_exists(*place, new.version):
            raise VersionAlreadyExists(*place, new.version)
    proposed = propose(new, is_new_artifact=is_new_artifact)
    check_limits(proposed)
    return proposed


def _store(writer: Writer, new: NewVersion, *, is_new_artifact: bool) -> VersionMeta:
    for _ in range(_ATTEMPTS):
        proposed = propose_version(writer, new, is_new_artifact=is_new_artifact)
        enforce_rules(new, proposed.type_name)
        effect, global_id = _publish(writer, proposed)
        if effect.error != ContentNotFound.code:
            break
    if effect.error:
        raise error_by_code(effect.error, effect.reason)
    return queries.version_meta_by_global_id(global_id)


def _publish(writer: Writer, proposed: ProposedVersion) -> tuple[Effect, int]:
    """Publish a version's records; return the effect of the last, and the global id."""
    dialect = writer.publisher.current_dialect()
    # Made before ids are allocated: what the dialect does not support uses up none.
    records = make_records(proposed, dialect, writer.name)
    ids = allocate_ids(writer.publisher, records.sequences, dialect)
    effect = writer.publisher.publish(records.with_ids(ids))[-1]
    return effect, ids[SequenceName.GLOBAL_ID]


def make_records(proposed: ProposedVersion, dialect: Dialect, created_by: str) -> VersionRecords:
    """Return the version's records with the current time; raises UnsupportedByDialect."""
    hashed = ""
    if proposed.content_id is None:
        hashed = _canonical_hash(proposed.new, proposed.type_name, dialect)
    now = int(time.time() * 1000)
    return make_version_records(proposed, dialect, hashed, created_by=created_by, created_on=now)


def find_same_content(
    writer: Writer, new: NewVersion, canonical: bool = False
) -> VersionMeta | None:
    """Return the artifact's newest version with the same bytes or canonical form."""
    if not canonical:
        serialized = serialize_references(new.references)
        return queries.find_version_by_content(
            new.group_id, new.artifact_id, content_hash=content_hash(new.content, serialized)
        )
    type_name = new.type or queries.artifact_type(new.group_id, new.artifact_id)
    hashed = _canonical_hash(new, type_name, writer.publisher.current_dialect())
    return queries.find_version_by_content(new.group_id, new.artifact_id, canonical_hash=hashed)


def _canonical_hash(new: NewVersion, type_name: str, dialect: Dialect) -> str:
    # By the canonical form of the nodes that read this dialect.
    is_newest = dialect is Dialect.V2_6
    return checking.canonical_hash(
        type_name,
        new.content,
        serialize_references(new.references),
        generation=CanonicalGeneration.A2 if is_newest else CanonicalGeneration.A1,
        references=queries.referenced_contents(new.references),
    )
