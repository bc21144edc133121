"""The records of a new version, made before their ids are allocated."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import uuid4

from msgspec.structs import replace

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
    Form,
    GroupKey,
    GroupValue,
    Message,
    MetaData,
)
from registry.admission.new_versions import ProposedVersion
from registry.errors import UnsupportedByDialect
from registry.models import DEFAULT_TENANT, SequenceName


@dataclass(frozen=True, slots=True)
class VersionRecords:
    """Records with their ids still open; None for those stored already."""

    content: Message | None
    group: Message | None
    artifact_key: ArtifactKey
    artifact: ArtifactValue
    form: Form

    @property
    def sequences(self) -> list[SequenceName]:
        """Return the sequences to allocate one id each from, in order."""
        if self.content is None:
            return [SequenceName.GLOBAL_ID]
        return [SequenceName.CONTENT_ID, SequenceName.GLOBAL_ID]

    def with_ids(self, ids: Mapping[SequenceName, int]) -> list[Message]:
        """Return the records in the order of publishing, the artifact's last."""
        messages = []
        if self.content is not None:
            key = replace(self.content.key, content_id=ids[SequenceName.CONTENT_ID])
            messages.append(Message(key, self.content.value, self.content.form))
        if self.group is not None:
            messages.append(self.group)
        artifact = replace(self.artifact, global_id=ids[SequenceName.GLOBAL_ID])
        return [*messages, Message(self.artifact_key, artifact, self.form)]


def make_version_records(
    proposed: ProposedVersion,
    dialect: Dialect,
    canonical_hash: str,
    *,
    created_by: str,
    created_on: int,
) -> VersionRecords:
    """Return the records of a new version; `created_on` is in epoch milliseconds.

    Raises UnsupportedByDialect if the dialect's contents can't have references and this one does.
    """
    new = proposed.new
    content = group = None
    if proposed.content_id is None:
        try:
            content = build_content_message(
                dialect,
                tenant_id=DEFAULT_TENANT,
                content_id=0,
                content_hash=proposed.content_hash,
                canonical_hash=canonical_hash,
                content=new.content,
                serialized_references=proposed.serialized_references,
            )
        except DialectError as error:
            raise UnsupportedByDialect(str(error)) from error
    if proposed.is_new_artifact and not proposed.has_group and creates_groups(dialect):
        value = GroupValue(Action.CREATE, created_by=created_by, modified_by=created_by)
        group = Message(GroupKey(DEFAULT_TENANT, new.group_id), value, get_form(dialect))
    artifact = ArtifactValue(
        action=Action.CREATE if proposed.is_new_artifact else Action.UPDATE,
        meta_data=MetaData(
            name=proposed.meta.name,
            description=proposed.meta.description,
            labels=new.labels or None,
        ),
        version=new.version,
        artifact_type=proposed.type_name,
        created_by=created_by,
        created_on=created_on,
        content_hash=proposed.content_hash,
    )
    key = ArtifactKey(DEFAULT_TENANT, new.group_id, new.artifact_id, str(uuid4()))
    return VersionRecords(content, group, key, artifact, get_form(dialect))
