"""Limits on the parts of an artifact's version, by Apicurio's names; -1 is no limit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from registry.errors import LimitExceeded

NO_LIMIT = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Limits as counts, bytes of UTF-8, or characters, according to their names."""

    total_schemas_count: int = NO_LIMIT
    schema_size_bytes: int = NO_LIMIT
    artifacts_count: int = NO_LIMIT
    versions_per_artifact_count: int = NO_LIMIT
    artifact_properties_count: int = NO_LIMIT
    property_key_size_bytes: int = NO_LIMIT
    property_value_size_bytes: int = NO_LIMIT
    artifact_labels_count: int = NO_LIMIT
    label_size_bytes: int = NO_LIMIT
    artifact_name_length_chars: int = NO_LIMIT
    artifact_description_length_chars: int = NO_LIMIT
    requests_per_second_count: int = NO_LIMIT


def check_limit(subject: str, value: int, limit: int) -> None:
    """Raise LimitExceeded for a value above the limit; `subject` begins its sentence."""
    if limit != NO_LIMIT and value > limit:
        raise LimitExceeded(f"{subject}: {value:,}, and {limit:,} is the limit of this registry.")


def check_meta_data_limits(
    limits: Limits,
    *,
    name: str | None,
    description: str | None,
    labels: Sequence[str] | None = None,
    properties: Mapping[str, str | None] | None = None,
) -> None:
    """Raise LimitExceeded for the first value above its limit."""
    check_limit("Characters of the name", len(name or ""), limits.artifact_name_length_chars)
    check_limit(
        "Characters of the description",
        len(description or ""),
        limits.artifact_description_length_chars,
    )
    check_limit("Labels of the version", len(labels or ()), limits.artifact_labels_count)
    for label in labels or ():
        check_limit(f"Bytes of the label '{label}'", _size(label), limits.label_size_bytes)
    check_limit(
        "Properties of the version", len(properties or {}), limits.artifact_properties_count
    )
    for key, value in (properties or {}).items():
        check_limit(f"Bytes of the key '{key}'", _size(key), limits.property_key_size_bytes)
        size = _size(value or "")
        check_limit(f"Bytes of the property '{key}'", size, limits.property_value_size_bytes)


def _size(text: str) -> int:
    return len(text.encode(errors="surrogatepass"))
