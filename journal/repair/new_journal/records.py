"""The node's whole state as the records of a new journal, in an order replayable by every node.

Import records keep ids, owners, times and states; gaps in the dialect are expected differences.
"""

import json
import time
from collections.abc import Iterator, Mapping
from uuid import uuid4

from journal.projection.rows import indexable_prefix
from journal.repair.new_journal.sequences import sequence_records
from journal.repair.new_journal.values import ExpectedDifference, NewRecord
from journal.wire.dialects import Dialect, get_form, supports
from journal.wire.messages import (
    Action,
    ArtifactKey,
    ArtifactRuleKey,
    ArtifactRuleValue,
    ArtifactValue,
    ArtifactVersionKey,
    ArtifactVersionValue,
    CommentKey,
    CommentValue,
    ConfigPropertyKey,
    ConfigPropertyValue,
    ContentKey,
    ContentV2Key,
    ContentV2Value,
    ContentValue,
    DownloadContext,
    DownloadKey,
    DownloadValue,
    GlobalRuleKey,
    GlobalRuleValue,
    GroupKey,
    GroupValue,
    Key,
    LogConfigKey,
    LogConfigValue,
    Message,
    MessageType,
    MetaData,
    RoleMappingKey,
    RoleMappingValue,
    UpgraderKey,
    UpgraderValue,
    Value,
)
from registry.models import DEFAULT_TENANT, RuleType, SequenceName
from registry.queries import full_scan
from registry.queries.full_scan import StoredArtifact, StoredVersion

#: The topic version from which contents and hashes have the form of 2.5.9 and later.
_UPGRADED = 2
#: The enumeration of types up to 2.3.1.
_OLD_TYPES = frozenset([
    "AVRO",
    "PROTOBUF",
    "JSON",
    "OPENAPI",
    "ASYNCAPI",
    "GRAPHQL",
    "KCONNECT",
    "WSDL",
    "XSD",
    "XML",
])


class StateAsRecords:
    """All records in one dialect; `expected_differences` is complete after `records`."""

    def __init__(self, dialect: Dialect, topic_version: int) -> None:
        self._dialect = dialect
        self._form = get_form(dialect)
        self._topic_version = topic_version
        self.expected_differences: list[ExpectedDifference] = []
        #: New ids of contents that another tenant shares: tenant, sharing tenant, id.
        self._own_ids: dict[tuple[str, str, int], int] = {}
        #: The highest of these new ids by tenant.
        self._new_content_ids: dict[str, int] = {}

    def records(self) -> Iterator[NewRecord]:
        """Yield all records; call it once, inside registry.queries.snapshot."""
        if self._dialect is Dialect.V2_6:
            # The first record reveals the dialect, and the second keeps nodes from upgrading again.
            node = str(uuid4())
            yield self._record(
                UpgraderKey("compact"), UpgraderValue(Action.UPGRADE_BOOTSTRAP, node)
            )
            if self._topic_version >= _UPGRADED:
                commit = UpgraderValue(Action.UPGRADE_COMMIT_AND_UNLOCK, node, self._topic_version)
                yield self._record(UpgraderKey(str(uuid4())), commit)
        yield from self.groups()
        yield from self.contents()
        yield from self.artifacts()
        yield from self.rules()
        yield from self.comments()
        yield from self.administration()
        yield from self.downloads()
        for record in sequence_records(self._dialect, self._new_content_ids):
            if isinstance(record, ExpectedDifference):
                self.expected_differences.append(record)
            else:
                yield record

    def _record(self, key: Key, value: Value, timestamp: int | None = None) -> NewRecord:
        return NewRecord(Message(key, value, self._form), timestamp)

    def _expect(self, description: str, table: str = "", *key: object) -> None:
        self.expected_differences.append(ExpectedDifference(description, table, key))

    def groups(self) -> Iterator[NewRecord]:
        """Create groups; import records are unfit, since 2.1.4 imports no group without a type."""
        for tenant, group, *columns in full_scan.all_groups():
            description, kind, by, on, is_derived, modified_by, modified_on, properties = columns
            value = GroupValue(
                Action.CREATE,
                description=description,
                artifacts_type=kind,
                created_by=by,
                created_on=0 if is_derived else on,
                modified_by=modified_by,
                modified_on=modified_on or 0,
                properties=_parse_properties(properties),
            )
            yield self._record(GroupKey(tenant, group), value, on if is_derived else None)

    def contents(self) -> Iterator[NewRecord]:
        for row in full_scan.all_contents():
            tenant, content_id, *_, references = row
            if references and not self._form.references:
                description = f"Content {content_id} loses its references to other artifacts."
                self._expect(description, "contents", tenant, content_id)
                self._expect("", "references", tenant, content_id)
            yield self._content(tenant, content_id, row[2:])

    def _content(
        self, tenant: str, content_id: int, stored: tuple[str, str, bytes, str | None]
    ) -> NewRecord:
        content_hash, canonical_hash, content, references = stored
        if self._dialect is Dialect.V2_6:
            value = ContentV2Value(Action.IMPORT, content_hash, canonical_hash, content, references)
            return self._record(ContentV2Key(tenant, content_id), value)
        return self._record(
            ContentKey(tenant, content_hash, content_id),
            ContentValue(
                Action.IMPORT,
                canonical_hash,
                content,
                references if self._form.references else None,
            ),
        )

    def artifacts(self) -> Iterator[NewRecord]:
        existing_global_ids: dict[str, int] = {}
        for artifact in full_scan.all_artifacts():
            tenant, versions = artifact.tenant_id, artifact.versions
            if artifact.type not in _OLD_TYPES and self._dialect in {
                Dialect.V2_1_4,
                Dialect.V2_1_0,
            }:
                self._expect(
                    f"Nodes before 2.4 don't take {artifact.artifact_id}: they know no type "
                    f"{artifact.type}."
                )
            # An artifact gets owner and time from its first import: from the version that has the
            # same, or else from an import that adds no version because its global id exists.
            first = next(
                (
                    version
                    for version in versions
                    if (version.created_by, version.created_on)
                    == (artifact.created_by, artifact.created_on)
                ),
                None,
            )
            if first is None:
                value = ArtifactValue(
                    Action.IMPORT,
                    state="ENABLED",
                    meta_data=MetaData(),
                    # Where no global id exists yet, the unknown content has the same effect.
                    global_id=existing_global_ids.get(tenant, 1),
                    version="1",
                    artifact_type=artifact.type,
                    created_by=artifact.created_by,
                    created_on=artifact.created_on,
                    version_id=1,
                    content_id=0,
                    latest=False,
                )
                yield self._record(_artifact_key(artifact), value)
            for version in sorted(versions, key=lambda version: version is not first):
                yield from self._version(artifact, version)
            if versions:
                existing_global_ids.setdefault(tenant, versions[0].global_id)

    def _version(self, artifact: StoredArtifact, version: StoredVersion) -> Iterator[NewRecord]:
        yield from self._own_content(artifact, version)
        tenant = artifact.tenant_id
        content_id = self._own_ids.get(
            (tenant, version.content_tenant, version.content_id), version.content_id
        )
        if content_id != version.content_id:
            self._expect("", "versions", tenant, version.global_id)
        labels = None if version.labels is None else tuple(json.loads(version.labels))
        properties = _parse_properties(version.properties)
        meta = MetaData(version.name, version.description, labels, properties)
        indexable = MetaData(labels=labels or (), properties=dict(properties or {}))
        has_overlong = indexable_prefix(meta) != indexable
        is_indexed = (version.label_rows, version.property_rows) == (
            len(labels or ()),
            len(properties or {}),
        )
        if not is_indexed and not has_overlong:
            description = (
                f"Version {version.global_id} is found by labels and properties from now on."
            )
            self._expect(description, "labels", tenant, version.global_id)
            self._expect("", "properties", tenant, version.global_id)
        # An import of overlong labels fails half-way; an update cuts them, as the upload did.
        needs_update = has_overlong and is_indexed
        value = ArtifactValue(
            Action.IMPORT,
            state=version.state,
            meta_data=MetaData(meta.name, meta.description) if needs_update else meta,
            global_id=version.global_id,
            version=version.version,
            artifact_type=artifact.type,
            created_by=version.created_by,
            created_on=version.created_on,
            version_id=version.version_id,
            content_id=content_id,
            latest=version.global_id == artifact.latest,
        )
        yield self._record(_artifact_key(artifact), value)
        if needs_update:
            yield self._record(
                ArtifactVersionKey(
                    tenant, artifact.group_id, artifact.artifact_id, version.version
                ),
                ArtifactVersionValue(Action.UPDATE, version.state, meta),
            )

    def _own_content(self, artifact: StoredArtifact, version: StoredVersion) -> Iterator[NewRecord]:
        """Copy a content of another tenant.

        Up to 2.1.1 tenants shared contents; an import finds only those of its own tenant.
        """
        tenant, owner, shared_id = artifact.tenant_id, version.content_tenant, version.content_id
        if owner == tenant or (tenant, owner, shared_id) in self._own_ids:
            return
        stored = full_scan.get_content(owner, shared_id)
        existing_id, highest = full_scan.find_content_id(tenant, stored[0])
        highest = max(highest, self._new_content_ids.get(tenant, 0))
        own_id = existing_id or (shared_id if shared_id > highest else highest + 1)
        self._own_ids[tenant, owner, shared_id] = own_id
        if existing_id is None:
            self._new_content_ids[tenant] = own_id
            description = (
                f"Content {shared_id} of tenant {owner} is content {own_id} of tenant {tenant}, "
                "too."
            )
            self._expect(description, "contents", tenant, own_id)
            self._expect("", "references", tenant, own_id)
            self._expect("", "sequences", tenant, SequenceName.CONTENT_ID.value)
            yield self._content(tenant, own_id, stored)

    def rules(self) -> Iterator[NewRecord]:
        """Create rules, with or without an existing artifact."""
        for tenant, kind, configuration in full_scan.all_global_rules():
            if self._supports_rule(kind, "global rules", (tenant, kind)):
                yield self._record(
                    GlobalRuleKey(tenant, kind), GlobalRuleValue(Action.CREATE, configuration)
                )
        for tenant, group, artifact, kind, configuration in full_scan.all_artifact_rules():
            if self._supports_rule(kind, "artifact rules", (tenant, group, artifact, kind)):
                yield self._record(
                    ArtifactRuleKey(tenant, group, artifact, kind),
                    ArtifactRuleValue(Action.CREATE, configuration),
                )

    def _supports_rule(self, kind: str, table: str, key: tuple[object, ...]) -> bool:
        # Nodes that know comments know INTEGRITY, too.
        if kind != RuleType.INTEGRITY or supports(self._dialect, MessageType.COMMENT):
            return True
        self._expect(f"A rule of type {kind} is lost.", table, key[0])
        return False

    def comments(self) -> Iterator[NewRecord]:
        has_comments = supports(self._dialect, MessageType.COMMENT)
        for tenant, comment_id, by, on, text, global_id in full_scan.all_comments():
            if has_comments:
                key = CommentKey.for_import(tenant, comment_id)
                yield self._record(key, CommentValue(Action.IMPORT, global_id, by, on, text))
            else:
                description = f"Comment {comment_id} on version {global_id} is lost."
                self._expect(description, "comments", tenant, comment_id)

    def administration(self) -> Iterator[NewRecord]:
        for tenant, principal, role, name in full_scan.all_role_mappings():
            yield self._record(
                RoleMappingKey(tenant, principal), RoleMappingValue(Action.CREATE, role, name)
            )
        for tenant, name, value, modified_on in full_scan.all_config_properties():
            if supports(self._dialect, MessageType.CONFIG_PROPERTY):
                update = ConfigPropertyValue(Action.UPDATE, value)
                yield self._record(ConfigPropertyKey(tenant, name), update, modified_on)
            else:
                self._expect(f"Config property {name} is lost.", "properties set", tenant, name)
        for logger, level in full_scan.all_loggers():
            yield self._record(
                LogConfigKey(DEFAULT_TENANT), LogConfigValue(Action.UPDATE, logger, level)
            )

    def downloads(self) -> Iterator[NewRecord]:
        now = int(time.time() * 1000)
        for tenant, download_id, expires, kind, *target in full_scan.all_downloads():
            if expires <= now:
                description = "Download links that have expired are left out."
                self._expect(description, "downloads", tenant, expires)
            else:
                value = DownloadValue(Action.CREATE, DownloadContext(kind, expires, *target))
                yield self._record(DownloadKey(tenant, download_id), value)


def _artifact_key(artifact: StoredArtifact) -> ArtifactKey:
    return ArtifactKey(artifact.tenant_id, artifact.group_id, artifact.artifact_id, str(uuid4()))


def _parse_properties(text: str | None) -> Mapping[str, str | None] | None:
    properties: Mapping[str, str | None] | None = None if text is None else json.loads(text)
    return properties
