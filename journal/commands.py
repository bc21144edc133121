"""What a caller may ask to be said: check, say it, wait for one's own outcome.

A command never touches a table; what it returns was read after its records were applied.
"""

import time
from collections.abc import Iterable, Sequence
from enum import StrEnum
from uuid import uuid4

from django.conf import settings

from journal.dialects import Dialect, form
from journal.messages import (
    Action,
    ArtifactRuleKey,
    ArtifactValue,
    ArtifactVersionKey,
    ArtifactVersionValue,
    CommentKey,
    CommentValue,
    DownloadContext,
    DownloadKey,
    DownloadValue,
    Message,
    MetaData,
)
from journal.speaker import current_dialect, heard, say, say_unheard
from journal.storing import NewVersion, artifact_key, canonical_hash, judge, store, verdicts_on
from registry import queries
from registry.errors import (
    ArtifactAlreadyExists,
    ArtifactNotFound,
    DeletionNotEnabled,
    VersionAlreadyExists,
)
from registry.models import DEFAULT_TENANT, RuleType
from registry.queries import Download, VersionMeta
from registry.references import content_hash, serialize
from registry.rules import Verdict

__all__ = [
    "EXPORT",
    "IfExists",
    "NewVersion",
    "check_artifact",
    "check_update",
    "clear_meta_data",
    "create_artifact",
    "delete_artifact",
    "delete_version",
    "offer_export",
    "update_artifact",
    "update_meta_data",
    "update_state",
    "use_download",
    "verdicts",
]

#: What Apicurio calls a download link that leads to the whole registry.
EXPORT = "EXPORT"
_DEFAULT_TTL = 30


class IfExists(StrEnum):
    """What to do about an artifact id that exists, as Apicurio names it."""

    FAIL = "FAIL"
    UPDATE = "UPDATE"
    RETURN = "RETURN"
    RETURN_OR_UPDATE = "RETURN_OR_UPDATE"


def create_artifact(
    new: NewVersion, if_exists: IfExists = IfExists.FAIL, canonical: bool = False
) -> VersionMeta:
    """Raises ArtifactAlreadyExists under FAIL, RuleViolation, UnsupportedByDialect, NoOutcome."""
    try:
        return store(new, Action.CREATE)
    except ArtifactAlreadyExists:
        if if_exists is IfExists.FAIL:
            raise
    if if_exists is IfExists.RETURN:
        return queries.version_meta(new.group_id, new.artifact_id)
    if if_exists is IfExists.RETURN_OR_UPDATE:
        same = _same_content(new, canonical)
        if same is not None:
            return same
    return update_artifact(new)


def update_artifact(new: NewVersion) -> VersionMeta:
    """Stores a new version.

    Raises ArtifactNotFound, VersionAlreadyExists, RuleViolation, NoOutcome.
    """
    _refuse_known_version(new)
    return store(new, Action.UPDATE)


def _refuse_known_version(new: NewVersion) -> None:
    if new.version is not None and queries.version_exists(
        new.group_id, new.artifact_id, new.version
    ):
        raise VersionAlreadyExists(new.group_id, new.artifact_id, new.version)


def check_artifact(new: NewVersion, if_exists: IfExists = IfExists.FAIL) -> None:
    """What `create_artifact` would refuse, without saying anything."""
    is_update = if_exists in {IfExists.UPDATE, IfExists.RETURN_OR_UPDATE}
    if is_update and queries.artifact_exists(new.group_id, new.artifact_id):
        check_update(new)
    elif if_exists is IfExists.FAIL or not queries.artifact_exists(new.group_id, new.artifact_id):
        judge(new, Action.CREATE)


def check_update(new: NewVersion) -> None:
    """What `update_artifact` would refuse, without saying anything."""
    _refuse_known_version(new)
    judge(new, Action.UPDATE)


def verdicts(new: NewVersion) -> list[Verdict]:
    """What every rule in force says of it, as a new version or, where there is none, an artifact.

    Raises InvalidContent.
    """
    is_known = queries.artifact_exists(new.group_id, new.artifact_id)
    return verdicts_on(new, Action.UPDATE if is_known else Action.CREATE)


def delete_artifact(group_id: str | None, artifact_id: str) -> None:
    """Its comments first, else no node deletes it; raises ArtifactNotFound, HasComments."""
    versions = queries.version_names(group_id, artifact_id)
    if not versions:
        raise ArtifactNotFound(group_id, artifact_id)
    dialect = current_dialect()
    _delete_comments(group_id, artifact_id, versions)
    heard([
        Message(artifact_key(group_id, artifact_id), ArtifactValue(Action.DELETE), form(dialect))
    ])
    say_unheard([
        *(Message(_version_key(group_id, artifact_id, version)) for version in versions),
        *(
            Message(ArtifactRuleKey(DEFAULT_TENANT, group_id, artifact_id, rule_type))
            for rule_type in _rule_types(dialect)
        ),
    ])


def delete_version(group_id: str | None, artifact_id: str, version: str) -> None:
    """Its comments first.

    Raises DeletionNotEnabled, ArtifactNotFound, VersionNotFound, HasComments.
    """
    if not settings.ANNALS_ALLOW_DELETE:
        raise DeletionNotEnabled("Artifact version deletion operation is not enabled.")
    queries.version_meta(group_id, artifact_id, version)
    _delete_comments(group_id, artifact_id, [version])
    key = _version_key(group_id, artifact_id, version)
    heard([Message(key, ArtifactVersionValue(Action.DELETE), form(current_dialect()))])
    say_unheard([Message(key)])


def update_meta_data(
    group_id: str | None, artifact_id: str, version: str | None, meta_data: MetaData
) -> None:
    """A version of None is the latest; raises ArtifactNotFound, VersionNotFound."""
    found = queries.version_meta(group_id, artifact_id, version)
    _update_version(found, found.state, meta_data)


def clear_meta_data(group_id: str | None, artifact_id: str, version: str) -> None:
    """Raises ArtifactNotFound, VersionNotFound."""
    queries.version_meta(group_id, artifact_id, version)
    key = _version_key(group_id, artifact_id, version)
    heard([Message(key, ArtifactVersionValue(Action.CLEAR), form(current_dialect()))])


def update_state(group_id: str | None, artifact_id: str, version: str | None, state: str) -> None:
    """A version of None is the latest, disabled or not; saying the state it has says nothing."""
    found = queries.version_meta_of_any_state(group_id, artifact_id, version)
    if found.state == state:
        return
    meta_data = MetaData(
        name=found.name,
        description=found.description,
        labels=found.labels or None,
        properties=found.properties or None,
    )
    _update_version(found, state, meta_data)


def offer_export() -> str:
    """The id of a link to an export; it lives as long as `registry.download.href.ttl` says.

    Raises UnsupportedByDialect, NoOutcome.
    """
    download_id = str(uuid4())
    context = DownloadContext(EXPORT, expires=_now() + _time_to_live() * 1000)
    _say_download(download_id, DownloadValue(Action.CREATE, context))
    return download_id


def use_download(download_id: str) -> Download:
    """What the link leads to; it leads nowhere from now on.

    Raises DownloadNotFound when it was never offered, was used already or has expired; NoOutcome.
    """
    found = queries.download(download_id, _now())
    _say_download(download_id, DownloadValue(Action.DELETE))
    return found


def _say_download(download_id: str, value: DownloadValue) -> None:
    heard([Message(DownloadKey(DEFAULT_TENANT, download_id), value, form(current_dialect()))])


def _now() -> int:
    return int(time.time() * 1000)


def _time_to_live() -> int:
    """Seconds; any text may have been said for it."""
    said = queries.config_property(queries.DOWNLOAD_TTL).value
    return int(said) if said.isdecimal() else _DEFAULT_TTL


def _update_version(found: VersionMeta, state: str, meta_data: MetaData) -> None:
    key = _version_key(found.group_id, found.artifact_id, found.version)
    value = ArtifactVersionValue(Action.UPDATE, state, meta_data)
    heard([Message(key, value, form(current_dialect()))])


def _same_content(new: NewVersion, canonical: bool) -> VersionMeta | None:
    """The version that holds this content already, by its bytes or by its canonical form."""
    type_name = new.type or queries.artifact_type(new.group_id, new.artifact_id)
    serialized = serialize(new.references)
    if canonical:
        found = canonical_hash(new, type_name, serialized, current_dialect())
        return queries.find_version_by_content(
            new.group_id, new.artifact_id, content_hash=None, canonical_hash=found
        )
    return queries.find_version_by_content(
        new.group_id,
        new.artifact_id,
        content_hash=content_hash(new.content, serialized),
        canonical_hash=None,
    )


def _delete_comments(group_id: str | None, artifact_id: str, versions: Iterable[str]) -> None:
    """Those by nobody; others no node deletes, and what they stand on stays (docs/decisions.md)."""
    messages = [
        Message(
            CommentKey(
                DEFAULT_TENANT, group_id, artifact_id, version, comment.comment_id, str(uuid4())
            ),
            CommentValue(Action.DELETE, global_id=-1),
        )
        for version in versions
        for comment in queries.comments(group_id, artifact_id, version)
    ]
    if messages:
        say(messages)


def _version_key(group_id: str | None, artifact_id: str, version: str) -> ArtifactVersionKey:
    return ArtifactVersionKey(DEFAULT_TENANT, group_id, artifact_id, version)


def _rule_types(dialect: Dialect) -> Sequence[str]:
    """INTEGRITY is unknown before 2.4.3."""
    knows_integrity = dialect in {Dialect.V2_6, Dialect.V2_4}
    return RuleType.values if knows_integrity else [RuleType.VALIDITY, RuleType.COMPATIBILITY]
