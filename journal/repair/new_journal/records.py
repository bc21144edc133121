"""The node's whole state as the records of a new journal, in an order that every node can replay.

Import records keep ids, owners, times and states; what the dialect can't say is told instead.
"""

import json
import time
from collections.abc import Callable, Iterator, Mapping
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

#: What an imported comment's key names in the place of its version.
_ANY_VERSION = {"group_id": "<import-comments>", "artifact_id": "_", "version": "_"}
#: The version of a topic whose contents and hashes are in the form of 2.5.9 and later.
_UPGRADED = 2
#: Up to 2.3.1 a type is one of an enumeration.
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
    """All records for one dialect; `foretold` is whole when `records` has come to its end."""

    def __init__(self, dialect: Dialect, topic_version: int) -> None:
        self._dialect = dialect
        self._form = get_form(dialect)
        self._topic_version = topic_version
        self._some_global_ids: dict[str, int] = {}
        self.foretold: list[ExpectedDifference] = []
        #: Ids that contents shared with another tenant get in a tenant of its own.
        self._own_ids: dict[tuple[str, str, int], int] = {}
        #: The highest of them by tenant.
        self._given_contents: dict[str, int] = {}

    def records(self) -> Iterator[NewRecord]:
        """Once; inside registry.queries.snapshot."""
        yield from self._beginning()
        for part in _PARTS:
            yield from part(self)
        for message, words, place in sequence_records(self._dialect, self._given_contents):
            if message is None:
                self._foretell(words, "sequences", *place)
            else:
                yield NewRecord(message)

    def _say(self, key: Key, value: Value, at: int | None = None) -> NewRecord:
        return NewRecord(Message(key, value, self._form), at)

    def _foretell(self, words: str, table: str = "", *key: object) -> None:
        self.foretold.append(ExpectedDifference(words, table, key))

    def _beginning(self) -> Iterator[NewRecord]:
        """So that the first record tells the dialect, and no node upgrades what is upgraded."""
        if self._dialect is not Dialect.V2_6:
            return
        node = str(uuid4())
        yield self._say(UpgraderKey("compact"), UpgraderValue(Action.UPGRADE_BOOTSTRAP, node))
        if self._topic_version >= _UPGRADED:
            commit = UpgraderValue(Action.UPGRADE_COMMIT_AND_UNLOCK, node, self._topic_version)
            yield self._say(UpgraderKey(str(uuid4())), commit)

    def _groups(self) -> Iterator[NewRecord]:
        """By CREATE: 2.1.4 imports no group without a type."""
        for tenant, group, *columns in full_scan.every_group():
            description, kind, by, on, is_derived, modified_by, modified_on, properties = columns
            value = GroupValue(
                Action.CREATE,
                description=description,
                artifacts_type=kind,
                created_by=by,
                created_on=0 if is_derived else on,
                modified_by=modified_by,
                modified_on=modified_on or 0,
                properties=_loaded(properties),
            )
            yield self._say(GroupKey(tenant, group), value, on if is_derived else None)

    def _contents(self) -> Iterator[NewRecord]:
        for (
            tenant,
            content_id,
            hashed,
            canonical,
            content,
            references,
        ) in full_scan.every_content():
            if references and not self._form.references:
                words = f"Content {content_id} loses its references to other artifacts."
                self._foretell(words, "contents", tenant, content_id)
                self._foretell("", "references", tenant, content_id)
            spelled = (hashed, canonical, content, references)
            yield self._content(tenant, content_id, spelled)

    def _content(
        self, tenant: str, content_id: int, spelled: tuple[str, str, bytes, str | None]
    ) -> NewRecord:
        hashed, canonical, content, references = spelled
        if self._dialect is Dialect.V2_6:
            v2 = ContentV2Value(Action.IMPORT, hashed, canonical, content, references)
            return self._say(ContentV2Key(tenant, content_id), v2)
        kept = references if self._form.references else None
        value = ContentValue(Action.IMPORT, canonical, content, kept)
        return self._say(ContentKey(tenant, hashed, content_id), value)

    def _artifacts(self) -> Iterator[NewRecord]:
        for artifact in full_scan.every_artifact():
            yield from self._artifact(artifact)
            if artifact.versions:
                known = artifact.versions[0].global_id
                self._some_global_ids.setdefault(artifact.tenant_id, known)

    def _artifact(self, artifact: StoredArtifact) -> Iterator[NewRecord]:
        """An artifact has owner and time of its first import: of the version that has the same,
        or of a record that imports no version, as it names a global id that is there already."""
        if artifact.type not in _OLD_TYPES and self._dialect in {Dialect.V2_1_4, Dialect.V2_1_0}:
            self._foretell(
                f"Nodes before 2.4 don't take {artifact.artifact_id}: they know no type "
                f"{artifact.type}."
            )
        first = next((each for each in artifact.versions if _is_alike(artifact, each)), None)
        if first is None:
            yield self._artifact_alone(artifact)
        for version in sorted(artifact.versions, key=lambda each: each is not first):
            yield from self._version(artifact, version)

    def _artifact_alone(self, artifact: StoredArtifact) -> NewRecord:
        known = self._some_global_ids.get(artifact.tenant_id)
        # Else an unknown content does the same.
        value = ArtifactValue(
            Action.IMPORT,
            state="ENABLED",
            meta_data=MetaData(),
            global_id=1 if known is None else known,
            version="1",
            artifact_type=artifact.type,
            created_by=artifact.created_by,
            created_on=artifact.created_on,
            version_id=1,
            content_id=0,
            latest=False,
        )
        return self._say(_key(artifact), value)

    def _version(self, artifact: StoredArtifact, version: StoredVersion) -> Iterator[NewRecord]:
        yield from self._own_content(artifact, version)
        shared = (artifact.tenant_id, version.content_tenant, version.content_id)
        content_id = self._own_ids.get(shared, version.content_id)
        if content_id != version.content_id:
            self._foretell("", "versions", artifact.tenant_id, version.global_id)
        meta = _meta_data(version)
        is_cut = indexable_prefix(meta) != _indexed(meta)
        is_indexed = (version.label_rows, version.property_rows) == (
            len(meta.labels or ()),
            len(meta.properties or {}),
        )
        if not is_indexed and not is_cut:
            words = f"Version {version.global_id} is found by labels and properties from now on."
            self._foretell(words, "labels", artifact.tenant_id, version.global_id)
            self._foretell("", "properties", artifact.tenant_id, version.global_id)
        # An import of overlong labels fails half-way; an update cuts them, as the upload did.
        by_update = is_cut and is_indexed
        plain = MetaData(meta.name, meta.description) if by_update else meta
        value = ArtifactValue(
            Action.IMPORT,
            state=version.state,
            meta_data=plain,
            global_id=version.global_id,
            version=version.version,
            artifact_type=artifact.type,
            created_by=version.created_by,
            created_on=version.created_on,
            version_id=version.version_id,
            content_id=content_id,
            latest=version.global_id == artifact.latest,
        )
        yield self._say(_key(artifact), value)
        if by_update:
            place = (artifact.tenant_id, artifact.group_id, artifact.artifact_id)
            update = ArtifactVersionValue(Action.UPDATE, version.state, meta)
            yield self._say(ArtifactVersionKey(*place, version.version), update)

    def _own_content(self, artifact: StoredArtifact, version: StoredVersion) -> Iterator[NewRecord]:
        """Up to 2.1.1 tenants shared contents; an import finds only those of its own tenant."""
        tenant, shared = artifact.tenant_id, (version.content_tenant, version.content_id)
        if version.content_tenant == tenant or (tenant, *shared) in self._own_ids:
            return
        spelled = full_scan.content_of(*shared)
        known, highest = full_scan.content_ids(tenant, spelled[0])
        highest = max(highest, self._given_contents.get(tenant, 0))
        own = known or (version.content_id if version.content_id > highest else highest + 1)
        self._own_ids[tenant, *shared] = own
        if known is None:
            self._given_contents[tenant] = own
            words = f"Content {version.content_id} of tenant {shared[0]} is content {own} of "
            self._foretell(f"{words}tenant {tenant}, too.", "contents", tenant, own)
            self._foretell("", "references", tenant, own)
            self._foretell("", "sequences", tenant, SequenceName.CONTENT_ID.value)
            yield self._content(tenant, own, spelled)

    def _rules(self) -> Iterator[NewRecord]:
        """By CREATE, which an artifact need not precede."""
        for tenant, kind, configuration in full_scan.every_global_rule():
            if self._knows_rule(kind, "global rules", (tenant, kind)):
                yield self._say(
                    GlobalRuleKey(tenant, kind), GlobalRuleValue(Action.CREATE, configuration)
                )
        for tenant, group, artifact, kind, configuration in full_scan.every_artifact_rule():
            if self._knows_rule(kind, "artifact rules", (tenant, group, artifact, kind)):
                yield self._say(
                    ArtifactRuleKey(tenant, group, artifact, kind),
                    ArtifactRuleValue(Action.CREATE, configuration),
                )

    def _knows_rule(self, kind: str, table: str, key: tuple[object, ...]) -> bool:
        knows = kind != RuleType.INTEGRITY or supports(self._dialect, MessageType.COMMENT)
        if not knows:
            self._foretell(f"A rule of type {kind} is lost.", table, key[0])
        return knows

    def _comments(self) -> Iterator[NewRecord]:
        says = supports(self._dialect, MessageType.COMMENT)
        for tenant, comment_id, by, on, text, global_id in full_scan.every_comment():
            if not says:
                words = f"Comment {comment_id} on version {global_id} is lost."
                self._foretell(words, "comments", tenant, comment_id)
                continue
            key = CommentKey(tenant, **_ANY_VERSION, comment_id=comment_id, uuid=str(uuid4()))
            yield self._say(key, CommentValue(Action.IMPORT, global_id, by, on, text))

    def _administration(self) -> Iterator[NewRecord]:
        for tenant, principal, role, name in full_scan.every_role_mapping():
            yield self._say(
                RoleMappingKey(tenant, principal), RoleMappingValue(Action.CREATE, role, name)
            )
        for tenant, name, value, at in full_scan.every_config_property():
            if supports(self._dialect, MessageType.CONFIG_PROPERTY):
                said = ConfigPropertyValue(Action.UPDATE, value)
                yield self._say(ConfigPropertyKey(tenant, name), said, at)
            else:
                self._foretell(f"Config property {name} is lost.", "properties set", tenant, name)
        for logger, level in full_scan.every_logger():
            yield self._say(
                LogConfigKey(DEFAULT_TENANT), LogConfigValue(Action.UPDATE, logger, level)
            )

    def _downloads(self) -> Iterator[NewRecord]:
        now = int(time.time() * 1000)
        for tenant, download_id, expires, kind, *leads_to in full_scan.every_download():
            if expires <= now:
                words = "Download links that have expired are left out."
                self._foretell(words, "downloads", tenant, expires)
                continue
            value = DownloadValue(Action.CREATE, DownloadContext(kind, expires, *leads_to))
            yield self._say(DownloadKey(tenant, download_id), value)


_PARTS: tuple[Callable[[StateAsRecords], Iterator[NewRecord]], ...] = (
    StateAsRecords._groups,
    StateAsRecords._contents,
    StateAsRecords._artifacts,
    StateAsRecords._rules,
    StateAsRecords._comments,
    StateAsRecords._administration,
    StateAsRecords._downloads,
)


def _key(artifact: StoredArtifact) -> ArtifactKey:
    place = (artifact.tenant_id, artifact.group_id, artifact.artifact_id)
    return ArtifactKey(*place, str(uuid4()))


def _is_alike(artifact: StoredArtifact, version: StoredVersion) -> bool:
    """Whether the artifact has its owner and its time from this version."""
    return (artifact.created_by, artifact.created_on) == (version.created_by, version.created_on)


def _meta_data(version: StoredVersion) -> MetaData:
    labels = None if version.labels is None else tuple(json.loads(version.labels))
    return MetaData(version.name, version.description, labels, _loaded(version.properties))


def _indexed(meta: MetaData) -> MetaData:
    """What `index_up_to_a_failure` gives where nothing fails."""
    return MetaData(labels=meta.labels or (), properties=dict(meta.properties or {}))


def _loaded(text: str | None) -> Mapping[str, str | None] | None:
    held: Mapping[str, str | None] | None = None if text is None else json.loads(text)
    return held
