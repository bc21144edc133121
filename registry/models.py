"""The registry's tables: columns and constraints; times are epoch milliseconds.

They are read through `registry.queries` and written by `journal.projection` alone.
"""

from typing import ClassVar

from django.db import models
from django.db.models import Q

DEFAULT_TENANT = "_"
#: How Apicurio stores the default group, which has no id on the wire.
DEFAULT_GROUP = "__$GROUPID$__"


class State(models.TextChoices):
    ENABLED = "ENABLED"
    DISABLED = "DISABLED"
    DEPRECATED = "DEPRECATED"


class RuleType(models.TextChoices):
    VALIDITY = "VALIDITY"
    COMPATIBILITY = "COMPATIBILITY"
    INTEGRITY = "INTEGRITY"


class SequenceName(models.TextChoices):
    CONTENT_ID = "contentId"
    GLOBAL_ID = "globalId"
    COMMENT_ID = "commentId"


def _unique(*fields: str, name: str) -> models.UniqueConstraint:
    return models.UniqueConstraint(fields=fields, name=name)


class Group(models.Model):
    tenant_id = models.TextField()
    group_id = models.TextField()
    description = models.TextField(null=True)
    artifacts_type = models.TextField(null=True)
    created_by = models.TextField(null=True)
    created_on = models.BigIntegerField()
    #: The record had 0: filled from its timestamp, so left out of comparisons.
    created_on_derived = models.BooleanField(default=False)
    modified_by = models.TextField(null=True)
    modified_on = models.BigIntegerField(null=True)
    properties = models.TextField(null=True)

    class Meta:
        constraints: ClassVar = [_unique("tenant_id", "group_id", name="group_is_unique")]


class Artifact(models.Model):
    tenant_id = models.TextField()
    group_id = models.TextField()
    artifact_id = models.TextField()
    type = models.TextField()
    created_by = models.TextField(null=True)
    created_on = models.BigIntegerField()
    #: The latest version's global id; null when an import never named one.
    latest = models.BigIntegerField(null=True)

    class Meta:
        constraints: ClassVar = [
            _unique("tenant_id", "group_id", "artifact_id", name="artifact_is_unique")
        ]


class Content(models.Model):
    tenant_id = models.TextField()
    content_id = models.BigIntegerField()
    content_hash = models.TextField()
    canonical_hash = models.TextField()
    content = models.BinaryField()
    #: The references as the journal spells them, since the hash covers this very text.
    serialized_references = models.TextField(null=True)
    #: By the other formula, if there are references: they count since 2.4.2, before they did not.
    other_hash = models.TextField(null=True)

    class Meta:
        constraints: ClassVar = [
            _unique("tenant_id", "content_id", name="content_id_is_unique"),
            _unique("tenant_id", "content_hash", name="content_hash_is_unique"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["canonical_hash"], name="content_by_canonical"),
            models.Index(
                fields=["other_hash"],
                name="content_by_other_hash",
                condition=Q(other_hash__isnull=False),
            ),
        ]


class Version(models.Model):
    tenant_id = models.TextField()
    global_id = models.BigIntegerField()
    # Constraints of more than one column begin with these, and serve as their indexes.
    artifact = models.ForeignKey(Artifact, models.PROTECT, related_name="versions", db_index=False)
    version = models.TextField()
    #: Counts the versions of an artifact from 1.
    version_id = models.IntegerField()
    state = models.TextField(choices=State)
    name = models.TextField(null=True)
    description = models.TextField(null=True)
    created_by = models.TextField(null=True)
    created_on = models.BigIntegerField()
    #: JSON text: an array of strings, and an object of strings.
    labels = models.TextField(null=True)
    properties = models.TextField(null=True)
    content = models.ForeignKey(Content, models.PROTECT, related_name="versions")

    class Meta:
        constraints: ClassVar = [
            _unique("tenant_id", "global_id", name="global_id_is_unique"),
            _unique("artifact", "version", name="version_is_unique"),
            models.CheckConstraint(condition=Q(state__in=State.values), name="state_is_known"),
        ]


class Label(models.Model):
    """A version's label in lower case, to be searched."""

    version = models.ForeignKey(Version, models.CASCADE, related_name="label_rows")
    label = models.TextField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["label"], name="label_by_text")]


class Property(models.Model):
    """A version's property in lower case, to be searched."""

    version = models.ForeignKey(Version, models.CASCADE, related_name="property_rows")
    key = models.TextField()
    value = models.TextField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["key"], name="property_by_key")]


class Reference(models.Model):
    """An artifact version referenced by a content, under a name."""

    content = models.ForeignKey(Content, models.CASCADE, related_name="references", db_index=False)
    group_id = models.TextField()
    artifact_id = models.TextField()
    version = models.TextField()
    name = models.TextField()

    class Meta:
        constraints: ClassVar = [_unique("content", "name", name="reference_is_unique")]
        indexes: ClassVar = [models.Index(fields=["artifact_id"], name="reference_inbound")]


class Sequence(models.Model):
    """The last allocated id; the next one is greater by 1."""

    tenant_id = models.TextField()
    name = models.TextField()
    value = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [
            _unique("tenant_id", "name", name="sequence_is_unique"),
            models.CheckConstraint(condition=Q(value__gte=0), name="sequence_is_not_negative"),
        ]


class GlobalRule(models.Model):
    tenant_id = models.TextField()
    type = models.TextField(choices=RuleType)
    configuration = models.TextField(null=True)

    class Meta:
        constraints: ClassVar = [_unique("tenant_id", "type", name="global_rule_is_unique")]


class ArtifactRule(models.Model):
    """Bound by name, not by key: since 2.2.3 a rule may precede its artifact on the journal."""

    tenant_id = models.TextField()
    group_id = models.TextField()
    artifact_id = models.TextField()
    type = models.TextField(choices=RuleType)
    configuration = models.TextField(null=True)

    class Meta:
        constraints: ClassVar = [
            _unique("tenant_id", "group_id", "artifact_id", "type", name="artifact_rule_is_unique")
        ]


class Comment(models.Model):
    tenant_id = models.TextField()
    #: Text, as Apicurio has it, although it comes from a sequence.
    comment_id = models.TextField()
    version = models.ForeignKey(Version, models.PROTECT, related_name="comments")
    created_by = models.TextField(null=True)
    created_on = models.BigIntegerField()
    value = models.TextField(null=True)

    class Meta:
        constraints: ClassVar = [_unique("tenant_id", "comment_id", name="comment_is_unique")]


class RoleMapping(models.Model):
    tenant_id = models.TextField()
    principal_id = models.TextField()
    principal_name = models.TextField(null=True)
    role = models.TextField()

    class Meta:
        constraints: ClassVar = [
            _unique("tenant_id", "principal_id", name="role_mapping_is_unique")
        ]


class LogConfig(models.Model):
    """A logger's level; Apicurio's journal has one for all tenants."""

    logger = models.TextField(unique=True)
    level = models.TextField()


class ConfigProperty(models.Model):
    tenant_id = models.TextField()
    name = models.TextField()
    value = models.TextField(null=True)
    #: The record's timestamp, as its value has none; so it is left out of comparisons.
    modified_on = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [_unique("tenant_id", "name", name="config_property_is_unique")]


class Download(models.Model):
    """The target of a download link, until its expiry."""

    tenant_id = models.TextField()
    download_id = models.TextField()
    expires = models.BigIntegerField()
    #: EXPORT, CONTENT_BY_GLOBAL_ID, CONTENT_BY_CONTENT_ID or CONTENT_BY_CONTENT_HASH.
    type = models.TextField(null=True)
    global_id = models.BigIntegerField(null=True)
    content_id = models.BigIntegerField(null=True)
    content_hash = models.TextField(null=True)

    class Meta:
        constraints: ClassVar = [_unique("tenant_id", "download_id", name="download_is_unique")]
        indexes: ClassVar = [models.Index(fields=["expires"], name="download_by_expiry")]
