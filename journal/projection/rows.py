"""Turns a record's texts into columns: tenant, group, metadata; too long ones cut or rejected."""

import json
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

from journal.wire.messages import MetaData
from registry.column_ranges import DESCRIPTION_LIMIT, NAME_LIMIT, describe_fault
from registry.models import DEFAULT_GROUP, DEFAULT_TENANT

#: Lengths in the rows that searches read.
LABEL_LIMIT = 256
PROPERTY_KEY_LIMIT = 256
PROPERTY_VALUE_LIMIT = 1024


@dataclass(slots=True)
class ArtifactRow:
    """An artifact's row, written already or still buffered.

    `highest` is the highest version_id of its versions, `meta_data` the latest version's; None
    until they are read. `latest` is a global id.
    """

    id: int
    latest: int | None
    highest: int | None = None
    meta_data: MetaData | None = None


@dataclass(slots=True)
class ContentRow:
    """The columns of a content for comparisons."""

    id: int
    content_id: int
    content_hash: str
    canonical_hash: str


@dataclass(slots=True)
class VersionRow:
    """A version to insert; times are in ms, `content` is a row id."""

    tenant_id: str
    global_id: int
    artifact: ArtifactRow
    version: str
    version_id: int
    state: str
    meta_data: MetaData
    created_by: str | None
    created_on: int
    content: int


def get_tenant(key: Any) -> str:
    return key.tenant_id or DEFAULT_TENANT


def get_group(key: Any) -> str:
    return normalize_group(key.group_id)


def normalize_group(group_id: str | None) -> str:
    """Return the group id to store; the default group has none on the wire, or `default`.

    Nodes write `default` from 2.5.9 on.
    """
    return DEFAULT_GROUP if group_id is None or group_id == "default" else group_id


def replace_nul(text: str | None) -> str | None:
    """Replace NULs in a text from outside JSON, since PostgreSQL can't store any."""
    return text.replace("\0", "�") if text is not None and "\0" in text else text


def to_json(value: Any) -> str | None:
    """Return labels or properties as the JSON text of their column."""
    if value is None:
        return None
    plain = list(value) if not hasattr(value, "items") else dict(value)
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":"))


def parse_meta_data(row: tuple[str | None, str | None, str | None, str | None]) -> MetaData:
    """Build metadata from the columns name, description, labels, properties."""
    name, description, labels, properties = row
    return MetaData(
        name=name,
        description=description,
        labels=None if labels is None else tuple(json.loads(labels)),
        properties=None if properties is None else json.loads(properties),
    )


def fits_columns(meta: MetaData) -> bool:
    """Check name and description against a Java node's columns."""
    return not describe_fault(name=meta.name, description=meta.description)


def indexable_prefix(meta: MetaData) -> MetaData:
    """Return labels and properties up to the first one too long for a Java node's search columns.

    A Java node inserts them one by one and stops at the first failure.
    """
    labels = tuple(takewhile(lambda label: len(label) <= LABEL_LIMIT, meta.labels or ()))
    if len(labels) < len(meta.labels or ()):
        return MetaData(labels=labels)
    properties: dict[str, str | None] = {}
    for key, value in (meta.properties or {}).items():
        if len(key) > PROPERTY_KEY_LIMIT or len(value or "") > PROPERTY_VALUE_LIMIT:
            break
        properties[key] = value
    return MetaData(labels=labels, properties=properties)


def truncate_meta_data(meta: MetaData) -> MetaData:
    """Truncate name and description like Apicurio before storing them."""
    if fits_columns(meta):
        return meta
    name, description = meta.name, meta.description
    if name is not None:
        name = name[:NAME_LIMIT]
    if description is not None and len(description) > DESCRIPTION_LIMIT:
        description = description[: DESCRIPTION_LIMIT - 3] + "..."
    return MetaData(name, description, meta.labels, meta.properties)
