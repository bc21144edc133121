"""Checks the values of a record against the ranges of the columns that would hold them."""

from collections.abc import Callable
from typing import Any, NamedTuple, get_args

from journal.projection.rows import get_tenant
from journal.wire.messages import (
    Action,
    ArtifactKey,
    ArtifactOwnerKey,
    ArtifactRuleKey,
    ArtifactRuleValue,
    ArtifactValue,
    ArtifactVersionKey,
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
    Key,
    LogConfigValue,
    Message,
    RoleMappingKey,
    RoleMappingValue,
    UpgraderValue,
    Value,
)
from registry.column_ranges import (
    MAX_UNALLOCATED_ID,
    RANGES,
    Number,
    Text,
    describe_coordinates_fault,
    describe_fault,
)
from registry.errors import ImpossibleRecord, ValueOutOfRange
from registry.models import SequenceName
from registry.references import parse_references

#: Ranges by attribute, where it has another name than its range.
_RANGE_NAMES = {
    **dict.fromkeys(("created_by", "modified_by"), "owner"),
    **dict.fromkeys(("created_on", "modified_on"), "time"),
    "artifacts_type": "artifact_type",
}
#: The same, where the class matters; None for attributes that no column holds as they are.
_OWN_RANGE_NAMES: dict[tuple[type, str], str | None] = {
    (GlobalRuleValue, "configuration"): "global_rule",
    (ArtifactRuleValue, "configuration"): "rule",
    (ConfigPropertyValue, "value"): "property_value",
    (CommentValue, "value"): "comment",
    **{
        (kind, attribute): None
        for kind in (CommentKey, ArtifactVersionKey, ArtifactOwnerKey)
        for attribute in ("group_id", "artifact_id", "version")
    },
    (CommentValue, "global_id"): None,
    (ArtifactValue, "global_id"): None,
    (ArtifactValue, "content_id"): None,
    (ArtifactValue, "content_hash"): None,
    (DownloadContext, "global_id"): None,
    (DownloadContext, "content_id"): None,
    (UpgraderValue, "version"): None,
}
#: Attributes whose columns are never null. Handlers check others, as these depend on the action.
_REQUIRED = frozenset({
    (ArtifactKey, "artifact_id"),
    (ArtifactRuleKey, "artifact_id"),
    (ArtifactRuleKey, "rule_type"),
    (GlobalRuleKey, "rule_type"),
    (RoleMappingKey, "principal_id"),
    (ConfigPropertyKey, "property_name"),
    (GlobalRuleValue, "configuration"),
    (ArtifactRuleValue, "configuration"),
    (RoleMappingValue, "role"),
    (LogConfigValue, "log_level"),
    (ConfigPropertyValue, "value"),
    (CommentValue, "value"),
})
_NOT_STORING = (Action.DELETE, Action.CLEAR, Action.RESET, Action.DELETE_ALL_USER_DATA)
#: The global id of an imported version that gets the next one of the sequence.
ALLOCATE = -1

#: Returns the id that a tenant's sequence allocated last.
GetAllocated = Callable[[str, SequenceName], int]


class _Checked(NamedTuple):
    attribute: str
    #: For messages.
    label: str
    allowed: Text | Number
    is_required: bool


def _checked_attributes(kind: type[Any]) -> tuple[_Checked, ...]:
    checked = []
    for attribute in kind.__struct_fields__:
        label = _OWN_RANGE_NAMES.get((kind, attribute), attribute)
        allowed = RANGES.get(_RANGE_NAMES.get(attribute, label or ""))
        if label is not None and allowed is not None:
            is_required = (kind, attribute) in _REQUIRED
            checked.append(_Checked(attribute, label, allowed, is_required))
    return tuple(checked)


_CHECKED = {
    kind: _checked_attributes(kind) for kind in (*get_args(Key), *get_args(Value), DownloadContext)
}


def check_columns(message: Message, get_allocated: GetAllocated) -> None:
    """Raise ValueOutOfRange for a value out of range, ImpossibleRecord for a missing one.

    A deletion needs the names in its key, whose ranges do not matter.
    """
    key: Any = message.key
    value: Any = message.value
    is_storing = value.action not in _NOT_STORING
    _check_attributes(key, is_storing)
    if not is_storing:
        return
    _check_attributes(value, is_storing)
    describe = _DEEPER.get(type(value))
    if describe is not None and (fault := describe(key, value, get_allocated)):
        raise ValueOutOfRange(fault)


def _check_attributes(part: Any, has_range: bool) -> None:
    for attribute, label, allowed, is_required in _CHECKED[type(part)]:
        value = getattr(part, attribute)
        if value is None:
            if is_required:
                raise ImpossibleRecord(f"The record has no {label}")
        elif has_range and (fault := allowed.find_fault(value)):
            raise ValueOutOfRange(f"The {label} {fault}")


def _describe_artifact(key: ArtifactKey, value: ArtifactValue, get_allocated: GetAllocated) -> str:
    fault = describe_coordinates_fault(key.group_id, key.artifact_id)
    number = value.global_id
    if fault or number is None or (number == ALLOCATE and value.action is Action.IMPORT):
        return fault
    if number < 0:
        return describe_fault(global_id=number)
    return _describe_unallocated(key, SequenceName.GLOBAL_ID, number, get_allocated)


def _describe_rule(
    key: ArtifactRuleKey, value: ArtifactRuleValue, get_allocated: GetAllocated
) -> str:
    return describe_coordinates_fault(key.group_id, key.artifact_id)


def _describe_content(
    key: ContentKey | ContentV2Key,
    value: ContentValue | ContentV2Value,
    get_allocated: GetAllocated,
) -> str:
    for reference in parse_references(value.serialized_references):
        if fault := describe_fault(
            reference_group_id=reference.group_id,
            reference_artifact_id=reference.artifact_id,
            reference_version=reference.version,
            reference_name=reference.name,
        ):
            return fault
    return _describe_unallocated(key, SequenceName.CONTENT_ID, key.content_id, get_allocated)


def _describe_comment(key: CommentKey, value: CommentValue, get_allocated: GetAllocated) -> str:
    text = key.comment_id or ""
    number = int(text) if text.isdecimal() else 0
    return _describe_unallocated(key, SequenceName.COMMENT_ID, number, get_allocated)


def _describe_unallocated(
    key: Any, name: SequenceName, number: int, get_allocated: GetAllocated
) -> str:
    """Describe an id not yet allocated by its sequence; empty for any other id.

    Ids of up to MAX_UNALLOCATED_ID need no allocation.
    """
    if number <= MAX_UNALLOCATED_ID or number <= get_allocated(get_tenant(key), name):
        return ""
    return f"The {name} is {number}; beyond {MAX_UNALLOCATED_ID} it must have been allocated"


def _describe_download(key: DownloadKey, value: DownloadValue, get_allocated: GetAllocated) -> str:
    if value.context is not None:
        _check_attributes(value.context, has_range=True)
    return ""


#: What more there is to check, by the class of the value.
_DEEPER: dict[type[Any], Callable[[Any, Any, GetAllocated], str]] = {
    ArtifactValue: _describe_artifact,
    ArtifactRuleValue: _describe_rule,
    ContentValue: _describe_content,
    ContentV2Value: _describe_content,
    CommentValue: _describe_comment,
    DownloadValue: _describe_download,
}
