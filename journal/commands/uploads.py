"""Stores new versions: proposed, checked, converted to records, published."""

import time
from enum import StrEnum

from journal.commands.version_records import VersionRecords, make_version_records
from journal.publish.id_allocation import allocate_ids
from journal.publish.publisher import Publisher
from journal.wire.dialects import Dialect
from registry import artifact_types, queries
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
from registry.models import SequenceName
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
    publisher: Publisher,
    new: NewVersion,
    if_exists: IfExists = IfExists.FAIL,
    canonical: bool = False,
) -> VersionMeta:
    """Store a new artifact's first version; `if_exists` decides about an existing artifact.

    `canonical` compares contents by their canonical form. Raises ArtifactAlreadyExists under FAIL,
    InvalidContent, LimitExceeded, RuleViolation, UnsupportedByDialect, NoOutcome.
    """
    try:
        return _store(publisher, new, is_new_artifact=True)
    except ArtifactAlreadyExists:
        if if_exists is IfExists.FAIL:
            raise
    if if_exists is IfExists.RETURN:
        return queries.version_meta(new.group_id, new.artifact_id)
    same = None
    if if_exists is IfExists.RETURN_OR_UPDATE:
        same = find_same_content(publisher, new, canonical)
    return same or update_artifact(publisher, new)


def update_artifact(publisher: Publisher, new: NewVersion) -> VersionMeta:
    """Store the next version of an artifact.

    Raises ArtifactNotFound, VersionAlreadyExists, and as `create_artifact`.
    """
    check_version_is_free(new)
    return _store(publisher, new, is_new_artifact=False)


def check_version_is_free(new: NewVersion) -> None:
    """Raise VersionAlreadyExists if the artifact has a version of the new version's name."""
    if new.version is not None and queries.version_exists(
        new.group_id, new.artifact_id, new.version
    ):
        raise VersionAlreadyExists(new.group_id, new.artifact_id, new.version)


def _store(publisher: Publisher, new: NewVersion, *, is_new_artifact: bool) -> VersionMeta:
    for _ in range(_ATTEMPTS):
        proposed = propose(new, is_new_artifact=is_new_artifact)
        check_limits(proposed)
        enforce_rules(new, proposed.type_name)
        dialect = publisher.current_dialect()
        # Made before ids are allocated: what the dialect does not support uses up none.
        records = make_records(proposed, dialect)
        ids = allocate_ids(publisher, records.sequences, dialect)
        effect = publisher.publish(records.with_ids(ids))[-1]
        if effect.error != ContentNotFound.code:
            break
    if effect.error:
        raise error_by_code(effect.error, effect.reason)
    return queries.version_meta_by_global_id(ids[SequenceName.GLOBAL_ID])


def make_records(proposed: ProposedVersion, dialect: Dialect) -> VersionRecords:
    """Return the version's records with the current time; raises UnsupportedByDialect."""
    hashed = ""
    if proposed.content_id is None:
        hashed = _canonical_hash(proposed.new, proposed.type_name, dialect)
    return make_version_records(proposed, dialect, hashed, created_on=int(time.time() * 1000))


def find_same_content(
    publisher: Publisher, new: NewVersion, canonical: bool = False
) -> VersionMeta | None:
    """Return the artifact's newest version with the same bytes or canonical form."""
    if not canonical:
        serialized = serialize_references(new.references)
        return queries.find_version_by_content(
            new.group_id, new.artifact_id, content_hash=content_hash(new.content, serialized)
        )
    type_name = new.type or queries.artifact_type(new.group_id, new.artifact_id)
    hashed = _canonical_hash(new, type_name, publisher.current_dialect())
    return queries.find_version_by_content(new.group_id, new.artifact_id, canonical_hash=hashed)


def _canonical_hash(new: NewVersion, type_name: str, dialect: Dialect) -> str:
    # By the canonical form of the nodes that read this dialect.
    is_newest = dialect is Dialect.V2_6
    return artifact_types.canonical_hash(
        type_name,
        new.content,
        serialize_references(new.references),
        generation=CanonicalGeneration.A2 if is_newest else CanonicalGeneration.A1,
        references=queries.referenced_contents(new.references),
    )
