"""How a record's texts become columns: whose tenant, which group, cut or refused where too long."""

import json
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

from journal.wire.messages import MetaData
from registry.column_limits import LIMITS, describe_overlong
from registry.errors import ImpossibleRecord
from registry.models import DEFAULT_GROUP, DEFAULT_TENANT

#: Of the rows that searches look at.
LABEL_LIMIT = 256
PROPERTY_KEY_LIMIT = 256
PROPERTY_VALUE_LIMIT = 1024


@dataclass(slots=True)
class ArtifactRow:
    """An artifact's row as the projection knows it, whether it was written yet or not.

    `highest` is the highest version_id among its versions and `meta_data` the latest version's;
    None until somebody asked.
    """

    id: int
    latest: int | None
    highest: int | None = None
    meta_data: MetaData | None = None


@dataclass(slots=True)
class ContentRow:
    """What the projection needs to know of a content."""

    id: int
    content_id: int
    content_hash: str
    canonical_hash: str


@dataclass(slots=True)
class VersionRow:
    """A version to be inserted; times in ms, `content` is a row id."""

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
    """The default group has no id on the wire; 2.5.9 and later read `default` as it, too."""
    return normalize_group(key.group_id)


def normalize_group(group_id: str | None) -> str:
    if group_id is None or group_id == "default":
        return DEFAULT_GROUP
    return replace_nul(group_id) or ""


def replace_nul(text: str | None) -> str | None:
    """PostgreSQL stores no NUL; both databases must hold the same."""
    return text.replace("\0", "�") if text is not None and "\0" in text else text


def to_json(value: Any) -> str | None:
    """Labels or properties as the JSON text that their column holds."""
    if value is None:
        return None
    plain = list(value) if not hasattr(value, "items") else dict(value)
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":")).replace("\\u0000", "�")


def check_lengths(**texts: str | None) -> None:
    """Raises ImpossibleRecord for what does not fit a Java node's column of that name."""
    if wrong := describe_overlong(**texts):
        raise ImpossibleRecord(wrong)


def parse_meta_data(row: tuple[str | None, str | None, str | None, str | None]) -> MetaData:
    """From the columns name, description, labels, properties."""
    name, description, labels, properties = row
    return MetaData(
        name=name,
        description=description,
        labels=None if labels is None else tuple(json.loads(labels)),
        properties=None if properties is None else json.loads(properties),
    )


def fits_columns(meta: MetaData) -> bool:
    """Whether a Java node's columns take name and description as they are."""
    return not describe_overlong(name=meta.name, description=meta.description)


def indexable_prefix(meta: MetaData) -> MetaData:
    """Labels and properties up to the first that a Java node's search columns don't take."""
    labels = tuple(takewhile(lambda label: len(label) <= LABEL_LIMIT, meta.labels or ()))
    if len(labels) < len(meta.labels or ()):
        return MetaData(labels=labels)
    fitting = takewhile(_fits_property, (meta.properties or {}).items())
    return MetaData(labels=labels, properties=dict(fitting))


def _fits_property(pair: tuple[str, str | None]) -> bool:
    return len(pair[0]) <= PROPERTY_KEY_LIMIT and len(pair[1] or "") <= PROPERTY_VALUE_LIMIT


def truncate_meta_data(meta: MetaData) -> MetaData:
    """Cut as Apicurio cuts a name and a description before it stores them."""
    if fits_columns(meta):
        return meta
    name, description = meta.name, meta.description
    if name is not None:
        name = name[: LIMITS["name"]]
    if description is not None and len(description) > LIMITS["description"]:
        description = description[: LIMITS["description"] - 3] + "..."
    return MetaData(name, description, meta.labels, meta.properties)
