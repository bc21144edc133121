"""Records whose values are the ends of their columns' ranges, and a search for columns without."""

import json
from collections.abc import Iterator

from django.apps import apps

from journal.projection.rows import LABEL_LIMIT, PROPERTY_KEY_LIMIT, PROPERTY_VALUE_LIMIT
from journal.wire.messages import (
    Action,
    ArtifactKey,
    ArtifactRuleKey,
    ArtifactRuleValue,
    ArtifactValue,
    CommentKey,
    CommentValue,
    ConfigPropertyKey,
    ConfigPropertyValue,
    ContentV2Key,
    ContentV2Value,
    DownloadContext,
    DownloadKey,
    DownloadValue,
    GroupKey,
    GroupValue,
    LogConfigKey,
    LogConfigValue,
    Message,
    MetaData,
    RoleMappingKey,
    RoleMappingValue,
)
from registry.column_ranges import MAX_UNALLOCATED_ID, RANGES, Number, Text
from tests.unit.test_column_ranges import MADE, columns, range_name

#: Times of the broker, and of links, whose rows are removed once they have expired.
TIMES_OF_ITS_OWN = {"configproperty.modified_on", "download.expires"}


class Ends:
    """Values at the ends of the ranges: the longest texts, and lowest or highest numbers."""

    def __init__(self, letter: str, *, is_highest: bool) -> None:
        self._letter = letter
        self._is_highest = is_highest

    def text(self, name: str) -> str:
        allowed = RANGES[name]
        assert isinstance(allowed, Text)
        assert allowed.longest is not None
        return self._letter * allowed.longest

    def number(self, name: str) -> int:
        return ends_of(name)[self._is_highest]


def ends_of(name: str) -> tuple[int, int]:
    """Return the lowest and the highest number of a range that a record may bring."""
    allowed = RANGES[name]
    assert isinstance(allowed, Number)
    is_id = name in {"global_id", "content_id"}
    return allowed.lowest, MAX_UNALLOCATED_ID if is_id else allowed.highest


def at_the_ends(ends: Ends, tenant: str) -> Iterator[Message]:
    """Return records for a row of each table whose every value is the end of its range."""
    text, number = ends.text, ends.number
    group_id, artifact_id, version = (text(name) for name in ("group_id", "artifact_id", "version"))
    owner, time = text("owner"), number("time")
    global_id, content_id = number("global_id"), number("content_id")
    name, description = text("name"), text("description")
    reference = {
        "groupId": text("reference_group_id"),
        "artifactId": text("reference_artifact_id"),
        "version": text("reference_version"),
        "name": text("reference_name"),
    }
    content = ContentV2Value(
        Action.CREATE_OR_UPDATE,
        text("content_hash"),
        text("canonical_hash"),
        name.encode(),
        json.dumps([reference]),
    )
    yield Message(ContentV2Key(tenant, content_id), content)
    artifact = ArtifactValue(
        Action.IMPORT,
        state="ENABLED",
        # With longer ones, the artifact has no latest version, as on a Java node.
        meta_data=MetaData(
            name,
            description,
            (name[:LABEL_LIMIT],),
            {name[:PROPERTY_KEY_LIMIT]: description[:PROPERTY_VALUE_LIMIT]},
        ),
        global_id=global_id,
        version=version,
        artifact_type=text("artifact_type"),
        created_by=owner,
        created_on=time,
        version_id=number("version_id"),
        content_id=content_id,
        latest=True,
    )
    yield Message(ArtifactKey(tenant, group_id, artifact_id, "u"), artifact)
    rule = ArtifactRuleValue(Action.CREATE, text("rule"))
    yield Message(ArtifactRuleKey(tenant, group_id, artifact_id, "COMPATIBILITY"), rule)
    comment = CommentValue(Action.CREATE, -1, owner, time, text("comment"))
    comment_id = text("comment_id")
    yield Message(CommentKey(tenant, group_id, artifact_id, version, comment_id, "u"), comment)
    artifact_type = text("artifact_type")
    group = GroupValue(
        Action.CREATE, description, artifact_type, owner, time, owner, time, {name: name}
    )
    yield Message(GroupKey(tenant, group_id), group)
    role = RoleMappingValue(Action.CREATE, "READ_ONLY", text("principal_name"))
    yield Message(RoleMappingKey(tenant, text("principal_id")), role)
    level = LogConfigValue(Action.UPDATE, text("logger"), "WARNING")
    yield Message(LogConfigKey(tenant), level)
    context = DownloadContext("EXPORT", 2**63 - 1, global_id, content_id, text("content_hash"))
    yield Message(DownloadKey(tenant, text("download_id")), DownloadValue(Action.CREATE, context))
    value = ConfigPropertyValue(Action.UPDATE, text("property_value"))
    yield Message(ConfigPropertyKey(tenant, text("property_name")), value)


def columns_without_ends() -> set[str]:
    """Return the columns that have no row with each end of their ranges."""
    found = set()
    for column in columns() - MADE - TIMES_OF_ITS_OWN:
        model, _, field = column.partition(".")
        rows = apps.get_model("registry", model).objects.exclude(**{field: None})
        values = set(rows.values_list(field, flat=True))
        name = range_name(column)
        allowed = RANGES[name]
        if isinstance(allowed, Number):
            has_ends = values >= set(ends_of(name))
        else:
            has_ends = allowed.longest is None or allowed.longest in map(len, values)
        if not has_ends:
            found.add(column)
    return found
