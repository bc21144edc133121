"""Each column of the registry's tables has a range."""

from django.apps import apps
from django.db.models import AutoField, BigAutoField, BooleanField, ForeignKey

from registry.column_ranges import RANGES

#: Columns whose range has another name.
NAMES = {
    **dict.fromkeys(("created_by", "modified_by"), "owner"),
    **dict.fromkeys(("created_on", "modified_on"), "time"),
    **dict.fromkeys(("type", "artifacts_type"), "artifact_type"),
    "artifactrule.type": "rule_type",
    "artifactrule.configuration": "rule",
    "globalrule.type": "rule_type",
    "globalrule.configuration": "global_rule",
    "comment.value": "comment",
    "configproperty.name": "property_name",
    "configproperty.value": "property_value",
    "logconfig.level": "log_level",
    "reference.group_id": "reference_group_id",
    "reference.artifact_id": "reference_artifact_id",
    "reference.version": "reference_version",
    "reference.name": "reference_name",
    "artifact.latest": "global_id",
}
#: What the projection makes itself of records that it took: bytes, hashes, JSON, numbers, parts.
MADE = {
    *("content.content", "content.other_hash", "content.serialized_references"),
    *("group.properties", "version.labels", "version.properties"),
    *("label.label", "property.key", "property.value"),
    *("sequence.name", "sequence.value"),
    # One of four, which decoding checks.
    "download.type",
}
_WITHOUT = (AutoField, BigAutoField, BooleanField, ForeignKey)


def columns() -> set[str]:
    return {
        f"{model._meta.model_name}.{field.name}"
        for model in apps.get_app_config("registry").get_models()
        for field in model._meta.concrete_fields
        if not isinstance(field, _WITHOUT)
    }


def range_name(column: str) -> str:
    name = column.partition(".")[2]
    return NAMES.get(column, NAMES.get(name, name))


def test_each_column_has_a_range() -> None:
    assert {each for each in columns() - MADE if range_name(each) not in RANGES} == set()
    assert columns() >= MADE


def test_each_range_is_that_of_a_column() -> None:
    # The upgraders' table is the journal's.
    named = {range_name(each) for each in columns() - MADE}
    assert RANGES.keys() - named == {"upgrader_uuid"}
